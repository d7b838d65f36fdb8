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
const TWO_32 = 2 ** 32;

export interface Window {
  events: number;
  /** Time of the first and last record of all CPUs; 0 when there is none. */
  begin_ns: bigint;
  end_ns: bigint;
  /** Threads that ran in the window, at most MAX_SEEN. */
  readonly seen: Set<number>;
  /** Pages or parts of pages that could not be read. */
  malformed: number;
}

interface Offsets {
  readonly id: number;
  readonly a: number;
  readonly b: number;
}

/** Offsets of two fields of an event, if both have the sizes that are read. */
function offsets(formats: readonly EventFormat[], path: string, a: string, b: string, bBytes: number): Offsets {
  const format = formats.find((f) => `${f.system}/${f.name}` === path);
  const first = format && fieldOf(format, a);
  const second = format && fieldOf(format, b);
  if (format === undefined || !first || !second || first.size < 4 || second.size < bBytes)
    return { id: -1, a: 0, b: 0 };
  return { id: format.id, a: first.offset, b: second.offset };
}

/** Reads every record's head; `tasks` learns processes and names that it does not have yet. */
export function scanWindow(
  pages: RawPages,
  cursor: PageCursor,
  formats: readonly EventFormat[],
  tasks: TaskTable,
): Window {
  const newTask = offsets(formats, 'task/task_newtask', 'pid', 'clone_flags', 4);
  const switched = offsets(formats, 'sched/sched_switch', 'next_pid', 'next_comm', COMM_BYTES);
  const sizes = new Uint32Array(65536).fill(0xffffffff);
  for (const format of formats) sizes[format.id] = format.bytes;
  const window: Window = { events: 0, begin_ns: 0n, end_ns: 0n, seen: new Set(), malformed: 0 };
  const before = cursor.malformed;
  let firstHigh = TWO_32;
  let firstLow = 0;
  let lastHigh = 0;
  let lastLow = 0;
  let lastTid = -1;
  for (const cpu of pages.cpus) {
    for (let page = 0; page < pages.count(cpu); page++) {
      if (!pages.open(cursor, cpu, page)) continue;
      while (cursor.next()) {
        const { view, start, end, timeHigh, timeLow } = cursor;
        if (end - start < 8) continue;
        const type = view.getUint16(start, true);
        if (end - start < sizes[type]!) continue;
        window.events++;
        if (timeHigh < firstHigh || (timeHigh === firstHigh && timeLow < firstLow)) {
          firstHigh = timeHigh;
          firstLow = timeLow;
        }
        if (timeHigh > lastHigh || (timeHigh === lastHigh && timeLow > lastLow)) {
          lastHigh = timeHigh;
          lastLow = timeLow;
        }
        const tid = view.getInt32(start + 4, true);
        if (tid !== lastTid) {
          lastTid = tid;
          if (window.seen.size < MAX_SEEN) window.seen.add(tid);
        }
        if (type === newTask.id) {
          const child = view.getInt32(start + newTask.a, true);
          const isThread = (view.getUint32(start + newTask.b, true) & CLONE_THREAD) !== 0;
          const parent = tasks.tgidOf(tid);
          tasks.addTgid(child, isThread ? parent : child);
        } else if (type === switched.id) {
          const next = view.getInt32(start + switched.a, true);
          if (next !== 0 && tasks.slotOf(next) === 0) tasks.setComm(next, view, start + switched.b);
        }
      }
    }
  }
  window.malformed = cursor.malformed - before;
  if (window.events > 0) {
    window.begin_ns = (BigInt(firstHigh) << 32n) | BigInt(firstLow);
    window.end_ns = (BigInt(lastHigh) << 32n) | BigInt(lastLow);
  }
  return window;
}
