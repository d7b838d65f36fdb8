/** Where the packets of a file are, and when: from LTTng's index beside it, or from the headers of the packets. */
import { DataFault } from './decode/bits.ts';
import { FileWindow } from './file-window.ts';
import type { TraceClass } from './model.ts';
import { readPacketStart, sizesOf } from './packet.ts';
import type { StreamFile } from './reader.ts';

/** A table of more packets than this would be hostile data's memory: such files are read from their front. */
export const MAX_PACKETS: number = 1 << 20;
/** Larger packet headers and contexts make a second read. */
const START_BYTES = 4096;

/** One row for each packet, in the order of the file. Times are cycles of the stream's clock. */
export interface PacketTable {
  readonly count: number;
  readonly offsets_bytes: Float64Array;
  readonly sizes_bytes: Float64Array;
  readonly begins: BigUint64Array;
  readonly ends: BigUint64Array;
  /** 0 where the trace numbers no packets. */
  readonly sequences: BigUint64Array;
}

export function newTable(count: number): PacketTable {
  return {
    count,
    offsets_bytes: new Float64Array(count),
    sizes_bytes: new Float64Array(count),
    begins: new BigUint64Array(count),
    ends: new BigUint64Array(count),
    sequences: new BigUint64Array(count),
  };
}

/**
 * Hops from packet to packet.
 *
 * @returns what is readable before the first damage; null: packets without times, or too many of them
 */
export function scanPackets(file: StreamFile, trace: TraceClass): PacketTable | null {
  const window = new FileWindow(file.open());
  let table = newTable(64);
  let count = 0;
  try {
    for (let at = 0; at < window.size_bytes; count++) {
      if (count === MAX_PACKETS) return null;
      if (count === table.count) table = resized(table, 2 * count);
      const size_bytes = scanOne(window, at, trace, table, count);
      if (size_bytes < 0) return null;
      at += size_bytes;
    }
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof DataFault)) throw error;
  } finally {
    window.close();
  }
  return resized(table, count);
}

/** @returns the packet's size, -1 when it has no time */
function scanOne(window: FileWindow, at: number, trace: TraceClass, table: PacketTable, row: number): number {
  let start: ReturnType<typeof readPacketStart>;
  try {
    start = readPacketStart(trace, window.bytes(at, START_BYTES, false));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    start = readPacketStart(trace, window.bytes(at, 16 * START_BYTES, false));
  }
  if (start.begin === null) return -1;
  const size_bytes = Math.min(sizesOf(start, window.size_bytes - at).total / 8, window.size_bytes - at);
  table.offsets_bytes[row] = at;
  table.sizes_bytes[row] = size_bytes;
  table.begins[row] = start.begin.cycles;
  table.ends[row] = start.end_cycles ?? start.begin.cycles;
  table.sequences[row] = start.sequence ?? 0n;
  return size_bytes;
}

function resized(table: PacketTable, count: number): PacketTable {
  const out = newTable(count);
  const rows = Math.min(count, table.count);
  out.offsets_bytes.set(table.offsets_bytes.subarray(0, rows));
  out.sizes_bytes.set(table.sizes_bytes.subarray(0, rows));
  out.begins.set(table.begins.subarray(0, rows));
  out.ends.set(table.ends.subarray(0, rows));
  out.sequences.set(table.sequences.subarray(0, rows));
  return out;
}
