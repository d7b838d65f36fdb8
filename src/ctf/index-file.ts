/** LTTng's packet index, version 1.1: big-endian, 16 bytes of header, 72 for each packet (lttng-tools ctf-index.h). */

/** What an index file says of a packet. Times are cycles of the stream's clock. */
export interface PacketInfo {
  readonly offset_bytes: number;
  readonly content_bits: number;
  readonly total_bytes: number;
  readonly begin: bigint;
  readonly end: bigint;
  readonly discarded: bigint;
  readonly sequence: bigint;
}

const MAGIC = 0xc1f1dcc1;
const HEADER_BYTES = 16;
const ENTRY_BYTES = 72;

export function indexBytes(streamId: number, instance: number | bigint, packets: readonly PacketInfo[]): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + ENTRY_BYTES * packets.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of [MAGIC, 1, 1, ENTRY_BYTES].entries()) view.setUint32(i * 4, value);
  packets.forEach((packet, i) => {
    const entry = [
      BigInt(packet.offset_bytes),
      BigInt(packet.total_bytes) * 8n,
      BigInt(packet.content_bits),
      packet.begin,
      packet.end,
      packet.discarded,
      BigInt(streamId),
      BigInt(instance),
      packet.sequence,
    ];
    for (const [j, value] of entry.entries())
      view.setBigUint64(HEADER_BYTES + i * ENTRY_BYTES + j * 8, BigInt.asUintN(64, value));
  });
  return bytes;
}
