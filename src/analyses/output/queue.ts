/** Texts that are made in any order and written in one: each has its slot. */

/** Text that waits for its turn is held in memory; a log beside other results may be large. */
export class Queue {
  readonly #write: (text: string) => void;
  readonly #slots: Slot[] = [];

  constructor(write: (text: string) => void) {
    this.#write = write;
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
      slot.attach(this.#write);
      if (!slot.closed) return;
      this.#slots.shift();
    }
  }
}

export class Slot {
  closed = false;
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
  attach(write: (text: string) => void): void {
    if (this.#write !== null) return;
    this.#write = write;
    for (const piece of this.#pieces) write(piece);
    this.#pieces = [];
  }
}
