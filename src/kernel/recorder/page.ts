/**
 * Reads ring-buffer pages as `per_cpu/cpuN/trace_pipe_raw` gives them. Pure and total: any bytes end in a finite number
 * of records inside the page, or in `malformed`.
 *
 *     page     | time stamp u64 | commit | record ... |
 *     record   | type_len:5 time_delta:27 | ... |
 *       type_len 1..28   data of type_len * 4 bytes follows
 *                0       u32 length (itself included), then data
 *                29      padding: time_delta 0 = rest of the page, else u32 length to skip (a discarded event)
 *                30      time extend: u32 more, time += time_delta + (u32 << 27)
 *                31      absolute time: u32 more, the low 59 bits of the time; the top 5 stay
 *
 * Sources: include/linux/ring_buffer.h and kernel/trace/ring_buffer.c of Linux (rb_event_length, rb_update_read_stamp,
 * rb_fix_abs_ts, ring_buffer_read_page), and `events/header_event`.
 */
import type { PageFormat } from './format.ts';

/** RB_MISSED_EVENTS: events were overwritten or lost before this page. */
const MISSED_EVENTS = 0x80000000;
/** RB_MISSED_STORED: how many is stored behind the page's data. */
const MISSED_STORED = 0x40000000;
const TWO_32 = 2 ** 32;
const TWO_27 = 2 ** 27;

/** `missed` when the kernel knows that events are missing but not how many. */
export const MISSED_UNKNOWN = -1;

/**
 * A cursor over one page after the other; one object for a whole snapshot, nothing is allocated per record.
 *
 *     cursor.open(bytes, offset, length);
 *     while (cursor.next()) use(cursor.bytes, cursor.start, cursor.end, cursor.timeHigh, cursor.timeLow);
 */
export class PageCursor {
  bytes: Uint8Array;
  view: DataView;
  /** The current record's data: `[start, end)` in `bytes`. */
  start = 0;
  end = 0;
  /** The current record's time, CLOCK_MONOTONIC ns in two halves. */
  timeHigh = 0;
  timeLow = 0;
  /** Events that are missing before this page; MISSED_UNKNOWN if the kernel did not say how many. */
  missed = 0;
  /** Pages or rests of pages that made no sense, since the cursor was made. */
  malformed = 0;

  readonly #format: PageFormat;
  #next = 0;
  #limit = 0;

  constructor(format: PageFormat, bytes: Uint8Array) {
    this.#format = format;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Starts on the page at `offset`. Returns false when it is too short to have a header. */
  open(offset: number, length: number): boolean {
    const format = this.#format;
    const pageEnd = Math.min(offset + length, this.bytes.length);
    this.missed = 0;
    this.#next = this.#limit = 0;
    if (offset < 0 || offset + format.data > pageEnd) {
      this.malformed++;
      return false;
    }
    this.timeLow = this.view.getUint32(offset + format.timestamp, true);
    this.timeHigh = this.view.getUint32(offset + format.timestamp + 4, true);
    // The upper half of an 8-byte commit is 0: flags and length are in the lower 32 bits (RB_WRITE_MASK has 20 bits).
    const commit = this.view.getUint32(offset + format.commit, true);
    const dataBytes = commit & 0xfffff;
    const dataStart = offset + format.data;
    if (dataStart + dataBytes > pageEnd) {
      this.malformed++;
      return false;
    }
    this.#next = dataStart;
    this.#limit = dataStart + dataBytes;
    if ((commit & MISSED_EVENTS) !== 0) this.missed = this.#missedEvents(commit, pageEnd);
    return true;
  }

  /** The count is an `unsigned long` behind the data, where the kernel found room for it. */
  #missedEvents(commit: number, pageEnd: number): number {
    if ((commit & MISSED_STORED) === 0) return MISSED_UNKNOWN;
    const longBytes = this.#format.commitBytes;
    if (this.#limit + longBytes > pageEnd) return MISSED_UNKNOWN;
    const low = this.view.getUint32(this.#limit, true);
    return longBytes === 8 ? low + this.view.getUint32(this.#limit + 4, true) * TWO_32 : low;
  }

  /** Moves to the next data record; false at the end of the page. */
  next(): boolean {
    const view = this.view;
    while (this.#next + 4 <= this.#limit) {
      const at = this.#next;
      const word = view.getUint32(at, true);
      const type = word & 31;
      const delta = word >>> 5;
      if (type === 29 && delta === 0) break; // padding to the end of the page
      if (type >= 1 && type <= 28) {
        if (!this.#take(at + 4, type * 4)) break;
        this.#addTime(delta);
        return true;
      }
      if (at + 8 > this.#limit) return this.#bad();
      const extra = view.getUint32(at + 4, true);
      if (type === 0) {
        if (extra < 4 || !this.#take(at + 8, extra - 4)) return this.#bad();
        this.#addTime(delta);
        return true;
      }
      if (type === 30) {
        this.#addTime(delta + extra * TWO_27);
        this.#next = at + 8;
      } else if (type === 31) {
        this.#setTime(delta, extra);
        this.#next = at + 8;
      } else {
        // A discarded event: its time counts, the event after it is relative to it.
        if (!this.#take(at + 4, extra)) return this.#bad();
        this.#addTime(delta);
      }
    }
    this.#next = this.#limit;
    return false;
  }

  #take(start: number, length: number): boolean {
    const end = start + length;
    if (end > this.#limit) {
      this.#bad();
      return false;
    }
    this.start = start;
    this.end = end;
    // Records are aligned to 4 bytes; the data part is counted from the page's start, which is aligned.
    this.#next = start + ((length + 3) & ~3);
    return true;
  }

  #bad(): false {
    this.malformed++;
    this.#next = this.#limit;
    return false;
  }

  #addTime(delta_ns: number): void {
    const low = this.timeLow + delta_ns;
    if (low < TWO_32) {
      this.timeLow = low;
      return;
    }
    this.timeHigh = (this.timeHigh + Math.floor(low / TWO_32)) >>> 0;
    this.timeLow = low % TWO_32;
  }

  #setTime(delta: number, extra: number): void {
    // 59 bits: delta is bits 0..26, extra bits 27..58. The 5 bits above come from the time before (rb_fix_abs_ts).
    const low = (delta | (extra << 27)) >>> 0;
    const high = ((this.timeHigh & 0xf8000000) | (extra >>> 5)) >>> 0;
    this.timeLow = low;
    this.timeHigh = high;
  }
}
