/** A timer that keeps no process alive, and can be set anew. */
export class Ticker {
  readonly #onTick: () => void;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(onTick: () => void) {
    this.#onTick = onTick;
  }

  /** @param period_ns 0 stops it; it ticks once a millisecond at most */
  set(period_ns: number): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = period_ns === 0 ? null : setInterval(this.#onTick, Math.max(1, period_ns / 1e6));
    this.#timer?.unref();
  }
}
