/** Spans that overlap cannot share a track: each gets the first lane that is free. */

/** More outliers at the same time than this share the last lane. */
const MAX_LANES = 64;

export class Lanes {
  /** Where the last span of each lane ends. */
  readonly #ends: bigint[] = [];

  take(begin_ns: bigint, end_ns: bigint): number {
    let lane = this.#ends.findIndex((end) => end <= begin_ns);
    if (lane < 0) lane = Math.min(this.#ends.length, MAX_LANES - 1);
    this.#ends[lane] = end_ns;
    return lane;
  }
}
