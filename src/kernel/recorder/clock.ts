/** Between CLOCK_MONOTONIC, which the kernel's records have, and the epoch. */

/** Edges that are watched; the tightest counts. */
const EDGES = 3;
/** Give up on an edge after this long: a stopped or coarse clock. */
const EDGE_TIMEOUT_NS = 20_000_000n;

export interface ClockOffset {
  /** Epoch minus CLOCK_MONOTONIC. */
  readonly offset_ns: bigint;
  /** The true offset is within this, on either side. */
  readonly error_ns: number;
}

/**
 * `Date.now()` has whole milliseconds, so the moment it changes is watched from both sides with the monotonic clock:
 *
 *     monotonic   ---- a ---- b ----        Date.now() was m-1 at a, and m at b
 *     epoch       ------- m ms -----        so m ms of epoch time lies between a and b
 *
 * Takes at most 3 ms of one thread.
 */
export function sampleClockOffset(
  monotonic: () => bigint = process.hrtime.bigint,
  epoch_ms: () => number = Date.now,
): ClockOffset {
  let best: ClockOffset | null = null;
  for (let edge = 0; edge < EDGES; edge++) {
    const start = monotonic();
    const first = epoch_ms();
    let before = start;
    for (;;) {
      const now_ms = epoch_ms();
      const after = monotonic();
      if (now_ms !== first || after - start > EDGE_TIMEOUT_NS) {
        const half = (after - before) / 2n;
        const offset_ns = BigInt(now_ms) * 1_000_000n - (before + half);
        const error_ns = Number(half) + 1;
        if (best === null || error_ns < best.error_ns) best = { offset_ns, error_ns };
        break;
      }
      before = after;
    }
  }
  return best!;
}
