/** What a tracker has measured, for its readers. */
import { Histogram } from '../base/histogram.ts';
import { numberWithin } from './check.ts';
import { PendingEvents } from './pending.ts';
import { Counter, Statistics, type TrackerStatistics } from './statistics.ts';

export abstract class MeasuredEvents extends PendingEvents {
  protected readonly stats: Statistics = new Statistics();

  statistics(): TrackerStatistics {
    return this.stats.read(this.table.used);
  }

  /** Sets all counters and the histogram to 0; what is pending counts as tracked. */
  resetStatistics(): void {
    this.stats.reset();
  }

  /** Delays of matched events, in the layout of the kernel trackers. A copy, for merging. */
  histogram(): Histogram {
    return this.stats.histogram();
  }

  /** The q-quantile (0 .. 1, else throws `TT_TRACKER_OPTION`) of the delays, up to 1/16 above it, at most their maximum; NaN if none. */
  quantile_ns(q: number): number {
    return Math.min(
      new Histogram(this.stats.buckets).quantile(numberWithin(q, 'q', 0, 1)),
      this.stats.counters[Counter.max_ns]!,
    );
  }
}
