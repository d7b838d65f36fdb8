/**
 * The events in flight: the records of the pool, found by key through an open-addressing hash table.
 *
 *     cells (Int32Array, a power of two of pairs, at most a quarter full)
 *       +------+------+------+------+------+------+--
 *       | slot | hash | slot | hash |  0   |      | ...      linear probing; 0 = empty
 *       +--|---+------+------+------+------+------+--        deletion moves entries back: no tombstones
 *          v
 *       record of the first event of the key --next--> second event of the key --next--> ...
 *
 * Only the first event of a key is in the table.
 */
import { hashReference } from './hash.ts';
import { mix as mixImport } from './key.ts';
import { EventPool, Layout, Reference, State } from './pool.ts';
import { STAGED_KEY, STAGED_TIME, staged as stagedImport, stagedWords as stagedWordsImport } from './staged.ts';

// Local names: see staged.ts.
const staged = stagedImport;
const stagedWords = stagedWordsImport;
const KEY = STAGED_KEY;
const TIME = STAGED_TIME;
const F64 = Layout.f64;
const BEGIN = Layout.begin;
const I32 = Layout.i32;
const HASH = Layout.hash;
const NEXT = Layout.next;
const PREV = Layout.prev;
const STATE = Layout.state;
const LIVE = State.live;
const HAS_REFERENCE = State.hasReference;
const FIND = Reference.find;
const ENTER = Reference.enter;
const mix = mixImport;
const MULTIPLIER_1 = 0x9e3779b1; // of mix, written out in the two hot functions
const MULTIPLIER_2 = 0x85ebca6b;

/**
 * Cells that a look-up may visit. With this hash and load a million keys stay far below it (longest
 * seen: 17); it bounds the work for keys that somebody chose to collide, or that differ only where a long string is not hashed.
 * A key beyond it is not tracked, and counted as crowded.
 */
const MAX_PROBES = 512;

export class EventTable extends EventPool {
  private readonly cells: Int32Array;
  private readonly cellMask: number;
  private readonly shift: number;
  private readonly seed: number;
  /** What the last find looked at: where a new entry goes, and under which hash. -1: no room within MAX_PROBES. */
  private cell = 0;
  private hash = 0;

  /** @param seed of the hash; a random one unless a test wants collisions to repeat */
  constructor(capacity: number, seed: number = Math.floor(Math.random() * 2 ** 32)) {
    super(capacity);
    this.seed = seed | 0;
    const bits = Math.max(4, 32 - Math.clz32(4 * capacity - 1));
    this.shift = 32 - bits;
    this.cells = new Int32Array(2 ** bits * 2);
    this.cellMask = this.cells.length - 1;
  }

  /** First event of the key staged[STAGED_KEY], or 0. */
  findNumber(): number {
    const key = staged[KEY]!;
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

  /**
   * A string or bigint key: FIND its first event (or 0), or ENTER or TAKE as those below do it for numbers. One function for
   * the three, too long to be inlined, on purpose: see `enter`.
   */
  reference(key: string | bigint, what: number): number {
    const hash = hashReference(key, this.seed);
    this.hash = hash;
    const { cells, references } = this;
    let at = (hash >>> this.shift) << 1;
    let slot = 0;
    this.cell = -1;
    for (let probes = 0; probes < MAX_PROBES; probes++, slot = 0) {
      slot = cells[at]!;
      if (slot === 0 || (cells[at + 1] === hash && references !== null && references[slot] === key)) {
        this.cell = at;
        break;
      }
      at = (at + 2) & this.cellMask;
    }
    if (what === FIND) return slot;
    if (what === ENTER) return slot !== 0 ? -slot : this.insertReference(key);
    if (slot === 0 || this.i32[slot * I32 + NEXT] !== 0) return 0 - slot;
    this.detachAll(slot);
    return slot;
  }

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
    const key = staged[KEY]!;
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
    f64[slot * F64 + BEGIN] = staged[TIME]!;
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
    const key = staged[KEY]!;
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

  /** A new event of the string or bigint key that was just looked for and not found, at the staged time. */
  private insertReference(key: string | bigint): number {
    const slot = this.free;
    if (slot === 0 || this.cell < 0) return 0;
    const i32 = this.i32;
    const record = slot * I32;
    this.references ??= new Array(this.capacity + 1).fill(undefined);
    this.references[slot] = key;
    this.free = i32[record + NEXT]!;
    this.used++;
    this.f64[slot * F64] = Number.NaN;
    this.f64[slot * F64 + BEGIN] = staged[TIME]!;
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
    f64[slot * F64 + BEGIN] = staged[TIME]!;
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

  /** Cell of the first event of the key of a slot that is in the table. */
  private cellOf(slot: number): number {
    const cells = this.cells;
    const hash = this.i32[slot * I32 + HASH]!;
    let at = (hash >>> this.shift) << 1;
    while (cells[at + 1] !== hash || !this.sameKey(cells[at]!, slot)) at = (at + 2) & this.cellMask;
    return at;
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
}
