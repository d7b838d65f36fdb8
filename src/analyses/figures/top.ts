/** The k largest of a stream in k places: a heap whose root is the smallest that is kept. */

interface Kept<T> {
  readonly key: number;
  /** Of two equal ones the earlier is the larger: results keep the order in which things happened. */
  readonly order: number;
  readonly item: T;
}

export class Top<T> {
  readonly #limit: number;
  readonly #heap: Kept<T>[] = [];
  #count = 0;

  /** @param limit how many are kept; Infinity: all */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether an item with this key would be kept: ask before making the item. */
  accepts(key: number): boolean {
    if (this.#heap.length < this.#limit) return true;
    const root = this.#heap[0];
    return root !== undefined && key > root.key;
  }

  add(key: number, item: T): void {
    if (!this.accepts(key)) return;
    const heap = this.#heap;
    const kept = { key, order: this.#count++, item };
    if (heap.length < this.#limit) {
      heap.push(kept);
      this.#up(heap.length - 1);
    } else {
      heap[0] = kept;
      this.#down(0);
    }
  }

  /** Largest first. */
  sorted(): T[] {
    return this.#heap.toSorted((a, b) => (less(a, b) ? 1 : -1)).map(({ item }) => item);
  }

  #up(from: number): void {
    const heap = this.#heap;
    for (let i = from; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!less(heap[i]!, heap[parent]!)) return;
      [heap[i], heap[parent]] = [heap[parent]!, heap[i]!];
      i = parent;
    }
  }

  #down(from: number): void {
    const heap = this.#heap;
    for (let i = from; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && less(heap[child]!, heap[least]!)) least = child;
      }
      if (least === i) return;
      [heap[i], heap[least]] = [heap[least]!, heap[i]!];
      i = least;
    }
  }
}

function less(a: Kept<unknown>, b: Kept<unknown>): boolean {
  return a.key !== b.key ? a.key < b.key : a.order > b.order;
}
