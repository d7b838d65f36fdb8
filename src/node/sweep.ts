/**
 * Looks now and then for operations that are still open, so that the tracker knows of them before they can time out: at the
 * pace in which the tracker looks at its timeouts, which may change while it runs.
 */
import { Ticker } from '../tracker/ticker.ts';
import type { LatencyTracker } from '../tracker/tracker.ts';

/** At most between two sweeps: new settings of the tracker are noticed after that. */
const MAX_PERIOD_NS = 2 ** 27;

export class Sweep {
  readonly #ticker: Ticker;
  readonly #tracker: LatencyTracker | null;
  #period_ns = 0;

  /** @param tracker null: nothing is swept */
  constructor(tracker: LatencyTracker | null, sweep: () => void) {
    this.#tracker = tracker;
    this.#ticker = new Ticker(() => {
      sweep();
      this.#setPace();
    });
    if (tracker !== null) this.#setPace();
  }

  stop(): void {
    this.#ticker.set(0);
  }

  #setPace(): void {
    const { timeout_ns, gc_age_ns, tick_ns } = this.#tracker!;
    const period_ns = timeout_ns + gc_age_ns > 0 ? Math.min(tick_ns, MAX_PERIOD_NS) : MAX_PERIOD_NS;
    if (period_ns === this.#period_ns) return;
    this.#period_ns = period_ns;
    this.#ticker.set(period_ns);
  }
}
