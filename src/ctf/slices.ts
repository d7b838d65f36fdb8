/** Pieces of a trace's time, of about the same number of bytes each: what threads share out between them. */
import { clockBase_ns, nsOfCycles } from './clock.ts';
import type { OpenStream } from './open.ts';
import type { TimeSlice } from './reader.ts';
import { indexOf } from './stream-files.ts';

/** An index that names this many packets is cut no finer: the list of their ends stays in memory meanwhile. */
const MAX_PACKETS = 1 << 20;

interface PacketEnd {
  readonly end_ns: bigint;
  readonly size_bytes: number;
}

/** @returns null where a slice could not be read alone, or not without a look at all packets before it */
export function slicesOf(streams: readonly OpenStream[], slice_bytes: number): TimeSlice[] | null {
  const ends: PacketEnd[] = [];
  for (const [i, stream] of streams.entries()) {
    // The order of simultaneous events of such streams may depend on what came before.
    if (i > 0 && stream.rank === streams[i - 1]!.rank) return null;
    if (!addEnds(stream, ends) || ends.length > MAX_PACKETS) return null;
  }
  ends.sort((a, b) => (a.end_ns < b.end_ns ? -1 : a.end_ns > b.end_ns ? 1 : 0));
  if (ends.length === 0 || ends.at(-1)!.end_ns - ends[0]!.end_ns > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  const slices: TimeSlice[] = [];
  let from: TimeSlice = {};
  let bytes = 0;
  for (const { end_ns, size_bytes } of ends) {
    bytes += size_bytes;
    if (bytes < slice_bytes || (from.begin_ns !== undefined && end_ns < from.begin_ns)) continue;
    slices.push({ ...from, end_ns });
    from = { begin_ns: end_ns + 1n };
    bytes = 0;
  }
  slices.push(from);
  return slices;
}

/** @returns false without index, and where the stream's files overlap */
function addEnds(stream: OpenStream, ends: PacketEnd[]): boolean {
  let last = -1n;
  for (const file of stream.files) {
    const clock = file.first?.streamClass.defaultClock;
    const { table } = indexOf(file);
    if (!clock || table === null || table.count === 0 || table.begins[0]! < last) return false;
    const base_ns = clockBase_ns(clock);
    for (let row = 0; row < table.count; row++) {
      const end_ns = base_ns + nsOfCycles(clock.frequency_hz, table.ends[row]!);
      ends.push({ end_ns, size_bytes: table.sizes_bytes[row]! });
    }
    last = table.ends[table.count - 1]!;
  }
  return true;
}
