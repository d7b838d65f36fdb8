/**
 * The log-linear histogram that kernel and user space share (bpf/tailtrap.h has the same layout).
 *
 *     value   0 .. 15          one bucket each (exact)
 *     value  16 .. 31          16 buckets of 1
 *     value  32 .. 63          16 buckets of 2
 *     value  2^e .. 2^(e+1)-1  16 buckets of 2^(e-4)
 *     value  >= 2^MAX_EXPONENT all in the last bucket
 *
 * A bucket is never wider than 1/16 of its lower bound, so a quantile is at most 1/16 (6.25 %) too high and never too
 * low. The layout is that of HdrHistogram with 4 bits of sub-bucket precision (Tene, hdrhistogram.org).
 * Histograms of equal layout merge by adding counts.
 */
export const SUB_BUCKET_BITS = 4;
const SUB_BUCKETS = 1 << SUB_BUCKET_BITS;
/** Values from 2^42 ns (73 minutes) on share the last bucket. */
export const MAX_EXPONENT = 42;
/** 16 exact + 16 for each exponent 4 .. 41 + 1 for what is larger. */
export const BUCKETS: number = SUB_BUCKETS + (MAX_EXPONENT - SUB_BUCKET_BITS) * SUB_BUCKETS + 1;

/** Bucket of a value in nanoseconds; negative values go to bucket 0 (callers count them apart). */
export function bucketOf(value_ns: number): number {
  if (value_ns < SUB_BUCKETS) return value_ns > 0 ? Math.trunc(value_ns) : 0;
  if (value_ns >= 2 ** MAX_EXPONENT) return BUCKETS - 1;
  // Two 32-bit halves: clz32 is one instruction, Math.log2 is not exact at powers of two.
  const high = Math.floor(value_ns / 2 ** 32);
  const exponent = high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(value_ns);
  const sub = Math.floor(value_ns / 2 ** (exponent - SUB_BUCKET_BITS)) - SUB_BUCKETS;
  return (exponent - SUB_BUCKET_BITS + 1) * SUB_BUCKETS + sub;
}

/** Smallest value of a bucket. */
export function bucketLow(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const exponent = Math.floor(bucket / SUB_BUCKETS) + SUB_BUCKET_BITS - 1;
  return (SUB_BUCKETS + (bucket % SUB_BUCKETS)) * 2 ** (exponent - SUB_BUCKET_BITS);
}

/** Largest whole value of a bucket; `Infinity` for the last one. */
export function bucketHigh(bucket: number): number {
  return bucket >= BUCKETS - 1 ? Number.POSITIVE_INFINITY : bucketLow(bucket + 1) - 1;
}

/** Counts by bucket. `counts` may be any array-like of numbers with BUCKETS entries; it is not copied. */
export class Histogram {
  readonly counts: Float64Array;

  constructor(counts: Float64Array = new Float64Array(BUCKETS)) {
    this.counts = counts;
  }

  record(value_ns: number): void {
    const bucket = bucketOf(value_ns);
    this.counts[bucket] = this.counts[bucket]! + 1;
  }

  /** Adds another histogram's counts to this one. */
  add(other: Histogram): this {
    for (let i = 0; i < BUCKETS; i++) this.counts[i] = this.counts[i]! + other.counts[i]!;
    return this;
  }

  /** This minus an earlier reading of the same histogram: what came in between. */
  since(earlier: Histogram): Histogram {
    const delta = new Histogram();
    for (let i = 0; i < BUCKETS; i++) delta.counts[i] = Math.max(0, this.counts[i]! - earlier.counts[i]!);
    return delta;
  }

  total(): number {
    let total = 0;
    for (let i = 0; i < BUCKETS; i++) total += this.counts[i]!;
    return total;
  }

  /**
   * The upper bound of the bucket in which the quantile lies: never below the true quantile, at most 1/16 above it.
   *
   * @param q 0 .. 1
   * @returns nanoseconds; `NaN` when empty; `2 ** MAX_EXPONENT` stands for "that or more"
   */
  quantile(q: number): number {
    const total = this.total();
    if (total === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(q * total));
    let seen = 0;
    for (let i = 0; i < BUCKETS; i++) {
      seen += this.counts[i]!;
      if (seen >= rank) return i === BUCKETS - 1 ? 2 ** MAX_EXPONENT : bucketHigh(i);
    }
    return 2 ** MAX_EXPONENT;
  }
}
