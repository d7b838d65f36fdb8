/** A thread, as far as events told of it. */
import { NONE } from '../listener.ts';
import type { OpenFiles } from './files.ts';
import type { IoRequest } from './io-request.ts';
import type { Call } from './syscalls.ts';

/**
 * Threads that are remembered. A busy server starts some hundred a second; beyond this the one that was met first is
 * forgotten (and is a new one when it comes back), so that hours of trace do not fill the memory.
 */
export const MAX_TASKS = 262_144;

export class Task {
  readonly tid: number;
  /** The process; NONE while it is not known. */
  pid: number;
  /** The latest name; '' while it is not known. */
  comm: string;
  /** NaN while it is not known. */
  prio: number = Number.NaN;
  /** CPU that it is on, or NONE. */
  cpu: number = NONE;
  /** When it was woken, while it waits for a CPU; else NaN. */
  woken: number = Number.NaN;
  /** Who woke it. */
  waker: Task | null = null;
  /** The system call that it is in or was in last; reused. */
  call: Call | null = null;
  /** The same, for the calls that are I/O. */
  request: IoRequest | null = null;
  /** Its open files, shared by the threads of a process. */
  files: OpenFiles | null = null;

  #cell: { readonly name: string; readonly tid: number };

  constructor(tid: number, pid: number, comm: string) {
    this.tid = tid;
    this.pid = pid;
    this.comm = comm;
    this.#cell = { name: comm, tid };
  }

  /** Name and id for a row; the same object until the name changes. */
  get cell(): { readonly name: string; readonly tid: number } {
    if (this.#cell.name !== this.comm) this.#cell = { name: this.comm, tid: this.tid };
    return this.#cell;
  }
}

/** Threads by their id. */
export class TaskTable {
  /** How many had to be forgotten. */
  forgotten = 0;
  readonly #tasks = new Map<number, Task>();

  get(tid: number): Task | undefined {
    return this.#tasks.get(tid);
  }

  /** The thread, made when it is not known. */
  of(tid: number): Task {
    return this.#tasks.get(tid) ?? this.put(new Task(tid, tid === 0 ? 0 : NONE, ''));
  }

  /** A thread that is new, even if its id is not. */
  put(task: Task): Task {
    if (this.#tasks.size >= MAX_TASKS) this.#forget();
    this.#tasks.set(task.tid, task);
    return task;
  }

  #forget(): void {
    for (const [tid, task] of this.#tasks) {
      if (task.cpu !== NONE) continue;
      this.#tasks.delete(tid);
      this.forgotten++;
      return;
    }
  }
}
