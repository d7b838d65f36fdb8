/** Merges streams that are each in time order: a binary heap whose top is the stream with the earliest event. */

/** Time, and what decides between equal times. */
export interface Timed {
  readonly time: number;
  readonly time_ns: bigint;
  /** Streams in the order in which simultaneous events appear. */
  readonly rank: number;
}

/** Doubles beyond this do not tell neighbouring nanoseconds apart. */
const EXACT_NS = Number.MAX_SAFE_INTEGER;

export class Merge<T extends Timed> {
  readonly #heap: T[] = [];
  /** Decides between streams of one rank and time; they are few. */
  readonly #tie: (a: T, b: T) => number;

  constructor(tie: (a: T, b: T) => number = () => 0) {
    this.#tie = tie;
  }

  get top(): T | undefined {
    return this.#heap[0];
  }

  get size(): number {
    return this.#heap.length;
  }

  /**
   * A top earlier than this stays the top; -Infinity where doubles cannot tell.
   */
  secondTime(): number {
    const [, left, right] = this.#heap;
    const time = Math.min(left?.time ?? Number.POSITIVE_INFINITY, right?.time ?? Number.POSITIVE_INFINITY);
    if (time === Number.POSITIVE_INFINITY) return time;
    return Math.abs(time) < EXACT_NS ? time : Number.NEGATIVE_INFINITY;
  }

  /**
   * `settle` for the most frequent case: there are two, and the top is now behind the other.
   *
   * @returns whether that was so, and they have changed places
   */
  swapped(): boolean {
    const heap = this.#heap;
    if (heap.length !== 2) return false;
    const top = heap[0]!;
    const other = heap[1]!;
    if (!(top.time > other.time && other.time > -EXACT_NS && top.time < EXACT_NS)) return false;
    heap[0] = other;
    heap[1] = top;
    return true;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#heap[Symbol.iterator]();
  }

  clear(): void {
    this.#heap.length = 0;
  }

  push(item: T): void {
    const heap = this.#heap;
    let i = heap.push(item) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#before(item, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = item;
  }

  /** Takes the top away. */
  pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    heap[0] = last;
    this.settle();
  }

  /** Puts the top where it belongs now that its time has changed. */
  settle(): void {
    const heap = this.#heap;
    const { length } = heap;
    const item = heap[0]!;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= length) break;
      if (child + 1 < length && this.#before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#before(heap[child]!, item)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = item;
  }

  #before(a: T, b: T): boolean {
    if (a.time < b.time && a.time > -EXACT_NS && b.time < EXACT_NS) return true;
    if (a.time > b.time && b.time > -EXACT_NS && a.time < EXACT_NS) return false;
    return this.#beforeExactly(a, b);
  }

  #beforeExactly(a: T, b: T): boolean {
    if (a.time !== b.time && !(Number.isFinite(a.time) && Number.isFinite(b.time))) return a.time < b.time;
    if (Math.abs(a.time) >= EXACT_NS && Number.isFinite(a.time) && a.time_ns !== b.time_ns)
      return a.time_ns < b.time_ns;
    if (a.time !== b.time) return a.time < b.time;
    return a.rank !== b.rank ? a.rank < b.rank : this.#tie(a, b) < 0;
  }
}
