/** `cat` on several threads: they make the text of slices of time, which is written here in its order. */
import type { CtfSource, TimeSlice } from '../ctf/reader.ts';
import { mapSlices } from '../ctf/threads.node.ts';
import type { CatRequest } from './cat-text.ts';
import type { SliceText } from './cat-worker.ts';

/** Small enough that what waits for its turn is little memory, large enough that its begin in the middle of packets costs little. */
const SLICE_BYTES = 2 * 1024 * 1024;

/** A thread cannot know how long before its first line the one before was: babeltrace2's text for that. */
const UNKNOWN = new TextEncoder().encode('+?.?????????');
const NS = 1e9;

/** The slices to share out, or null when one thread does it. */
export function slicesToShare(source: CtfSource, request: CatRequest, threads: number): readonly TimeSlice[] | null {
  // The time between two values of the clock is known to one thread only.
  if (threads < 2 || (request.text.clock.cycles && !request.json)) return null;
  const slices = within(source.slices(SLICE_BYTES) ?? [], request.selection);
  return slices.length < 2 ? null : slices;
}

/** Where one thread has to go on. */
export interface Rest {
  /** Lines before this time were written. */
  readonly begin_ns: bigint | undefined;
  /** `TraceEvent.time` of the last line; NaN: there is none. */
  readonly last: number;
  readonly lines: number;
}

/** Those parts of the slices that are wanted. */
function within(slices: readonly TimeSlice[], { begin_ns, end_ns }: TimeSlice): TimeSlice[] {
  const out: TimeSlice[] = [];
  for (const slice of slices) {
    const begin = later(slice.begin_ns, begin_ns);
    const end = earlier(slice.end_ns, end_ns);
    if (begin !== undefined && end !== undefined && begin > end) continue;
    out.push({ ...(begin === undefined ? {} : { begin_ns: begin }), ...(end === undefined ? {} : { end_ns: end }) });
  }
  return out;
}

const later = (a: bigint | undefined, b: bigint | undefined): bigint | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;
const earlier = (a: bigint | undefined, b: bigint | undefined): bigint | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

/**
 * @param write returns false when nobody reads any more
 * @returns null when all was written; what is left when a slice has something to tell besides its text
 */
export async function catThreads(
  request: CatRequest,
  slices: readonly TimeSlice[],
  threads: number,
  write: (bytes: Uint8Array, lines: number, time: number) => boolean,
): Promise<Rest | null> {
  const module = new URL('./cat-worker.js', import.meta.url);
  let last = Number.NaN;
  let lines = 0;
  for await (const { slice, value } of mapSlices<SliceText>({ module, data: request, slices, threads })) {
    if (value.troubled) return { begin_ns: slice.begin_ns, last, lines };
    if (value.lines === 0) continue;
    lines += value.lines;
    const pages = value.buffers.map((buffer, i) => new Uint8Array(buffer, 0, value.used[i]));
    const known =
      Number.isNaN(last) || request.json || !request.text.delta
        ? pages
        : [...withDelta(pages[0]!, value.first - last), ...pages.slice(1)];
    last = value.last;
    for (const page of known) if (!write(page, lines, last)) return null;
  }
  return null;
}

/** Puts the time since the line before into the first line. */
function withDelta(page: Uint8Array, elapsed_ns: number): Uint8Array[] {
  const lineEnd = page.indexOf(10);
  const at = Buffer.from(page.buffer, 0, lineEnd < 0 ? page.length : lineEnd).indexOf(UNKNOWN);
  if (at < 0) return [page];
  const seconds = Math.floor(elapsed_ns / NS);
  const delta = `+${seconds}.${String(elapsed_ns - seconds * NS).padStart(9, '0')}`;
  return [page.subarray(0, at), new TextEncoder().encode(delta), page.subarray(at + UNKNOWN.length)];
}
