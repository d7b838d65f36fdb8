/**
 * The user-space latency tracker: two calls, `eventIn` and `eventOut`, matched by a key; what took too long, or does
 * not end, is reported.
 *
 *     eventIn(key) --> EventTable: slot, begin ----> eventOut(key): delay --> Statistics (counters, histogram)
 *                         |                                          '--> over threshold --> Reporter --> callback
 *                         '--> Deadlines (only with a timeout or gc age) --> poll() --> timeout / collected
 *
 * Hot path: `eventIn` and `eventOut` do not allocate and do not throw (staged.ts tells how times travel).
 * A callback may call anything on the tracker: an event is taken out of all structures before its end is reported, and
 * what a callback of a poll begins is not due in that poll.
 */
import { duration, flag, functionOrNull, threshold } from './check.ts';
import { Deadlines } from './deadlines.ts';
import type { TrackerCallback } from './event.ts';
import { isKey, type Key } from './key.ts';
import { MeasuredEvents } from './measured.ts';
import { checkOptions, type TrackerOptions } from './options.ts';
import { Reference } from './pool.ts';
import { Reporter } from './reporter.ts';
import { Flag as FlagImport, Result as ResultImport } from './result.ts';
import { STAGED_KEY, STAGED_TIME, staged as stagedImport } from './staged.ts';
import { Counter as CounterImport, fastBucketOf } from './statistics.ts';
import { EventTable } from './table.ts';
import { Ticker } from './ticker.ts';

// Local names: see staged.ts.
const staged = stagedImport;
const KEY = STAGED_KEY;
const TIME = STAGED_TIME;
const Counter = CounterImport;
const Flag: typeof FlagImport = FlagImport;
type Flag = FlagImport;
const Result: typeof ResultImport = ResultImport;
type Result = ResultImport;
const SUM = CounterImport.sum_ns;
const MIN = CounterImport.min_ns;
const MAX = CounterImport.max_ns;
const bucketOf: (delay_ns: number) => number = fastBucketOf;
const NEGATIVE = CounterImport.negative;
const OVER = CounterImport.overThreshold;
const FLAG_NORMAL = FlagImport.normal;
const OK = ResultImport.ok;
const FULL = ResultImport.full;
const BAD_KEY = ResultImport.badKey;
const BAD_TIME = ResultImport.badTime;
const ENTER = Reference.enter;
const TAKE = Reference.take;

/** Times are accepted up to here: beyond it a double skips nanoseconds. */
const MAX_TIME_NS = 9007199254740992; // 2 ** 53

export class LatencyTracker extends MeasuredEvents {
  readonly name: string;
  readonly capacity: number;
  /** Default of the `unique` argument of `eventIn`. */
  readonly unique: boolean;
  private on: boolean;
  private closed = false;
  private threshold: number;
  private worstSoFar: boolean;
  private readonly clock_ns: () => number;
  private readonly reporter: Reporter;
  private readonly deadlines: Deadlines;
  private readonly ticker: Ticker | null;

  /** @throws UsageError `TT_TRACKER_OPTION` with the name of an option that is wrong, and what to give */
  constructor(options: TrackerOptions) {
    const settings = checkOptions(options);
    super(new EventTable(settings.capacity, settings.hash_seed));
    this.name = settings.name;
    this.capacity = this.table.capacity;
    this.unique = settings.unique;
    this.worstSoFar = settings.worst;
    this.on = settings.enabled;
    this.threshold = settings.threshold_ns;
    this.clock_ns = settings.clock_ns;
    this.ticker = settings.timer ? new Ticker(() => this.poll()) : null;
    const { callback, notify, rate_limit } = settings;
    this.reporter = new Reporter(this.name, this.table, this.stats, callback, notify, rate_limit);
    this.deadlines = new Deadlines(this.table, (slot) => this.due(slot));
    this.setDeadlines(settings.timeout_ns, settings.gc_age_ns);
  }

  // ---------------------------------------------------------------- events

  /**
   * An operation begins.
   *
   * @param at_ns when; left out: now. A later step of a chain passes the begin of the first, and so keeps the origin.
   *   On the clock of the tracker, if it has a timeout or gc age
   * @param data given back in the callback and by `dataOf`
   * @param unique true: pending events of the same key are replaced (flag `unique`); false: they stay beside it
   * @returns ok, full, badKey, badTime or disabled
   */
  eventIn(key: Key, at_ns?: number, data?: unknown, unique: boolean = this.unique): Result {
    if (!this.on) return Result.disabled;
    staged[TIME] = typeof at_ns === 'number' ? at_ns : this.timeFor(at_ns);
    if (typeof key !== 'number') return this.inReference(key, data, unique);
    staged[KEY] = key;
    return this.inNumber(data, unique);
  }

  /**
   * The operation ended: all pending events of the key, oldest first.
   *
   * @param at_ns when; left out: now
   * @param out_id which of several exits it was; given to the callback
   * @returns ok, notFound, badKey, badTime or disabled
   */
  eventOut(key: Key, at_ns?: number, out_id = 0): Result {
    if (!this.on) return Result.disabled;
    staged[TIME] = typeof at_ns === 'number' ? at_ns : this.timeFor(at_ns);
    if (typeof key !== 'number') return this.outReference(key, out_id);
    staged[KEY] = key;
    return this.outNumber(out_id);
  }

  /** The one event of a handle ended; others of the same key stay. */
  eventOutHandle(handle: number, at_ns?: number, out_id = 0): Result {
    if (!this.on) return Result.disabled;
    staged[TIME] = typeof at_ns === 'number' ? at_ns : this.timeFor(at_ns);
    if (!(Math.abs(staged[TIME]!) <= MAX_TIME_NS)) return this.refuse(BAD_TIME);
    const slot = this.table.slotOf(handle);
    staged[KEY] = 0;
    if (slot === 0) return this.unmatched();
    this.table.detach(slot);
    return this.end(slot, out_id);
  }

  /**
   * An operation that is over, whose begin the caller kept: as `eventIn` and `eventOut` in one, for a fraction of their cost
   * (no look-up, no timer), but it was never pending, so nothing could find it or time it out.
   *
   * @param data given back in the callback
   * @param out_id which of several exits it was; given to the callback
   * @returns ok, full (an outlier, and there is no slot to report it from), badKey, badTime or disabled
   */
  observe(key: Key, begin_ns: number, end_ns: number, data?: unknown, out_id = 0): Result {
    const delay_ns = end_ns - begin_ns;
    const isCommon = delay_ns >= 0 && delay_ns <= this.threshold && end_ns <= MAX_TIME_NS && begin_ns >= -MAX_TIME_NS;
    if (!isCommon || !this.on || !isKey(key)) return this.observeUncommon(key, begin_ns, end_ns, data, out_id);
    this.stats.record(delay_ns);
    return OK;
  }

  /** An outlier, a mistake, or a key that must be looked at: by way of a slot. */
  private observeUncommon(key: Key, begin_ns: number, end_ns: number, data: unknown, out_id: number): Result {
    const usable = typeof end_ns === 'number' && Math.abs(end_ns) <= MAX_TIME_NS;
    const result = this.eventIn(key, usable ? (begin_ns ?? Number.NaN) : Number.NaN, data, false);
    return result === OK ? this.eventOutHandle(this.lastHandle, end_ns, out_id) : result;
  }

  /** The time when none was given, or something that is no time. Apart, so that the callers stay short: see `EventTable.enter`. */
  private timeFor(at_ns: unknown): number {
    return at_ns === undefined ? this.clock_ns() : Number.NaN; // refused as a bad time
  }

  private inNumber(data: unknown, unique: boolean): Result {
    if (!(Math.abs(staged[TIME]!) <= MAX_TIME_NS)) return this.refuse(BAD_TIME);
    return this.track(this.table.enter(), data, unique);
  }

  private inReference(key: string | bigint, data: unknown, unique: boolean): Result {
    if (!(Math.abs(staged[TIME]!) <= MAX_TIME_NS)) return this.refuse(BAD_TIME);
    if (typeof key !== 'string' && typeof key !== 'bigint') return this.refuse(BAD_KEY);
    const slot = this.table.reference(key, ENTER);
    if (slot < 0 && unique) return this.replaceReference(0 - slot, key, data);
    staged[KEY] = 0; // not NaN: that would be a bad key
    return this.track(slot, data, false);
  }

  private track(slot: number, data: unknown, unique: boolean): Result {
    if (slot <= 0) return this.trackUncommon(slot, data, unique);
    if (data !== undefined) this.table.setData(slot, data);
    this.lastSlot = slot;
    return OK;
  }

  /** No slot (0), or the key has pending events (minus the first one). */
  private trackUncommon(slot: number, data: unknown, unique: boolean): Result {
    if (slot < 0 && unique) return this.replaceNumber(0 - slot, data);
    const duplicate = slot < 0 ? this.table.insertDuplicate(0 - slot) : 0;
    if (duplicate > 0) return this.track(duplicate, data, false);
    if (Number.isNaN(staged[KEY]!)) return this.refuse(BAD_KEY);
    this.stats.add(this.table.isFull ? Counter.skipped : Counter.crowded);
    this.lastSlot = 0;
    return FULL;
  }

  /** Ends what is pending under the key, then tracks the new event, whatever the callbacks did meanwhile. */
  private replaceNumber(first: number, data: unknown): Result {
    const at_ns = staged[TIME]!;
    const key = staged[KEY]!;
    this.endAll(first, Flag.unique, 0);
    if (!this.on) return Result.disabled;
    staged[TIME] = at_ns;
    staged[KEY] = key;
    return this.track(this.table.enter(), data, false);
  }

  private replaceReference(first: number, key: string | bigint, data: unknown): Result {
    const at_ns = staged[TIME]!;
    this.endAll(first, Flag.unique, 0);
    if (!this.on) return Result.disabled;
    staged[TIME] = at_ns;
    staged[KEY] = 0;
    return this.track(this.table.reference(key, ENTER), data, false);
  }

  private outNumber(out_id: number): Result {
    if (!(Math.abs(staged[TIME]!) <= MAX_TIME_NS)) return this.refuse(BAD_TIME);
    return this.end(this.table.take(), out_id);
  }

  private outReference(key: string | bigint, out_id: number): Result {
    if (!(Math.abs(staged[TIME]!) <= MAX_TIME_NS)) return this.refuse(BAD_TIME);
    if (typeof key !== 'string' && typeof key !== 'bigint') return this.refuse(BAD_KEY);
    staged[KEY] = 0; // not NaN: that would be a bad key
    return this.end(this.table.reference(key, TAKE), out_id);
  }

  /**
   * The event of a slot, which is out of the table, ended at staged[TIME]; or those of a key that has several (minus
   * the first one), or none (0). One long function for the reason given at `EventTable.enter`.
   */
  private end(slot: number, out_id: number): Result {
    if (slot <= 0) return slot === 0 ? this.unmatched() : this.endAll(0 - slot, FLAG_NORMAL, out_id);
    if (this.deadlines.armed) this.deadlines.disarm(slot);
    const { table, threshold } = this;
    const { counters, buckets } = this.stats;
    const delay_ns = staged[TIME]! - table.begin_ns(slot);
    if (delay_ns >= 0) {
      counters[SUM] = counters[SUM]! + delay_ns;
      if (delay_ns < counters[MIN]!) counters[MIN] = delay_ns;
      if (delay_ns > counters[MAX]!) counters[MAX] = delay_ns;
      let bucket: number;
      if (delay_ns < 2147483648) {
        // bucketOf for most delays
        const value = delay_ns | 0;
        const shift = 27 - Math.clz32(value | 16);
        bucket = value < 16 ? value : (shift << 4) + (value >>> shift);
      } else {
        bucket = bucketOf(delay_ns);
      }
      buckets[bucket] = buckets[bucket]! + 1;
    } else {
      counters[NEGATIVE] = counters[NEGATIVE]! + 1;
    }
    const over = delay_ns > threshold;
    // What was reported as timed out is reported again when it ends: each alert gets its end.
    if (!over && !table.isTimedOut(slot)) {
      table.release(slot);
      return OK;
    }
    if (over) {
      counters[OVER] = counters[OVER]! + 1;
      if (this.worstSoFar) this.threshold = delay_ns;
    }
    const event = this.reporter.prepare(FLAG_NORMAL, slot, staged[TIME]!, threshold, out_id);
    table.release(slot);
    if (event !== null) this.reporter.run(event);
    return OK;
  }

  /** Ends all events of the key that was just found: they ended, or are replaced. */
  private endAll(first: number, flag: Flag, out_id: number): Result {
    const table = this.table;
    table.detachAll(first);
    if (this.deadlines.armed) {
      for (let slot = first; slot !== 0; slot = table.next(slot)) this.deadlines.disarm(slot);
    }
    const end_ns = staged[TIME]!;
    for (let slot = first; slot !== 0; ) {
      const next = table.next(slot);
      staged[TIME] = end_ns; // a callback may have used it
      if (flag === FLAG_NORMAL) this.end(slot, out_id);
      else this.drop(slot, flag);
      slot = next;
    }
    return OK;
  }

  /** An event that is out of the table was replaced or collected at staged[TIME]. */
  private drop(slot: number, flag: Flag): void {
    this.stats.add(flag === Flag.unique ? Counter.replaced : Counter.collected);
    const event = this.reporter.prepare(flag, slot, staged[TIME]!, this.threshold, 0);
    this.table.release(slot); // before the callback: it finds the tracker without that event
    if (event !== null) this.reporter.run(event);
  }

  private remove(slot: number): void {
    this.table.detach(slot);
    if (this.deadlines.armed) this.deadlines.disarm(slot);
  }

  private refuse(result: Result): Result {
    this.stats.add(Counter.refused);
    this.lastSlot = 0;
    return result;
  }

  private unmatched(): Result {
    if (Number.isNaN(staged[KEY]!)) return this.refuse(BAD_KEY);
    this.stats.add(Counter.unmatched);
    return Result.notFound;
  }

  // ---------------------------------------------------------------- timeouts

  /**
   * Reports what timed out and drops what is too old, as of now. The tracker's timer calls it; call it yourself with
   * `timer: false`, or before reading statistics. Constant work per event that is due. Within a poll it does nothing.
   */
  poll(now_ns: number = this.clock_ns()): void {
    if (!this.on) return;
    if (typeof now_ns !== 'number' || !(Math.abs(now_ns) <= MAX_TIME_NS)) this.refuse(BAD_TIME);
    else this.deadlines.advance(now_ns);
  }

  /** The timer of an event ran out. Each callback may have changed anything: ended the event, switched off, set new ages. */
  private due(slot: number): void {
    const { table, deadlines } = this;
    const now_ns = deadlines.polled_ns;
    if (this.on && !table.isTimedOut(slot) && deadlines.isOver(slot, deadlines.timeout_ns)) {
      const handle = table.handleOf(slot);
      table.markTimedOut(slot);
      this.stats.add(Counter.timedOut);
      const event = this.reporter.prepare(Flag.timeout, slot, now_ns, this.threshold, 0);
      if (event !== null) this.reporter.run(event);
      if (table.slotOf(handle) === 0) return; // the callback ended it
    }
    if (this.on && deadlines.isOver(slot, deadlines.gc_age_ns)) {
      this.remove(slot);
      staged[TIME] = now_ns;
      this.drop(slot, Flag.collected);
    } else if (deadlines.armed) {
      deadlines.arm(slot);
    }
  }

  /** A pending event older than this is reported once. Holds for events in flight too. 0: off. */
  get timeout_ns(): number {
    return this.deadlines.timeout_ns;
  }
  set timeout_ns(value_ns: number) {
    this.setDeadlines(duration(value_ns, 'timeout_ns'), this.deadlines.gc_age_ns);
  }

  /** A pending event older than this is dropped. Holds for events in flight too. 0: off. */
  get gc_age_ns(): number {
    return this.deadlines.gc_age_ns;
  }
  set gc_age_ns(value_ns: number) {
    this.setDeadlines(this.deadlines.timeout_ns, duration(value_ns, 'gc_age_ns'));
  }

  /** How finely timeouts are noticed; the timer's period. */
  get tick_ns(): number {
    return this.deadlines.tick_ns;
  }

  private setDeadlines(timeout_ns: number, gcAge_ns: number): void {
    const now_ns = this.clock_ns();
    this.deadlines.set(timeout_ns, gcAge_ns, Math.abs(now_ns) <= MAX_TIME_NS ? now_ns : this.deadlines.polled_ns);
    this.updateTimer();
  }

  private updateTimer(): void {
    this.ticker?.set(this.on && this.deadlines.armed ? this.deadlines.tick_ns : 0);
  }

  /** A delay above it is reported. 0: all but 0; Infinity: none. May change at any time. */
  get threshold_ns(): number {
    return this.threshold;
  }
  set threshold_ns(value_ns: number) {
    this.threshold = threshold(value_ns);
  }

  /** "Worst so far" mode: each delay over the threshold becomes the threshold. */
  get worst(): boolean {
    return this.worstSoFar;
  }
  set worst(value: boolean) {
    this.worstSoFar = flag(value, 'worst');
  }

  get callback(): TrackerCallback | null {
    return this.reporter.callback;
  }
  set callback(callback: TrackerCallback | null) {
    this.reporter.callback = functionOrNull(callback, 'callback');
  }

  get enabled(): boolean {
    return this.on;
  }

  /** Switches on. Events that were kept go on; statistics too, unless `reset`. A closed tracker stays off. */
  enable(reset = false): void {
    if (this.closed) return;
    if (reset) this.resetStatistics();
    this.on = true;
    this.updateTimer();
  }

  /**
   * Switches off: calls answer `disabled`, nothing times out.
   *
   * @param clear false keeps what is pending: an operation that ends meanwhile is then never matched
   */
  disable(clear = true): void {
    this.on = false;
    this.updateTimer();
    if (clear) this.clear();
  }

  /** Drops all pending events without callbacks. O(capacity). Returns how many. */
  clear(): number {
    let cleared = 0;
    for (let slot = 1; slot <= this.capacity; slot++) {
      if (!this.table.isLive(slot)) continue;
      this.remove(slot);
      this.table.release(slot);
      this.stats.add(Counter.cleared);
      cleared++;
    }
    return cleared;
  }

  /** Switches off for good and stops the timer. Returns how many events were still pending. */
  close(): number {
    const pending = this.table.used;
    this.closed = true;
    this.disable();
    return pending;
  }

  /** What the last callback that threw has thrown. */
  get lastCallbackError(): unknown {
    return this.reporter.lastError;
  }
}
