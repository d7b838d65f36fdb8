/** track-process: which events happened while one of some threads had the CPU, or are about one of them. */
import type { EventType, TraceEvent } from '../trace/event.ts';
import { cpuOf, type Handler, NONE, numberOr, stringOr } from './listener.ts';

/** Where events name a thread. */
const NAMED = [
  ['comm', 'tid'],
  ['name', 'tid'],
  ['prev_comm', 'prev_tid'],
  ['next_comm', 'next_tid'],
  ['parent_comm', 'parent_tid'],
  ['child_comm', 'child_tid'],
] as const;
/** Threads that are followed at once: children of children of a fork bomb. */
const MAX_THREADS = 1_000_000;

export interface TrackOptions {
  readonly tids: readonly number[];
  readonly procnames: readonly string[];
  /** Children of what is tracked are tracked too. */
  readonly children: boolean;
}

export class Tracking {
  /** The thread that had the CPU of the event that was looked at last; NONE: not known. */
  tid: number = NONE;
  readonly #tids: Set<number>;
  readonly #names: ReadonlySet<string>;
  readonly #all: boolean;
  readonly #children: boolean;
  readonly #current: (number | undefined)[] = [];
  readonly #watchers = new Map<EventType, (event: TraceEvent) => boolean>();

  constructor({ tids, procnames, children }: TrackOptions) {
    this.#tids = new Set(tids);
    this.#names = new Set(procnames);
    this.#all = tids.length === 0 && procnames.length === 0;
    this.#children = children;
  }

  /** Looks at every event. @returns whether it is to be shown */
  wants(event: TraceEvent): boolean {
    const { type } = event;
    let watcher = this.#watchers.get(type);
    if (watcher === undefined) {
      watcher = this.#watcher(type);
      this.#watchers.set(type, watcher);
    }
    return watcher(event) || this.#all;
  }

  #watcher(type: EventType): (event: TraceEvent) => boolean {
    const cpu = cpuOf(type);
    const learns = this.#learners(type);
    // The context's thread is known before the first switch; the payload's `tid` is another one's.
    const own = type.fieldNames.includes('tid') ? null : type.numberField('tid');
    const isSwitch = type.name === 'sched_switch';
    const next = numberOr(type, 'next_tid');
    const about = type.name.startsWith('lttng_statedump') || isSwitch ? this.#subjects(type) : [];
    return (event) => {
      const at = cpu(event);
      if (isSwitch) this.#current[at] = next(event);
      this.tid = this.#current[at] ?? own?.(event) ?? NONE;
      for (const learn of learns) learn(event);
      return this.#tids.has(this.tid) || about.some((subject) => this.#tids.has(subject(event)));
    };
  }

  /** Threads that an event is about, whoever had the CPU. */
  #subjects(type: EventType): ((event: TraceEvent) => number)[] {
    return ['tid', 'pid', 'prev_tid', 'next_tid'].flatMap((field) =>
      type.fieldNames.includes(field) ? (type.numberField(field) ?? []) : [],
    );
  }

  /** What tells of names and children. */
  #learners(type: EventType): Handler[] {
    const learners: Handler[] = [];
    if (this.#names.size > 0) {
      for (const [nameField, tidField] of NAMED) {
        if (!type.fieldNames.includes(nameField) || !type.fieldNames.includes(tidField)) continue;
        const [name, tid] = [stringOr(type, nameField), numberOr(type, tidField)];
        learners.push((event) => this.#named(name(event), tid(event)));
      }
      const procname = type.stringField('procname');
      if (procname !== null) learners.push((event) => this.#named(procname(event), this.tid));
      const filename = type.stringField('filename');
      if (filename !== null && type.name === 'sched_process_exec') {
        const tid = numberOr(type, 'tid');
        learners.push((event) => this.#named(baseName(filename(event)), tid(event)));
      } else if (filename !== null && type.name === 'syscall_entry_execve') {
        learners.push((event) => this.#named(baseName(filename(event)), this.tid));
      }
    }
    if (this.#children && type.name === 'sched_process_fork') {
      const parent = numberOr(type, type.fieldNames.includes('parent_tid') ? 'parent_tid' : 'parent_pid');
      const child = numberOr(type, 'child_tid');
      learners.push((event) => {
        if (this.#tids.has(parent(event))) this.#add(child(event));
      });
    }
    return learners;
  }

  #named(name: string, tid: number): void {
    if (tid !== NONE && this.#names.has(name)) this.#add(tid);
  }

  #add(tid: number): void {
    if (this.#tids.size < MAX_THREADS) this.#tids.add(tid);
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
