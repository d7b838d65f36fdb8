/**
 * The events in flight: a fixed pool of records, found by key through an open-addressing hash table.
 *
 *     cells (Int32Array, a power of two of pairs, at most a quarter full)
 *       +------+------+------+------+------+------+--
 *       | slot | hash | slot | hash |  0   |      | ...      linear probing; 0 = empty
 *       +--|---+------+------+------+------+------+--        deletion moves entries back: no tombstones
 *          v
 *     records (32 bytes, two to a cache line; record 0 is not used, so that slot 0 means none)
 *       +-----------+-----------+------+------+------+------------+
 *       | key f64   | begin f64 | hash | next | prev | gen | state|
 *       +-----------+-----------+------+------+------+------------+
 *                                         |
 *       next: later event of the same key, 0 at the end; in a free record, the next free one
 *       prev: earlier event of the same key; in the first one, the last
 *
 * Only the first event of a key is in the table. A key that is a string or bigint is kept in `references`, and its
 * number key is NaN, which equals nothing. Nothing here allocates after construction, but `references` and `data`,
 * which are made when first used.
 */
import { type Key, mix as mix_ } from './key.ts';

/*
 * Why imported constants get local names in this folder: an import or export of a module lives in a cell, which the
 * compiled code loads and tests at each use; a constant that the module keeps to itself is folded into the code. It
 * made 40 % of the time of a pair.
 */
const mix = mix_;
const MULTIPLIER_1 = 0x9e3779b1; // of mix, written out in the two hot functions
const MULTIPLIER_2 = 0x85ebca6b;

/** Strings are hashed over at most this many characters of each end (an even number), and their length. */
const HASHED_CHARS_PER_END = 32;
const FNV_PRIME = 0x01000193;
/** The low 64 bits of a bigint, in halves; more bits are compared but not hashed. */
const bigintWord = new BigInt64Array(16);
const bigintHalves = new Int32Array(bigintWord.buffer);

/** Record layout, in 8-byte and 4-byte steps. */
const F64 = 4;
const BEGIN = 1;
const I32 = 8;
const HASH = 4;
const NEXT = 5;
const PREV = 6;
const STATE = 7;

/** State bits; the generation (28 bits, counts the uses of the record) is above them. */
const LIVE = 1;
const TIMED_OUT = 2;
const HAS_REFERENCE = 4;
const HAS_DATA = 8;
const STATE_BITS = 4;
const ALL_STATE = (1 << STATE_BITS) - 1;
const EXTRAS = HAS_REFERENCE | HAS_DATA;
const ONE_GENERATION = 1 << STATE_BITS;

/** Slots fit in 24 bits, so that a handle ((generation + 1) * 2^24 + slot) stays within 2^53: 16 M events, 512 MiB. */
export const MAX_CAPACITY: number = 2 ** 24 - 2;
const SLOTS = 2 ** 24;

/**
 * Cells that a look-up may visit. Half-full tables with this hash stay far below it (longest seen with a million keys:
 * under 60); it bounds the work for keys that somebody chose to collide. A key beyond it is not tracked, and counted.
 */
const MAX_PROBES = 512;

/**
 * Arguments of the find and insert functions and of the tracker's inner calls, in memory. A number that is passed to a function that
 * the compiler does not inline is first boxed on the heap: 16 bytes per call. A typed array keeps it raw.
 */
const stagedHere: Float64Array = new Float64Array(16); // 128 bytes: small arrays live in the heap and move
const stagedWords = new Int32Array(stagedHere.buffer);
const KEY_AT = 0;
const TIME_AT = 1;
export const staged: Float64Array = stagedHere;
export const STAGED_KEY = 0;
export const STAGED_TIME = 1;

/** Who starts a timer for each new event, if any does. */
export interface EventTimers {
  readonly armed: boolean;
  arm(slot: number): void;
}

export class EventTable {
  /**
   * Called from here and not from the tracker, because `enter` is not inlined: what it calls does not count against
   * the inlining of `eventIn` into the application.
   */
  timers: EventTimers = { armed: false, arm: () => {} };
  readonly capacity: number;
  /** Records in use. */
  used = 0;
  readonly f64: Float64Array;
  private readonly i32: Int32Array;
  private readonly cells: Int32Array;
  private readonly cellMask: number;
  private readonly shift: number;
  private readonly seed: number;
  private free = 0;
  /** What the last find looked at: where a new entry goes, and under which hash. -1: no room within MAX_PROBES. */
  private cell = 0;
  private hash = 0;
  private references: (Key | undefined)[] | null = null;
  private data: unknown[] | null = null;

  /** @param seed of the hash; a random one unless a test wants collisions to repeat */
  constructor(capacity: number, seed: number = Math.floor(Math.random() * 2 ** 32)) {
    this.capacity = capacity;
    this.seed = seed | 0;
    const bits = Math.max(4, 32 - Math.clz32(4 * capacity - 1));
    this.shift = 32 - bits;
    this.cells = new Int32Array(2 ** bits * 2);
    this.cellMask = this.cells.length - 1;
    const buffer = new ArrayBuffer((capacity + 1) * F64 * 8);
    this.f64 = new Float64Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.f64[BEGIN] = Number.NaN; // of slot 0: a delay from it is NaN, which is not within any threshold
    for (let slot = capacity; slot >= 1; slot--) {
      this.i32[slot * I32 + NEXT] = this.free;
      this.free = slot;
    }
  }

  // ---------------------------------------------------------------- find

  /** First event of the key staged[STAGED_KEY], or 0. */
  findNumber(): number {
    const key = stagedHere[KEY_AT]!;
    const int = key | 0;
    const hash = int === key ? mix(int ^ this.seed) : mix(mix(stagedWords[0]! ^ this.seed) ^ stagedWords[1]!);
    this.hash = hash;
    const cells = this.cells;
    let at = (hash >>> this.shift) << 1;
    for (let probes = 0; probes < MAX_PROBES; probes++) {
      const slot = cells[at]!;
      if (slot === 0 || (cells[at + 1] === hash && this.f64[slot * F64] === key)) {
        this.cell = at;
        return slot;
      }
      at = (at + 2) & this.cellMask;
    }
    this.cell = -1;
    return 0;
  }

  /** First event of a string or bigint key, or 0. Long on purpose: see `enter`. */
  findReference(key: string | bigint): number {
    let a = this.seed;
    let b = FNV_PRIME;
    if (typeof key === 'string') {
      // FNV-1a on two lanes, which the processor multiplies side by side.
      const length = key.length;
      const head = length <= 2 * HASHED_CHARS_PER_END ? length : HASHED_CHARS_PER_END;
      a ^= length;
      let i = 0;
      for (; i + 1 < head; i += 2) {
        a = Math.imul(a ^ key.charCodeAt(i), FNV_PRIME);
        b = Math.imul(b ^ key.charCodeAt(i + 1), FNV_PRIME);
      }
      if (i < head) a = Math.imul(a ^ key.charCodeAt(i), FNV_PRIME);
      if (head < length) {
        for (i = length - HASHED_CHARS_PER_END; i < length; i += 2) {
          a = Math.imul(a ^ key.charCodeAt(i), FNV_PRIME);
          b = Math.imul(b ^ key.charCodeAt(i + 1), FNV_PRIME);
        }
      }
    } else {
      bigintWord[0] = key; // keeps the low 64 bits
      a ^= bigintHalves[0]!;
      b ^= bigintHalves[1]!;
    }
    a = Math.imul(a ^ (a >>> 15), MULTIPLIER_1) ^ b;
    a = Math.imul(a ^ (a >>> 15), MULTIPLIER_1);
    const hash = Math.imul(a ^ (a >>> 15), MULTIPLIER_2);
    this.hash = hash;
    const cells = this.cells;
    const references = this.references;
    let at = (hash >>> this.shift) << 1;
    for (let probes = 0; probes < MAX_PROBES; probes++) {
      const slot = cells[at]!;
      if (slot === 0 || (cells[at + 1] === hash && references !== null && references[slot] === key)) {
        this.cell = at;
        return slot;
      }
      at = (at + 2) & this.cellMask;
    }
    this.cell = -1;
    return 0;
  }

  // ---------------------------------------------------------------- insert and remove

  /**
   * A new event of the staged number key and time, unless the key has pending events.
   *
   * One long function on purpose, as is `take`: the compiler does not inline what is this long, so it inlines the
   * short functions before it into the application instead, and times stay unboxed on all ways here.
   *
   * @returns the slot; minus the key's first event when it has one; 0 when the pool is empty or the table too crowded
   *   around that key, or the key is NaN
   */
  enter(): number {
    const { cells, f64, cellMask } = this;
    const key = stagedHere[KEY_AT]!;
    const int = key | 0;
    let hash: number;
    if (int === key) {
      hash = Math.imul(int ^ this.seed, MULTIPLIER_1);
      hash = Math.imul(hash ^ (hash >>> 15), MULTIPLIER_2);
    } else {
      hash = Math.imul(stagedWords[0]! ^ this.seed, MULTIPLIER_1);
      hash = Math.imul(hash ^ (hash >>> 15), MULTIPLIER_2) ^ stagedWords[1]!;
      hash = Math.imul(hash, MULTIPLIER_1);
      hash = Math.imul(hash ^ (hash >>> 15), MULTIPLIER_2);
    }
    let at = (hash >>> this.shift) << 1;
    let probes = MAX_PROBES;
    for (let other = cells[at]!; other !== 0; other = cells[at]!) {
      if (cells[at + 1] === hash && f64[other * F64] === key) {
        this.cell = at;
        this.hash = hash;
        return -other;
      }
      at = (at + 2) & cellMask;
      if (--probes === 0) return 0;
    }
    const slot = this.free;
    if (slot === 0 || Number.isNaN(key)) return 0;
    const i32 = this.i32;
    const record = slot * I32;
    this.free = i32[record + NEXT]!;
    this.used++;
    f64[slot * F64] = key;
    f64[slot * F64 + BEGIN] = stagedHere[TIME_AT]!;
    i32[record + HASH] = hash;
    i32[record + NEXT] = 0;
    i32[record + PREV] = slot;
    i32[record + STATE] = i32[record + STATE]! | LIVE;
    cells[at] = slot;
    cells[at + 1] = hash;
    if (this.timers.armed) this.timers.arm(slot);
    return slot;
  }

  /**
   * Takes the only event of the staged number key out of the table. `release` must follow.
   *
   * @returns the slot; minus the first event when there are several, which all stay; 0 when there is none
   */
  take(): number {
    const { cells, f64, cellMask, shift } = this;
    const key = stagedHere[KEY_AT]!;
    const int = key | 0;
    let hash: number;
    if (int === key) {
      hash = Math.imul(int ^ this.seed, MULTIPLIER_1);
      hash = Math.imul(hash ^ (hash >>> 15), MULTIPLIER_2);
    } else {
      hash = Math.imul(stagedWords[0]! ^ this.seed, MULTIPLIER_1);
      hash = Math.imul(hash ^ (hash >>> 15), MULTIPLIER_2) ^ stagedWords[1]!;
      hash = Math.imul(hash, MULTIPLIER_1);
      hash = Math.imul(hash ^ (hash >>> 15), MULTIPLIER_2);
    }
    let hole = (hash >>> shift) << 1;
    let slot = cells[hole]!;
    for (let probes = MAX_PROBES; cells[hole + 1] !== hash || f64[slot * F64] !== key; slot = cells[hole]!) {
      if (slot === 0 || --probes === 0) return 0;
      hole = (hole + 2) & cellMask;
    }
    if (slot === 0) return 0;
    const i32 = this.i32;
    if (i32[slot * I32 + NEXT] !== 0) {
      this.cell = hole;
      return -slot;
    }
    i32[slot * I32 + STATE] = i32[slot * I32 + STATE]! & ~LIVE;
    // Moves back those that had to step over it (Knuth, TAOCP 3, 6.4, algorithm R).
    let at = (hole + 2) & cellMask;
    for (let other = cells[at]!; other !== 0; other = cells[at]!) {
      const otherHash = cells[at + 1]!;
      if (((at - ((otherHash >>> shift) << 1)) & cellMask) >= ((at - hole) & cellMask)) {
        cells[hole] = other;
        cells[hole + 1] = otherHash;
        hole = at;
      }
      at = (at + 2) & cellMask;
    }
    cells[hole] = 0;
    return slot;
  }

  /** As `take`, for a string or bigint. */
  takeReference(key: string | bigint): number {
    const slot = this.findReference(key);
    if (slot === 0) return 0;
    if (this.i32[slot * I32 + NEXT] !== 0) return -slot;
    this.detachAll(slot);
    return slot;
  }

  /** A new event of the string or bigint key that was just looked for and not found, at the staged time. */
  insertReference(key: string | bigint): number {
    const slot = this.free;
    if (slot === 0 || this.cell < 0) return 0;
    const i32 = this.i32;
    const record = slot * I32;
    this.references ??= new Array(this.capacity + 1).fill(undefined);
    this.references[slot] = key;
    this.free = i32[record + NEXT]!;
    this.used++;
    this.f64[slot * F64] = Number.NaN;
    this.f64[slot * F64 + BEGIN] = stagedHere[TIME_AT]!;
    i32[record + HASH] = this.hash;
    i32[record + NEXT] = 0;
    i32[record + PREV] = slot;
    i32[record + STATE] = i32[record + STATE]! | LIVE | HAS_REFERENCE;
    this.cells[this.cell] = slot;
    this.cells[this.cell + 1] = this.hash;
    if (this.timers.armed) this.timers.arm(slot);
    return slot;
  }

  /** A new event behind those of the same key, of which `first` was just found; else as above. */
  insertDuplicate(first: number): number {
    const slot = this.free;
    if (slot === 0) return 0;
    const { i32, f64 } = this;
    const record = slot * I32;
    const last = i32[first * I32 + PREV]!;
    this.free = i32[record + NEXT]!;
    this.used++;
    f64[slot * F64] = f64[first * F64]!;
    f64[slot * F64 + BEGIN] = stagedHere[TIME_AT]!;
    i32[record + HASH] = this.hash;
    i32[record + NEXT] = 0;
    i32[record + PREV] = last;
    i32[record + STATE] = i32[record + STATE]! | LIVE | (i32[first * I32 + STATE]! & HAS_REFERENCE);
    if ((i32[record + STATE]! & HAS_REFERENCE) !== 0) this.references![slot] = this.references![first];
    i32[last * I32 + NEXT] = slot;
    i32[first * I32 + PREV] = slot;
    if (this.timers.armed) this.timers.arm(slot);
    return slot;
  }

  /** Takes all events of the key that was just found out of the table: none is live, `next` still links them. */
  detachAll(first: number): void {
    this.removeCell(this.cell);
    const i32 = this.i32;
    for (let slot = first; slot !== 0; slot = i32[slot * I32 + NEXT]!) {
      i32[slot * I32 + STATE] = i32[slot * I32 + STATE]! & ~LIVE;
    }
  }

  /** Takes one event out of the table, wherever it stands among those of its key. */
  detach(slot: number): void {
    const i32 = this.i32;
    const record = slot * I32;
    const next = i32[record + NEXT]!;
    const prev = i32[record + PREV]!;
    i32[record + STATE] = i32[record + STATE]! & ~LIVE;
    if (i32[prev * I32 + NEXT] === slot) {
      // Not the first: only `next` of the first one's `prev` (the last) is 0.
      i32[prev * I32 + NEXT] = next;
      if (next !== 0) i32[next * I32 + PREV] = prev;
      else i32[this.cells[this.cellOf(slot)]! * I32 + PREV] = prev;
    } else {
      const cell = this.cellOf(slot);
      if (next === 0) {
        this.removeCell(cell);
      } else {
        this.cells[cell] = next;
        i32[next * I32 + PREV] = prev;
      }
    }
    i32[record + NEXT] = 0;
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

  /** Cell of the first event of the key of a slot that is in the table. */
  private cellOf(slot: number): number {
    const cells = this.cells;
    const hash = this.i32[slot * I32 + HASH]!;
    let at = (hash >>> this.shift) << 1;
    while (cells[at + 1] !== hash || !this.sameKey(cells[at]!, slot)) at = (at + 2) & this.cellMask;
    return at;
  }

  private sameKey(a: number, b: number): boolean {
    if (a === b || this.f64[a * F64] === this.f64[b * F64]) return true;
    return this.references !== null && this.references[b] !== undefined && this.references[a] === this.references[b];
  }

  /** Empties a cell and moves back those that had to step over it (Knuth, TAOCP 3, 6.4, algorithm R). */
  private removeCell(cell: number): void {
    const cells = this.cells;
    const mask = this.cellMask;
    let hole = cell;
    let at = cell;
    for (;;) {
      at = (at + 2) & mask;
      const slot = cells[at]!;
      if (slot === 0) break;
      const hash = cells[at + 1]!;
      const home = (hash >>> this.shift) << 1;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        cells[hole] = slot;
        cells[hole + 1] = hash;
        hole = at;
      }
    }
    cells[hole] = 0;
  }

  // ---------------------------------------------------------------- one event

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
    const slot = handle % SLOTS;
    if (!(slot >= 1 && slot <= this.capacity) || !Number.isInteger(slot)) return 0;
    const state = this.i32[slot * I32 + STATE]!;
    return (state & LIVE) !== 0 && this.handleOf(slot) === handle ? slot : 0;
  }
}
