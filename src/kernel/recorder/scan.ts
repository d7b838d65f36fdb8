/**
 * A first, fast pass over the pages: when the window begins and ends, which threads are in it, and which of them are
 * threads of which process (`task_newtask`), so that the second pass can name a thread from its first event on,
 * whichever CPU is read first.
 */
import { type EventFormat, fieldOf } from './format.ts';
import type { PageCursor } from './page.ts';
import type { RawPages } from './raw-pages.ts';
import { COMM_BYTES, type TaskTable } from './tasks.ts';

/** include/uapi/linux/sched.h: set when the new task shares its parent's thread group. */
const CLONE_THREAD = 0x10000;
/** A bound for the set of threads seen; the state dump reads these first. */
const MAX_SEEN = 16384;
/** A bound for threads born in the window. */
const MAX_BORN = 65536;
/** common_type is a u16. */
const MAX_TYPES = 65536;
const TWO_32 = 2 ** 32;

export interface Window {
  readonly events: number;
  /** Time of the first and last record of all CPUs; 0 when there is none. */
  readonly begin_ns: bigint;
  readonly end_ns: bigint;
  /** Threads that ran in the window, at most MAX_SEEN. */
  readonly seen: ReadonlySet<number>;
  /** Threads (not processes) that began in the window, with the thread that made them; earliest first on each CPU. */
  readonly born: readonly (readonly [tid: number, parent: number])[];
}

/** Where an event has a pid and something else, if both have the sizes that are read; id -1 otherwise. */
interface Offsets {
  readonly id: number;
  readonly pid: number;
  readonly comm: number;
  readonly flags: number;
}

function offsetsOf(formats: readonly EventFormat[], path: string, pid: string, comm: string, flags: string): Offsets {
  const format = formats.find((f) => `${f.system}/${f.name}` === path);
  const fields = [pid, comm, flags].map((name) => format && fieldOf(format, name));
  const [first, second, third] = fields;
  const fits = first && second && first.size >= 4 && second.size === COMM_BYTES && second.place === 'here';
  if (!format || !fits || (flags !== '' && (third?.size ?? 0) < 4)) return { id: -1, pid: 0, comm: 0, flags: 0 };
  return { id: format.id, pid: first.offset, comm: second.offset, flags: third?.offset ?? 0 };
}

/** One for all windows of a recorder: its tables are larger than what an idle machine tells between two looks. */
export class WindowScanner {
  readonly #seen: Set<number> = new Set();
  #events = 0;
  #born: (readonly [number, number])[] = [];
  readonly #cursor: PageCursor;
  readonly #tasks: TaskTable;
  readonly #newTask: Offsets;
  readonly #switch: Offsets;
  /** Smallest record by type. */
  readonly #bytes: Uint32Array = new Uint32Array(MAX_TYPES).fill(0xffffffff);
  #firstHigh = TWO_32;
  #firstLow = 0;
  #lastHigh = 0;
  #lastLow = 0;
  #lastTid = -1;

  constructor(cursor: PageCursor, formats: readonly EventFormat[], tasks: TaskTable) {
    this.#cursor = cursor;
    this.#tasks = tasks;
    this.#newTask = offsetsOf(formats, 'task/task_newtask', 'pid', 'comm', 'clone_flags');
    this.#switch = offsetsOf(formats, 'sched/sched_switch', 'next_pid', 'next_comm', '');
    for (const format of formats) this.#bytes[format.id] = format.bytes;
  }

  /** Reads every record's head; `tasks` learns processes and names that it does not have yet. Valid until the next scan. */
  scan(pages: RawPages): Window {
    this.#events = 0;
    this.#seen.clear();
    this.#born = [];
    this.#firstHigh = TWO_32;
    this.#firstLow = 0;
    this.#lastHigh = 0;
    this.#lastLow = 0;
    this.#lastTid = -1;
    const cursor = this.#cursor;
    for (const cpu of pages.cpus) {
      for (let page = 0; page < pages.count(cpu); page++) {
        if (pages.open(cursor, cpu, page)) while (cursor.next()) this.#record();
      }
    }
    return this.#window();
  }

  #record(): void {
    const { view, start, end } = this.#cursor;
    if (end - start < 8) return;
    const type = view.getUint16(start, true);
    if (end - start < this.#bytes[type]!) return;
    this.#events++;
    this.#time();
    const tid = view.getInt32(start + 4, true);
    if (tid !== this.#lastTid) {
      this.#lastTid = tid;
      if (this.#seen.size < MAX_SEEN) this.#seen.add(tid);
    }
    if (type === this.#switch.id) {
      const next = view.getInt32(start + this.#switch.pid, true);
      if (next !== 0 && this.#tasks.slotOf(next) === 0) this.#tasks.setComm(next, view, start + this.#switch.comm);
    } else if (type === this.#newTask.id) this.#birth(tid);
  }

  /** The name at birth is older than any that a switch on another CPU told. */
  #birth(parent: number): void {
    const { view, start } = this.#cursor;
    const child = view.getInt32(start + this.#newTask.pid, true);
    this.#tasks.setComm(child, view, start + this.#newTask.comm);
    const isThread = (view.getUint32(start + this.#newTask.flags, true) & CLONE_THREAD) !== 0;
    if (!isThread) this.#tasks.addTgid(child, child);
    else if (this.#born.length < MAX_BORN) this.#born.push([child, parent]);
  }

  #time(): void {
    const { timeHigh, timeLow } = this.#cursor;
    if (timeHigh < this.#firstHigh || (timeHigh === this.#firstHigh && timeLow < this.#firstLow)) {
      this.#firstHigh = timeHigh;
      this.#firstLow = timeLow;
    }
    if (timeHigh > this.#lastHigh || (timeHigh === this.#lastHigh && timeLow > this.#lastLow)) {
      this.#lastHigh = timeHigh;
      this.#lastLow = timeLow;
    }
  }

  #window(): Window {
    const [events, seen, born] = [this.#events, this.#seen, this.#born];
    if (events === 0) return { events, seen, born, begin_ns: 0n, end_ns: 0n };
    const begin_ns = (BigInt(this.#firstHigh) << 32n) | BigInt(this.#firstLow);
    const end_ns = (BigInt(this.#lastHigh) << 32n) | BigInt(this.#lastLow);
    return { events, seen, born, begin_ns, end_ns };
  }
}

/** Gives threads born in the window the process of their parent, once /proc told the processes. */
export function adoptThreads(window: Window, tasks: TaskTable): void {
  // Parents may themselves be threads born on another CPU: a second round finds almost all of those.
  for (let round = 0; round < 2; round++) {
    for (const [tid, parent] of window.born) tasks.addTgid(tid, tasks.tgidOf(parent));
  }
}
