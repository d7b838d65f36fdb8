/**
 * A line that a program reports, as an outlier, or null. The program is not trusted: whoever may write to the socket may
 * write anything.
 *
 * Taken over are the fields below and no others (fields are only ever added, so unknown ones are left out, not refused);
 * each has its type, its range and its length. Host and snapshot are the agent's own. Kernel trackers cannot be imitated: a
 * reported tracker has a dot in its name, theirs have none. The pid is what the program says.
 */
import { type Outlier, UNSEEN } from '../base/outlier.ts';
import { MAX_DURATION_NS } from '../base/units.ts';

export const MAX_LINE_CHARS: number = 8 * 1024;
const MAX_ENTRIES = 16;
const MAX_TEXT = 512;
/** Linux's largest (PID_MAX_LIMIT, include/linux/threads.h). */
const MAX_PID = 2 ** 22;
const MAX_CPU = 65_535;
/** An outlier that ended longer ago is in no snapshot; one from the future is a lie, or a clock that is set wrong. */
const MAX_AGE_NS = 60_000_000_000n;
const MAX_AHEAD_NS = 1_000_000_000n;
/** The delay is measured on another clock than the times. */
const MAX_APART_NS = 10_000_000n;

const TRACKER = /^[a-z][a-z0-9_-]{0,31}(?:\.[a-z0-9_-]{1,31}){1,3}$/;
/** Begins with a letter or digit: it may become the name of a file. */
const ID = /^[a-zA-Z0-9][\w.-]{0,159}$/;
const NAME = /^[a-zA-Z_]\w{0,63}$/;
const TIME = /^\d{1,19}$/;
/** Answer for an outlier that was one in its time. */
export const TOO_OLD = 'too old';

type Scalar = string | number | boolean | null;

/**
 * @param line without its newline, at most MAX_LINE_CHARS
 * @param now_ns since the epoch
 */
export function parseReport(line: string, host: string, now_ns: bigint): Outlier | typeof TOO_OLD | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const raw = value as Record<string, unknown>;
  const { id, tracker, kind, begin_ns, end_ns, delay_ns, threshold_ns, cpu, pid, tid, comm, cgroup } = raw;
  if (!fits(id, ID) || !fits(tracker, TRACKER) || (kind !== 'threshold' && kind !== 'timeout')) return null;
  if (!fits(begin_ns, TIME) || !fits(end_ns, TIME)) return null;
  if (!isWhole(delay_ns, 0, MAX_DURATION_NS) || !isWhole(threshold_ns, 0, MAX_DURATION_NS)) return null;
  if (!timesAgree(BigInt(begin_ns), BigInt(end_ns), BigInt(delay_ns), now_ns)) return null;
  if (!isWhole(cpu, -1, MAX_CPU) || !isWhole(pid, 1, MAX_PID) || !isWhole(tid, 0, MAX_PID)) return null;
  if (!isText(comm, 64) || !isText(cgroup, MAX_TEXT)) return null;
  const key = record(raw.key);
  const details = record(raw.details);
  if (key === null || details === null) return null;
  const numbers = { delay_ns, threshold_ns, cpu, pid, tid };
  if (BigInt(end_ns) < now_ns - MAX_AGE_NS) return TOO_OLD;
  return { id, host, tracker, kind, key, begin_ns, end_ns, ...numbers, comm, cgroup, details, snapshot: null };
}

function timesAgree(begin_ns: bigint, end_ns: bigint, delay_ns: bigint, now_ns: bigint): boolean {
  const apart = end_ns - begin_ns - delay_ns;
  const fitting = apart <= MAX_APART_NS && apart >= -MAX_APART_NS && end_ns >= begin_ns;
  return fitting && end_ns <= now_ns + MAX_AHEAD_NS;
}

function fits(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
}

function isText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length <= max && !UNSEEN.test(value);
}

/** Names with plain values: no nesting, so nothing can be deep. */
function record(value: unknown): Record<string, Scalar> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value);
  if (entries.length > MAX_ENTRIES) return null;
  const result: Record<string, Scalar> = {};
  for (const [name, entry] of entries) {
    if (!NAME.test(name) || name === '__proto__') return null;
    const isNumber = typeof entry === 'number' && Number.isFinite(entry);
    if (entry !== null && typeof entry !== 'boolean' && !isNumber && !isText(entry, MAX_TEXT)) return null;
    result[name] = entry as Scalar;
  }
  return result;
}
