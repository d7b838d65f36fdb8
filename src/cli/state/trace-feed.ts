/** Feeds the state from a trace, up to the time that is asked for. */
import { TailtrapError } from '../../base/errors.ts';
import type { CtfEvent, CtfSource } from '../../ctf/reader.ts';
import type { LiveState } from '../../state/index.ts';
import type { Notice } from '../../trace/event.ts';
import { Progress } from '../progress.ts';

/** Events between two turns of the event loop, so that Ctrl-C is heard. */
const SLICE_EVENTS = 100_000;
/** Answers between two turns: a short `--watch` gives many for one event. */
const SLICE_LOOKS = 10;

export interface TraceFeedOptions {
  /** Nanoseconds since the epoch, included; default: to the end. */
  readonly until_ns: bigint | undefined;
  /** Nanoseconds of the trace between two calls of `look`; default: none. */
  readonly every_ns: number | undefined;
  readonly look: () => void;
  readonly onNotice: (notice: Notice) => void;
  readonly signal: AbortSignal;
}

/** @returns the damage of the trace, told when everything readable was given; null when there is none */
export async function feedTrace(
  source: CtfSource,
  state: LiveState,
  { until_ns, every_ns, look, onNotice, signal }: TraceFeedOptions,
): Promise<TailtrapError | null> {
  const progress = Progress.of(source);
  const until = until_ns === undefined ? Number.POSITIVE_INFINITY : Number(until_ns - source.origin_ns);
  let looks = 0;
  let next = Number.POSITIVE_INFINITY;
  const events = source.events({
    events: state.events,
    onNotice: (notice) => {
      progress.clear();
      onNotice(notice);
      state.notice(notice);
    },
  });
  try {
    for (let count = 1; ; count++) {
      const event = nextOf(events);
      if (event instanceof TailtrapError) return event;
      if (event === null || event.time > until) break;
      if (every_ns !== undefined) {
        if (next === Number.POSITIVE_INFINITY) next = event.time + every_ns;
        for (; event.time > next; next += every_ns) {
          state.advance(source.origin_ns + BigInt(Math.round(next)));
          progress.clear();
          look();
          if (++looks % SLICE_LOOKS !== 0) continue;
          await new Promise(setImmediate);
          if (signal.aborted) return null;
        }
      }
      state.update(event);
      if (count % SLICE_EVENTS !== 0) continue;
      progress.at(count, event.time);
      await new Promise(setImmediate);
      if (signal.aborted) break;
    }
  } finally {
    progress.clear();
    events.close();
  }
  if (until_ns !== undefined && !signal.aborted) state.advance(until_ns);
  return null;
}

/** The next event; the damage of the trace, after everything that could be read; null at the end. */
export function nextOf(events: { next(): CtfEvent | null }): CtfEvent | TailtrapError | null {
  try {
    return events.next();
  } catch (error) {
    if (error instanceof TailtrapError && error.code === 'TT_CTF_DAMAGED') return error;
    throw error;
  }
}
