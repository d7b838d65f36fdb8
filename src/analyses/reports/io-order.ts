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
  readonly #places: Place<T>[] = [];
  #first = 0;
  #held = 0;

  constructor(write: (row: T) => void) {
    this.#write = write;
  }

  /** A request begins. */
  begin(): Place<T> {
    const place: Place<T> = { row: null, done: false, late: false, order: this, next: null };
    this.#places.push(place);
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
    for (let i = this.#first; i < this.#places.length && !this.#places[i]!.done; i++) this.#places[i]!.late = true;
    this.#advance();
  }

  /** Nothing more will end. */
  finish(): void {
    for (let i = this.#first; i < this.#places.length; i++) if (!this.#places[i]!.done) this.#places[i]!.late = true;
    this.#advance();
  }

  #advance(): void {
    const places = this.#places;
    for (; this.#first < places.length; this.#first++) {
      const { row, done, late } = places[this.#first]!;
      if (!done && !late) break;
      if (row === null) continue;
      this.#write(row);
      this.#held--;
    }
    if (this.#first < 1024) return;
    places.splice(0, this.#first);
    this.#first = 0;
  }
}
