/** Texts that are made in any order and written in one: each has its slot. */
import type { Lines } from '../format/lines.ts';

/** Text that waits for its turn is held in memory; a log beside other results may be large. */
export class Queue {
  readonly #write: (text: string) => void;
  readonly #lines: Lines | null;
  readonly #slots: Slot[] = [];

  /** @param lines what `write` writes to, where lines can be written to it as bytes */
  constructor(write: (text: string) => void, lines: Lines | null = null) {
    this.#write = write;
    this.#lines = lines;
  }

  /** The next place in the order. */
  add(): Slot {
    const slot: Slot = new Slot(() => this.#advance());
    this.#slots.push(slot);
    this.#advance();
    return slot;
  }

  #advance(): void {
    for (let slot = this.#slots[0]; slot !== undefined; slot = this.#slots[0]) {
      slot.attach(this.#write, this.#lines);
      if (!slot.closed) return;
      this.#slots.shift();
    }
  }
}

export class Slot {
  closed = false;
  /** Takes lines at once, while it is this slot's turn; null: `put` does. */
  lines: Lines | null = null;
  #pieces: string[] = [];
  #write: ((text: string) => void) | null = null;
  readonly #onClose: () => void;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  put(text: string): void {
    if (this.#write !== null) this.#write(text);
    else this.#pieces.push(text);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#onClose();
  }

  /** It is this slot's turn. */
  attach(write: (text: string) => void, lines: Lines | null): void {
    if (this.#write !== null) return;
    this.#write = write;
    this.lines = lines;
    for (const piece of this.#pieces) write(piece);
    this.#pieces = [];
  }
}
