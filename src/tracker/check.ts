/**
 * Checks of what an application gives when it creates or sets something: `TT_TRACKER_OPTION` with the name of the option,
 * what it was, and what to give. (Events are not checked here: they answer a Result.)
 */
import { UsageError } from '../base/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import { MAX_DURATION_NS } from '../base/units.ts';

/** A value may be as long as an application wants; of a text so much is shown. */
const SHOWN_CHARS = 40;

/** A value in a message, of any type: `'5'`, `5n`, `a function`. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > SHOWN_CHARS ? `${value.slice(0, SHOWN_CHARS)}...` : value}'`;
  if (typeof value === 'bigint') return `the bigint ${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}

export function wrongOption(name: string, value: unknown, next: string): UsageError {
  return new UsageError('TT_TRACKER_OPTION', `${name} is ${shown(value)}; ${next}`, { where: name, next });
}

/**
 * An object with no other names than these.
 *
 * @param what takes it, for the message: `new LatencyTracker`
 * @param docs page that lists the options
 */
export function checkObject(value: unknown, what: string, names: readonly string[], docs: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrongOption(`the argument of ${what}`, value, `give an object with options (${docs})`);
  }
  for (const name of Object.keys(value)) {
    if (names.includes(name)) continue;
    const near = didYouMean(name, names);
    const next = near === '' ? `the options are ${names.join(', ')}` : near;
    throw new UsageError('TT_TRACKER_OPTION', `${what} has no option '${name}'; ${next}`, { where: name, next });
  }
}

/** A number in a range; whole, when `whole` is set. */
export function numberWithin(value: number, name: string, low: number, high: number, whole = false): number {
  if (typeof value === 'number' && value >= low && value <= high && (!whole || Number.isInteger(value))) return value;
  throw wrongOption(name, value, `give a ${whole ? 'whole ' : ''}number from ${low} to ${high}`);
}

/** Nanoseconds, 0 .. 100 days. */
export function duration(value_ns: number, name: string): number {
  if (typeof value_ns === 'number' && value_ns >= 0 && value_ns <= MAX_DURATION_NS) return value_ns;
  throw wrongOption(name, value_ns, `give a number of nanoseconds from 0 to ${MAX_DURATION_NS} (100 days)`);
}

/** A threshold may be Infinity: report nothing. */
export function threshold(value_ns: number, name = 'threshold_ns'): number {
  return value_ns === Number.POSITIVE_INFINITY ? value_ns : duration(value_ns, name);
}

export function flag(value: boolean, name: string): boolean {
  if (typeof value === 'boolean') return value;
  throw wrongOption(name, value, 'give true or false');
}

/** A function, or null for none. */
export function functionOrNull<F>(value: F | null | undefined, name: string): F | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'function') return value;
  throw wrongOption(name, value, 'give a function');
}
