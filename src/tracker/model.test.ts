/**
 * What the tracker must do, as a model that a reader can check: a Map of arrays, no pool, no wheel, no hash.
 *
 * `act` runs for each report, as a callback of the tracker would, and may call anything on the model.
 */
import assert from 'node:assert/strict';
import { bucketOf } from '../base/histogram.ts';
import type { Key } from './key.ts';
import { Flag, Result } from './result.ts';
import type { LatencyTracker } from './tracker.ts';

export interface Pending {
  readonly key: Key;
  readonly begin_ns: number;
  readonly data: unknown;
  timedOut: boolean;
  /** The tick at which a poll looks at it. */
  due: number;
}

/** Reports within reports: MAX_DEPTH of reporter.ts. */
const MAX_DEPTH = 8;
/** Ticks: LEAP_BACK_TICKS of deadlines.ts. */
const LEAP_BACK = 16;

export class Oracle {
  readonly events: Map<Key, Pending[]> = new Map();
  readonly log: string[] = [];
  readonly counts = { tracked: 0, skipped: 0, matched: 0, unmatched: 0, timed_out: 0, collected: 0, replaced: 0 };
  readonly more = { cleared: 0, negative: 0, over_threshold: 0, refused: 0, nested: 0, callback_errors: 0 };
  act: ((event: Pending) => void) | null = null;
  depth = 0;
  readonly delays_ns: number[] = [];
  threshold_ns = 0;
  timeout_ns = 0;
  gc_age_ns = 0;
  tick_ns = 1;
  on = true;
  private polled = 0;
  private polling = false;
  private ages = 0;
  /** Out of the map, but not yet told of: they still take room. */
  private ending = 0;
  private readonly capacity: number;
  private readonly worst: boolean;

  constructor(capacity: number, worst: boolean) {
    this.capacity = capacity;
    this.worst = worst;
  }

  get all(): Pending[] {
    return [...this.events.values()].flat();
  }

  private arm(event: Pending): void {
    const ages = [event.timedOut ? 0 : this.timeout_ns, this.gc_age_ns].filter((age) => age > 0);
    const due = Math.ceil((event.begin_ns + Math.min(...ages)) / this.tick_ns);
    event.due = ages.length === 0 ? Number.POSITIVE_INFINITY : Math.max(due, this.polled + 1);
  }

  setDeadlines(timeout_ns: number, gc_age_ns: number, tick_ns: number, now_ns: number): void {
    this.timeout_ns = timeout_ns;
    this.gc_age_ns = gc_age_ns;
    this.tick_ns = tick_ns;
    this.polled = Math.floor(now_ns / tick_ns);
    this.ages++;
    for (const event of this.all) this.arm(event);
  }

  private report(flag: number, event: Pending, end_ns: number, out_id: number, threshold_ns: number): void {
    if (this.depth >= MAX_DEPTH) {
      this.more.nested++;
      return;
    }
    this.log.push(line(flag, event.key, event.begin_ns, end_ns, out_id, threshold_ns, event.data));
    this.depth++;
    try {
      this.act?.(event);
    } catch {
      this.more.callback_errors++;
    }
    this.depth--;
  }

  isPending(event: Pending): boolean {
    return this.events.get(event.key)?.includes(event) ?? false;
  }

  in(key: Key, at_ns: number, data: unknown, unique: boolean): number {
    if (!this.on) return Result.disabled;
    const replaced = unique ? (this.events.get(key) ?? []) : [];
    if (unique) this.events.delete(key);
    this.ending += replaced.length;
    for (const old of replaced) {
      this.ending--;
      this.counts.replaced++;
      this.report(Flag.unique, old, at_ns, 0, this.threshold_ns);
    }
    if (!this.on) return Result.disabled; // a callback switched it off
    if (this.all.length + this.ending >= this.capacity) {
      this.counts.skipped++;
      return Result.full;
    }
    this.counts.tracked++;
    const event = { key, begin_ns: at_ns, data, timedOut: false, due: 0 };
    this.arm(event);
    if (!this.events.has(key)) this.events.set(key, []);
    this.events.get(key)!.push(event);
    return Result.ok;
  }

  observe(key: Key, begin_ns: number, end_ns: number, data: unknown, out_id: number): number {
    if (!this.on) return Result.disabled;
    const over = !(end_ns >= begin_ns && end_ns - begin_ns <= this.threshold_ns);
    if (over && this.all.length + this.ending >= this.capacity) {
      this.counts.skipped++;
      return Result.full; // an outlier is reported from a slot
    }
    this.counts.tracked++;
    this.end({ key, begin_ns, data, timedOut: false, due: 0 }, end_ns, out_id);
    return Result.ok;
  }

  /** @param nth of the duplicates only this one; -1: all */
  out(key: Key, at_ns: number, out_id: number, nth: number): number {
    if (!this.on) return Result.disabled;
    const list = this.events.get(key) ?? [];
    if (list.length === 0) {
      this.counts.unmatched++;
      return Result.notFound;
    }
    const ended = nth < 0 ? list.splice(0) : list.splice(nth, 1);
    if (list.length === 0) this.events.delete(key);
    this.ending += ended.length;
    for (const event of ended) {
      this.ending--;
      this.end(event, at_ns, out_id);
    }
    return Result.ok;
  }

  private end(event: Pending, at_ns: number, out_id: number): void {
    const delay_ns = at_ns - event.begin_ns;
    const threshold_ns = this.threshold_ns;
    this.counts.matched++;
    if (delay_ns < 0) this.more.negative++;
    else this.delays_ns.push(delay_ns);
    if (delay_ns > threshold_ns) {
      this.more.over_threshold++;
      if (this.worst) this.threshold_ns = delay_ns;
    }
    if (delay_ns > threshold_ns || event.timedOut) this.report(Flag.normal, event, at_ns, out_id, threshold_ns);
  }

  /** @param order data of the events that were told, in this order: the model knows which are due, not which comes first */
  poll(now_ns: number, order: readonly unknown[] = []): void {
    const target = Math.floor(now_ns / this.tick_ns);
    if (!this.on || this.polling || this.timeout_ns + this.gc_age_ns === 0) return;
    if (target < this.polled - LEAP_BACK) this.setDeadlines(this.timeout_ns, this.gc_age_ns, this.tick_ns, now_ns);
    if (target <= this.polled) return;
    this.polled = target;
    this.polling = true;
    const { ages } = this;
    const due = this.all.filter((e) => e.due <= target);
    const first = order.map((data) => due.find((e) => e.data === data)).filter((e) => e !== undefined);
    for (const event of new Set([...first, ...due])) {
      if (this.ages !== ages) break; // a callback has set new ages, and so all timers anew
      if (this.isPending(event)) this.due(event, now_ns);
    }
    this.polling = false;
  }

  private due(event: Pending, now_ns: number): void {
    const isOver = (age_ns: number): boolean =>
      this.on && age_ns > 0 && Math.ceil((event.begin_ns + age_ns) / this.tick_ns) <= Math.floor(now_ns / this.tick_ns);
    if (!event.timedOut && isOver(this.timeout_ns)) {
      event.timedOut = true;
      this.counts.timed_out++;
      this.report(Flag.timeout, event, now_ns, 0, this.threshold_ns);
      if (!this.isPending(event)) return;
    }
    if (!isOver(this.gc_age_ns)) {
      this.arm(event);
      return;
    }
    this.counts.collected++;
    const rest = this.events.get(event.key)!.filter((e) => e !== event);
    if (rest.length > 0) this.events.set(event.key, rest);
    else this.events.delete(event.key);
    this.report(Flag.collected, event, now_ns, 0, this.threshold_ns);
  }

  clear(): number {
    const cleared = this.all.length;
    this.more.cleared += cleared;
    this.events.clear();
    return cleared;
  }
}

export function line(
  flag: number,
  key: Key,
  begin_ns: number,
  end_ns: number,
  out_id: number,
  threshold_ns: number,
  data: unknown,
): string {
  return `${flag} ${typeof key}:${key} ${begin_ns}..${end_ns} out=${out_id} threshold=${threshold_ns} data=${data}`;
}

export function compare(tracker: LatencyTracker, oracle: Oracle): void {
  const s = tracker.statistics();
  assert.equal(tracker.threshold_ns, oracle.threshold_ns);
  assert.equal(s.pending, oracle.all.length);
  assert.equal(s.tracked, s.matched + s.replaced + s.collected + s.cleared + s.pending);
  for (const [name, count] of Object.entries({ ...oracle.counts, ...oracle.more })) {
    assert.equal(s[name as keyof typeof s], count, name);
  }
  let min_ns = Number.POSITIVE_INFINITY;
  let max_ns = Number.NEGATIVE_INFINITY;
  let sum_ns = 0;
  const counts = new Map<number, number>();
  for (const delay_ns of oracle.delays_ns) {
    min_ns = Math.min(min_ns, delay_ns);
    max_ns = Math.max(max_ns, delay_ns);
    sum_ns += delay_ns;
    counts.set(bucketOf(delay_ns), (counts.get(bucketOf(delay_ns)) ?? 0) + 1);
  }
  if (oracle.delays_ns.length === 0) {
    assert.ok(Number.isNaN(s.min_ns) && Number.isNaN(s.max_ns) && Number.isNaN(s.mean_ns));
    return;
  }
  assert.equal(s.min_ns, min_ns);
  assert.equal(s.max_ns, max_ns);
  assert.ok(Math.abs(s.mean_ns / (sum_ns / oracle.delays_ns.length) - 1) < 1e-9 || sum_ns === 0);
  tracker.histogram().counts.forEach((count, bucket) => {
    assert.equal(count, counts.get(bucket) ?? 0);
  });
}
