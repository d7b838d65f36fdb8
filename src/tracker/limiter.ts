/**
 * A rate limiter that cannot silence for ever.
 *
 * The generic cell rate algorithm (GCRA, ITU-T I.371 annex A; the "virtual scheduling" form of a token bucket): one
 * number, the time at which the bucket would be full again (theoretical arrival time, TAT).
 *
 *               |<------ burst * interval ------>|
 *     ----------+--------------------------------+------> time
 *              now       TAT may lie here        now + burst * interval: the bucket is empty
 *
 * Two rules keep it from silencing:
 * - what is refused does not move TAT: a steady stream that is too fast still passes at the configured rate (the
 *   predecessor moved its mark on refusal, so a steady stream of slow requests silenced all alerts for ever);
 * - TAT is never further away than a bucket: when the clock leaps back, the next pass is at most one interval away.
 */
import { checkObject, numberWithin, wrongOption } from './check.ts';

/** One a nanosecond. */
const MAX_PER_SECOND = 1e9;
const MAX_BURST = 1e6;

export interface RateLimit {
  /** Sustained passes per second, > 0; may be a fraction (0.1: one in 10 s). */
  readonly per_second: number;
  /** Passes at once after a quiet time, >= 1, whole. Default 1. */
  readonly burst?: number;
}

export class RateLimiter {
  readonly per_second: number;
  readonly burst: number;
  /** How many passed. */
  allowed = 0;
  /** How many were refused. */
  limited = 0;
  /** How many were refused since the last pass: what an alert should say was left out before it. */
  suppressed = 0;
  private readonly interval_ns: number;
  private readonly depth_ns: number;
  private full_at_ns: number = Number.NEGATIVE_INFINITY;

  /** @throws UsageError `TT_TRACKER_OPTION` when a number is out of range, or there is something else */
  constructor(limit: RateLimit) {
    checkObject(limit, 'rate_limit', ['per_second', 'burst'], 'docs/tracker.md');
    if (!(typeof limit.per_second === 'number' && limit.per_second > 0 && limit.per_second <= MAX_PER_SECOND)) {
      throw wrongOption('per_second', limit.per_second, `give a number above 0, at most ${MAX_PER_SECOND}`);
    }
    const burst = numberWithin(limit.burst ?? 1, 'burst', 1, MAX_BURST, true);
    this.per_second = limit.per_second;
    this.burst = burst;
    this.interval_ns = 1e9 / limit.per_second;
    this.depth_ns = burst * this.interval_ns;
  }

  /**
   * Takes one pass if there is one.
   *
   * @param now_ns any clock, as long as it is always the same one; what is no finite number is refused and counted
   */
  allow(now_ns: number): boolean {
    if (!Number.isFinite(now_ns)) return this.refuse();
    const full_at_ns = Math.min(Math.max(this.full_at_ns, now_ns), now_ns + this.depth_ns) + this.interval_ns;
    if (full_at_ns - now_ns <= this.depth_ns + TOLERANCE_NS) {
      this.full_at_ns = full_at_ns;
      this.allowed++;
      return true;
    }
    // A leap back of the clock is taken note of even when refused; without a leap this changes nothing.
    if (this.full_at_ns > now_ns + this.depth_ns) this.full_at_ns = now_ns + this.depth_ns;
    return this.refuse();
  }

  private refuse(): false {
    this.limited++;
    this.suppressed++;
    return false;
  }

  /** `suppressed`, which begins again at 0: call it when reporting after a pass. */
  takeSuppressed(): number {
    const suppressed = this.suppressed;
    this.suppressed = 0;
    return suppressed;
  }

  /** A full bucket. The counters stay. */
  refill(): void {
    this.full_at_ns = Number.NEGATIVE_INFINITY;
  }
}

/** Intervals such as 1e9/3 ns have no exact binary form; rounding must not cost a pass. */
const TOLERANCE_NS = 1;
