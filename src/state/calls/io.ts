/** Calls that move bytes, or wait until they are safe: counted for the descriptor and for the process. */
import type { FieldReader } from '../../trace/event.ts';
import type { Descriptors } from '../descriptors.ts';
import { NONE } from '../table.ts';
import { FILE_FOLDER, FILE_REGULAR, FILE_SOCKET } from '../tables/files.ts';
import type { Calls, Effect } from './calls.ts';
import type { CallFields } from './fields.ts';

const READS = [
  ['read', 'fd'],
  ['pread64', 'fd'],
  ['readv', 'fd'],
  ['preadv', 'fd'],
  ['preadv2', 'fd'],
  ['recvfrom', 'fd'],
  ['recvmsg', 'fd'],
  ['recv', 'fd'],
  ['getdents', 'fd'],
  ['getdents64', 'fd'],
] as const;
const WRITES = [
  ['write', 'fd'],
  ['pwrite64', 'fd'],
  ['writev', 'fd'],
  ['pwritev', 'fd'],
  ['pwritev2', 'fd'],
  ['sendto', 'fd'],
  ['sendmsg', 'fd'],
  ['send', 'fd'],
  ['vmsplice', 'fd'],
] as const;
/** They return the number of messages, not of bytes. */
const MESSAGES_READ = ['recvmmsg', 'recvmmsg_time32', 'recvmmsg_time64'];
const MESSAGES_WRITTEN = ['sendmmsg'];
const SYNCS = ['fsync', 'fdatasync', 'sync_file_range', 'syncfs', 'fallocate'];
/** From one descriptor to another. */
const MOVES = [
  ['sendfile', 'in_fd', 'out_fd'],
  ['sendfile64', 'in_fd', 'out_fd'],
  ['splice', 'fd_in', 'fd_out'],
  ['copy_file_range', 'fd_in', 'fd_out'],
] as const;
/** Calls that only wait or ask: their descriptor is what a thread waits for. */
const OTHERS = [
  ['accept', 'fd'],
  ['ioctl', 'fd'],
  ['epoll_wait', 'epfd'],
  ['epoll_pwait', 'epfd'],
  ['epoll_pwait2', 'epfd'],
  ['io_uring_enter', 'fd'],
  ['flock', 'fd'],
  ['ftruncate', 'fd'],
  ['lseek', 'fd'],
  ['fstat', 'fd'],
  ['newfstat', 'fd'],
  ['shutdown', 'fd'],
  ['futex', 'uaddr'],
  ['futex_wait', 'uaddr'],
  ['wait4', 'upid'],
  ['waitid', 'upid'],
  ['io_getevents', 'ctx_id'],
] as const;

/** Calls whose first argument is the descriptor or address that a thread waits for. */
export const SUBJECT_FIRST: ReadonlySet<string> = new Set([
  ...[...READS, ...WRITES, ...OTHERS].map(([name]) => name),
  ...MESSAGES_READ,
  ...MESSAGES_WRITTEN,
  ...SYNCS,
  'accept4',
  'connect',
]);

/** Counts one operation of a thread on a descriptor. */
export type Count = (task: number, fd: number, ret: number, took_ns: number) => void;

export class IoCounts {
  readonly #descriptors: Descriptors;

  constructor(descriptors: Descriptors) {
    this.#descriptors = descriptors;
  }

  readonly read: Count = (task, fd, ret, took_ns) => {
    const row = this.#timed(task, fd, ret, took_ns);
    if (row === NONE || !(ret >= 0)) return;
    const { fds, processes } = this.#descriptors.model;
    fds.reads.add(row, 1);
    if (ret === 0) return;
    fds.read_bytes.add(row, ret);
    const process = this.#descriptors.threads.processOf(task);
    if (process === NONE) return;
    const kind = this.#kind(row);
    if (kind === FILE_REGULAR) processes.fileRead_bytes.add(process, ret);
    else if (kind === FILE_SOCKET) processes.netRead_bytes.add(process, ret);
    else processes.otherRead_bytes.add(process, ret);
  };

  readonly write: Count = (task, fd, ret, took_ns) => {
    const row = this.#timed(task, fd, ret, took_ns);
    if (row === NONE || !(ret >= 0)) return;
    const { fds, processes } = this.#descriptors.model;
    fds.writes.add(row, 1);
    if (ret === 0) return;
    fds.written_bytes.add(row, ret);
    const process = this.#descriptors.threads.processOf(task);
    if (process === NONE) return;
    const kind = this.#kind(row);
    if (kind === FILE_REGULAR) processes.fileWritten_bytes.add(process, ret);
    else if (kind === FILE_SOCKET) processes.netWritten_bytes.add(process, ret);
    else processes.otherWritten_bytes.add(process, ret);
  };

  readonly sync: Count = (task, fd, ret, took_ns) => {
    this.#timed(task, fd, ret, took_ns);
  };

  /** Sockets of the unix family are on this machine: neither net nor file. */
  #kind(row: number): number {
    const { fds, files } = this.#descriptors.model;
    const file = fds.file.data[row]!;
    const type = files.type.data[file]!;
    if (type === FILE_FOLDER) return FILE_REGULAR;
    return type === FILE_SOCKET && files.family.data[file] === 1 ? NONE : type;
  }

  #timed(task: number, fd: number, ret: number, took_ns: number): number {
    const { fds } = this.#descriptors.model;
    // EBADF: there is no such descriptor.
    if (ret === -9) return NONE;
    const row = this.#descriptors.ensure(task, fd);
    if (row === NONE) return NONE;
    fds.io_ns.add(row, took_ns);
    if (took_ns > fds.longest_ns.data[row]!) fds.longest_ns.set(row, took_ns);
    if (ret < 0) fds.errors.add(row, 1);
    return row;
  }
}

export function ioEffects(calls: Calls, descriptors: Descriptors): Record<string, Effect> {
  const { pending } = calls;
  const counts = new IoCounts(descriptors);
  const keepSubject = (name: string): Effect['enter'] => {
    return (fields: CallFields) => {
      const fd: FieldReader<number> | null = fields.number(name);
      return fd === null
        ? null
        : (event, task) => {
            pending.subject[task] = fd(event);
          };
    };
  };
  const counted = (name: string, count: Count): Effect => ({
    enter: keepSubject(name)!,
    leave: () => (_event, task, ret, took_ns) => count(task, pending.subject[task]!, ret, took_ns),
  });
  const messages: (count: Count) => Count = (count) => (task, fd, ret, took_ns) =>
    count(task, fd, Math.min(ret, 0), took_ns);
  const effects: Record<string, Effect> = {};
  for (const [name, field] of READS) effects[name] = counted(field, counts.read);
  for (const [name, field] of WRITES) effects[name] = counted(field, counts.write);
  for (const name of MESSAGES_READ) effects[name] = counted('fd', messages(counts.read));
  for (const name of MESSAGES_WRITTEN) effects[name] = counted('fd', messages(counts.write));
  for (const name of SYNCS) effects[name] = counted('fd', counts.sync);
  for (const [name, field] of OTHERS) effects[name] = { enter: keepSubject(field)! };
  for (const [name, from, to] of MOVES) {
    effects[name] = {
      enter: (fields) => {
        const source = fields.number(from);
        const target = fields.number(to);
        if (source === null || target === null) return null;
        return (event, task) => {
          pending.subject[task] = source(event);
          pending.extra[task] = target(event);
        };
      },
      leave: () => (_event, task, ret, took_ns) => {
        counts.read(task, pending.subject[task]!, ret, took_ns);
        counts.write(task, pending.extra[task]!, ret, took_ns);
      },
    };
  }
  return effects;
}
