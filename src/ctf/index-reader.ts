/**
 * Reads LTTng's packet index (lttng-tools, ctf-index.h; big-endian), versions 1.0 and 1.1:
 *
 *     header | magic 0xc1f1dcc1 u32 | major u32 | minor u32 | bytes of an entry u32 |
 *     entry  | offset u64, bytes | size, bits | content, bits | begin | end, cycles | discarded | stream id |
 *            | 1.1: stream instance id | packet number |
 *
 * An index is somebody else's word about the data: it must describe exactly the file that it stands beside, or is not used.
 */
import { DataFault } from './decode/bits.ts';
import { MAX_PACKETS, newTable, type PacketTable } from './packet-table.ts';

const MAGIC = 0xc1f1dcc1;
const HEADER_BYTES = 16;
const ENTRY_1_0_BYTES = 56;
const ENTRY_1_1_BYTES = 72;
/** Larger index files are not read at all. */
export const MAX_INDEX_BYTES: number = HEADER_BYTES + MAX_PACKETS * ENTRY_1_1_BYTES;

/** @throws DataFault that says what is wrong with it */
export function readIndex(bytes: Uint8Array, file_bytes: number): PacketTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES) throw new DataFault('it ends within its header');
  if (view.getUint32(0) !== MAGIC) throw new DataFault(`it begins with 0x${view.getUint32(0).toString(16)}`);
  if (view.getUint32(4) !== 1) throw new DataFault(`it is of version ${view.getUint32(4)}.${view.getUint32(8)}`);
  const entry_bytes = view.getUint32(12);
  if (entry_bytes < ENTRY_1_0_BYTES) throw new DataFault(`it has entries of ${entry_bytes} bytes`);
  const count = (bytes.length - HEADER_BYTES) / entry_bytes;
  if (!Number.isInteger(count)) throw new DataFault('it ends within an entry');
  if (count > MAX_PACKETS) throw new DataFault(`it has more than ${MAX_PACKETS} entries`);
  const table = newTable(count);
  const numbered = view.getUint32(8) >= 1 && entry_bytes >= ENTRY_1_1_BYTES;
  let next_bytes = 0;
  for (let row = 0, at = HEADER_BYTES; row < count; row++, at += entry_bytes) {
    next_bytes = readEntry(view, at, table, row, next_bytes);
    if (numbered) table.sequences[row] = view.getBigUint64(at + 64);
  }
  if (next_bytes !== file_bytes) throw new DataFault(`it describes ${next_bytes} bytes of ${file_bytes}`);
  return table;
}

/** @returns where the next packet has to begin */
function readEntry(view: DataView, at: number, table: PacketTable, row: number, expected_bytes: number): number {
  const offset_bytes = Number(view.getBigUint64(at));
  const size_bits = view.getBigUint64(at + 8);
  if (offset_bytes !== expected_bytes) {
    throw new DataFault(`packet ${row} is at byte ${offset_bytes}, the one before ends at ${expected_bytes}`);
  }
  if (size_bits % 8n !== 0n || size_bits === 0n || view.getBigUint64(at + 16) > size_bits) {
    throw new DataFault(`packet ${row} has ${view.getBigUint64(at + 16)} bits of content in ${size_bits}`);
  }
  const begin = view.getBigUint64(at + 24);
  const end = view.getBigUint64(at + 32);
  if (end < begin) throw new DataFault(`packet ${row} ends before it begins`);
  if (row > 0 && (begin < table.begins[row - 1]! || end < table.ends[row - 1]!)) {
    throw new DataFault(`packet ${row} is earlier than the one before it`);
  }
  table.offsets_bytes[row] = offset_bytes;
  table.sizes_bytes[row] = Number(size_bits / 8n);
  table.begins[row] = begin;
  table.ends[row] = end;
  return offset_bytes + Number(size_bits / 8n);
}
