import type { IntColumn, NumberColumn, StampedColumn } from '../columns.ts';
import { NONE, Table, UNTOLD } from '../table.ts';

/** What a thread does, as the scheduler sees it. Order and text are public: other stores and programs have them. */
export const TASK_STATES = [
  'unknown',
  'running',
  'runnable',
  'sleeping',
  'uninterruptible',
  'stopped',
  'traced',
  'zombie',
  'dead',
  'parked',
  'idle',
] as const;
export type TaskState = (typeof TASK_STATES)[number];

export const UNKNOWN = 0;
export const RUNNING = 1;
export const RUNNABLE = 2;
export const SLEEPING = 3;
export const UNINTERRUPTIBLE = 4;
export const STOPPED = 5;
export const TRACED = 6;
export const ZOMBIE = 7;
export const DEAD = 8;
export const PARKED = 9;
export const IDLE = 10;

/** Threads. A tid that is used again is another row, with the next `incarnation`. */
export class TaskTable extends Table {
  readonly tid: IntColumn = this.int('tid');
  /** How many threads had this tid before, as far as it was seen. */
  readonly incarnation: IntColumn = this.int('incarnation', 'number', 0);
  readonly process: IntColumn = this.int('process', 'row');
  readonly name: IntColumn = this.text('name');
  readonly state: StampedColumn = this.stamped('state', 'enum', UNKNOWN, TASK_STATES);
  /** LTTng's: real-time below 0, nice 0 is 20. UNTOLD: no event told it. */
  readonly prio: IntColumn = this.int('prio', 'number', UNTOLD);
  /** Where it runs or ran. */
  readonly cpu: IntColumn = this.int('cpu');
  /** tid of who woke it last. */
  readonly waker: IntColumn = this.int('waker');
  /** Number of the system call that it is in (see `SyscallNames`); NONE: in none, or not known. */
  readonly syscall: StampedColumn = this.stamped('syscall', 'call', NONE);
  /** While it is blocked in a system call: the descriptor or address that the call was given; else NaN. */
  readonly waitsFor: NumberColumn = this.number('waits_for', 'number', Number.NaN);
  /** It has called exit, or was killed; its number is not free yet. */
  readonly exited: IntColumn = this.int('exited', 'flag', 0);
  /** In the innermost pid namespace; NONE: not told. */
  readonly vtid: IntColumn = this.int('vtid');
  readonly started: NumberColumn = this.number('started', 'time', Number.NaN);
  /** Up to the last switch. */
  readonly cpu_ns: NumberColumn = this.number('cpu_ns', 'duration');
  /** Runnable, but not running. */
  readonly wait_ns: NumberColumn = this.number('wait_ns', 'duration');
  readonly switches: NumberColumn = this.number('switches');
  readonly migrations: NumberColumn = this.number('migrations');
}
