/** What a tracker is created with, checked in one place. Creation may throw; events never do. */
import { messageOf, UsageError } from '../base/errors.ts';
import { checkObject, duration, flag, functionOrNull, numberWithin, threshold, wrongOption } from './check.ts';
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
  /**
   * Nanoseconds of any origin, within +-2^53 (104 days of nanoseconds). Default: performance.now(). Tried at creation;
   * when it throws or answers no number later, the call that asked it answers badTime.
   */
  readonly clock_ns?: () => number;
  /** Call `poll` by an unreferenced timer while a timeout or gc age is set. Default true; false: call it yourself. */
  readonly timer?: boolean;
  /** Seed of the hash, for repeatable tests. Default random. */
  readonly hash_seed?: number;
}

const NAMES: readonly (keyof TrackerOptions)[] = [
  'name',
  'capacity',
  'threshold_ns',
  'timeout_ns',
  'gc_age_ns',
  'rate_limit',
  'unique',
  'worst',
  'enabled',
  'callback',
  'notify',
  'clock_ns',
  'timer',
  'hash_seed',
];
const DEFAULT_CAPACITY = 1024;
const DEFAULT_THRESHOLD_NS = 1e6;
const MAX_NAME_CHARS = 64;

/** All options, with a value each. */
export interface TrackerSettings extends Required<Omit<TrackerOptions, 'rate_limit' | 'callback' | 'hash_seed'>> {
  readonly rate_limit: RateLimit | null;
  readonly callback: TrackerCallback | null;
  readonly hash_seed: number | undefined;
}

/** @throws UsageError `TT_TRACKER_OPTION` */
export function checkOptions(options: TrackerOptions): TrackerSettings {
  checkObject(options, 'new LatencyTracker', NAMES, 'docs/tracker.md');
  const { name, hash_seed } = options;
  if (typeof name !== 'string' || name.length < 1 || name.length > MAX_NAME_CHARS) {
    throw wrongOption('name', name, `give a text of 1 to ${MAX_NAME_CHARS} characters`);
  }
  return {
    name,
    capacity: numberWithin(options.capacity ?? DEFAULT_CAPACITY, 'capacity', 1, MAX_CAPACITY, true),
    threshold_ns: threshold(options.threshold_ns ?? DEFAULT_THRESHOLD_NS),
    timeout_ns: duration(options.timeout_ns ?? 0, 'timeout_ns'),
    gc_age_ns: duration(options.gc_age_ns ?? 0, 'gc_age_ns'),
    rate_limit: options.rate_limit ?? null,
    unique: flag(options.unique ?? false, 'unique'),
    worst: flag(options.worst ?? false, 'worst'),
    enabled: flag(options.enabled ?? true, 'enabled'),
    callback: functionOrNull(options.callback, 'callback'),
    notify: numberWithin(options.notify ?? ALL_FLAGS, 'notify', 0, ALL_FLAGS, true),
    clock_ns: safeClock(functionOrNull(options.clock_ns, 'clock_ns')),
    timer: flag(options.timer ?? true, 'timer'),
    hash_seed: hash_seed === undefined ? undefined : numberWithin(hash_seed, 'hash_seed', -(2 ** 53), 2 ** 53, true),
  };
}

/** Times are accepted up to here, either way: beyond it a double skips nanoseconds. */
const MAX_TIME_NS = 2 ** 53;

/**
 * A clock that throws nothing and answers numbers only: NaN, which is refused where it is used, when it cannot.
 * Tried once, because a clock that never works is a mistake to be told.
 */
export function safeClock(clock_ns: (() => number) | null): () => number {
  if (clock_ns === null) return monotonicClock_ns;
  let first_ns: unknown;
  try {
    first_ns = clock_ns();
  } catch (error) {
    throw new UsageError('TT_TRACKER_OPTION', `clock_ns threw: ${messageOf(error)}`, {
      where: 'clock_ns',
      next: 'give a function that answers nanoseconds as a number, or leave it out',
      cause: error,
    });
  }
  if (typeof first_ns !== 'number' || !(Math.abs(first_ns) <= MAX_TIME_NS)) {
    const wanted = 'its answer must be a number of nanoseconds within +-2^53: not a bigint, not since the epoch';
    throw wrongOption('the time that clock_ns answers', first_ns, wanted);
  }
  return () => {
    try {
      const now_ns = clock_ns();
      return typeof now_ns === 'number' ? now_ns : Number.NaN;
    } catch {
      return Number.NaN;
    }
  };
}

/** Monotonic nanoseconds since the process began: whole, exact for 104 days. */
export function monotonicClock_ns(): number {
  return Math.round(performance.now() * 1e6);
}
