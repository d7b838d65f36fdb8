/** What a tracker is created with, checked in one place. Creation may throw; events never do. */
import { MAX_DURATION_NS } from '../base/units.ts';
import type { TrackerCallback } from './event.ts';
import type { RateLimit } from './limiter.ts';
import { MAX_CAPACITY } from './pool.ts';
import { ALL_FLAGS } from './result.ts';

export interface TrackerOptions {
  /** 1 to 64 characters; shown in callbacks, metrics and messages. */
  readonly name: string;
  /** Most events in flight, 1 .. 16777214. 64 to 96 bytes each (16 more with a timeout), taken at once. Default 1024. */
  readonly capacity?: number;
  /** A delay above it is reported. 0 reports every delay but 0; Infinity none. Default 1 ms. */
  readonly threshold_ns?: number;
  /** A pending event older than it is reported, once. 0: off (default). At most 100 days. */
  readonly timeout_ns?: number;
  /** A pending event older than it is dropped and reported. 0: off (default). At most 100 days. */
  readonly gc_age_ns?: number;
  /** Most callbacks per second; more are counted and held back. null: no limit (default). */
  readonly rate_limit?: RateLimit | null;
  /** A new event replaces the pending ones of its key, unless `eventIn` says otherwise. Default false: duplicates. */
  readonly unique?: boolean;
  /** "Worst so far": each delay that is reported becomes the threshold. Default false. */
  readonly worst?: boolean;
  /** Begin switched on. Default true. */
  readonly enabled?: boolean;
  /** Runs for each report. */
  readonly callback?: TrackerCallback;
  /** Which reports: bits of `Flag`. Default all. */
  readonly notify?: number;
  /** Nanoseconds of any origin, within +-2^53 (104 days of nanoseconds). Default: performance.now(). */
  readonly clock_ns?: () => number;
  /** Call `poll` by an unreferenced timer while a timeout or gc age is set. Default true; false: call it yourself. */
  readonly timer?: boolean;
  /** Seed of the hash, for repeatable tests. Default random. */
  readonly hash_seed?: number;
}

/** Whole number in a range, or a RangeError that names it. */
export function wholeNumber(value: number, name: string, low: number, high: number): number {
  if (!(Number.isInteger(value) && value >= low && value <= high)) {
    throw new RangeError(`${name} is ${value}; give a whole number from ${low} to ${high}`);
  }
  return value;
}

/** Nanoseconds, 0 .. 100 days, or a RangeError that names them. */
export function duration(value_ns: number, name: string): number {
  if (!(value_ns >= 0 && value_ns <= MAX_DURATION_NS)) {
    throw new RangeError(`${name} is ${value_ns}; give nanoseconds from 0 to ${MAX_DURATION_NS} (100 days)`);
  }
  return value_ns;
}

/** A threshold may be Infinity: report nothing. */
export function threshold(value_ns: number): number {
  return value_ns === Number.POSITIVE_INFINITY ? value_ns : duration(value_ns, 'threshold_ns');
}

export function checkName(name: string): string {
  if (typeof name !== 'string' || name.length < 1 || name.length > 64) {
    throw new RangeError('name must be a string of 1 to 64 characters');
  }
  return name;
}

export function checkCapacity(capacity: number): number {
  return wholeNumber(capacity, 'capacity', 1, MAX_CAPACITY);
}

export function checkNotify(notify: number): number {
  return wholeNumber(notify, 'notify', 0, ALL_FLAGS);
}

/** Monotonic nanoseconds since the process began: whole, exact for 104 days. */
export function monotonicClock_ns(): number {
  return Math.round(performance.now() * 1e6);
}
