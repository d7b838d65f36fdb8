/** Texts by number: names and paths are stored once, and cells hold their numbers. */
import type { Journal } from './journal.ts';
import type { Table } from './table.ts';

/** Not looked for what is unused before there are this many. */
const FIRST_SWEEP = 4096;
/** A path in Linux is at most this long (PATH_MAX); longer texts are cut. */
const MAX_LENGTH = 4096;

export class Texts {
  /** Number 0 is the empty text: not known. */
  readonly #texts: (string | undefined)[] = [''];
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #free: number[] = [];
  #sweepAt = FIRST_SWEEP;
  /** UTF-16 units of all texts. */
  #length = 0;

  /** The number of a text; it stays while a cell or the window's history holds it. */
  number(whole: string): number {
    // The cut may halve a pair of surrogates: that is no text for others.
    const text = whole.length > MAX_LENGTH ? whole.slice(0, MAX_LENGTH).replace(/\p{Surrogate}$/u, '') : whole;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#free.pop() ?? this.#texts.length;
    this.#texts[number] = text;
    this.#numbers.set(text, number);
    this.#length += text.length;
    return number;
  }

  text(number: number): string {
    return this.#texts[number] ?? '';
  }

  get size(): number {
    return this.#numbers.size;
  }

  /** About: two bytes a unit, and what the engine needs for a text and its entry in the table. */
  get bytes(): number {
    return this.#length * 2 + this.#numbers.size * 72;
  }

  get isDue(): boolean {
    return this.#numbers.size >= this.#sweepAt;
  }

  /** Forgets the texts that no cell and no record holds. */
  sweep(tables: readonly Table[], journal: Journal): void {
    const held = new Uint8Array(this.#texts.length);
    held[0] = 1;
    for (const table of tables) {
      for (const column of table.columns) {
        if (column.form !== 'text') continue;
        for (let row = 0; row < table.used; row++) held[column.get(row)] = 1;
      }
    }
    for (let number = journal.first; number < journal.recorded; number++) {
      if (journal.columnOf(number).form === 'text') held[journal.oldOf(number)] = 1;
    }
    for (let number = 1; number < held.length; number++) {
      const text = this.#texts[number];
      if (held[number] === 1 || text === undefined) continue;
      this.#numbers.delete(text);
      this.#length -= text.length;
      this.#texts[number] = undefined;
      this.#free.push(number);
    }
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#numbers.size * 2);
  }
}
