/**
 * The small integers of the hot path: what a call answered, and why a callback runs.
 *
 * Nothing on the hot path throws. Values 0, 1, 2 and 4 are those of the kernel module that this library succeeds
 * (latency-tracker: OK, FULL, ERR, DISABLED).
 */

/** What `eventIn`, `eventOut` and `eventOutHandle` answer. */
export const Result = {
  /** Done. */
  ok: 0,
  /** No free slot (counted as `skipped`), or a key that cannot be placed (`crowded`): this operation is not tracked. */
  full: 1,
  /** The key is NaN, or not a number, bigint or string. Counted as `refused`. */
  badKey: 2,
  /** The timestamp is NaN or not within +-2^53 ns. Counted as `refused`. */
  badTime: 3,
  /** The tracker is switched off or closed. Not counted: being off costs nothing. */
  disabled: 4,
  /** Out without in. Counted as `unmatched`. */
  notFound: 5,
} as const;
export type Result = (typeof Result)[keyof typeof Result];

/** Why the callback runs. Bits, so that a set of them fits in `TrackerOptions.notify`. */
export const Flag = {
  /** The operation ended, and took longer than the threshold (or had timed out before). */
  normal: 1,
  /** The operation is still pending and its timeout has passed. At most once per event. */
  timeout: 2,
  /** A new event with the same key replaced it. */
  unique: 4,
  /** It grew older than the garbage-collection age and was dropped: its end was most likely missed. */
  collected: 8,
} as const;
export type Flag = (typeof Flag)[keyof typeof Flag];

/** Every flag. */
export const ALL_FLAGS: number = Flag.normal | Flag.timeout | Flag.unique | Flag.collected;
