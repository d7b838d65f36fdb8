/**
 * Questions to the state, now or at a time of the window.
 *
 *     const view = new Query(state.view(time_ns), state.calls.names);
 *     view.thread(4711); view.fds({ pid: 4711, recent: true }); view.holders('/var/log/syslog');
 *
 * Lists are in the order of their numbers.
 */
import type { CallNames } from './calls/numbers.ts';
import { type CpuInfo, cpuInfo, type ProcessInfo, processInfo, type ThreadInfo, threadInfo } from './describe.ts';
import {
  type DiskInfo,
  diskInfo,
  type FdInfo,
  fdInfo,
  type InterfaceInfo,
  type InterruptInfo,
  interfaceInfo,
  interruptInfo,
  type RequestInfo,
  requestInfo,
} from './describe-files.ts';
import { NONE, type Table } from './table.ts';
import type { View } from './view.ts';

export interface ThreadFilter {
  readonly pid?: number;
  readonly name?: string;
  /** Also those that died within the window before. */
  readonly recent?: boolean;
}

export interface FdFilter {
  readonly pid?: number;
  readonly path?: string;
  /** Also those closed within the window before. */
  readonly recent?: boolean;
}

/** A thread that waits for something. */
export interface Waiter {
  readonly thread: ThreadInfo;
  /** For how long, nanoseconds; null: it began before we looked. */
  readonly waited_ns: number | null;
}

const byNumber =
  <T>(number: (item: T) => number) =>
  (a: T, b: T): number =>
    number(a) - number(b);

export class Query {
  readonly view: View;
  readonly #names: CallNames;

  constructor(view: View, names: CallNames) {
    this.view = view;
    this.#names = names;
  }

  /** Nanoseconds since the epoch. */
  get time_ns(): bigint | null {
    return this.view.clock(this.view.time);
  }

  cpus(): CpuInfo[] {
    const { cpus } = this.view.model;
    return this.#list(cpus, (row) => cpuInfo(this.view, row)).sort(byNumber((cpu) => cpu.cpu));
  }

  threads(filter: ThreadFilter = {}): ThreadInfo[] {
    const { tasks, processes } = this.view.model;
    const { pid, name, recent = false } = filter;
    const rows = [...this.view.rows(tasks, recent)].filter((row) => {
      if (pid !== undefined) {
        const process = this.view.get(tasks.process, row);
        if (process === NONE || this.view.get(processes.pid, process) !== pid) return false;
      }
      return name === undefined || this.view.text(tasks.name, row) === name;
    });
    return rows.map((row) => threadInfo(this.view, row, this.#names)).sort(byNumber((thread) => thread.tid));
  }

  /** null: no such thread at this time. */
  thread(tid: number): ThreadInfo | null {
    const row = this.view.find(this.view.model.tasks.tid, tid);
    return row === NONE ? null : threadInfo(this.view, row, this.#names);
  }

  processes(filter: { readonly recent?: boolean } = {}): ProcessInfo[] {
    const { processes } = this.view.model;
    return this.#list(processes, (row) => processInfo(this.view, row), filter.recent).sort(
      byNumber((process) => process.pid),
    );
  }

  process(pid: number): ProcessInfo | null {
    const row = this.view.find(this.view.model.processes.pid, pid);
    return row === NONE ? null : processInfo(this.view, row);
  }

  fds(filter: FdFilter = {}): FdInfo[] {
    const { fds } = this.view.model;
    const pids = this.#pidsOfSets();
    const found: FdInfo[] = [];
    for (const row of this.view.rows(fds, filter.recent ?? false)) {
      const owners = this.#ownersOf(row, pids);
      if (filter.pid !== undefined && !owners.includes(filter.pid)) continue;
      const info = fdInfo(this.view, row, owners);
      if (filter.path === undefined || info.path === filter.path) found.push(info);
    }
    return found.sort((a, b) => (a.pids[0] ?? NONE) - (b.pids[0] ?? NONE) || a.fd - b.fd || openedFirst(a, b));
  }

  /** A descriptor of a process, by its number. */
  fd(pid: number, fd: number): FdInfo | null {
    return this.fds({ pid }).find((info) => info.fd === fd) ?? null;
  }

  /** Who has a path open, or is connected to an address. */
  holders(what: string, filter: { readonly recent?: boolean } = {}): FdInfo[] {
    return this.fds({ recent: filter.recent ?? false }).filter(
      ({ path, socket }) => path === what || socket?.peer === what || socket?.local === what,
    );
  }

  /** Threads that are blocked, or runnable without a CPU, the longest first. */
  waiters(): Waiter[] {
    const all = this.threads().filter((thread) => thread.wait !== null && thread.tid !== 0);
    const now_ns = this.time_ns ?? 0n;
    return all
      .map((thread) => ({ thread, waited_ns: thread.since_ns === null ? null : Number(now_ns - thread.since_ns) }))
      .sort(
        (a, b) =>
          (b.waited_ns ?? Number.POSITIVE_INFINITY) - (a.waited_ns ?? Number.POSITIVE_INFINITY) ||
          a.thread.tid - b.thread.tid,
      );
  }

  disks(): DiskInfo[] {
    const { disks } = this.view.model;
    return this.#list(disks, (row) => diskInfo(this.view, row)).sort(byNumber((disk) => disk.dev));
  }

  /** Requests that are queued or in flight. */
  requests(): RequestInfo[] {
    const { requests } = this.view.model;
    return this.#list(requests, (row) => requestInfo(this.view, row)).sort(
      (a, b) => a.dev - b.dev || a.sector - b.sector,
    );
  }

  interfaces(): InterfaceInfo[] {
    const { interfaces } = this.view.model;
    return this.#list(interfaces, (row) => interfaceInfo(this.view, row)).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  interrupts(): InterruptInfo[] {
    const { interrupts } = this.view.model;
    return this.#list(interrupts, (row) => interruptInfo(this.view, row)).sort(
      (a, b) => Number(a.soft) - Number(b.soft) || a.nr - b.nr,
    );
  }

  #list<T>(table: Table, info: (row: number) => T, recent = false): T[] {
    return [...this.view.rows(table, recent)].map(info);
  }

  /** Processes by the set of descriptors that they use. */
  #pidsOfSets(): Map<number, number[]> {
    const { processes } = this.view.model;
    const pids = new Map<number, number[]>();
    for (const row of this.view.rows(processes)) {
      const set = this.view.get(processes.files, row);
      if (set === NONE) continue;
      const list = pids.get(set) ?? [];
      list.push(this.view.get(processes.pid, row));
      pids.set(set, list);
    }
    return pids;
  }

  #ownersOf(fd: number, pids: Map<number, number[]>): readonly number[] {
    const { fds, fdSets } = this.view.model;
    const set = this.view.get(fds.files, fd);
    // Of a process that has ended: whom it was made for.
    return pids.get(set) ?? [this.view.get(fdSets.pid, set)];
  }
}

function openedFirst(a: FdInfo, b: FdInfo): number {
  return Number((a.opened_ns ?? 0n) - (b.opened_ns ?? 0n));
}
