/** The buffer of a packet that is being written, and the fields that go there. */

export class PacketBytes {
  /** Hot writers use these after `StreamWriter.begin` reserved the room. */
  bytes: Uint8Array;
  view: DataView;
  pos = 0;

  constructor(size_bytes: number) {
    this.bytes = new Uint8Array(size_bytes);
    this.view = new DataView(this.bytes.buffer);
  }

  putInteger8(value: number): void {
    this.view.setUint8(this.pos, value);
    this.pos += 1;
  }

  putInteger16(value: number): void {
    this.view.setUint16(this.pos, value, true);
    this.pos += 2;
  }

  putInteger32(value: number): void {
    this.view.setUint32(this.pos, value, true);
    this.pos += 4;
  }

  putInteger64(high: number, low: number): void {
    this.view.setUint32(this.pos, low, true);
    this.view.setUint32(this.pos + 4, high, true);
    this.pos += 8;
  }

  /** Text of fixed length: cut or filled with NUL. */
  putText(value: Uint8Array, length: number): void {
    const count = Math.min(value.length, length);
    this.bytes.set(count === value.length ? value : value.subarray(0, count), this.pos);
    this.bytes.fill(0, this.pos + count, this.pos + length);
    this.pos += length;
  }

  /** NUL-terminated text; stops at a NUL inside. The room is that of `begin`'s `extraBytes`. */
  putString(value: Uint8Array): void {
    const nul = value.indexOf(0);
    this.bytes.set(nul < 0 ? value : value.subarray(0, nul), this.pos);
    this.pos += nul < 0 ? value.length : nul;
    this.bytes[this.pos++] = 0;
  }

  /** Doubles the buffer; one event larger than a whole packet gets a packet of its own size. */
  protected grow(needed: number): void {
    let length = this.bytes.length;
    while (length < needed) length *= 2;
    const grown = new Uint8Array(length);
    grown.set(this.bytes.subarray(0, this.pos));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
