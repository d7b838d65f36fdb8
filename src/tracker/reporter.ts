/** Runs the callback: asks whether it wants this flag and whether the rate limit lets it pass, and survives its errors. */
import { emptyEvent, type MutableTrackerEvent, type TrackerCallback } from './event.ts';
import { type RateLimit, RateLimiter } from './limiter.ts';
import type { Flag } from './result.ts';
import { Counter, type Statistics } from './statistics.ts';
import type { EventTable } from './table.ts';

export class Reporter {
  callback: TrackerCallback | null;
  notify: number;
  /** What the last callback that threw has thrown. */
  lastError: unknown = undefined;
  private readonly limiter: RateLimiter | null;
  private readonly table: EventTable;
  private readonly stats: Statistics;
  private readonly shared: MutableTrackerEvent;
  private running = false;

  constructor(
    name: string,
    table: EventTable,
    stats: Statistics,
    callback: TrackerCallback | null,
    notify: number,
    limit: RateLimit | null,
  ) {
    this.table = table;
    this.stats = stats;
    this.callback = callback;
    this.notify = notify;
    this.limiter = limit === null ? null : new RateLimiter(limit);
    this.shared = emptyEvent(name);
  }

  /** The event to report, filled from its record; null when it is not to be reported. */
  prepare(flag: Flag, slot: number, end_ns: number, threshold_ns: number, out_id: number): MutableTrackerEvent | null {
    if (this.callback === null || (this.notify & flag) === 0) return null;
    let suppressed = 0;
    if (this.limiter !== null) {
      if (!this.limiter.allow(end_ns)) {
        this.stats.add(Counter.rateLimited);
        return null;
      }
      suppressed = this.limiter.takeSuppressed();
    }
    // A callback that ends another event must find its own event unchanged afterwards.
    const event = this.running ? emptyEvent(this.shared.tracker) : this.shared;
    event.flag = flag;
    event.key = this.table.keyOf(slot);
    event.begin_ns = this.table.begin_ns(slot);
    event.end_ns = end_ns;
    event.delay_ns = end_ns - event.begin_ns;
    event.threshold_ns = threshold_ns;
    event.out_id = out_id;
    event.data = this.table.dataOf(slot);
    event.suppressed = suppressed;
    event.handle = this.table.handleOf(slot);
    return event;
  }

  run(event: MutableTrackerEvent): void {
    const outer = this.running;
    this.running = true;
    try {
      this.callback?.(event);
    } catch (error) {
      this.stats.add(Counter.callbackErrors);
      this.lastError = error;
    } finally {
      this.running = outer;
      event.data = undefined; // keeps nothing of the application alive
    }
  }
}
