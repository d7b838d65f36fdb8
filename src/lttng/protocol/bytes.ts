/** Pieces that all LTTng messages are made of: big-endian integers and NUL-terminated text. */
import { TailtrapError } from '../../base/errors.ts';

/** What unset 64-bit values hold: 2^64 - 1. */
export const UNSET: bigint = 0xffff_ffff_ffff_ffffn;

const DECODER = new TextDecoder('utf-8');
const UTF8 = new TextEncoder();

/** Reads fields of a message in their order. Reading past the end is the peer's fault, and an error. */
export class FieldReader {
  readonly bytes: Uint8Array;
  offset: number;
  private readonly view: DataView;
  private readonly what: string;

  /** @param what the message, for errors */
  constructor(bytes: Uint8Array, what: string, offset = 0) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.what = what;
    this.offset = offset;
  }

  get left(): number {
    return this.bytes.length - this.offset;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }
  u32(): number {
    return this.view.getUint32(this.take(4));
  }
  u64(): bigint {
    return this.view.getBigUint64(this.take(8));
  }

  /** A view into the message, not a copy. */
  raw(length: number): Uint8Array {
    const from = this.take(length);
    return this.bytes.subarray(from, from + length);
  }

  /** Text in a field of fixed or announced length, up to its NUL, which must be there unless `bare`. */
  text(length: number, bare = false): string {
    const field = this.raw(length);
    const end = field.indexOf(0);
    if (end < 0 && !bare) throw badMessage(this.what, `text of ${length} bytes without its NUL`);
    return DECODER.decode(end < 0 ? field : field.subarray(0, end));
  }

  private take(length: number): number {
    const from = this.offset;
    if (length > this.left)
      throw badMessage(this.what, `${this.bytes.length} bytes, ends before byte ${from + length}`);
    this.offset = from + length;
    return from;
  }
}

/** Writes fields of a message in their order into memory of its own. */
export class FieldWriter {
  readonly bytes: Uint8Array;
  offset = 0;
  private readonly view: DataView;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
  }

  u8(value: number): this {
    this.view.setUint8(this.offset, value);
    return this.skip(1);
  }
  u32(value: number): this {
    this.view.setUint32(this.offset, value);
    return this.skip(4);
  }
  u64(value: bigint | number): this {
    this.view.setBigUint64(this.offset, BigInt.asUintN(64, BigInt(value)));
    return this.skip(8);
  }
  raw(bytes: Uint8Array): this {
    this.bytes.set(bytes, this.offset);
    return this.skip(bytes.length);
  }
  /** Text in a field of `length` bytes, cut to leave room for one NUL, the rest zero. */
  text(value: string, length: number): this {
    UTF8.encodeInto(value, this.bytes.subarray(this.offset, this.offset + length - 1));
    return this.skip(length);
  }
  skip(length: number): this {
    this.offset += length;
    return this;
  }
}

/** UTF-8 with a NUL behind it. */
export function withNul(text: string): Uint8Array {
  return UTF8.encode(`${text}\0`);
}

/** A message that no peer of the protocol sends. */
export function badMessage(what: string, message: string): TailtrapError {
  return new TailtrapError('TT_LTTNG_MESSAGE', `${what}: ${message}`, {
    next: 'the peer speaks another protocol, or bytes were lost on the way',
  });
}
