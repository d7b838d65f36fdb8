/** Metadata as tracers send it: in packets. Files may have it as plain text. */

const MAGIC = 0x75d11d57;
const HEADER_BYTES = 37;
/** As LTTng's. */
const PACKET_BYTES = 4096;
const NO_UUID = new Uint8Array(16);

/** Puts plain text into packets; what is in packets already stays as it is. */
export function inPackets(metadata: Uint8Array, uuid: Uint8Array | null): Uint8Array {
  const view = new DataView(metadata.buffer, metadata.byteOffset, metadata.byteLength);
  const isPacket = metadata.length >= 4 && [true, false].some((little) => view.getUint32(0, little) === MAGIC);
  // CTF 2 begins with a record separator; its readers want no packets.
  if (isPacket || metadata[0] === 0x1e) return metadata;
  const room = PACKET_BYTES - HEADER_BYTES;
  const count = Math.max(1, Math.ceil(metadata.length / room));
  const out = new Uint8Array(count * PACKET_BYTES);
  for (let i = 0; i < count; i++) {
    const text = metadata.subarray(i * room, (i + 1) * room);
    const packet = out.subarray(i * PACKET_BYTES, (i + 1) * PACKET_BYTES);
    const header = new DataView(packet.buffer, packet.byteOffset, HEADER_BYTES);
    header.setUint32(0, MAGIC, true);
    packet.set(uuid ?? NO_UUID, 4);
    header.setUint32(24, (HEADER_BYTES + text.length) * 8, true);
    header.setUint32(28, PACKET_BYTES * 8, true);
    header.setUint8(35, 1);
    header.setUint8(36, 8);
    packet.set(text, HEADER_BYTES);
  }
  return out;
}
