/** CLOCK_MONOTONIC, the clock of kernel events, against the epoch. */

/** Samples taken to bracket the offset; the tightest one wins. */
const SAMPLES = 5;

/** CLOCK_MONOTONIC in nanoseconds (process.hrtime reads the same clock as bpf_ktime_get_ns and ftrace's `mono`). */
export function monotonicNs(): bigint {
  return process.hrtime.bigint();
}

/** Epoch time as precise as JavaScript has it (about a microsecond). */
function epochNs(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e3)) * 1000n;
}

/**
 * Nanoseconds to add to CLOCK_MONOTONIC to get time since the epoch. Node has no nanosecond CLOCK_REALTIME and
 * performance.timeOrigin does not follow later clock steps, so Date.now() corrects it: within 1 ms after a step, within
 * some microseconds otherwise.
 */
export function epochOffsetNs(): bigint {
  let best = 0n;
  let narrowest = 1n << 62n;
  for (let i = 0; i < SAMPLES; i++) {
    const before = monotonicNs();
    const epoch = epochNs();
    const after = monotonicNs();
    if (after - before < narrowest) {
      narrowest = after - before;
      best = epoch - (before + after) / 2n;
    }
  }
  const wall = BigInt(Date.now()) * 1_000_000n - monotonicNs();
  const drift = wall > best ? wall - best : best - wall;
  return drift > 2_000_000n ? wall : best;
}
