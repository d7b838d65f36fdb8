/**
 * Protocol Buffers' wire format, as far as writing needs it: https://protobuf.dev/programming-guides/encoding
 *
 * The length of a message is known when it ends, but stands at its beginning: four bytes are kept for it, which hold it as
 * a varint with redundant zeros. Readers accept that, and nothing has to be moved.
 */

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
/** Redundant varint of four bytes: messages up to 256 MiB. */
const LENGTH_BYTES = 4;

const encoder = new TextEncoder();

export class ProtoWriter {
  bytes: Uint8Array = new Uint8Array(64 * 1024);
  at = 0;

  /** A number from 0 to 2^53. */
  uint(field: number, value: number): void {
    this.#room(20);
    this.#tag(field, VARINT);
    this.#varint(value);
  }

  /** Any integer of 64 bits; negative ones take ten bytes. */
  int(field: number, value: number | bigint): void {
    if (typeof value === 'number' && value >= 0) this.uint(field, value);
    else this.bigint(field, BigInt(value));
  }

  bigint(field: number, value: bigint): void {
    this.#room(20);
    this.#tag(field, VARINT);
    let rest = BigInt.asUintN(64, value);
    for (; rest >= 0x80n; rest >>= 7n) this.bytes[this.at++] = Number(rest & 0x7fn) | 0x80;
    this.bytes[this.at++] = Number(rest);
  }

  double(field: number, value: number): void {
    this.#room(20);
    this.#tag(field, FIXED64);
    new DataView(this.bytes.buffer).setFloat64(this.at, value, true);
    this.at += 8;
  }

  text(field: number, value: string): void {
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    this.#room(20 + 3 * value.length);
    this.#tag(field, BYTES);
    if (value.length < 42) {
      // The length fits one byte, whatever the text.
      const { written } = encoder.encodeInto(value, this.bytes.subarray(this.at + 1));
      this.bytes[this.at] = written;
      this.at += 1 + written;
      return;
    }
    const begin = this.at;
    this.at += LENGTH_BYTES;
    this.at += encoder.encodeInto(value, this.bytes.subarray(this.at)).written;
    this.#putLength(begin);
  }

  /** Begins a message. @returns what `close` wants */
  open(field: number): number {
    this.#room(20);
    this.#tag(field, BYTES);
    const begin = this.at;
    this.at += LENGTH_BYTES;
    return begin;
  }

  close(begin: number): void {
    this.#putLength(begin);
  }

  /** Everything written so far; the writer begins anew. Valid until the next write. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.at);
    this.at = 0;
    return taken;
  }

  /** Messages that are complete, from another writer. */
  append(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  #putLength(begin: number): void {
    const length = this.at - begin - LENGTH_BYTES;
    this.bytes[begin] = (length & 0x7f) | 0x80;
    this.bytes[begin + 1] = ((length >>> 7) & 0x7f) | 0x80;
    this.bytes[begin + 2] = ((length >>> 14) & 0x7f) | 0x80;
    this.bytes[begin + 3] = (length >>> 21) & 0x7f;
  }

  #tag(field: number, type: number): void {
    this.#varint(field * 8 + type);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest >= 2 ** 31) {
      this.bytes[this.at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    for (; rest >= 0x80; rest >>>= 7) this.bytes[this.at++] = (rest & 0x7f) | 0x80;
    this.bytes[this.at++] = rest;
  }

  #room(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.at + bytes));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }
}
