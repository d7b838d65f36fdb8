/** What interleaved runs prove: medians of ratios with their intervals, and a verdict, or that there is none. */

/** Share by which a control, which should cost nothing, may differ from the bare runs: beyond it the machine was not quiet. */
export const MAX_NOISE = 0.015;
/** Deviations of the normal distribution for 95 %. */
const Z = 1.96;

/**
 * Median, and the interval that holds the true one with 95 %, whatever the distribution: the ranks between which the median of n
 * values lies follow from the binomial distribution with p = 1/2. With less than 6 values there is no such interval: all of them.
 */
export function medianOf(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  const below = Math.max(0, Math.floor((n - Z * Math.sqrt(n)) / 2));
  const middle = (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2;
  return { middle, low: sorted[below], high: sorted[n - 1 - below] };
}

/**
 * @param lost { middle, low, high } of the share that is lost
 * @param controls [name, share that is lost][] of what should cost nothing
 */
export function verdict(lost, bound, controls) {
  const noisy = controls.filter(([, share]) => Math.abs(share) > MAX_NOISE);
  if (noisy.length > 0) {
    const which = noisy.map(([name, share]) => `${name} ${(share * 100).toFixed(1)} %`).join(', ');
    return `no verdict: what should cost nothing differs by more than ${MAX_NOISE * 100} % (${which})`;
  }
  if (lost.high <= bound) return 'reached';
  return lost.low > bound ? 'missed' : 'no verdict: the bound lies within the interval';
}
