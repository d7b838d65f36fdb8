/**
 * When a pending event times out and when it is too old to keep.
 *
 * Both ages count from the event's begin (an overridden begin too). An event has one timer at a time: for its timeout,
 * then for its collection. Deadlines are rounded up to ticks: never early, at most a tick late, plus the time until
 * the next poll (a tick as well).
 */
import type { EventTimers } from './pool.ts';
import type { EventTable } from './table.ts';
import { HORIZON_TICKS, TimerWheel } from './wheel.ts';

/** A tick is a power of two of nanoseconds, so that dividing by it is exact: 1 ms to 134 ms. */
const HORIZON = HORIZON_TICKS; // a local name: see staged.ts
const MIN_TICK_NS = 2 ** 20;
const MAX_TICK_NS = 2 ** 27;
/** Ticks in the shorter of the two ages: the lateness is at most 1/8 of it (or 2 ms). */
const TICKS_PER_AGE = 16;
/**
 * A clock that went back by more than this has leapt, and the wheel starts anew: else no timeout would be noticed until the
 * clock has caught up. Less is the jitter of times that a caller of `poll` chose.
 */
const LEAP_BACK_TICKS = TICKS_PER_AGE;

export class Deadlines implements EventTimers {
  /** 0: off. */
  timeout_ns = 0;
  /** 0: off. */
  gc_age_ns = 0;
  tick_ns: number = MIN_TICK_NS;
  /** Whether there is anything to do at all. */
  armed = false;
  private ticks_per_ns: number = 1 / MIN_TICK_NS;
  private firstAge_ns = 0;
  /** Time of the poll that is under way, or of the last one. */
  polled_ns = 0;
  private wheel: TimerWheel | null = null;
  private readonly table: EventTable;
  private readonly due: (slot: number) => void;

  constructor(table: EventTable, due: (slot: number) => void) {
    this.table = table;
    this.due = due;
    table.timers = this;
  }

  /** New ages, for pending events too: those that are over the new age are due at the next tick. O(capacity). */
  set(timeout_ns: number, gc_age_ns: number, now_ns: number): void {
    this.timeout_ns = timeout_ns;
    this.gc_age_ns = gc_age_ns;
    this.firstAge_ns = timeout_ns > 0 && gc_age_ns > 0 ? Math.min(timeout_ns, gc_age_ns) : timeout_ns + gc_age_ns;
    this.armed = this.firstAge_ns > 0;
    if (this.armed) {
      const wanted_ns = 2 ** Math.floor(Math.log2(this.firstAge_ns / TICKS_PER_AGE));
      this.tick_ns = Math.min(Math.max(wanted_ns, MIN_TICK_NS), MAX_TICK_NS);
      this.ticks_per_ns = 1 / this.tick_ns;
      this.wheel ??= new TimerWheel(this.table.capacity, this.due);
    }
    this.wheel?.reset(Math.floor(now_ns * this.ticks_per_ns));
    if (!this.armed) return;
    for (let slot = 1; slot <= this.table.capacity; slot++) {
      if (this.table.isLive(slot)) this.arm(slot);
    }
  }

  /** Starts the timer of a live event: for the timeout, or when it has timed out, for the collection. */
  arm(slot: number): void {
    const age_ns = this.table.isTimedOut(slot) ? this.gc_age_ns : this.firstAge_ns;
    const wheel = this.wheel!;
    if (age_ns === 0 || wheel.running(slot)) return;
    const delta = Math.ceil((this.table.begin_ns(slot) + age_ns) * this.ticks_per_ns) - wheel.now;
    wheel.start(slot, (delta < 1 ? 1 : delta > HORIZON ? HORIZON : delta) | 0); // | 0: an int needs no box
  }

  disarm(slot: number): void {
    this.wheel!.stop(slot);
  }

  /** Calls `due` for each event whose deadline passed. Does nothing while it is under way: a callback may poll. */
  advance(now_ns: number): void {
    const { wheel } = this;
    if (!this.armed || wheel!.advancing) return;
    const target = Math.floor(now_ns * this.ticks_per_ns);
    if (target < wheel!.now - LEAP_BACK_TICKS) this.set(this.timeout_ns, this.gc_age_ns, now_ns);
    this.polled_ns = now_ns;
    wheel!.advance(target);
  }

  /**
   * Whether an event is older than an age (0: never), as of the poll that is under way. In ticks as they are now: a callback
   * may have changed them.
   */
  isOver(slot: number, age_ns: number): boolean {
    if (age_ns === 0) return false;
    const target = Math.floor(this.polled_ns * this.ticks_per_ns);
    return Math.ceil((this.table.begin_ns(slot) + age_ns) * this.ticks_per_ns) <= target;
  }
}
