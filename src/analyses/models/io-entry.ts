/** What is read of the entry of a call that is I/O. */
import type { EventType, TraceEvent } from '../../trace/event.ts';
import { numberOr, stringOr } from '../listener.ts';
import { addressName, OpenFile, type OpenFiles } from './files.ts';
import { FILE_MAKERS, type IoCall, type IoRequest } from './io-request.ts';
import type { Task } from './task.ts';

const O_CLOEXEC = 0o2000000;
const F_DUPFD = 0;
const F_DUPFD_CLOEXEC = 1030;

/** Fills a request. @returns false when the call is not followed after all */
export type EntryReader = (event: TraceEvent, request: IoRequest) => boolean;
type FilesOf = (task: Task) => OpenFiles;

export function entryReader(type: EventType, name: string, call: IoCall, filesOf: FilesOf): EntryReader {
  const flags = numberOr(type, 'flags', 0);
  const fd = call.fd === undefined ? null : numberOr(type, call.fd);
  switch (call.opens) {
    case 'path': {
      const filename = stringOr(type, 'filename');
      return (event, request) => {
        request.made = new OpenFile(filename(event), 'disk', (flags(event) & O_CLOEXEC) !== 0);
        return true;
      };
    }
    case 'socket':
      return (_event, request) => {
        request.made = new OpenFile('socket', 'net', false);
        return true;
      };
    case 'accept':
      return (event, request) => {
        request.made = new OpenFile('socket', 'net', (flags(event) & O_CLOEXEC) !== 0);
        return true;
      };
    case 'duplicate':
      return duplicator(type, name, fd!, filesOf);
    default:
      if (name === 'connect') return connector(type);
      if (name === 'close_range') return rangeCloser(type, filesOf);
      if (name in FILE_MAKERS) {
        return (_event, request) => {
          request.made = new OpenFile(FILE_MAKERS[name]!, 'unknown', false);
          return true;
        };
      }
      return user(fd, call.out === undefined ? null : numberOr(type, call.out));
  }
}

function user(fd: ((e: TraceEvent) => number) | null, out: ((e: TraceEvent) => number) | null): EntryReader {
  return (event, request) => {
    if (fd !== null) request.fd = fd(event) | 0;
    if (out !== null) request.out = out(event) | 0;
    return true;
  };
}

function duplicator(type: EventType, name: string, fd: (event: TraceEvent) => number, filesOf: FilesOf): EntryReader {
  const command = numberOr(type, 'cmd', F_DUPFD);
  const newFd = name === 'dup2' || name === 'dup3' ? numberOr(type, 'newfd') : null;
  const flags = numberOr(type, 'flags', 0);
  return (event, request) => {
    const how = name === 'fcntl' ? command(event) : F_DUPFD;
    if (how !== F_DUPFD && how !== F_DUPFD_CLOEXEC) return false;
    const files = filesOf(request.task);
    const old = files.get(fd(event));
    if (newFd !== null) files.close(newFd(event));
    const closeOnExec = how === F_DUPFD_CLOEXEC || (name === 'dup3' && (flags(event) & O_CLOEXEC) !== 0);
    request.made = new OpenFile(old?.name ?? 'unknown', old?.kind ?? 'unknown', closeOnExec);
    return true;
  };
}

function connector(type: EventType): EntryReader {
  const fd = numberOr(type, 'fd');
  const family = numberOr(type, 'family');
  const port = numberOr(type, 'dport', 0);
  return (event, request) => {
    const name = addressName(family(event), port(event), event.value('v4addr'), event.value('v6addr'));
    if (name === null) return false;
    request.fd = fd(event) | 0;
    request.made = new OpenFile(name, 'net', false);
    return true;
  };
}

function rangeCloser(type: EventType, filesOf: FilesOf): EntryReader {
  const first = numberOr(type, 'fd');
  const last = numberOr(type, 'max_fd', Number.POSITIVE_INFINITY);
  return (event, request) => {
    filesOf(request.task).closeRange(first(event), last(event));
    return false;
  };
}
