/**
 * Where text is put together: one byte buffer, reused for ever, that is handed to a sink whenever it is full enough.
 *
 *     bytes   [ lines that wait for the sink ......... | slack ]
 *                                            LIMIT ----^
 *
 * Every method looks once whether the limit is passed, and then writes no more than the slack takes. Positions travel as
 * numbers through arguments and results, so that generated code keeps them in a register. The methods take the text
 * before a value with it: one call for each field, of functions that all classes share and that are compiled early.
 */
import { LIMITS } from '../model.ts';
import { hexadecimal, hexadecimalWide, signed, signedWide, unsigned, unsignedWide } from './digits.ts';
import { ESCAPES, hexDigits } from './escapes.ts';
import { type Literal, LiteralTable } from './literal.ts';

/** Text that is collected before the sink is called: some hundred lines; larger buffers leave the processor's cache. */
const LIMIT_BYTES = 128 * 1024;
/** What may be written between two looks at the limit. */
export const STEP_BYTES: number = 16 * 1024;
/** Longest text that the table of literals is for. Stores of 8 bytes reach a little over what counts. */
export const LITERAL_BYTES: number = STEP_BYTES - 1024;
/** A string's last step follows a literal. */
const SLACK_BYTES = 3 * STEP_BYTES;

/** Takes bytes that are valid only during the call. */
export type TextSink = (bytes: Uint8Array) => void;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export class TextBuffer {
  readonly bytes: Uint8Array = new Uint8Array(LIMIT_BYTES + SLACK_BYTES);
  readonly view: DataView = new DataView(this.bytes.buffer);
  readonly literals: LiteralTable = new LiteralTable();
  /** Where the next text goes. */
  at = 0;
  /** Indexes of the array elements that are being written, by depth of nesting. */
  readonly index: Int32Array = new Int32Array(LIMITS.nesting + 2);
  readonly #sink: TextSink;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  /** Gives everything before `at` to the sink. @returns the position to go on at: 0 */
  flush(at: number): number {
    if (at > 0) this.#sink(this.bytes.subarray(0, at));
    return 0;
  }

  /** @returns `at`, or 0 after everything before it was given to the sink: from there a step's bytes may follow */
  reserve(at: number): number {
    return at > LIMIT_BYTES ? this.flush(at) : at;
  }

  /** A text of the table. */
  literal(at: number, word: number, length: number): number {
    const { view } = this;
    const { words } = this.literals;
    const start = this.reserve(at);
    // Two words whatever the length: most texts have no more, and a branch that depends on it is guessed wrong too often.
    view.setFloat64(start, words[word]!, true);
    view.setFloat64(start + 8, words[word + 1]!, true);
    if (length > 16) this.more(start, word, length);
    return start + length;
  }

  /** What of a text of the table does not fit into two words. */
  more(start: number, word: number, length: number): void {
    const { view } = this;
    const { words } = this.literals;
    for (let done = 16, i = word + 2; done < length; done += 8, i++) view.setFloat64(start + done, words[i]!, true);
  }

  /** A text of the table that is likely to have 30 to 64 bytes. */
  longLiteral(at: number, word: number, length: number): number {
    const { view } = this;
    const { words } = this.literals;
    const start = this.reserve(at);
    view.setFloat64(start, words[word]!, true);
    view.setFloat64(start + 8, words[word + 1]!, true);
    view.setFloat64(start + 16, words[word + 2]!, true);
    view.setFloat64(start + 24, words[word + 3]!, true);
    view.setFloat64(start + 32, words[word + 4]!, true);
    view.setFloat64(start + 40, words[word + 5]!, true);
    if (length > 48) {
      view.setFloat64(start + 48, words[word + 6]!, true);
      view.setFloat64(start + 56, words[word + 7]!, true);
      if (length > 64) this.more(start, word, length);
    }
    return start + length;
  }

  /** Separator and index of an array's element. */
  element(at: number, depth: number, first: Literal, next: Literal, indexed: boolean): number {
    const i = this.index[depth]!;
    this.index[depth] = i + 1;
    const separator = i === 0 ? first : next;
    const p = this.literal(at, separator.word, separator.length);
    return indexed ? this.ascii(unsigned(this.view, this.ascii(p, '['), i), '] = ') : p;
  }

  decimal(at: number, word: number, length: number, n: number): number {
    const p = this.literal(at, word, length);
    return n >= 0 ? unsigned(this.view, p, n) : signed(this.view, p, n);
  }

  decimalWide(at: number, word: number, length: number, low: number, high: number): number {
    return unsignedWide(this.view, this.literal(at, word, length), low >>> 0, high >>> 0);
  }

  signedWide(at: number, word: number, length: number, low: number, high: number): number {
    return signedWide(this.view, this.literal(at, word, length), low >>> 0, high | 0);
  }

  /** A number where JSON's readers keep it exact (53 bits), else a string of digits. */
  jsonWide(at: number, word: number, length: number, low: number, high: number, isSigned: boolean): number {
    const top = isSigned ? high | 0 : high >>> 0;
    const exact = top < 0x200000 && top >= -0x200000;
    const p = this.literal(at, word, length);
    const begin = exact ? p : this.ascii(p, '"');
    const end = isSigned
      ? signedWide(this.view, begin, low >>> 0, top)
      : unsignedWide(this.view, begin, low >>> 0, top);
    return exact ? end : this.ascii(end, '"');
  }

  /** `0x` and upper-case digits; the `0x` is part of the literal. */
  hex(at: number, word: number, length: number, n: number): number {
    return hexadecimal(this.view, this.literal(at, word, length), n >>> 0);
  }

  hexWide(at: number, word: number, length: number, low: number, high: number): number {
    return hexadecimalWide(this.view, this.literal(at, word, length), low >>> 0, high >>> 0);
  }

  /** Text of few characters, all below 128. */
  ascii(at: number, text: string): number {
    for (let i = 0; i < text.length; i++) this.bytes[at + i] = text.charCodeAt(i);
    return at + text.length;
  }

  /** Bytes of any number. */
  raw(at: number, from: Uint8Array): number {
    let end = at;
    for (let done = 0; done < from.length; ) {
      if (end > LIMIT_BYTES) end = this.flush(end);
      const part = Math.min(from.length - done, STEP_BYTES);
      this.bytes.set(from.subarray(done, done + part), end);
      end += part;
      done += part;
    }
    return end;
  }

  /** A string in quotes, escaped as babeltrace2 does. */
  quoted(at: number, word: number, length: number, from: Uint8Array, start: number, end: number): number {
    return this.quotedBytes(this.literal(at, word, length), from, start, end);
  }

  /** The same without a text before it; looks at the limit only within long strings. */
  quotedBytes(at: number, from: Uint8Array, start: number, end: number): number {
    const { bytes } = this;
    let p = at;
    bytes[p++] = 0x22;
    for (let next = start; ; ) {
      // An escape is 4 bytes at most.
      const stop = Math.min(end, next + STEP_BYTES / 4 - 8);
      for (; next < stop; next++) {
        const byte = from[next]!;
        if (ESCAPES[byte] === 0) bytes[p++] = byte;
        else p = this.#escaped(p, byte);
      }
      if (next >= end) break;
      if (p > LIMIT_BYTES) p = this.flush(p);
    }
    bytes[p++] = 0x22;
    return p;
  }

  #escaped(at: number, byte: number): number {
    const letter = ESCAPES[byte]!;
    this.bytes[at] = 0x5c;
    this.bytes[at + 1] = letter === 255 ? 0x78 : letter;
    if (letter !== 255) return at + 2;
    this.view.setUint16(at + 2, hexDigits(byte), true);
    return at + 4;
  }

  /** Bytes as `{ 0x1F, 0x2 }`. */
  blob(at: number, word: number, length: number, from: Uint8Array, start: number, end: number): number {
    let p = this.ascii(this.literal(at, word, length), '{');
    for (let i = start; i < end; i++) {
      if (p > LIMIT_BYTES) p = this.flush(p);
      p = hexadecimal(this.view, this.ascii(p, i === start ? ' 0x' : ', 0x'), from[i]!);
    }
    return this.ascii(p, ' }');
  }

  /** A JSON string; what is no UTF-8 becomes U+FFFD. */
  jsonQuoted(at: number, word: number, length: number, from: Uint8Array, start: number, end: number): number {
    const { bytes } = this;
    let p = this.literal(at, word, length);
    bytes[p++] = 0x22;
    for (let i = start; i < end; i++) {
      if (p > LIMIT_BYTES) p = this.flush(p);
      const byte = from[i]!;
      if (byte >= 0x80) return this.#jsonUtf8(p, from.subarray(i, end));
      if (byte >= 32 && byte !== 0x22 && byte !== 0x5c) bytes[p++] = byte;
      else p = this.#jsonEscaped(p, byte);
    }
    bytes[p++] = 0x22;
    return p;
  }

  #jsonEscaped(at: number, byte: number): number {
    if (byte >= 32) {
      this.bytes[at] = 0x5c;
      this.bytes[at + 1] = byte;
      return at + 2;
    }
    this.view.setUint16(this.ascii(at, '\\u00'), hexDigits(byte), true);
    return at + 6;
  }

  /** The rest of a string that is not only ASCII, and its closing quote. */
  #jsonUtf8(at: number, from: Uint8Array): number {
    return this.raw(at, encoder.encode(JSON.stringify(decoder.decode(from)).slice(1)));
  }

  /** Bytes as a string of hexadecimal digits. */
  jsonBlob(at: number, word: number, length: number, from: Uint8Array, start: number, end: number): number {
    let p = this.ascii(this.literal(at, word, length), '"');
    for (let i = start; i < end; i++, p += 2) {
      if (p > LIMIT_BYTES) p = this.flush(p);
      this.view.setUint16(p, hexDigits(from[i]!), true);
    }
    return this.ascii(p, '"');
  }
}
