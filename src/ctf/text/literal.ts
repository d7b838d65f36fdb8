/**
 * Fixed texts as 64-bit words in one table: eight bytes with one store. Words are doubles, because a store of a bigint
 * would allocate; UTF-8 never has the bit pattern of a NaN (a byte 0xFF, or 0x7F after 0xF0), so the bits arrive as they
 * are. A text is named by its first word and its length; its last word may reach up to 7 bytes beyond it.
 */

const encoder = new TextEncoder();

/** Where a text is in the table, and how many bytes it has. */
export interface Literal {
  readonly word: number;
  readonly length: number;
}

/** Room for a text that changes: the second of an event, with its date and what surrounds it. */
const CHANGING_WORDS = 16;

/** Writers read so many words whatever the length. */
const READ_AHEAD = 8;

export class LiteralTable {
  words: Float64Array = new Float64Array(1024);
  #used = 0;
  readonly #known = new Map<string, Literal>();

  /** The same text is kept once. */
  add(text: string): Literal {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const bytes = encoder.encode(text);
    const added: Literal = { word: this.#used, length: bytes.length };
    this.#known.set(text, added);
    const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
    padded.set(bytes);
    this.#reserve(padded.length / 8 + READ_AHEAD);
    const view = new DataView(padded.buffer);
    for (let i = 0; i < padded.length; i += 8) this.words[this.#used++] = view.getFloat64(i, true);
    return added;
  }

  /** A place for one text that changes. */
  reserve(): Literal {
    const word = this.#used;
    this.#reserve(CHANGING_WORDS + READ_AHEAD);
    this.#used += CHANGING_WORDS;
    return { word, length: 0 };
  }

  /** Puts a text into a reserved place. */
  replace(place: Literal, text: string): Literal {
    const padded = new Uint8Array(CHANGING_WORDS * 8);
    const { written } = encoder.encodeInto(text, padded);
    const view = new DataView(padded.buffer);
    for (let i = 0; i < CHANGING_WORDS; i++) this.words[place.word + i] = view.getFloat64(8 * i, true);
    return { word: place.word, length: written };
  }

  /** The table grows with the classes of the trace, never with its events. */
  #reserve(words: number): void {
    if (this.#used + words <= this.words.length) return;
    const larger = new Float64Array(2 * (this.#used + words));
    larger.set(this.words);
    this.words = larger;
  }
}
