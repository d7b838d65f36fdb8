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

export interface TimeRange {
  readonly begin_ns: bigint;
  readonly end_ns: bigint;
}

/** What is read of each stream; of one that is not in it, nothing. */
export type Pieces = ReadonlyMap<OpenStream, TimeRange>;

/**
 * Of each trace the time in which all its streams have packets, as babeltrace's stream intersection. Traces need nothing in
 * common: a session has one for the kernel and one for each program. Streams without times are left out of account.
 *
 * @returns null when no trace has such a time
 */
export function commonPieces(streams: readonly OpenStream[]): Pieces | null {
  const byTrace = new Map<unknown, OpenStream[]>();
  for (const stream of streams) {
    const key = traceKey(stream.owner);
    byTrace.set(key, [...(byTrace.get(key) ?? []), stream]);
  }
  const pieces = new Map<OpenStream, TimeRange>();
  for (const group of byTrace.values()) {
    const ranges = group.flatMap((stream) => rangeOf([stream]) ?? []);
    if (ranges.length === 0) continue;
    const begin_ns = ranges.reduce((max, range) => (range.begin_ns > max ? range.begin_ns : max), ranges[0]!.begin_ns);
    const end_ns = ranges.reduce((min, range) => (range.end_ns < min ? range.end_ns : min), ranges[0]!.end_ns);
    if (begin_ns <= end_ns) for (const stream of group) pieces.set(stream, { begin_ns, end_ns });
  }
  return pieces.size === 0 ? null : pieces;
}

/** Chunks of a rotated session are one trace: they have its UUID. */
function traceKey(owner: OpenStream['owner']): unknown {
  const { uuid } = owner.trace;
  return uuid ? uuid.join() : owner;
}

/** @returns from the first begin to the last end; null of nothing */
export function unionOf(ranges: readonly TimeRange[]): TimeRange | null {
  if (ranges.length === 0) return null;
  const begin_ns = ranges.reduce((min, range) => (range.begin_ns < min ? range.begin_ns : min), ranges[0]!.begin_ns);
  const end_ns = ranges.reduce((max, range) => (range.end_ns > max ? range.end_ns : max), ranges[0]!.end_ns);
  return { begin_ns, end_ns };
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
