/**
 * The recent delays of one kind of operation, and their quantiles.
 *
 * Delays are counted in log-linear buckets (the layout of base/histogram.ts with 6 bits instead of 4), in four slices of
 * time of which the oldest is emptied and used again:
 *
 *      slice 0        slice 1        slice 2        slice 3
 *     |- - - - - - -|- - - - - - -|- - - - - - -|- - - - -.    record() counts here
 *     '------------------------ window ------------------' ^ rotate(): the next slice is slice 0, emptied
 *
 * So a delay counts fully for at least three and at most four quarters of the window, and then not at all: unlike an
 * exponentially decayed histogram, in which a high quantile goes on seeing the rest of an old, slower time for
 * ln(1 / (1 - q)) decay times, this one has forgotten it at a known moment.
 *
 * Error of a quantile: a bucket is at most 1/64 (1.6 %) wide, and the rank is interpolated inside it. A histogram of the
 * base layout (buckets of 1/16) that is added is spread evenly over the finer buckets: linear interpolation, which is
 * within 2 % where the density is smooth, and within 6.25 % when all delays of a bucket are equal.
 */
import { BUCKETS, bucketHigh, bucketLow, type Histogram, MAX_EXPONENT } from '../base/histogram.ts';

const FINE_BITS = 6;
const FINE = 1 << FINE_BITS;
/** 64 exact ones, 64 for each exponent 6 .. 41, one for what is larger. */
export const FINE_BUCKETS: number = FINE + (MAX_EXPONENT - FINE_BITS) * FINE + 1;
const TOO_LARGE_NS = 2 ** MAX_EXPONENT;
export const SLICES = 4;
/** A bucket stops counting here, so that the sum of four stays below 2^32. At 1e6 values a second: after 9 minutes. */
const MAX_COUNT = 2 ** 29;

/** Scales 2^31 .. 2^42 into the range of 32-bit integers. */
const HIGH_SHIFT = 16;

/** Bucket of a delay >= 0. */
export function fineBucketOf(delay_ns: number): number {
  if (delay_ns >= TOO_LARGE_NS) return FINE_BUCKETS - 1;
  const scale = delay_ns < 2147483648 ? 0 : HIGH_SHIFT;
  const value = scale === 0 ? delay_ns | 0 : (delay_ns * 2 ** -HIGH_SHIFT) | 0;
  if (value < FINE) return value;
  const shift = 31 - FINE_BITS - Math.clz32(value);
  return ((shift + scale) << FINE_BITS) + (value >>> shift);
}

function fineLow(bucket: number): number {
  if (bucket < FINE) return bucket;
  const shift = (bucket >> FINE_BITS) - 1;
  return (FINE + (bucket & (FINE - 1))) * 2 ** shift;
}

export class RecentDelays {
  readonly #counts: Uint32Array = new Uint32Array(SLICES * FINE_BUCKETS);
  /** Values in each slice. */
  readonly #totals: Float64Array = new Float64Array(SLICES);
  /** Values that came when their bucket was full. */
  dropped = 0;
  #slice = 0;
  /** Where the indivisible rest of an added bucket goes next: each finer bucket in its turn. */
  #turn = 0;

  /** Bytes that one of these takes. */
  static readonly BYTES: number = SLICES * FINE_BUCKETS * 4;

  /** Values in the window. */
  get count(): number {
    let count = 0;
    for (let i = 0; i < SLICES; i++) count += this.#totals[i]!;
    return count;
  }

  /** Values in the youngest slice. */
  get sliceCount(): number {
    return this.#totals[this.#slice]!;
  }

  /** Counts a delay >= 0. Does not allocate. */
  record(delay_ns: number): void {
    this.#add(fineBucketOf(delay_ns), 1);
  }

  /** Counts what a histogram of the base layout holds: pass what came in between, not the total. */
  add(histogram: Histogram): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = histogram.counts[bucket]!;
      if (count > 0) this.#spread(bucket, Math.min(Math.trunc(count), MAX_COUNT));
    }
  }

  /** Begins the next slice: the oldest is forgotten. */
  rotate(): void {
    this.#slice = (this.#slice + 1) % SLICES;
    const first = this.#slice * FINE_BUCKETS;
    this.#counts.fill(0, first, first + FINE_BUCKETS);
    this.#totals[this.#slice] = 0;
  }

  /**
   * The delay of a rank, interpolated inside its bucket.
   *
   * @param rank 0 .. count, may be a fraction
   * @returns nanoseconds; NaN when there is no value; 2^42 stands for "that or more"
   */
  atRank(rank: number): number {
    const counts = this.#counts;
    let seen = 0;
    let last = -1;
    for (let bucket = 0; bucket < FINE_BUCKETS; bucket++) {
      let here = 0;
      for (let at = bucket; at < counts.length; at += FINE_BUCKETS) here += counts[at]!;
      if (here === 0) continue;
      if (seen + here >= rank) return inside(bucket, (rank - seen) / here);
      seen += here;
      last = bucket;
    }
    return last < 0 ? Number.NaN : inside(last, 1);
  }

  /** The q-quantile of the window; NaN when it is empty. */
  quantile_ns(q: number): number {
    return this.atRank(q * this.count);
  }

  #add(bucket: number, count: number): void {
    const at = this.#slice * FINE_BUCKETS + bucket;
    const before = this.#counts[at]!;
    if (before + count > MAX_COUNT) {
      this.dropped += count;
      return;
    }
    this.#counts[at] = before + count;
    this.#totals[this.#slice] = this.#totals[this.#slice]! + count;
  }

  #spread(bucket: number, count: number): void {
    const first = fineBucketOf(bucketLow(bucket));
    const last = bucket === BUCKETS - 1 ? FINE_BUCKETS - 1 : fineBucketOf(bucketHigh(bucket));
    const parts = last - first + 1;
    const each = Math.floor(count / parts);
    const rest = count - each * parts;
    for (let i = 0; i < parts; i++) {
      const share = each + ((i - this.#turn + 2 * FINE) % parts < rest ? 1 : 0);
      if (share > 0) this.#add(first + i, share);
    }
    this.#turn = (this.#turn + rest) % parts;
  }
}

/** The delay at a share (0 .. 1) of a bucket. Exact buckets have one value. */
function inside(bucket: number, share: number): number {
  const low = fineLow(bucket);
  if (bucket < 2 * FINE || bucket === FINE_BUCKETS - 1) return low;
  return low + (fineLow(bucket + 1) - low) * Math.min(1, Math.max(0, share));
}
