/**
 * tailtrap/tracker: the latency tracker for user space. See docs/tracker.md.
 */
export type { TrackerCallback, TrackerEvent } from './event.ts';
export { compoundKey, type Key, packKey } from './key.ts';
export { type RateLimit, RateLimiter } from './limiter.ts';
export { monotonicClock_ns, type TrackerOptions } from './options.ts';
export { ALL_FLAGS, Flag, Result } from './result.ts';
export type { TrackerStatistics } from './statistics.ts';
export { LatencyTracker } from './tracker.ts';
