/**
 * Who runs on which CPU, and what threads are called: the model under all reports that name a thread.
 *
 * Sources: sched_switch (names, priorities), the state dump, fork, exec, and the `procname` context where there is one.
 * Latency of wake-ups as LTTng analyses defines it: from the first wake-up of a thread that is on no CPU until it is
 * switched to.
 */
import type { EventType, StreamInfo } from '../../trace/event.ts';
import { cpuOf, type Handler, type Listener, NONE, numberOr, stringOr } from '../listener.ts';
import { Task, TaskTable } from './task.ts';

/** Length of a name in the kernel, without the NUL. */
const COMM_CHARACTERS = 15;
const NOBODY = new Task(NONE, NONE, '');
const WAKE_UPS = ['sched_wakeup', 'sched_wakeup_new', 'sched_waking'];

export interface TasksOptions {
  /** Follow wake-ups: needed for latencies and wakers. */
  readonly wakeups?: boolean;
}

export class Tasks implements Listener {
  readonly events: readonly string[];
  readonly table: TaskTable = new TaskTable();
  /** By CPU; null while it is idle, undefined before its first switch. */
  readonly current: (Task | null | undefined)[] = [];
  /** Told of every change of a priority, before the change's own event is counted. */
  readonly onPriority: ((task: Task) => void)[] = [];
  /** Of the switch that is being counted: who leaves the CPU, who gets it, since when that one waited and for whom. */
  prev: Task = NOBODY;
  next: Task = NOBODY;
  woken: number = Number.NaN;
  waker: Task | null = null;

  constructor({ wakeups = false }: TasksOptions = {}) {
    this.events = [
      'sched_switch',
      'sched_process_fork',
      'sched_process_exec',
      'sched_pi_setprio',
      'sched_migrate_task',
      'lttng_statedump_process_state',
      ...(wakeups ? WAKE_UPS : []),
    ];
  }

  handler(type: EventType): Handler | null {
    switch (type.name) {
      case 'sched_switch':
        return this.#switch(type);
      case 'sched_process_fork':
        return this.#fork(type);
      case 'sched_process_exec':
        return this.#exec(type);
      case 'sched_pi_setprio':
        return this.#priority(type, 'newprio');
      case 'sched_migrate_task':
        return this.#migrate(type);
      case 'lttng_statedump_process_state':
        return this.#stateDump(type);
      default:
        return this.#wakeup(type);
    }
  }

  /** The thread on the CPU of an event; null when the CPU is idle or was not seen switching yet. */
  on(cpu: number): Task | null {
    return this.current[cpu] ?? null;
  }

  #switch(type: EventType): Handler {
    const cpu = cpuOf(type);
    const prevTid = numberOr(type, 'prev_tid');
    const prevPrio = numberOr(type, 'prev_prio');
    const prevComm = stringOr(type, 'prev_comm');
    const nextTid = numberOr(type, 'next_tid');
    const nextPrio = numberOr(type, 'next_prio');
    const nextComm = stringOr(type, 'next_comm');
    const { table, current } = this;
    return (event) => {
      const at = cpu(event);
      const before = current[at];
      if (before != null && before.cpu === at) before.cpu = NONE;
      const prev = table.of(prevTid(event));
      if (prev.comm === '') prev.comm = prevComm(event);
      if (prev.cpu === at) prev.cpu = NONE;
      const next = table.of(nextTid(event));
      next.comm = nextComm(event);
      if (next.tid === 0) current[at] = null;
      else {
        current[at] = next;
        next.cpu = at;
      }
      this.#setPriority(prev, prevPrio(event));
      this.#setPriority(next, nextPrio(event));
      this.prev = prev;
      this.next = next;
      this.woken = next.woken;
      this.waker = next.waker;
      next.woken = Number.NaN;
      next.waker = null;
    };
  }

  #wakeup(type: EventType): Handler {
    const cpu = cpuOf(type);
    const tid = numberOr(type, 'tid');
    const prio = numberOr(type, 'prio');
    const comm = stringOr(type, 'comm');
    let offset: number = Number.NaN;
    return (event) => {
      if (Number.isNaN(offset)) offset = priorityOffset(event.stream);
      const task = this.table.of(tid(event));
      if (task.cpu !== NONE) return;
      if (task.comm === '') task.comm = comm(event);
      this.#setPriority(task, prio(event) + offset);
      if (!Number.isNaN(task.woken)) return;
      task.woken = event.time;
      task.waker = this.on(cpu(event));
    };
  }

  #fork(type: EventType): Handler {
    // Not parent_pid: the thread that forks need not be the first of its process.
    const parentTid = numberOr(type, type.fieldNames.includes('parent_tid') ? 'parent_tid' : 'parent_pid');
    const parentPid = numberOr(type, 'parent_pid');
    const parentComm = stringOr(type, 'parent_comm');
    const childTid = numberOr(type, 'child_tid');
    const childPid = numberOr(type, 'child_pid');
    const childComm = stringOr(type, 'child_comm');
    return (event) => {
      const parent = this.table.of(parentTid(event));
      parent.pid = parentPid(event);
      parent.comm = parentComm(event);
      this.table.put(new Task(childTid(event), childPid(event), childComm(event)));
    };
  }

  #exec(type: EventType): Handler {
    const tid = numberOr(type, 'tid');
    const procname = type.stringField('procname');
    const filename = stringOr(type, 'filename');
    return (event) => {
      const task = this.table.of(tid(event));
      const name = procname !== null ? procname(event) : nameOfFile(filename(event));
      if (name !== '') task.comm = name;
    };
  }

  #priority(type: EventType, field: string): Handler {
    const tid = numberOr(type, 'tid');
    const prio = numberOr(type, field);
    return (event) => this.#setPriority(this.table.of(tid(event)), prio(event));
  }

  #migrate(type: EventType): Handler {
    const tid = numberOr(type, 'tid');
    const prio = numberOr(type, 'prio');
    const comm = stringOr(type, 'comm');
    return (event) => {
      const task = this.table.of(tid(event));
      if (task.comm === '') task.comm = comm(event);
      this.#setPriority(task, prio(event));
    };
  }

  #stateDump(type: EventType): Handler {
    const tid = numberOr(type, 'tid');
    const pid = numberOr(type, 'pid');
    const name = stringOr(type, 'name');
    const prio = numberOr(type, 'prio', Number.NaN);
    return (event) => {
      const task = this.table.of(tid(event));
      task.pid = pid(event);
      task.comm = name(event);
      // What the scheduler said is newer than the dump.
      if (Number.isNaN(task.prio)) task.prio = prio(event);
    };
  }

  #setPriority(task: Task, prio: number): void {
    if (task.tid === 0 || task.prio === prio) return;
    task.prio = prio;
    for (const told of this.onPriority) told(task);
  }
}

/** `/usr/bin/a-rather-long-program` is called `a-rather-long-p`. */
function nameOfFile(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1, path.lastIndexOf('/') + 1 + COMM_CHARACTERS);
}

/** Wake-up events of lttng-modules before 2.7.1 have priorities that are 100 too high. */
function priorityOffset({ environment }: StreamInfo): number {
  const part = (name: string): number => Number(environment.get(name) ?? Number.NaN);
  const version = part('tracer_major') * 1e6 + part('tracer_minor') * 1e3 + part('tracer_patchlevel');
  return environment.get('tracer_name') === 'lttng-modules' && version < 2_007_001 ? -100 : 0;
}
