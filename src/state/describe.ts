/** What the rows of a view say, as objects for people and programs: texts for numbers, rows for references. */
import type { CallNames } from './calls/numbers.ts';
import type { NumberColumn } from './columns.ts';
import { NONE, UNTOLD } from './table.ts';
import { RUNNABLE, RUNNING, type TaskState } from './tables/tasks.ts';
import type { View } from './view.ts';
import { type Wait, waitOf } from './waits.ts';

export interface ThreadInfo {
  readonly tid: number;
  /** null: nobody told. */
  readonly pid: number | null;
  readonly incarnation: number;
  readonly name: string;
  readonly state: TaskState;
  /** Since when; null: it began before we looked. */
  readonly since_ns: bigint | null;
  readonly cpu: number | null;
  /** LTTng's: real-time below 0, nice 0 is 20. */
  readonly prio: number | null;
  /** tid of who woke it last. */
  readonly waker: number | null;
  readonly syscall: string | null;
  readonly syscall_since_ns: bigint | null;
  readonly wait: Wait | null;
  readonly vtid: number | null;
  readonly started_ns: bigint | null;
  readonly exited: boolean;
  /** When its number became free; null: it has not. */
  readonly died_ns: bigint | null;
  /** Nanoseconds on a CPU, and runnable without one, as far as it was seen. */
  readonly cpu_time_ns: number;
  readonly wait_time_ns: number;
  readonly switches: number;
  readonly migrations: number;
}

export interface ProcessInfo {
  readonly pid: number;
  readonly incarnation: number;
  readonly parent: number | null;
  readonly name: string;
  readonly executable: string;
  readonly directory: string;
  readonly cgroup: string;
  readonly kernel: boolean;
  readonly threads: number;
  readonly user: number | null;
  readonly vpid: number | null;
  /** Inode numbers. */
  readonly namespaces: Readonly<Record<string, number>>;
  readonly file_read_bytes: number;
  readonly file_written_bytes: number;
  readonly net_read_bytes: number;
  readonly net_written_bytes: number;
  readonly other_read_bytes: number;
  readonly other_written_bytes: number;
  readonly pages_allocated: number;
  readonly pages_freed: number;
  readonly died_ns: bigint | null;
}

export interface CpuInfo {
  readonly cpu: number;
  /** null: not known. 0: idle. */
  readonly tid: number | null;
  readonly name: string;
  readonly since_ns: bigint | null;
  /** Number of the interrupt, vector of the softirq that it handles. */
  readonly irq: number | null;
  readonly softirq: number | null;
  readonly idle_state: number | null;
  readonly frequency_khz: number | null;
  readonly busy_time_ns: number;
  readonly irq_time_ns: number;
  readonly softirq_time_ns: number;
}

/** Numbers that may be missing. */
export function known(value: number): number | null {
  return Number.isNaN(value) || value === NONE ? null : value;
}

/** -1 is the priority of a real-time thread. */
function prioOf(value: number): number | null {
  return value === UNTOLD ? null : value;
}

export function threadInfo(view: View, row: number, names: CallNames): ThreadInfo {
  const { tasks, processes } = view.model;
  const process = view.get(tasks.process, row);
  const state = view.get(tasks.state, row);
  const since = view.since(tasks.state, row);
  const call = view.get(tasks.syscall, row);
  const elapsed = Number.isFinite(since) ? Math.max(0, view.time - since) : 0;
  return {
    tid: view.get(tasks.tid, row),
    pid: process === NONE ? null : view.get(processes.pid, process),
    incarnation: view.get(tasks.incarnation, row),
    name: view.text(tasks.name, row),
    state: view.label(tasks.state, row) as TaskState,
    since_ns: view.clock(since),
    cpu: known(view.get(tasks.cpu, row)),
    prio: prioOf(view.get(tasks.prio, row)),
    waker: known(view.get(tasks.waker, row)),
    syscall: call === NONE ? null : names.name(call),
    syscall_since_ns: call === NONE ? null : view.clock(view.since(tasks.syscall, row)),
    wait: waitOf(view, row, names),
    vtid: known(view.get(tasks.vtid, row)),
    started_ns: view.clock(view.get(tasks.started, row)),
    exited: view.get(tasks.exited, row) === 1,
    died_ns: diedAt(view, tasks.died, row),
    // What it does now has lasted until now.
    cpu_time_ns: view.get(tasks.cpu_ns, row) + (state === RUNNING ? elapsed : 0),
    wait_time_ns: view.get(tasks.wait_ns, row) + (state === RUNNABLE ? elapsed : 0),
    switches: view.get(tasks.switches, row),
    migrations: view.get(tasks.migrations, row),
  };
}

/** Of something that a view shows as dead. */
export function diedAt(view: View, died: NumberColumn, row: number): bigint | null {
  const time = died.data[row]!;
  return time <= view.time ? view.clock(time) : null;
}

export function processInfo(view: View, row: number): ProcessInfo {
  const { processes } = view.model;
  const namespaces: Record<string, number> = {};
  for (const column of [
    processes.pidNamespace,
    processes.networkNamespace,
    processes.utsNamespace,
    processes.ipcNamespace,
    processes.userNamespace,
    processes.cgroupNamespace,
    processes.timeNamespace,
  ]) {
    const inode = known(view.get(column, row));
    if (inode !== null) namespaces[column.name.replace('_ns', '')] = inode;
  }
  return {
    pid: view.get(processes.pid, row),
    incarnation: view.get(processes.incarnation, row),
    parent: known(view.get(processes.parent, row)),
    name: view.text(processes.name, row),
    executable: view.text(processes.executable, row),
    directory: view.text(processes.directory, row),
    cgroup: view.text(processes.cgroup, row),
    kernel: view.get(processes.isKernel, row) === 1,
    threads: view.get(processes.threads, row),
    user: known(view.get(processes.user, row)),
    vpid: known(view.get(processes.vpid, row)),
    namespaces,
    file_read_bytes: view.get(processes.fileRead_bytes, row),
    file_written_bytes: view.get(processes.fileWritten_bytes, row),
    net_read_bytes: view.get(processes.netRead_bytes, row),
    net_written_bytes: view.get(processes.netWritten_bytes, row),
    other_read_bytes: view.get(processes.otherRead_bytes, row),
    other_written_bytes: view.get(processes.otherWritten_bytes, row),
    pages_allocated: view.get(processes.pagesAllocated, row),
    pages_freed: view.get(processes.pagesFreed, row),
    died_ns: diedAt(view, processes.died, row),
  };
}

export function cpuInfo(view: View, row: number): CpuInfo {
  const { cpus, tasks } = view.model;
  const task = view.get(cpus.current, row);
  const tid = task === NONE ? null : view.get(tasks.tid, task);
  const since = view.since(cpus.current, row);
  const busy = tid !== null && tid !== 0 && Number.isFinite(since) ? Math.max(0, view.time - since) : 0;
  return {
    cpu: view.get(cpus.cpu, row),
    tid,
    name: task === NONE ? '' : view.text(tasks.name, task),
    since_ns: view.clock(since),
    irq: known(view.get(cpus.irq, row)),
    softirq: known(view.get(cpus.softirq, row)),
    idle_state: known(view.get(cpus.idleState, row)),
    frequency_khz: known(view.get(cpus.frequency_khz, row)),
    busy_time_ns: view.get(cpus.busy_ns, row) + busy,
    irq_time_ns: view.get(cpus.irq_ns, row),
    softirq_time_ns: view.get(cpus.softirq_ns, row),
  };
}
