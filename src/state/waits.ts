/** What a thread waits for: from its state, its system call, and what the call was given. */
import type { CallNames } from './calls/numbers.ts';
import { NONE } from './table.ts';
import { FILE_EVENT, FILE_PIPE, FILE_REGULAR, FILE_SOCKET } from './tables/files.ts';
import { RUNNABLE, SLEEPING, UNINTERRUPTIBLE } from './tables/tasks.ts';
import type { View } from './view.ts';

const AF_UNIX = 1;

export type WaitKind =
  | 'cpu'
  | 'disk'
  | 'net'
  | 'socket'
  | 'pipe'
  | 'futex'
  | 'timer'
  | 'child'
  | 'poll'
  | 'signal'
  | 'event'
  | 'file'
  | 'terminal'
  | 'other';

export interface Wait {
  readonly kind: WaitKind;
  /** Descriptor that it waits for, and what that is. */
  readonly fd?: number;
  readonly file?: string;
  /** Address of the futex. */
  readonly address?: number;
}

const BY_CALL: Readonly<Record<string, WaitKind>> = {
  futex: 'futex',
  futex_wait: 'futex',
  futex_waitv: 'futex',
  nanosleep: 'timer',
  clock_nanosleep: 'timer',
  clock_nanosleep_time32: 'timer',
  wait4: 'child',
  waitid: 'child',
  waitpid: 'child',
  vfork: 'child',
  poll: 'poll',
  ppoll: 'poll',
  select: 'poll',
  pselect6: 'poll',
  epoll_wait: 'poll',
  epoll_pwait: 'poll',
  epoll_pwait2: 'poll',
  io_uring_enter: 'poll',
  io_getevents: 'poll',
  io_pgetevents: 'poll',
  pause: 'signal',
  rt_sigsuspend: 'signal',
  rt_sigtimedwait: 'signal',
  sync: 'disk',
  fsync: 'disk',
  fdatasync: 'disk',
  sync_file_range: 'disk',
  syncfs: 'disk',
  msync: 'disk',
  accept: 'net',
  accept4: 'net',
  connect: 'net',
  recvfrom: 'net',
  recvmsg: 'net',
  recvmmsg: 'net',
  sendto: 'net',
  sendmsg: 'net',
  sendmmsg: 'net',
};

/** Calls whose subject is a descriptor that the kind of wait follows from. */
const BY_FILE = new Set([
  'read',
  'write',
  'pread64',
  'pwrite64',
  'readv',
  'writev',
  'preadv',
  'pwritev',
  'preadv2',
  'pwritev2',
  'splice',
  'sendfile',
  'sendfile64',
  'copy_file_range',
  'vmsplice',
  'getdents64',
  'ioctl',
  'flock',
  'close',
]);

/** null: it runs, has ended, or nobody knows. */
export function waitOf(view: View, task: number, names: CallNames): Wait | null {
  const { tasks } = view.model;
  const state = view.get(tasks.state, task);
  if (state === RUNNABLE) return { kind: 'cpu' };
  if (state !== SLEEPING && state !== UNINTERRUPTIBLE) return null;
  const uninterruptible = state === UNINTERRUPTIBLE;
  const call = names.name(view.get(tasks.syscall, task));
  // Page faults, and kernel threads.
  if (call === '') return { kind: uninterruptible ? 'disk' : 'other' };
  const kind = BY_CALL[call];
  const subject = view.get(tasks.waitsFor, task);
  if (Number.isNaN(subject)) return { kind: kind ?? (uninterruptible ? 'disk' : 'other') };
  if (kind === 'futex') return { kind, address: subject };
  if (kind === 'child') return { kind };
  if (kind === undefined && !BY_FILE.has(call)) return { kind: uninterruptible ? 'disk' : 'other' };
  return { ...fileWait(view, task, subject, uninterruptible), ...(kind === undefined ? {} : { kind }), fd: subject };
}

function fileWait(view: View, task: number, fd: number, uninterruptible: boolean): Wait {
  const row = fdOf(view, task, fd);
  const fallback: Wait = { kind: uninterruptible ? 'disk' : 'other' };
  if (row === NONE) return fallback;
  const { fds, files } = view.model;
  const file = view.get(fds.file, row);
  if (file === NONE) return fallback;
  const path = view.text(files.path, file);
  switch (view.get(files.type, file)) {
    case FILE_REGULAR:
      return { kind: uninterruptible ? 'disk' : 'file', file: path };
    case FILE_SOCKET: {
      // Those of the unix family stay on the machine.
      const family = view.get(files.family, file);
      return { kind: family === AF_UNIX ? 'socket' : 'net', file: view.text(files.peer, file) || path };
    }
    case FILE_PIPE:
      return { kind: 'pipe', file: path };
    case FILE_EVENT:
      return { kind: 'event', file: path };
    default:
      return { kind: /^\/dev\/(tty|pts|console)/.test(path) ? 'terminal' : fallback.kind, file: path };
  }
}

/** The descriptor that a number means for a thread; NONE. */
export function fdOf(view: View, task: number, fd: number): number {
  const { tasks, processes } = view.model;
  const process = view.get(tasks.process, task);
  if (process === NONE) return NONE;
  const set = view.get(processes.files, process);
  return set === NONE ? NONE : view.fd(set, fd);
}
