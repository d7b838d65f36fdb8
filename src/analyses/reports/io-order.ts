/**
 * Rows of a log in the order of begin, though they are known in the order of end: a row waits until every request that
 * began before it has ended.
 *
 * A request that never ends would hold back all others, so no more than `MAX_HELD` rows wait: then the oldest ones in
 * flight are given up, and if one of them ends after all its row comes late.
 */
/** Some 8 MB of rows of I/O. */
const MAX_HELD = 16_384;

export interface Place<T = unknown> {
  row: T | null;
  /** It will not get a row, or has it. */
  done: boolean;
  /** Given up: its row is written when it comes. */
  late: boolean;
  readonly order: BeginOrder<T>;
  /** That of the same request in another window; whoever asks for places links them. */
  next: Place<T> | null;
}

export class BeginOrder<T> {
  readonly #write: (row: T) => void;
  /**
   * Those that wait, from `#first` on, around a table whose length is a power of two. What is done is taken out: a table that
   * still has it keeps it, and all that it leads to, until the next full collection.
   */
  #ring: (Place<T> | null)[] = new Array(64).fill(null);
  #first = 0;
  #count = 0;
  #held = 0;

  constructor(write: (row: T) => void) {
    this.#write = write;
  }

  /** A request begins. */
  begin(): Place<T> {
    const place: Place<T> = { row: null, done: false, late: false, order: this, next: null };
    if (this.#count === this.#ring.length) this.#grow();
    this.#ring[(this.#first + this.#count++) & (this.#ring.length - 1)] = place;
    return place;
  }

  /** It ended. `row` null: it is not shown. */
  end(place: Place<T>, row: T | null): void {
    if (place.done) return;
    place.done = true;
    if (place.late) {
      if (row !== null) this.#write(row);
      return;
    }
    place.row = row;
    if (row !== null) this.#held++;
    this.#advance();
    if (this.#held <= MAX_HELD) return;
    for (let i = 0; i < this.#count && !this.#at(i).done; i++) this.#at(i).late = true;
    this.#advance();
  }

  /** Nothing more will end. */
  finish(): void {
    for (let i = 0; i < this.#count; i++) if (!this.#at(i).done) this.#at(i).late = true;
    this.#advance();
  }

  #at(i: number): Place<T> {
    return this.#ring[(this.#first + i) & (this.#ring.length - 1)]!;
  }

  #advance(): void {
    while (this.#count > 0) {
      const place = this.#ring[this.#first]!;
      if (!place.done && !place.late) return;
      this.#ring[this.#first] = null;
      this.#first = (this.#first + 1) & (this.#ring.length - 1);
      this.#count--;
      const { row } = place;
      if (row === null) continue;
      place.row = null;
      this.#write(row);
      this.#held--;
    }
  }

  #grow(): void {
    const larger: (Place<T> | null)[] = new Array(2 * this.#ring.length).fill(null);
    for (let i = 0; i < this.#count; i++) larger[i] = this.#at(i);
    this.#ring = larger;
    this.#first = 0;
  }
}
