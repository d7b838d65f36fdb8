/** Count, least, mean, greatest and deviation of a stream of values, in constant memory. */
import { Distribution, type ValueBudget } from './distribution.ts';

/** Quantiles behind `--percentiles`. */
export const PERCENTILES = [0.5, 0.9, 0.99, 0.999] as const;

export class Summary {
  count = 0;
  total = 0;
  min: number = Number.POSITIVE_INFINITY;
  max: number = Number.NEGATIVE_INFINITY;
  /** The values, where their distribution is asked. */
  readonly values: Distribution | null;
  /** Welford's running mean and sum of squared differences: no cancellation, unlike sums of squares. */
  #mean = 0;
  #squares = 0;

  /** @param budget given: the distribution is kept as well */
  constructor(budget: ValueBudget | null = null) {
    this.values = budget === null ? null : new Distribution(budget);
  }

  add(value: number): void {
    this.count++;
    this.total += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    const before = value - this.#mean;
    this.#mean += before / this.count;
    this.#squares += before * (value - this.#mean);
    this.values?.add(value);
  }

  /** Adds all that another one has seen (Chan, Golub and LeVeque: updating formulae for variances, 1979). */
  merge(other: Summary): void {
    if (other.count === 0) return;
    const count = this.count + other.count;
    const apart = other.#mean - this.#mean;
    this.#squares += other.#squares + (apart * apart * this.count * other.count) / count;
    this.#mean += (apart * other.count) / count;
    this.count = count;
    this.total += other.total;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    if (other.values !== null) this.values?.merge(other.values);
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.total / this.count;
  }

  /** Of a sample (n - 1); NaN of fewer than two. */
  get deviation(): number {
    return this.count < 2 ? Number.NaN : Math.sqrt(this.#squares / (this.count - 1));
  }
}
