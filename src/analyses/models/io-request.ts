/** What system calls that are I/O do, by name. */
import type { OpenFile } from './files.ts';
import type { Task } from './task.ts';

/** `both` reads one file and writes another; `other` is logged, but is none of the categories of statistics. */
export type Operation = 'open' | 'close' | 'read' | 'write' | 'both' | 'sync' | 'other';

/** How a call's fields name its files. */
export interface IoCall {
  readonly operation: Operation;
  /** What the call does to the table of descriptors; absent: nothing. */
  readonly opens?: 'path' | 'socket' | 'accept' | 'duplicate';
  /** Field with the descriptor; of `both` the one that is read. */
  readonly fd?: string;
  /** The one that is written. */
  readonly out?: string;
  /** It returns something else than bytes. */
  readonly countless?: boolean;
}

const opens: IoCall = { operation: 'open', opens: 'path' };
const accepts: IoCall = { operation: 'open', opens: 'accept' };
const reads: IoCall = { operation: 'read', fd: 'fd' };
const writes: IoCall = { operation: 'write', fd: 'fd' };
const syncs: IoCall = { operation: 'sync', fd: 'fd', countless: true };
const duplicates = (fd: string): IoCall => ({ operation: 'open', opens: 'duplicate', fd });

export const IO_CALLS: Readonly<Record<string, IoCall>> = {
  open: opens,
  openat: opens,
  openat2: opens,
  creat: opens,
  socket: { operation: 'open', opens: 'socket' },
  accept: accepts,
  accept4: accepts,
  dup: duplicates('fildes'),
  dup2: duplicates('oldfd'),
  dup3: duplicates('oldfd'),
  fcntl: duplicates('fd'),
  close: { operation: 'close', fd: 'fd', countless: true },
  read: reads,
  readv: reads,
  pread: reads,
  pread64: reads,
  preadv: reads,
  preadv2: reads,
  recvfrom: reads,
  recvmsg: reads,
  recvmmsg: { ...reads, countless: true },
  write: writes,
  writev: writes,
  pwrite: writes,
  pwrite64: writes,
  pwritev: writes,
  pwritev2: writes,
  sendto: writes,
  sendmsg: writes,
  sendmmsg: { ...writes, countless: true },
  splice: { operation: 'both', fd: 'fd_in', out: 'fd_out' },
  sendfile: { operation: 'both', fd: 'in_fd', out: 'out_fd' },
  sendfile64: { operation: 'both', fd: 'in_fd', out: 'out_fd' },
  copy_file_range: { operation: 'both', fd: 'fd_in', out: 'fd_out' },
  sync: { operation: 'sync', countless: true },
  syncfs: syncs,
  fsync: syncs,
  fdatasync: syncs,
  sync_file_range: syncs,
  io_uring_enter: { operation: 'other', fd: 'fd', countless: true },
};

/** Calls that are no I/O of their own but change who has which file: name of the file that they make. */
export const FILE_MAKERS: Readonly<Record<string, string>> = {
  eventfd: 'anon_inode:[eventfd]',
  eventfd2: 'anon_inode:[eventfd]',
  epoll_create: 'anon_inode:[eventpoll]',
  epoll_create1: 'anon_inode:[eventpoll]',
  timerfd_create: 'anon_inode:[timerfd]',
  signalfd: 'anon_inode:[signalfd]',
  signalfd4: 'anon_inode:[signalfd]',
  inotify_init: 'anon_inode:inotify',
  inotify_init1: 'anon_inode:inotify',
  io_uring_setup: 'anon_inode:[io_uring]',
  perf_event_open: 'anon_inode:[perf_event]',
};

/** A call in flight, or the one that ended; one object a thread, reused. */
export interface IoRequest {
  readonly task: Task;
  name: string;
  call: IoCall;
  active: boolean;
  begin: number;
  end: number;
  /** Bytes moved; NaN where there is no such number. */
  size: number;
  /** What the call returned. */
  ret: number;
  /** Descriptors; NONE where there is none. Of opens: the new one. */
  fd: number;
  out: number;
  file: OpenFile | null;
  outFile: OpenFile | null;
  /** Of opens: what the new descriptor will be. */
  made: OpenFile | null;
  /** In order of begin, while a log is written. */
  order: unknown;
}
