/** Writes fields bit by bit, as the specification reads them (CTF2-SPEC-2.0, section 6.4.3): slow and plain on purpose. */
import type { Order } from './plan.fuzz.ts';

export class BitWriter {
  #bytes = new Uint8Array(256);
  /** Bits from the packet's start. */
  at = 0;

  get bytes(): Uint8Array {
    return this.#bytes.slice(0, Math.ceil(this.at / 8));
  }

  align(bits: number): void {
    this.at = Math.ceil(this.at / bits) * bits;
    this.#room(0);
  }

  #room(bits: number): void {
    if (this.at + bits <= this.#bytes.length * 8) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, Math.ceil((this.at + bits) / 8)));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  integer(value: bigint, length: number, order: Order, reversed = false): void {
    this.#room(length);
    const firstToLast = (order === 'le') !== reversed;
    for (let i = 0; i < length; i++, this.at++) {
      const bit = (value >> BigInt(firstToLast ? i : length - 1 - i)) & 1n;
      if (bit === 0n) continue;
      this.#bytes[this.at >> 3]! |= 1 << (order === 'be' ? 7 - (this.at % 8) : this.at % 8);
    }
  }

  byte(value: number): void {
    this.integer(BigInt(value), 8, 'le');
  }

  /** Puts a number where room was left for it. */
  patch(at: number, value: bigint, length: number, order: Order): void {
    const end = this.at;
    this.at = at;
    this.integer(value, length, order);
    this.at = end;
  }

  leb128(value: bigint, signed: boolean): void {
    let rest = value;
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      const done = signed ? (rest === 0n && low < 64) || (rest === -1n && low >= 64) : rest === 0n;
      this.byte(done ? low : low | 0x80);
      if (done) return;
    }
  }

  float(value: number, length: 32 | 64, order: Order): void {
    const view = new DataView(new ArrayBuffer(8));
    if (length === 32) view.setFloat32(0, value);
    else view.setFloat64(0, value);
    this.integer(length === 32 ? BigInt(view.getUint32(0)) : view.getBigUint64(0), length, order);
  }

  text(value: string, encoding: string): void {
    if (encoding === 'utf-8') {
      for (const byte of new TextEncoder().encode(`${value}\0`)) this.byte(byte);
      return;
    }
    const order = encoding.endsWith('le') ? 'le' : 'be';
    const wide = encoding.startsWith('utf-32');
    const units = wide
      ? Array.from(`${value}\0`, (character) => character.codePointAt(0)!)
      : Array.from({ length: value.length + 1 }, (_, i) => (i < value.length ? value.charCodeAt(i) : 0));
    for (const unit of units) this.integer(BigInt(unit), wide ? 32 : 16, order);
  }
}
