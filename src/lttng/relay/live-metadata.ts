/**
 * Metadata as viewers get it. After a rotation or a clear the producer sends everything again, often cut into packets
 * of other sizes: what is new is told by the length of the text, and goes to viewers in a packet of its own.
 */
const MAGIC = 0x75d11d57;
/** Packet header: magic, uuid, checksum, content and packet size in bits, and five bytes of schemes and version. */
const HEADER_BYTES = 37;
const CONTENT_BITS_AT = 24;
const PACKET_BITS_AT = 28;

export class LiveMetadata {
  size_bytes = 0;
  private units: Buffer[] = [];
  /** Length of what the packets that viewers may have say, without their headers. */
  private text_bytes = 0;
  /** Null until everything comes again; then how much of the text has come again. */
  private again_bytes: number | null = null;

  /** Everything from `from_bytes` on, which is where an earlier unit ends. */
  read(from_bytes: number): Uint8Array {
    if (from_bytes >= this.size_bytes) return new Uint8Array(0);
    if (this.units.length > 1) this.units = [Buffer.concat(this.units)];
    return this.units[0]!.subarray(from_bytes);
  }

  /** From now on everything comes again. */
  restart(): void {
    if (this.text_bytes > 0) this.again_bytes = 0;
  }

  /** Whole metadata packets, or plain text; kept. */
  append(bytes: Buffer): void {
    const { text, header } = unpack(bytes);
    if (this.again_bytes === null) {
      this.add(bytes, text);
      return;
    }
    const known = Math.min(text.length, this.text_bytes - this.again_bytes);
    this.again_bytes += known;
    if (known === text.length) return;
    // A daemon's new metadata begins with the old; were it another, viewers could do nothing with it either.
    this.again_bytes = null;
    const fresh = text.subarray(known);
    this.add(known === 0 ? bytes : repack(fresh, header), fresh);
  }

  private add(unit: Buffer, text: Buffer): void {
    this.units.push(unit);
    this.size_bytes += unit.length;
    this.text_bytes += text.length;
  }
}

interface Unpacked {
  readonly text: Buffer;
  /** Of the first packet; null when these are no packets. */
  readonly header: Buffer | null;
}

function isLittle(bytes: Buffer): boolean | null {
  if (bytes.length < HEADER_BYTES) return null;
  if (bytes.readUInt32LE(0) === MAGIC) return true;
  return bytes.readUInt32BE(0) === MAGIC ? false : null;
}

/** Texts of a run of packets; bytes that are none are text themselves. */
function unpack(bytes: Buffer): Unpacked {
  const little = isLittle(bytes);
  if (little === null) return { text: bytes, header: null };
  const texts: Buffer[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const [content, size] = [CONTENT_BITS_AT, PACKET_BITS_AT].map(
      (field) => (little ? bytes.readUInt32LE(at + field) : bytes.readUInt32BE(at + field)) / 8,
    );
    const end = Math.min(bytes.length, at + content!);
    texts.push(bytes.subarray(Math.min(end, at + HEADER_BYTES), end));
    at += Math.max(HEADER_BYTES, size!);
  }
  return { text: texts.length === 1 ? texts[0]! : Buffer.concat(texts), header: bytes.subarray(0, HEADER_BYTES) };
}

function repack(text: Buffer, header: Buffer | null): Buffer {
  if (header === null) return text;
  const packet = Buffer.concat([header, text]);
  const bits = packet.length * 8;
  for (const field of [CONTENT_BITS_AT, PACKET_BITS_AT]) {
    if (isLittle(packet) === true) packet.writeUInt32LE(bits, field);
    else packet.writeUInt32BE(bits, field);
  }
  return packet;
}
