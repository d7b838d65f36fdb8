/** When the first and the last event of a trace, or of a piece of it, happened. */
import type { TraceSource } from '../trace/event.ts';

/** How much of the end is read at first: a traced system is rarely silent for so long, and it costs some milliseconds. */
const FIRST_LOOK_NS = 512_000_000n;

export interface Bounds {
  /** Nanoseconds since the epoch, inclusive. */
  readonly begin_ns?: bigint;
  readonly end_ns?: bigint;
}

/** @returns time of the first event of any kind, nanoseconds since the source's origin; null when there is none */
export function firstEvent(source: TraceSource, bounds: Bounds): number | null {
  const events = source.events(bounds);
  const first = events.next()?.time ?? null;
  events.close();
  return first;
}

/** Reads ever more of the end until there is an event. @param first `firstEvent` of the same bounds */
export function lastEvent(source: TraceSource, bounds: Bounds, first: number): number {
  const known = source.lastTime?.() ?? null;
  if (known !== null && known >= first && (bounds.end_ns === undefined || isBefore(source, known, bounds.end_ns)))
    return known;
  const range = source.timeRange();
  const begin_ns = source.origin_ns + BigInt(Math.trunc(first));
  const limit = bounds.end_ns ?? range?.end_ns ?? begin_ns;
  const latest = range !== null && range.end_ns < limit ? range.end_ns : limit;
  for (let look_ns = FIRST_LOOK_NS; ; look_ns *= 8n) {
    const from = latest - look_ns > begin_ns ? latest - look_ns : begin_ns;
    const last = lastOf(source, { ...bounds, begin_ns: from });
    if (last !== null) return last;
    if (from === begin_ns) return first;
  }
}

function isBefore(source: TraceSource, time: number, end_ns: bigint): boolean {
  return source.origin_ns + BigInt(Math.trunc(time)) <= end_ns;
}

function lastOf(source: TraceSource, selection: Bounds): number | null {
  const events = source.events(selection);
  let last: number | null = null;
  try {
    for (let event = events.next(); event !== null; event = events.next()) last = event.time;
  } catch {
    // Damage at the end is told by the reading itself.
  } finally {
    events.close();
  }
  return last;
}
