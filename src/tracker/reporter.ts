/** Runs the callback: asks whether it wants this flag and whether the rate limit lets it pass, and survives its errors. */
import { emptyEvent, type MutableTrackerEvent, type TrackerCallback } from './event.ts';
import { type RateLimit, RateLimiter } from './limiter.ts';
import type { Flag } from './result.ts';
import { Counter, type Statistics } from './statistics.ts';
import type { EventTable } from './table.ts';

/**
 * Callbacks within callbacks: one that ends other events causes reports, and so on. Some are meant; a callback whose own work
 * is tracked, with a threshold of 0, would never end, and overflow the stack wherever it happens to be.
 */
const MAX_DEPTH = 8;

export class Reporter {
  callback: TrackerCallback | null;
  notify: number;
  /** What the last callback that threw has thrown. */
  lastError: unknown = undefined;
  private readonly limiter: RateLimiter | null;
  private readonly table: EventTable;
  private readonly stats: Statistics;
  private readonly shared: MutableTrackerEvent;
  private depth = 0;

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
    if (this.depth >= MAX_DEPTH) {
      this.stats.add(Counter.nested);
      return null;
    }
    let suppressed = 0;
    if (this.limiter !== null) {
      if (!this.limiter.allow(end_ns)) {
        this.stats.add(Counter.rateLimited);
        return null;
      }
      suppressed = this.limiter.takeSuppressed();
    }
    // A callback that ends another event must find its own event unchanged afterwards.
    const event = this.depth > 0 ? emptyEvent(this.shared.tracker) : this.shared;
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
    this.depth++;
    try {
      // An async function fits where nothing is returned; what it throws would end the process.
      const result: unknown = this.callback?.(event);
      if (result instanceof Promise) result.catch(this.failed);
    } catch (error) {
      this.failed(error);
    } finally {
      this.depth--;
      event.data = undefined; // keeps nothing of the application alive
    }
  }

  private readonly failed = (error: unknown): void => {
    this.stats.add(Counter.callbackErrors);
    this.lastError = error;
  };
}
