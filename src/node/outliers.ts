/** From a tracker's event to an outlier as every part of tailtrap passes it on. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import { type Outlier, UNSEEN } from '../base/outlier.ts';
import type { TrackerEvent } from '../tracker/event.ts';
import { Flag } from '../tracker/result.ts';

export type Scalar = string | number | boolean | null;
/** What only the part that tracks it knows of an operation. Null: it is not to be reported after all. */
export type Described = { readonly key: Record<string, Scalar>; readonly details: Record<string, Scalar> } | null;

/** A path or name may be as long as a client wants. */
const MAX_TEXT = 256;
const WORD = /^[\w.-]{1,64}$/;
const SAMPLES = 3;
const SLACK_NS = 50_000n;

const UNSEEN_ALL = new RegExp(UNSEEN, 'gu');

/** Cut, and without what the agent would refuse. */
export function tame(value: string): string {
  const cut = value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}...` : value;
  return cut.replace(UNSEEN_ALL, '?');
}

/**
 * An error in a word: its code where that is one (`ECONNREFUSED`), else its name (`AbortError`, whose code is the number 20). Never
 * its message, which may hold a URL with what is secret in it.
 */
export function errorWord(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === 'string' && WORD.test(code)) return code;
  return typeof name === 'string' && WORD.test(name) ? name : typeof error;
}

/**
 * Nanoseconds to add to performance.now() in nanoseconds to get time since the epoch: performance.timeOrigin, unless the wall
 * clock says otherwise (it was stepped, or the process was pre-empted while it read its origin). Date.now() is cut to
 * milliseconds, so the truth is at most one above each reading, and the latest reading of several is the nearest.
 */
function epochOffset_ns(): bigint {
  const origin_ns = BigInt(Math.round(performance.timeOrigin * 1e3)) * 1000n;
  let low_ns = 0n;
  for (let i = 0; i < SAMPLES; i++) {
    const wall_ns = BigInt(Date.now()) * 1_000_000n - BigInt(Math.round(performance.now() * 1e6));
    if (wall_ns > low_ns) low_ns = wall_ns;
  }
  const fits = origin_ns >= low_ns - SLACK_NS && origin_ns <= low_ns + 1_000_000n + SLACK_NS;
  return fits ? origin_ns : low_ns + 500_000n;
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return fallback;
  }
}

export class OutlierMaker {
  readonly #host = hostname();
  readonly #comm = tame(readOr('/proc/self/comm', 'node'));
  readonly #cgroup = tame(/^0::(.*)$/m.exec(readOr('/proc/self/cgroup', ''))?.[1] ?? '');
  #sequence = 0;

  make(event: TrackerEvent, described: NonNullable<Described>): Outlier {
    const offset_ns = epochOffset_ns();
    const begin_ns = BigInt(Math.round(event.begin_ns)) + offset_ns;
    const details = event.suppressed > 0 ? { ...described.details, suppressed: event.suppressed } : described.details;
    return {
      id: `${event.tracker}-${begin_ns}-${process.pid}-${++this.#sequence}`,
      host: this.#host,
      tracker: event.tracker,
      kind: event.flag === Flag.timeout ? 'timeout' : 'threshold',
      key: described.key,
      begin_ns: String(begin_ns),
      end_ns: String(BigInt(Math.round(event.end_ns)) + offset_ns),
      delay_ns: Math.round(event.delay_ns),
      threshold_ns: Math.round(event.threshold_ns),
      cpu: -1, // JavaScript cannot know
      pid: process.pid,
      tid: isMainThread ? process.pid : 0,
      comm: this.#comm,
      cgroup: this.#cgroup,
      details,
      snapshot: null,
    };
  }
}
