/**
 * Who runs where, who could run, who sleeps.
 *
 * - The first wake-up counts: `sched_waking`, else `sched_wakeup`; one of a thread that runs is ignored.
 * - States are those of lttng-modules 2.13 and of ftrace since Linux 4.14: the bits of `task_state_index`, and 256 for a
 *   thread that was pre-empted.
 */
import type { EventType } from '../../trace/event.ts';
import { type Handler, type Part, partOf } from '../part.ts';
import { NONE } from '../table.ts';
import {
  DEAD,
  IDLE,
  PARKED,
  RUNNABLE,
  RUNNING,
  SLEEPING,
  STOPPED,
  TRACED,
  UNINTERRUPTIBLE,
  UNKNOWN,
  ZOMBIE,
} from '../tables/tasks.ts';
import { type Threads, tidContext } from '../threads.ts';

/** What the call that a thread is in was given to work on; NaN: nothing. */
export type CallArgument = (task: number) => number;

/** `prev_state` of sched_switch. */
export function stateOf(bits: number): number {
  switch (bits & 0xff) {
    case 0:
      return RUNNABLE;
    case 1:
      return SLEEPING;
    case 2:
      return UNINTERRUPTIBLE;
    case 4:
      return STOPPED;
    case 8:
      return TRACED;
    case 0x10:
      return DEAD;
    case 0x20:
      return ZOMBIE;
    case 0x40:
      return PARKED;
    case 0x80:
      return IDLE;
    default:
      return UNKNOWN;
  }
}

export function schedPart(threads: Threads, argument: CallArgument): Part {
  return partOf('sched', {
    sched_switch: (type) => switchHandler(threads, type, argument),
    sched_waking: (type) => wakeHandler(threads, type),
    sched_wakeup: (type) => wakeHandler(threads, type),
    sched_wakeup_new: (type) => wakeHandler(threads, type),
    sched_migrate_task: (type) => migrateHandler(threads, type),
    sched_pi_setprio: (type) => prioHandler(threads, type),
  });
}

function switchHandler(threads: Threads, type: EventType, argument: CallArgument): Handler | null {
  const prevTid = type.numberField('prev_tid');
  const nextTid = type.numberField('next_tid');
  if (prevTid === null || nextTid === null) return null;
  const prevState = type.numberField('prev_state');
  const prevPrio = type.numberField('prev_prio');
  const nextPrio = type.numberField('next_prio');
  const prevName = type.stringField('prev_comm');
  const nextName = type.stringField('next_comm');
  const { tasks, cpus, journal } = threads.model;

  return (event) => {
    const number = event.cpu;
    const cpu = threads.cpu(number);
    if (cpu === NONE) return;
    const { now } = journal;

    const tid = prevTid(event);
    let prev = cpus.current.data[cpu]!;
    if (prev === NONE || tasks.tid.data[prev] !== tid) {
      const was = prev;
      prev = tid === 0 ? threads.idle(number) : threads.get(tid, prevName === null ? '' : prevName(event));
      if (was !== NONE) threads.ranUnseen(prev, was);
    }
    if (prev !== NONE) {
      if (tasks.state.data[prev] === RUNNING) {
        const since = tasks.state.stamps[prev]!;
        if (since <= now) {
          tasks.cpu_ns.add(prev, now - since);
          if (tid !== 0) cpus.busy_ns.add(cpu, now - since);
        }
      }
      const state = tid === 0 ? IDLE : prevState === null ? UNKNOWN : stateOf(prevState(event));
      tasks.state.set(prev, state);
      tasks.cpu.set(prev, number);
      if (prevPrio !== null) tasks.prio.set(prev, prevPrio(event));
      if (state !== RUNNABLE && tasks.syscall.data[prev] !== NONE) tasks.waitsFor.set(prev, argument(prev));
    }

    const nextNumber = nextTid(event);
    const name = nextNumber === 0 || nextName === null ? '' : nextName(event);
    let next = nextNumber === 0 ? threads.idle(number) : threads.get(nextNumber, name);
    if (next !== NONE && nextNumber !== 0) {
      if (threads.isOver(next)) next = threads.replace(next, name);
      else threads.rename(next, name);
    }
    if (next !== NONE) {
      threads.runs(next);
      tasks.cpu.set(next, number);
      if (nextPrio !== null) tasks.prio.set(next, nextPrio(event));
    }
    cpus.current.set(cpu, next);
  };
}

function wakeHandler(threads: Threads, type: EventType): Handler | null {
  const tid = type.numberField('tid');
  if (tid === null) return null;
  const name = type.stringField('comm');
  const target = type.numberField('target_cpu');
  const prio = type.numberField('prio');
  const { tasks, cpus } = threads.model;
  return (event) => {
    const number = tid(event);
    if (number <= 0) return;
    let row = threads.find(number);
    if (row === NONE) row = threads.get(number, name === null ? '' : name(event));
    if (row === NONE) return;
    const state = tasks.state.data[row];
    if (state === RUNNING || state === RUNNABLE) return;
    if (threads.isOver(row)) {
      row = threads.replace(row, name === null ? '' : name(event));
      if (row === NONE) return;
    }
    tasks.state.set(row, RUNNABLE);
    if (prio !== null) tasks.prio.set(row, prio(event));
    if (target !== null) tasks.cpu.set(row, target(event));
    const cpu = threads.cpu(event.cpu);
    const waker = cpu === NONE ? NONE : cpus.current.data[cpu]!;
    tasks.waker.set(row, waker === NONE ? NONE : tasks.tid.data[waker]!);
  };
}

function migrateHandler(threads: Threads, type: EventType): Handler | null {
  const tid = type.numberField('tid');
  const target = type.numberField('dest_cpu');
  if (tid === null) return null;
  const name = type.stringField('comm');
  const prio = type.numberField('prio');
  const { tasks } = threads.model;
  return (event) => {
    const row = threads.get(tid(event), name === null ? '' : name(event));
    if (row === NONE) return;
    tasks.migrations.add(row, 1);
    if (target !== null) tasks.cpu.set(row, target(event));
    if (prio !== null) tasks.prio.set(row, prio(event));
  };
}

function prioHandler(threads: Threads, type: EventType): Handler | null {
  const tid = type.numberField('tid');
  const prio = type.numberField('newprio');
  if (tid === null || prio === null) return null;
  const name = type.stringField('comm');
  return (event) => {
    const row = threads.get(tid(event), name === null ? '' : name(event));
    if (row !== NONE) threads.model.tasks.prio.set(row, prio(event));
  };
}

/** Threads are born, become other programs, and go. */
export function lifePart(threads: Threads): Part {
  return partOf('life', {
    sched_process_fork: (type) => forkHandler(threads, type),
    sched_process_exec: (type) => execHandler(threads, type),
    sched_process_exit: (type) => {
      const tid = type.numberField('tid');
      if (tid === null) return null;
      return (event) => {
        const row = threads.find(tid(event));
        if (row !== NONE) threads.exit(row);
      };
    },
    sched_process_free: (type) => {
      const tid = type.numberField('tid');
      return tid === null ? null : (event) => threads.free(tid(event));
    },
  });
}

function forkHandler(threads: Threads, type: EventType): Handler | null {
  const parentTid = type.numberField('parent_tid');
  const childTid = type.numberField('child_tid');
  if (parentTid === null || childTid === null) return null;
  const parentName = type.stringField('parent_comm');
  const childName = type.stringField('child_comm');
  const parentPid = type.numberField('parent_pid');
  const childPid = type.numberField('child_pid');
  return (event) => {
    const tid = parentTid(event);
    const parent = tid === 0 ? NONE : threads.get(tid, parentName === null ? '' : parentName(event));
    if (parent !== NONE && parentPid !== null && parentPid(event) > 0) threads.belongs(parent, parentPid(event));
    const told = childPid === null ? -1 : childPid(event);
    threads.fork(
      parent,
      childTid(event),
      told > 0 ? told : childTid(event),
      childName === null ? '' : childName(event),
    );
  };
}

function execHandler(threads: Threads, type: EventType): Handler | null {
  const path = type.stringField('filename');
  const tid = type.fieldNames.includes('tid') ? type.numberField('tid') : null;
  const oldTid = type.numberField('old_tid');
  const context = tidContext(type);
  if (tid === null && context === null) return null;
  const { tasks, processes, texts } = threads.model;
  return (event) => {
    const row = tid === null ? threads.current(event, context) : threads.get(tid(event), '');
    if (row === NONE) return;
    // Another thread than the first has the first one's number from now on.
    if (oldTid !== null && tid !== null && oldTid(event) !== tid(event)) threads.free(oldTid(event));
    const executable = path === null ? '' : path(event);
    // The kernel names the thread by the last part of the path, 15 bytes of it; scripts and links keep their own names.
    threads.rename(row, executable.slice(executable.lastIndexOf('/') + 1).slice(0, 15));
    processes.executable.set(threads.processOf(row), texts.number(executable));
    for (const listener of threads.listeners) listener.executed?.(row);
    tasks.waitsFor.set(row, Number.NaN);
  };
}
