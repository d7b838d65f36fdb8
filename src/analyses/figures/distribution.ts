/**
 * Values of which the distribution is asked: exact while they are few, then a histogram.
 *
 * A value costs 8 bytes. Beyond `EXACT_VALUES` in all distributions of a run together they are folded into
 * logarithmic buckets, 128 to an octave: a value is then known to 0.8 %, and the table says `approximate`.
 */

/** Of one run: 32 MB. */
export const EXACT_VALUES: number = 4 * 2 ** 20;
const SUB_BITS = 7;
const SUB = 1 << SUB_BITS;
const FIRST_VALUES = 16;

/** How many values may be kept by all distributions that share it; what was folded makes room again. */
export class ValueBudget {
  left: number;

  /** @param values Infinity: all results are exact, memory grows with the trace */
  constructor(values: number = EXACT_VALUES) {
    this.left = values;
  }
}

export class Distribution {
  count = 0;
  readonly #budget: ValueBudget;
  #values: Float64Array | null = new Float64Array(FIRST_VALUES);
  /** Count by bucket, once folded. */
  #buckets: Map<number, number> | null = null;
  #sorted = true;

  constructor(budget: ValueBudget) {
    this.#budget = budget;
  }

  /** Whether quantiles and bins are those of the very values. */
  get exact(): boolean {
    return this.#buckets === null;
  }

  add(value: number): void {
    const values = this.#values;
    if (values === null) {
      this.#fold(value, 1);
      this.count++;
      return;
    }
    if (this.count === values.length) {
      if (this.#budget.left < values.length) {
        this.#foldAll(values);
        this.add(value);
        return;
      }
      this.#budget.left -= values.length;
      const grown = new Float64Array(values.length * 2);
      grown.set(values);
      this.#values = grown;
      grown[this.count++] = value;
    } else values[this.count++] = value;
    this.#sorted = false;
  }

  /** Adds all values of another one. */
  merge(other: Distribution): void {
    other.#each((value, count) => {
      for (let i = 0; i < count; i++) this.add(value);
    });
  }

  /** Counts in `bins` bins of equal width from `low` to `high`; the last one includes its upper end. */
  bins(low: number, high: number, bins: number): number[] {
    const counts = new Array<number>(bins).fill(0);
    const step = (high - low) / bins;
    this.#each((value, count) => {
      if (value < low || value > high) return;
      const bin = Math.min(Math.trunc((value - low) / step), bins - 1);
      counts[bin] = counts[bin]! + count;
    });
    return counts;
  }

  /** @param q 0 .. 1 @returns the value of that rank (nearest rank), NaN of none */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(q * this.count));
    if (this.#values !== null) {
      if (!this.#sorted) this.#values.subarray(0, this.count).sort();
      this.#sorted = true;
      return this.#values[rank - 1]!;
    }
    let seen = 0;
    for (const bucket of [...this.#buckets!.keys()].sort((a, b) => a - b)) {
      seen += this.#buckets!.get(bucket)!;
      if (seen >= rank) return middleOf(bucket);
    }
    return Number.NaN;
  }

  #each(visit: (value: number, count: number) => void): void {
    if (this.#values !== null) for (let i = 0; i < this.count; i++) visit(this.#values[i]!, 1);
    else for (const [bucket, count] of this.#buckets!) visit(middleOf(bucket), count);
  }

  #foldAll(values: Float64Array): void {
    this.#buckets = new Map();
    for (let i = 0; i < this.count; i++) this.#fold(values[i]!, 1);
    this.#budget.left += values.length - FIRST_VALUES;
    this.#values = null;
  }

  #fold(value: number, count: number): void {
    const bucket = bucketOf(value);
    this.#buckets!.set(bucket, (this.#buckets!.get(bucket) ?? 0) + count);
  }
}

/** Bucket of a value of 0 or more; smaller ones share the first. */
function bucketOf(value: number): number {
  if (!(value >= SUB)) return Math.max(0, Math.trunc(value));
  const exponent = Math.floor(Math.log2(value));
  // log2 may be one off at powers of two: the quotient says so.
  const shift = value >= 2 ** (exponent + 1) ? exponent + 1 : value < 2 ** exponent ? exponent - 1 : exponent;
  return (shift - SUB_BITS + 1) * SUB + Math.trunc(value / 2 ** (shift - SUB_BITS)) - SUB;
}

/** The middle of a bucket. */
function middleOf(bucket: number): number {
  if (bucket < SUB) return bucket;
  const shift = Math.floor(bucket / SUB) - 1;
  return (SUB + (bucket % SUB) + 0.5) * 2 ** shift;
}
