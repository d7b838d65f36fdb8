import type { IntColumn, NumberColumn } from '../columns.ts';
import { NONE, Table } from '../table.ts';

export const FILE_KINDS = ['unknown', 'file', 'folder', 'socket', 'pipe', 'device', 'event', 'other'] as const;
export const FILE_UNKNOWN = 0;
export const FILE_REGULAR = 1;
export const FILE_FOLDER = 2;
export const FILE_SOCKET = 3;
export const FILE_PIPE = 4;
export const FILE_DEVICE = 5;
/** eventfd, epoll, timerfd, signalfd, inotify ...: waiting is what they are for. */
export const FILE_EVENT = 6;
export const FILE_OTHER = 7;

/** Tables of descriptors: one for each process, but CLONE_FILES shares them. */
export class FdSetTable extends Table {
  /** Threads that use it. */
  readonly users: IntColumn = this.int('users', 'count', 0);
  /** pid for which it was made. */
  readonly pid: IntColumn = this.int('pid');
}

/** File descriptors. A number that is used again is another row. */
export class FdTable extends Table {
  readonly files: IntColumn = this.int('files', 'row');
  readonly fd: IntColumn = this.int('fd');
  /** What it refers to: dup, fork and SCM_RIGHTS make several descriptors of one open file. */
  readonly file: IntColumn = this.int('file', 'row');
  readonly closeOnExec: IntColumn = this.int('cloexec', 'flag', 0);
  /** NaN: it was there before we looked. */
  readonly opened: NumberColumn = this.number('opened', 'time', Number.NaN);
  /** When the call that opened it began. */
  readonly asked: NumberColumn = this.number('asked', 'time', Number.NaN);
  readonly read_bytes: NumberColumn = this.number('read_bytes', 'bytes');
  readonly written_bytes: NumberColumn = this.number('written_bytes', 'bytes');
  readonly reads: NumberColumn = this.number('reads');
  readonly writes: NumberColumn = this.number('writes');
  readonly errors: NumberColumn = this.number('errors');
  /** Time in calls that read, wrote or synchronised. */
  readonly io_ns: NumberColumn = this.number('io_ns', 'duration');
  /** Longest of them. */
  readonly longest_ns: NumberColumn = this.number('longest_ns', 'duration');
}

/** Open files (the kernel's `struct file`), with what sockets and pipes have besides. */
export class FileTable extends Table {
  readonly type: IntColumn = this.choice('type', FILE_KINDS);
  readonly path: IntColumn = this.text('path');
  /** O_ flags; NONE: not known. */
  readonly flags: IntColumn = this.int('flags');
  /** Descriptors of all processes. */
  readonly users: IntColumn = this.int('users', 'count', 0);
  readonly inode: NumberColumn = this.number('inode', 'number', Number.NaN);
  /** AF_ of a socket. */
  readonly family: IntColumn = this.int('family', 'number', NONE);
  /** SOCK_ of a socket. */
  readonly socketType: IntColumn = this.int('socket_type', 'number', NONE);
  readonly local: IntColumn = this.text('local');
  readonly peer: IntColumn = this.text('peer');
  readonly listening: IntColumn = this.int('listening', 'flag', 0);
  /** The other end of a pipe or of a pair of sockets, by the number that `ends` of both share; NONE: not known. */
  readonly ends: NumberColumn = this.number('ends', 'number', Number.NaN);
}
