import type { IntColumn, NumberColumn } from '../columns.ts';
import { Table } from '../table.ts';

/** Thread groups: what has a pid. */
export class ProcessTable extends Table {
  readonly pid: IntColumn = this.int('pid');
  readonly incarnation: IntColumn = this.int('incarnation', 'number', 0);
  /** pid of the parent; NONE: not known. */
  readonly parent: IntColumn = this.int('parent');
  /** Name of the first thread, or of another one until that is known. */
  readonly name: IntColumn = this.text('name');
  readonly executable: IntColumn = this.text('executable');
  readonly directory: IntColumn = this.text('directory');
  /** Path in the cgroup file system, where it is known (the live machine). */
  readonly cgroup: IntColumn = this.text('cgroup');
  readonly threads: IntColumn = this.int('threads', 'count', 0);
  /** Threads that have not exited. */
  readonly running: IntColumn = this.int('running', 'count', 0);
  /** Table of file descriptors; processes may share one. */
  readonly files: IntColumn = this.int('files', 'row');
  readonly isKernel: IntColumn = this.int('is_kernel', 'flag', 0);
  readonly vpid: IntColumn = this.int('vpid');
  readonly user: NumberColumn = this.number('user', 'number', Number.NaN);
  readonly pidNamespace: NumberColumn = this.number('pid_ns', 'number', Number.NaN);
  readonly networkNamespace: NumberColumn = this.number('net_ns', 'number', Number.NaN);
  readonly utsNamespace: NumberColumn = this.number('uts_ns', 'number', Number.NaN);
  readonly ipcNamespace: NumberColumn = this.number('ipc_ns', 'number', Number.NaN);
  readonly userNamespace: NumberColumn = this.number('user_ns', 'number', Number.NaN);
  readonly cgroupNamespace: NumberColumn = this.number('cgroup_ns', 'number', Number.NaN);
  readonly timeNamespace: NumberColumn = this.number('time_ns', 'number', Number.NaN);
  readonly fileRead_bytes: NumberColumn = this.number('file_read_bytes', 'bytes');
  readonly fileWritten_bytes: NumberColumn = this.number('file_written_bytes', 'bytes');
  readonly netRead_bytes: NumberColumn = this.number('net_read_bytes', 'bytes');
  readonly netWritten_bytes: NumberColumn = this.number('net_written_bytes', 'bytes');
  /** Pipes, terminals, and descriptors of which nothing is known. */
  readonly otherRead_bytes: NumberColumn = this.number('other_read_bytes', 'bytes');
  readonly otherWritten_bytes: NumberColumn = this.number('other_written_bytes', 'bytes');
  readonly pagesAllocated: NumberColumn = this.number('pages_allocated');
  readonly pagesFreed: NumberColumn = this.number('pages_freed');
}
