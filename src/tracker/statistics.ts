/**
 * What a tracker counts. Everything that was lost or left out has a counter of its own.
 *
 * At any time (a reset leaves the pending ones as tracked):
 *
 *     tracked = matched + replaced + collected + cleared + pending
 */
import { BUCKETS, Histogram, MAX_EXPONENT, SUB_BUCKET_BITS } from '../base/histogram.ts';

export interface TrackerStatistics {
  /** Events in that got a slot. */
  readonly tracked: number;
  /** Events in that did not: the pool was empty. */
  readonly skipped: number;
  /** Events in that did not although the pool had room: the table was crowded around the key, by keys of the same hash. */
  readonly crowded: number;
  /** Events in and out with an unusable key or time, and polls at an unusable time. */
  readonly refused: number;
  /** Events that ended by an event out. */
  readonly matched: number;
  /** Events out without an event in. */
  readonly unmatched: number;
  /** Events whose timeout passed while they were pending. They may have ended since. */
  readonly timed_out: number;
  /** Events dropped for their age. */
  readonly collected: number;
  /** Events replaced by a new one of the same key (`unique`). */
  readonly replaced: number;
  /** Events dropped by `clear`. */
  readonly cleared: number;
  /** Of the matched ones, those whose end was before their begin: the clock went backwards. No delay is recorded. */
  readonly negative: number;
  /** Of the matched ones, those over the threshold. */
  readonly over_threshold: number;
  /** Callbacks that the rate limiter held back. */
  readonly rate_limited: number;
  /** Callbacks that threw, or whose promise was rejected. */
  readonly callback_errors: number;
  /** Reports left out because callbacks that cause reports had caused too many within each other. */
  readonly nested: number;
  /** Events in flight now. */
  readonly pending: number;
  /** Of the delays of matched events; NaN when there is none. */
  readonly min_ns: number;
  readonly max_ns: number;
  readonly mean_ns: number;
}

/** Places in the array of counters. What follows from others is not counted: see `read`. */
export const Counter = {
  skipped: 0,
  refused: 1,
  unmatched: 2,
  timedOut: 3,
  collected: 4,
  replaced: 5,
  cleared: 6,
  negative: 7,
  overThreshold: 8,
  rateLimited: 9,
  callbackErrors: 10,
  sum_ns: 11,
  min_ns: 12,
  max_ns: 13,
  nested: 14,
  crowded: 15,
} as const;

/** The imported layout under local names: see staged.ts. */
const SUB_BITS = SUB_BUCKET_BITS;
const TOO_LARGE_NS = 2 ** MAX_EXPONENT;
const LAST_BUCKET = BUCKETS - 1;
const SUM = Counter.sum_ns;
const MIN = Counter.min_ns;
const MAX = Counter.max_ns;
/** Scales 2^31 .. 2^42 into the range of 32-bit integers. */
const HIGH_SHIFT = 16;
const HIGH_SCALE = 2 ** -HIGH_SHIFT;

/**
 * The bucket of a delay >= 0 in the layout of src/base/histogram.ts, in integer operations only: the general function
 * there calls `pow`, which costs more than the rest of an event out.
 */
export function fastBucketOf(delay_ns: number): number {
  if (delay_ns < 2147483648) {
    const value = delay_ns | 0;
    if (value < 1 << SUB_BITS) return value;
    const shift = 31 - SUB_BITS - Math.clz32(value);
    return (shift << SUB_BITS) + (value >>> shift);
  }
  if (delay_ns >= TOO_LARGE_NS) return LAST_BUCKET;
  const value = (delay_ns * HIGH_SCALE) | 0;
  const shift = 31 - SUB_BITS - Math.clz32(value);
  return ((shift + HIGH_SHIFT) << SUB_BITS) + (value >>> shift);
}

/**
 * Counters and delays of one tracker (recorded by `record` and by `LatencyTracker.end`).
 * A delay's bucket is its count: `matched` is the sum over the buckets. The counters are doubles: exact to 2^53, and
 * stored without boxes.
 */
export class Statistics {
  readonly counters: Float64Array = new Float64Array(16);
  readonly buckets: Float64Array = new Float64Array(BUCKETS);

  constructor() {
    this.reset();
  }

  reset(): void {
    this.counters.fill(0);
    this.buckets.fill(0);
    this.counters[Counter.min_ns] = Number.POSITIVE_INFINITY;
    this.counters[Counter.max_ns] = Number.NEGATIVE_INFINITY;
  }

  add(counter: number): void {
    this.counters[counter] = this.counters[counter]! + 1;
  }

  /** A delay >= 0. `LatencyTracker.end` has the same in its own body, for the reason given there. */
  record(delay_ns: number): void {
    const { counters, buckets } = this;
    counters[SUM] = counters[SUM]! + delay_ns;
    if (delay_ns < counters[MIN]!) counters[MIN] = delay_ns;
    if (delay_ns > counters[MAX]!) counters[MAX] = delay_ns;
    const bucket = fastBucketOf(delay_ns);
    buckets[bucket] = buckets[bucket]! + 1;
  }

  /** @returns a copy; later events do not change it */
  histogram(): Histogram {
    return new Histogram(this.buckets.slice());
  }

  read(pending: number): TrackerStatistics {
    const c = this.counters;
    const delays = new Histogram(this.buckets).total();
    const matched = delays + c[Counter.negative]!;
    return {
      tracked: matched + c[Counter.replaced]! + c[Counter.collected]! + c[Counter.cleared]! + pending,
      skipped: c[Counter.skipped]!,
      crowded: c[Counter.crowded]!,
      refused: c[Counter.refused]!,
      matched,
      unmatched: c[Counter.unmatched]!,
      timed_out: c[Counter.timedOut]!,
      collected: c[Counter.collected]!,
      replaced: c[Counter.replaced]!,
      cleared: c[Counter.cleared]!,
      negative: c[Counter.negative]!,
      over_threshold: c[Counter.overThreshold]!,
      rate_limited: c[Counter.rateLimited]!,
      callback_errors: c[Counter.callbackErrors]!,
      nested: c[Counter.nested]!,
      pending,
      min_ns: delays > 0 ? c[Counter.min_ns]! : Number.NaN,
      max_ns: delays > 0 ? c[Counter.max_ns]! : Number.NaN,
      mean_ns: delays > 0 ? c[Counter.sum_ns]! / delays : Number.NaN,
    };
  }
}
