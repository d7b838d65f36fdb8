/**
 * tailtrap/tracker: the latency tracker for user space. See docs/tracker.md.
 */
export {
  type AdaptiveOptions,
  AdaptiveThreshold,
  type ClassState,
  type ClassThreshold,
  type ThresholdChange,
} from './adaptive.ts';
export type { TrackerCallback, TrackerEvent } from './event.ts';
export { type Following, learnThreshold } from './follow.ts';
export { compoundKey, type Key, packKey } from './key.ts';
export { type RateLimit, RateLimiter } from './limiter.ts';
export { monotonicClock_ns, type TrackerOptions } from './options.ts';
export { ALL_FLAGS, Flag, Result } from './result.ts';
export type { TrackerStatistics } from './statistics.ts';
export { LatencyTracker } from './tracker.ts';
