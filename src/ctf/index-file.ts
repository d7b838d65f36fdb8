/** LTTng's packet index, version 1.1: big-endian, 16 bytes of header, 72 for each packet (lttng-tools ctf-index.h). */
import type { PacketInfo } from './stream.ts';

const MAGIC = 0xc1f1dcc1;
const HEADER_BYTES = 16;
const ENTRY_BYTES = 72;

export function indexBytes(streamId: number, instance: number, packets: readonly PacketInfo[]): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + ENTRY_BYTES * packets.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of [MAGIC, 1, 1, ENTRY_BYTES].entries()) view.setUint32(i * 4, value);
  packets.forEach((packet, i) => {
    const bits = BigInt(packet.content_bytes) * 8n;
    const entry = [
      BigInt(packet.offset_bytes),
      bits,
      bits,
      packet.begin_ns,
      packet.end_ns,
      BigInt(packet.discarded),
      BigInt(streamId),
      BigInt(instance),
      BigInt(packet.sequence),
    ];
    for (const [j, value] of entry.entries()) view.setBigUint64(HEADER_BYTES + i * ENTRY_BYTES + j * 8, value);
  });
  return bytes;
}
