/** For the tests of this folder: a tracker on a clock that the test moves. */
import type { TrackerEvent } from './event.ts';
import type { TrackerOptions } from './options.ts';
import { LatencyTracker } from './tracker.ts';

export const MS = 1e6;
/** Random steps are a million in all; TAILTRAP_TEST_MORE=10 makes it ten. */
export const MORE: number = Math.max(1, Number(process.env.TAILTRAP_TEST_MORE) || 1);

/** A tracker on a clock that the test moves, and what it reported. */
export function make(options: Partial<TrackerOptions> = {}): {
  tracker: LatencyTracker;
  seen: TrackerEvent[];
  clock: { now_ns: number };
} {
  const clock = { now_ns: 0 };
  const seen: TrackerEvent[] = [];
  const tracker = new LatencyTracker({
    name: 'test',
    capacity: 10,
    threshold_ns: 1 * MS,
    timer: false,
    clock_ns: () => clock.now_ns,
    callback: (event) => seen.push({ ...event }),
    ...options,
  });
  return { tracker, seen, clock };
}
