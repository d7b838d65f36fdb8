/** What system calls do to descriptors, for the oracle (oracle.test.data.ts). */
import type { FieldObject } from '../trace/event.ts';
import type { PlainEvent } from './events.test.data.ts';

export interface OpenFile {
  path: string;
}

export interface Descriptor {
  file: OpenFile;
  read: number;
  written: number;
  cloexec: boolean;
}

export type Descriptors = Map<number, Descriptor>;

interface EndedCall {
  readonly name: string;
  readonly fields: FieldObject;
  readonly ret: number;
}

/** @param files the descriptors of the thread's process, made when there are none */
export function endCall({ name, fields, ret }: EndedCall, event: PlainEvent, files: () => Descriptors): void {
  const a = (field: string): number => Number(fields[field]);
  const open = (fd: number, path: string, cloexec: boolean): void => {
    files().set(fd, { file: { path }, read: 0, written: 0, cloexec });
  };
  const count = (fd: number, read: number, written: number): void => {
    if (!files().has(fd)) open(fd, '', false);
    files().get(fd)!.read += read;
    files().get(fd)!.written += written;
  };
  const copy = (from: number, to: number, cloexec: boolean): void => {
    if (from === to) return;
    if (!files().has(from)) open(from, '', false);
    files().set(to, { file: files().get(from)!.file, read: 0, written: 0, cloexec });
  };
  if (/^(read|pread64|readv|preadv|recvfrom|recvmsg|getdents64|getdents)$/.test(name) && ret !== -9)
    count(a('fd'), Math.max(0, ret), 0);
  if (/^(write|pwrite64|writev|pwritev|sendto|sendmsg)$/.test(name) && ret !== -9) count(a('fd'), 0, Math.max(0, ret));
  if (/^(fsync|fdatasync|sync_file_range|fallocate)$/.test(name) && ret !== -9) count(a('fd'), 0, 0);
  if (name === 'splice' || name === 'sendfile64') {
    if (ret === -9) return;
    count(a(name === 'splice' ? 'fd_in' : 'in_fd'), Math.max(0, ret), 0);
    count(a(name === 'splice' ? 'fd_out' : 'out_fd'), 0, Math.max(0, ret));
  }
  if (ret < 0) {
    if (name === 'connect' && ret === -115) count(a('fd'), 0, 0);
    return;
  }
  if (name === 'open' || name === 'openat') open(ret, pathOf(fields, files()), (a('flags') & 0o2000000) !== 0);
  else if (name === 'dup' || name === 'dup2' || name === 'dup3') {
    copy(a(name === 'dup' ? 'fildes' : 'oldfd'), ret, (Number(fields.flags ?? 0) & 0o2000000) !== 0);
  } else if (name === 'fcntl' && (a('cmd') === 0 || a('cmd') === 1030)) copy(a('fd'), ret, a('cmd') === 1030);
  else if (name === 'fcntl' && (a('cmd') === 2 || a('cmd') === 4)) {
    count(a('fd'), 0, 0);
    if (a('cmd') === 2) files().get(a('fd'))!.cloexec = (a('arg') & 1) === 1;
  } else if (name === 'socket') open(ret, 'socket', (a('type') & 0o2000000) !== 0);
  else if (name === 'accept' || name === 'accept4') {
    count(a('fd'), 0, 0);
    open(ret, 'socket', (Number(fields.flags ?? 0) & 0o2000000) !== 0);
  } else if (name === 'pipe2' || name === 'pipe') {
    for (const fd of event.fields.fildes as number[]) open(fd, 'pipe', (Number(fields.flags ?? 0) & 0o2000000) !== 0);
  } else if (name === 'timerfd_create') open(ret, 'anon_inode:[timerfd]', (a('flags') & 0o2000000) !== 0);
  else if (name === 'epoll_create1') open(ret, 'anon_inode:[eventpoll]', (a('flags') & 0o2000000) !== 0);
  else if (name === 'eventfd2') open(ret, 'anon_inode:[eventfd]', (a('flags') & 0o2000000) !== 0);
  else if (name === 'inotify_init1') open(ret, 'anon_inode:inotify', (a('flags') & 0o2000000) !== 0);
  else if (name === 'signalfd4') open(ret, 'anon_inode:[signalfd]', (a('flags') & 0o2000000) !== 0);
  else if (/^(bind|listen|connect|fchdir)$/.test(name)) count(a('fd'), 0, 0);
}

function pathOf(fields: FieldObject, files: Descriptors): string {
  const path = String(fields.filename);
  const dfd = Number(fields.dfd ?? -100);
  if (path.startsWith('/') || dfd === -100) return path;
  const folder = files.get(dfd)?.file.path ?? '';
  return folder.startsWith('/')
    ? new URL(`file://${folder.replace(/\/*$/, '/')}${path}`).pathname.replace(/(.)\/$/, '$1')
    : path;
}
