/**
 * Where text is put together: one byte buffer, reused for ever, that is handed to a sink whenever it is full enough.
 *
 *     bytes   [ lines that wait for the sink ......... | slack ]
 *                                            LIMIT ----^
 *
 * The slack is why single stores need no check: between two checks no more than `UNCHECKED_BYTES` are written. Positions
 * travel as numbers through arguments and results, so that generated code keeps them in a register.
 */

import { LIMITS } from '../model.ts';
import { hexadecimal, hexadecimalWide, signed, signedWide, unsigned, unsignedWide } from './digits.ts';
import { ESCAPES, hexDigits } from './escapes.ts';

/** Text that is collected before the sink is called: some hundred lines; larger buffers leave the processor's cache. */
const LIMIT_BYTES = 128 * 1024;
/** What may be written between two checks. */
export const UNCHECKED_BYTES: number = 16 * 1024;
/** Stores of 8 bytes reach a little over what counts. */
const SLACK_BYTES = 2 * UNCHECKED_BYTES + 64;

/** Takes bytes that are valid only during the call. */
export type TextSink = (bytes: Uint8Array) => void;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export class TextBuffer {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Above this, `flush` is due. */
  readonly limit: number = LIMIT_BYTES;
  /** Where the next text goes. */
  at = 0;
  /** Indexes of the array elements that are being written, by depth of nesting. */
  readonly index: Int32Array = new Int32Array(LIMITS.nesting + 2);
  readonly #sink: TextSink;

  constructor(sink: TextSink) {
    this.bytes = new Uint8Array(LIMIT_BYTES + SLACK_BYTES);
    this.view = new DataView(this.bytes.buffer);
    this.#sink = sink;
  }

  /** Gives everything before `at` to the sink. @returns the position to go on at: 0 */
  flush(at: number): number {
    if (at > 0) this.#sink(this.bytes.subarray(0, at));
    return 0;
  }

  /** Bytes of any number. */
  raw(at: number, from: Uint8Array): number {
    let end = at;
    for (let done = 0; done < from.length; ) {
      if (end > LIMIT_BYTES) end = this.flush(end);
      const part = Math.min(from.length - done, UNCHECKED_BYTES);
      this.bytes.set(from.subarray(done, done + part), end);
      end += part;
      done += part;
    }
    return end;
  }

  /** A string in quotes, escaped as babeltrace2 does. */
  quoted(at: number, from: Uint8Array, start: number, end: number): number {
    const { bytes } = this;
    let p = at;
    bytes[p++] = 0x22;
    // An escape is 4 bytes at most.
    for (let next = start; ; ) {
      const stop = Math.min(end, next + UNCHECKED_BYTES / 4 - 8);
      while (next < stop) {
        const byte = from[next++]!;
        if (ESCAPES[byte] === 0) bytes[p++] = byte;
        else p = this.#escaped(p, byte);
      }
      if (next >= end) break;
      if (p > LIMIT_BYTES) p = this.flush(p);
    }
    bytes[p++] = 0x22;
    return p;
  }

  /** Bytes as `{ 0x1F, 0x2 }`. */
  blob(at: number, from: Uint8Array, start: number, end: number): number {
    let p = this.ascii(at, '{');
    for (let i = start; i < end; i++) {
      if (p > LIMIT_BYTES) p = this.flush(p);
      p = this.hex(this.ascii(p, i === start ? ' ' : ', '), from[i]!);
    }
    return this.ascii(p, ' }');
  }

  /** A JSON string; what is no UTF-8 becomes U+FFFD. */
  jsonQuoted(at: number, from: Uint8Array, start: number, end: number): number {
    const { bytes } = this;
    let p = at;
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
    const text = JSON.stringify(decoder.decode(from)).slice(1);
    return this.raw(at, encoder.encode(text));
  }

  /** Bytes as a string of hexadecimal digits. */
  jsonBlob(at: number, from: Uint8Array, start: number, end: number): number {
    let p = this.ascii(at, '"');
    for (let i = start; i < end; i++, p += 2) {
      if (p > LIMIT_BYTES) p = this.flush(p);
      this.view.setUint16(p, hexDigits(from[i]!), true);
    }
    return this.ascii(p, '"');
  }

  /** A number where JSON's readers keep it exact (53 bits), else a string of digits. */
  jsonWide(at: number, low: number, high: number, signed: boolean): number {
    const top = signed ? high | 0 : high >>> 0;
    const exact = top < 0x200000 && top >= -0x200000;
    const p = exact ? at : this.ascii(at, '"');
    const end = signed ? this.signedWide(p, low, top) : this.decimalWide(p, low, top);
    return exact ? end : this.ascii(end, '"');
  }

  #escaped(at: number, byte: number): number {
    const letter = ESCAPES[byte]!;
    this.bytes[at] = 0x5c;
    this.bytes[at + 1] = letter === 255 ? 0x78 : letter;
    if (letter !== 255) return at + 2;
    this.view.setUint16(at + 2, hexDigits(byte), true);
    return at + 4;
  }

  decimal(at: number, n: number): number {
    return n >= 0 ? unsigned(this.view, at, n) : signed(this.view, at, n);
  }

  decimalWide(at: number, low: number, high: number): number {
    return unsignedWide(this.view, at, low >>> 0, high >>> 0);
  }

  signedWide(at: number, low: number, high: number): number {
    return signedWide(this.view, at, low >>> 0, high | 0);
  }

  /** `0x` and upper-case digits. */
  hex(at: number, n: number): number {
    this.view.setUint16(at, 0x7830, true);
    return hexadecimal(this.view, at + 2, n >>> 0);
  }

  hexWide(at: number, low: number, high: number): number {
    this.view.setUint16(at, 0x7830, true);
    return hexadecimalWide(this.view, at + 2, low >>> 0, high >>> 0);
  }

  /** Text of few characters, all below 128. */
  ascii(at: number, text: string): number {
    for (let i = 0; i < text.length; i++) this.bytes[at + i] = text.charCodeAt(i);
    return at + text.length;
  }
}
