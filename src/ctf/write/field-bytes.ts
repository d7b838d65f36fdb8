/** Bytes of fields that are put together before their event is begun: so a value that is refused leaves nothing behind. */

/** Larger events make it grow. */
const FIRST_BYTES = 4096;

export class FieldBytes {
  bytes: Uint8Array = new Uint8Array(FIRST_BYTES);
  view: DataView = new DataView(this.bytes.buffer);
  at = 0;
  /** Bits of the last byte that belong to no field: where content ends is told to the bit. */
  spare_bits = 0;

  /** Makes room for so many more bytes. */
  reserve(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.at + bytes));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }

  /** The low bits of a value of up to 64 bits, on whole bytes. */
  integer(bits: number, low: number, high: number): void {
    this.reserve(8);
    if (bits <= 32) this.view.setUint32(this.at, bits === 32 ? low : low & (2 ** bits - 1), true);
    else {
      this.view.setUint32(this.at, low, true);
      this.view.setUint32(this.at + 4, bits === 64 ? high : high & (2 ** (bits - 32) - 1), true);
    }
    const bytes = Math.ceil(bits / 8);
    this.at += bytes;
    this.spare_bits = bytes * 8 - bits;
  }

  /** What comes next begins at a byte, even if there is nothing of it. */
  align(): void {
    this.spare_bits = 0;
  }

  /** Begins anew. */
  clear(): void {
    this.at = 0;
    this.spare_bits = 0;
  }

  float(bits: 32 | 64, value: number): void {
    this.reserve(8);
    if (bits === 32) this.view.setFloat32(this.at, value, true);
    else this.view.setFloat64(this.at, value, true);
    this.at += bits / 8;
    this.spare_bits = 0;
  }

  /** CTF 2's variable-length integer, as short as it can be. A signed one has its sign in the last group's highest bit. */
  leb128(value: bigint, signed: boolean): void {
    this.reserve(10);
    this.spare_bits = 0;
    for (let rest = value; ; ) {
      const group = Number(BigInt.asUintN(7, rest));
      rest >>= 7n;
      const last = signed ? (rest === 0n && group < 64) || (rest === -1n && group >= 64) : rest === 0n;
      this.bytes[this.at++] = last ? group : group | 0x80;
      if (last) return;
    }
  }

  /** Bytes, cut or filled with zeros to `length`. */
  padded(from: Uint8Array, start: number, end: number, length: number): void {
    this.reserve(length);
    const stop = Math.min(end, start + length);
    this.bytes.set(from.subarray(start, stop), this.at);
    this.bytes.fill(0, this.at + stop - start, this.at + length);
    this.at += length;
    this.spare_bits = 0;
  }
}
