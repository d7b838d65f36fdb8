/**
 * The fixed pool of events, and all that concerns one of them.
 *
 *     records (32 bytes, two to a cache line; record 0 is not used, so that slot 0 means none)
 *       +-----------+-----------+------+------+------+-------------+
 *       | key f64   | begin f64 | hash | next | prev | gen | state |
 *       +-----------+-----------+------+------+------+-------------+
 *
 *       next: later event of the same key, 0 at the end; in a free record, the next free one
 *       prev: earlier event of the same key; in the first one, the last
 *
 * A key that is a string or bigint is kept in `references`, and its number key is NaN, which equals nothing. Nothing here
 * allocates after construction, but `references` and `data`, which are made when first used.
 */
import type { Key } from './key.ts';

/** Record layout, in 8-byte and 4-byte steps. table.ts takes it under local names: see staged.ts. */
export const Layout = { f64: 4, begin: 1, i32: 8, hash: 4, next: 5, prev: 6, state: 7 } as const;
const F64 = Layout.f64;
const BEGIN = Layout.begin;
const I32 = Layout.i32;
const NEXT = Layout.next;
const STATE = Layout.state;

/** State bits; the generation (28 bits, counts the uses of the record) is above them. */
export const State = { live: 1, timedOut: 2, hasReference: 4, hasData: 8 } as const;
const LIVE = State.live;
const TIMED_OUT = State.timedOut;
const HAS_REFERENCE = State.hasReference;
const HAS_DATA = State.hasData;
const STATE_BITS = 4;
const ALL_STATE = (1 << STATE_BITS) - 1;
const EXTRAS = HAS_REFERENCE | HAS_DATA;
const ONE_GENERATION = 1 << STATE_BITS;

/** What is to be done with a string or bigint key. */
export const Reference = { find: 0, enter: 1, take: 2 } as const;

/** Slots fit in 24 bits, so that a handle ((generation + 1) * 2^24 + slot) stays within 2^53: 16 M events, 512 MiB. */
export const MAX_CAPACITY: number = 2 ** 24 - 2;
const SLOTS = 2 ** 24;

/** Who starts a timer for each new event, if any does. */
export interface EventTimers {
  readonly armed: boolean;
  arm(slot: number): void;
}

export class EventPool {
  /**
   * Called by the table and not by the tracker, because `EventTable.enter` is not inlined: what it calls does not
   * count against the inlining of `eventIn` into the application.
   */
  timers: EventTimers = { armed: false, arm: () => {} };
  readonly capacity: number;
  /** Records in use. */
  used = 0;
  protected readonly f64: Float64Array;
  protected readonly i32: Int32Array;
  protected references: (Key | undefined)[] | null = null;
  /** First free record. */
  protected free = 0;

  get isFull(): boolean {
    return this.free === 0;
  }

  private data: unknown[] | null = null;

  constructor(capacity: number) {
    this.capacity = capacity;
    const buffer = new ArrayBuffer((capacity + 1) * F64 * 8);
    this.f64 = new Float64Array(buffer);
    this.i32 = new Int32Array(buffer);
    for (let slot = capacity; slot >= 1; slot--) {
      this.i32[slot * I32 + NEXT] = this.free;
      this.free = slot;
    }
  }

  /** Gives a record that is not in the table back to the pool. Handles to it stop working. */
  release(slot: number): void {
    const i32 = this.i32;
    const record = slot * I32;
    const state = i32[record + STATE]!;
    if ((state & EXTRAS) !== 0) this.forgetExtras(slot, state);
    i32[record + STATE] = (state & ~ALL_STATE) + ONE_GENERATION; // wraps
    i32[record + NEXT] = this.free;
    this.free = slot;
    this.used--;
  }

  /** Lets go of what belongs to the application. */
  private forgetExtras(slot: number, state: number): void {
    if ((state & HAS_REFERENCE) !== 0) this.references![slot] = undefined;
    if ((state & HAS_DATA) !== 0) this.data![slot] = undefined;
  }

  /** Whether two events have the same key. */
  protected sameKey(a: number, b: number): boolean {
    if (a === b || this.f64[a * F64] === this.f64[b * F64]) return true;
    return this.references !== null && this.references[b] !== undefined && this.references[a] === this.references[b];
  }

  begin_ns(slot: number): number {
    return this.f64[slot * F64 + BEGIN]!;
  }

  keyOf(slot: number): Key {
    const reference = (this.i32[slot * I32 + STATE]! & HAS_REFERENCE) !== 0;
    return reference ? this.references![slot]! : this.f64[slot * F64]!;
  }

  dataOf(slot: number): unknown {
    return (this.i32[slot * I32 + STATE]! & HAS_DATA) !== 0 ? this.data![slot] : undefined;
  }

  setData(slot: number, data: unknown): void {
    this.data ??= new Array(this.capacity + 1).fill(undefined);
    this.data[slot] = data;
    this.i32[slot * I32 + STATE] = this.i32[slot * I32 + STATE]! | HAS_DATA;
  }

  next(slot: number): number {
    return this.i32[slot * I32 + NEXT]!;
  }

  isLive(slot: number): boolean {
    return (this.i32[slot * I32 + STATE]! & LIVE) !== 0;
  }

  isTimedOut(slot: number): boolean {
    return (this.i32[slot * I32 + STATE]! & TIMED_OUT) !== 0;
  }

  markTimedOut(slot: number): void {
    this.i32[slot * I32 + STATE] = this.i32[slot * I32 + STATE]! | TIMED_OUT;
  }

  /** A number that names this use of the record: it stops working when the event ends. Never 0. */
  handleOf(slot: number): number {
    return ((this.i32[slot * I32 + STATE]! >>> STATE_BITS) + 1) * SLOTS + slot;
  }

  /** The slot of a live event, or 0 when the handle is of an event that ended (or of nothing). */
  slotOf(handle: number): number {
    if (typeof handle !== 'number') return 0;
    const slot = handle % SLOTS;
    if (!(slot >= 1 && slot <= this.capacity) || !Number.isInteger(slot)) return 0;
    const state = this.i32[slot * I32 + STATE]!;
    return (state & LIVE) !== 0 && this.handleOf(slot) === handle ? slot : 0;
  }
}
