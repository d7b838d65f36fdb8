/** Which thread a tid, a CPU or an event means; births, deaths and changes of thread groups. */
import type { EventType, FieldReader, TraceEvent } from '../trace/event.ts';
import { ALIVE, NONE, UNTOLD } from './table.ts';
import { DEAD, IDLE, RUNNABLE, RUNNING, UNKNOWN, ZOMBIE } from './tables/tasks.ts';
import { ThreadIndex } from './thread-index.ts';

/** A CPU number beyond this is damage: the kernel has at most 8192. */
const MAX_CPU = 8191;

/** The parts that keep descriptors follow threads by these. */
export interface ThreadListener {
  /** A thread was born of another; `child` has its process. */
  forked?(parent: number, child: number): void;
  executed?(task: number): void;
  /** It uses no descriptor any more. */
  exited?(task: number): void;
  /** All its threads are gone. */
  ended?(process: number): void;
  /** It was thought to be a process of its own, and belongs to another. */
  moved?(task: number, fromProcess: number, toProcess: number): void;
}

export class Threads extends ThreadIndex {
  /** Events that said another thread was running than we thought: switches were lost. */
  corrected = 0;
  /** Times that a thread ran where nothing had run, and its switch was not told: Linux 6.18 tells none from idle threads. */
  implied = 0;
  readonly listeners: ThreadListener[] = [];
  readonly #cpuRows: Int32Array = new Int32Array(MAX_CPU + 1).fill(NONE);
  readonly #idleRows: number[] = [];

  /** Row of a CPU; NONE for impossible ones. */
  cpu(cpu: number): number {
    const known = this.#cpuRows[cpu];
    if (known !== NONE) return known ?? NONE;
    const row = this.model.cpus.create();
    if (row !== NONE) this.model.cpus.cpu.set(row, cpu);
    this.#cpuRows[cpu] = row;
    return row;
  }

  /** The thread that runs when there is nothing to run: tid 0, one for each CPU. */
  idle(cpu: number): number {
    const known = this.#idleRows[cpu];
    if (known !== undefined) return known;
    if (!(cpu >= 0 && cpu <= MAX_CPU)) return NONE;
    const row = this.create(0, `swapper/${cpu}`);
    this.#idleRows[cpu] = row;
    return row;
  }

  /**
   * The thread that is running where an event happened.
   *
   * @param tid reads the context; null when there is none
   */
  current(event: TraceEvent, tid: FieldReader<number> | null): number {
    const { cpus, tasks } = this.model;
    const cpu = this.cpu(event.cpu);
    const row = cpu === NONE ? NONE : cpus.current.data[cpu]!;
    if (tid === null) return row;
    const told = tid(event);
    if (row !== NONE && tasks.tid.data[row] === told) return row;
    return this.#correct(cpu, row, told, event);
  }

  #correct(cpu: number, was: number, tid: number, event: TraceEvent): number {
    const { cpus, tasks } = this.model;
    const row = tid === 0 ? this.idle(event.cpu) : this.get(tid, event.string('procname'));
    if (row === NONE || cpu === NONE) return row;
    tasks.cpu.set(row, event.cpu);
    if (was !== NONE && tasks.tid.data[was] === 0) {
      // It had the CPU at once, so this first event of it is not long after.
      this.implied++;
      tasks.state.set(was, IDLE);
      this.runs(row);
      cpus.current.set(cpu, row);
      return row;
    }
    if (was !== NONE) {
      this.corrected++;
      tasks.state.set(was, UNKNOWN);
    }
    // Since when it runs is not known.
    if (tasks.state.data[row] !== RUNNING) tasks.state.setSince(row, RUNNING, Number.NaN);
    cpus.current.setSince(cpu, row, Number.NaN);
    return row;
  }

  /** A thread has a CPU from now on. */
  runs(row: number): void {
    const { tasks, journal } = this.model;
    if (tasks.state.data[row] === RUNNABLE) {
      tasks.wait_ns.add(row, journal.now - tasks.state.stamps[row]!);
    }
    tasks.state.set(row, RUNNING);
    tasks.waitsFor.set(row, Number.NaN);
    tasks.switches.add(row, 1);
  }

  /** A thread leaves a CPU where we thought that another one ran. */
  ranUnseen(row: number, was: number): void {
    const { tasks } = this.model;
    if (tasks.tid.data[was] !== 0) {
      this.corrected++;
      tasks.state.set(was, UNKNOWN);
      return;
    }
    this.implied++;
    tasks.state.set(was, IDLE);
    // Who is woken where nothing runs, runs at once.
    if (row !== NONE && tasks.state.data[row] === RUNNABLE) {
      const since = tasks.state.stamps[row]!;
      tasks.switches.add(row, 1);
      tasks.state.setSince(row, RUNNING, since);
    }
  }

  /** Events were lost: who runs where is not known until told. */
  forgetCurrent(): void {
    const { cpus, tasks } = this.model;
    for (let cpu = 0; cpu < cpus.used; cpu++) {
      const row = cpus.current.data[cpu]!;
      if (row === NONE) continue;
      tasks.state.set(row, UNKNOWN);
      cpus.current.set(cpu, NONE);
    }
  }

  /** The process of a thread; one that nobody has told of is thought to be a process of its own. */
  processOf(task: number): number {
    const { tasks } = this.model;
    const known = tasks.process.data[task]!;
    if (known !== NONE) return known;
    this.belongs(task, tasks.tid.data[task]!);
    return tasks.process.data[task]!;
  }

  /** Says which process a thread belongs to. */
  belongs(task: number, pid: number): void {
    const { tasks, processes } = this.model;
    const from = tasks.process.data[task]!;
    if (from !== NONE && processes.pid.data[from] === pid) return;
    const to = this.process(pid);
    if (to === NONE) return;
    tasks.process.set(task, to);
    processes.threads.set(to, processes.threads.data[to]! + 1);
    if (tasks.exited.data[task] === 0) processes.running.set(to, processes.running.data[to]! + 1);
    if (pid === tasks.tid.data[task] || processes.name.data[to] === 0) {
      processes.name.set(to, tasks.name.data[task]!);
    }
    if (from === NONE) return;
    if (tasks.exited.data[task] === 0) processes.running.set(from, Math.max(0, processes.running.data[from]! - 1));
    for (const listener of this.listeners) listener.moved?.(task, from, to);
    this.#leave(from);
  }

  /** A thread was born. @param pid its process, NaN when not told */
  fork(forker: number, tid: number, pid: number, name: string): number {
    const { tasks, processes } = this.model;
    const old = this.find(tid);
    // Nobody is born of itself.
    const parent = forker === old ? NONE : forker;
    if (old !== NONE) this.#goes(old);
    const parentProcess = parent === NONE ? NONE : this.processOf(parent);
    const isThread = parentProcess !== NONE && pid === processes.pid.data[parentProcess];
    if (!isThread) {
      const before = this.findProcess(pid);
      if (before !== NONE) this.#abandon(before);
    }
    const child = this.get(tid, name);
    if (child === NONE) return NONE;
    tasks.started.set(child, this.model.journal.now);
    tasks.prio.set(child, parent === NONE ? UNTOLD : tasks.prio.data[parent]!);
    this.belongs(child, pid);
    const process = tasks.process.data[child]!;
    if (parentProcess !== NONE && process !== NONE && !isThread) this.#inherit(parentProcess, process);
    if (parent !== NONE) for (const listener of this.listeners) listener.forked?.(parent, child);
    return child;
  }

  #inherit(from: number, to: number): void {
    const { processes } = this.model;
    processes.parent.set(to, processes.pid.data[from]!);
    for (const column of [processes.executable, processes.directory, processes.cgroup, processes.isKernel]) {
      column.set(to, column.data[from]!);
    }
  }

  /** It has exited; the kernel still keeps it. */
  exit(row: number): void {
    const { tasks, processes } = this.model;
    if (tasks.exited.data[row] !== 0) return;
    tasks.exited.set(row, 1);
    const process = tasks.process.data[row]!;
    if (process !== NONE) processes.running.set(process, Math.max(0, processes.running.data[process]! - 1));
    for (const listener of this.listeners) listener.exited?.(row);
  }

  /** The kernel has freed it. */
  free(tid: number): void {
    const row = this.find(tid);
    if (row !== NONE) this.#goes(row);
  }

  /** A thread that has ended cannot run: whoever runs with its tid is another. */
  isOver(row: number): boolean {
    const state = this.model.tasks.state.data[row];
    return state === DEAD || state === ZOMBIE;
  }

  /** A dead one's tid is used again, and its birth was not seen. */
  replace(row: number, name: string): number {
    const tid = this.model.tasks.tid.data[row]!;
    this.#goes(row);
    return this.get(tid, name);
  }

  #goes(row: number): void {
    const { cpus, tasks } = this.model;
    this.exit(row);
    for (let cpu = 0; cpu < cpus.used; cpu++) if (cpus.current.data[cpu] === row) cpus.current.set(cpu, NONE);
    tasks.state.set(row, DEAD);
    tasks.kill(row);
    const process = tasks.process.data[row]!;
    if (process !== NONE) this.#leave(process);
  }

  #leave(process: number): void {
    const { processes } = this.model;
    const left = Math.max(0, processes.threads.data[process]! - 1);
    processes.threads.set(process, left);
    if (left > 0) return;
    for (const listener of this.listeners) listener.ended?.(process);
    processes.kill(process);
  }

  /** Its number is used again, so the ends of its threads were lost. */
  #abandon(process: number): void {
    const { tasks, processes } = this.model;
    for (let row = 0; row < tasks.used; row++) {
      if (tasks.process.data[row] === process && tasks.died.data[row] === ALIVE) this.#goes(row);
    }
    if (processes.died.data[process] !== ALIVE) return;
    processes.threads.set(process, 0);
    this.#leave(process);
  }
}

/** Reads the `tid` context of a class; null where there is none, or where a field of the event hides it. */
export function tidContext(type: EventType): FieldReader<number> | null {
  return type.fieldNames.includes('tid') ? null : type.numberField('tid');
}
