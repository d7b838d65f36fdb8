/** First and last time of streams, from the headers of their first and last packets. */
import { clockBase_ns, nsOfCycles } from './clock.ts';
import { DataFault } from './decode/bits.ts';
import { FileWindow } from './file-window.ts';
import type { OpenStream } from './open.ts';
import { type PacketStart, readPacketStart, sizesOf } from './packet.ts';
import type { StreamFile } from './reader.ts';
import { indexOf } from './stream-files.ts';

const START_BYTES = 4096;

export function rangeOf(streams: readonly OpenStream[]): { begin_ns: bigint; end_ns: bigint } | null {
  let begin: bigint | null = null;
  let end: bigint | null = null;
  for (const stream of streams) {
    if (stream.begin_ns === null) continue;
    if (begin === null || stream.begin_ns < begin) begin = stream.begin_ns;
    const last = lastTime(stream) ?? stream.begin_ns;
    if (end === null || last > end) end = last;
  }
  return begin === null || end === null ? null : { begin_ns: begin, end_ns: end };
}

/** The index knows; else hops from packet to packet; a file's damage ends the hopping, not the range. */
function lastTime(stream: OpenStream): bigint | null {
  const file = stream.files.at(-1)!;
  const clock = file.first?.streamClass.defaultClock;
  const { table } = indexOf(file);
  if (table !== null && table.count > 0 && clock) {
    return clockBase_ns(clock) + nsOfCycles(clock.frequency_hz, table.ends.at(-1)!);
  }
  return lastOf(stream, file.file);
}

function lastOf(stream: OpenStream, file: StreamFile): bigint | null {
  const window = new FileWindow(file.open());
  let last: PacketStart | null = null;
  try {
    for (let at = 0; at < window.size_bytes; ) {
      last = readPacketStart(stream.owner.trace, window.bytes(at, START_BYTES, false));
      at += sizesOf(last, window.size_bytes - at).total / 8;
    }
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof DataFault)) throw error;
  } finally {
    window.close();
  }
  if (last === null) return null;
  const clock = last.streamClass.defaultClock;
  const begin = last.begin?.cycles ?? 0n;
  const cycles = last.end_cycles !== null && last.end_cycles > begin ? last.end_cycles : begin;
  return clock === null ? null : clockBase_ns(clock) + nsOfCycles(clock.frequency_hz, cycles);
}
