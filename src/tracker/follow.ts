/** A tracker whose threshold is learned from its own delays. */
import type { Histogram } from '../base/histogram.ts';
import { ADAPTIVE_NAMES, type AdaptiveOptions, AdaptiveThreshold } from './adaptive.ts';
import { checkObject, flag, wrongOption } from './check.ts';
import type { LatencyTracker } from './tracker.ts';

/** How often thresholds follow. */
const UPDATE_MS = 1000;

export interface Following {
  readonly adaptive: AdaptiveThreshold;
  /** What the timer does once a second; for tests, and with `timer: false`. */
  update(now_ns?: number): void;
  /** The threshold stays as it is then. */
  stop(): void;
}

/**
 * Feeds the histogram that the tracker keeps anyway, and sets its threshold: events cost nothing more.
 * The tracker's threshold at this moment holds while training, unless `initial_ns` says otherwise.
 *
 * @param timer true: an unreferenced timer calls `update` once a second
 * @throws UsageError `TT_TRACKER_OPTION`
 */
export function learnThreshold(tracker: LatencyTracker, options: AdaptiveOptions = {}, timer = true): Following {
  if (typeof (tracker as LatencyTracker | undefined)?.histogram !== 'function') {
    throw wrongOption('the first argument of learnThreshold', tracker, 'give a LatencyTracker');
  }
  flag(timer, 'timer');
  checkObject(options, 'learnThreshold', ADAPTIVE_NAMES, 'docs/adaptive.md'); // before it is spread
  const adaptive = new AdaptiveThreshold({ initial_ns: tracker.threshold_ns, ...options });
  let seen: Histogram = tracker.histogram();
  const update = (now_ns?: number): void => {
    const all = tracker.histogram();
    adaptive.feed(all.since(seen));
    seen = all;
    adaptive.update(now_ns);
    tracker.threshold_ns = adaptive.threshold_ns();
  };
  const interval = timer ? setInterval(() => update(), UPDATE_MS) : null;
  interval?.unref();
  return { adaptive, update: (now_ns) => update(now_ns), stop: () => interval !== null && clearInterval(interval) };
}
