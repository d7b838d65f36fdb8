/** Fields as all of LTTng's network protocols have them: big-endian, packed, texts in fields of fixed size. */
import { TailtrapError } from '../../base/errors.ts';

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

/** What a peer sent breaks the protocol: the connection cannot go on. */
export class ProtocolError extends TailtrapError {
  constructor(message: string) {
    super('TT_LTTNG_PROTOCOL', message, { next: 'the peer is no LTTng program, or of a version that is not known' });
  }
}

/**
 * Decodes what arrives in pieces: yields how many bytes it needs next, is given exactly those (they are its own), and
 * returns the value. It throws `ProtocolError` before it asks for more than its limits.
 */
export type Decoder<T> = Generator<number, T, Uint8Array>;

export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.#at++);
  }

  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4);
  }

  u64(): bigint {
    this.#at += 8;
    return this.#view.getBigUint64(this.#at - 8);
  }

  bytes(length: number): Uint8Array {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** Text that ends with a NUL within a field of fixed size. */
  fixedText(size: number, what: string): string {
    const field = this.bytes(size);
    const end = field.indexOf(0);
    if (end < 0) throw new ProtocolError(`${what} of ${size} bytes does not end`);
    return fromUtf8.decode(field.subarray(0, end));
  }

  /** Text whose length was told. */
  text(length: number): string {
    return fromUtf8.decode(this.bytes(length));
  }
}

/** Writes a message whose size is known. */
export class WireWriter {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u8(value: number): this {
    this.#view.setUint8(this.#at++, value);
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.#at, value);
    this.#at += 4;
    return this;
  }

  u64(value: bigint): this {
    this.#view.setBigUint64(this.#at, value);
    this.#at += 8;
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  /** Text in a field of fixed size with at least one NUL behind it; what is longer is cut between characters. */
  fixedText(text: string, size: number): this {
    utf8.encodeInto(text, this.bytes.subarray(this.#at, this.#at + size - 1));
    this.#at += size;
    return this;
  }
}

/** Runs a decoder over bytes that are all there. @returns the value and how many bytes it took, or null: too few */
export function decodeWhole<T>(decoder: Decoder<T>, bytes: Uint8Array): { value: T; length: number } | null {
  let at = 0;
  let step = decoder.next();
  while (step.done !== true) {
    if (at + step.value > bytes.length) return null;
    at += step.value;
    step = decoder.next(bytes.slice(at - step.value, at));
  }
  return { value: step.value, length: at };
}
