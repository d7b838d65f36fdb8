/**
 * Numbers and padding as Python's `format` prints them: lttng-analyses is written in Python, and our tables equal its own.
 *
 * Both languages round the exact binary value. They differ at exact ties only: Python goes to the even digit,
 * `Number.toFixed` up. A tie at `digits` decimals is an odd multiple of 2^-(digits+1).
 */

/** `%.Nf`. */
export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  const scaled = Math.abs(value) * 2 ** (digits + 1);
  if (!Number.isInteger(scaled) || scaled % 2 === 0) return text;
  const below = Math.floor(Math.abs(value) * 10 ** digits);
  if (below % 2 !== 0) return text;
  return `${value < 0 ? '-' : ''}${(below / 10 ** digits).toFixed(digits)}`;
}

/** Whole nanoseconds below this are split into microseconds and the rest by integers. */
const SMALL_NS = 2 ** 31;

/** Nanoseconds as microseconds with three decimals: `1842.425`. */
export function micros(ns: number): string {
  // Logs print a million of these: the same digits, without dividing a double and rounding it.
  if ((ns | 0) !== ns || ns < 0 || ns >= SMALL_NS) return fixed(ns / 1000, 3);
  const whole = (ns / 1000) | 0;
  const rest = ns - whole * 1000;
  return rest >= 100 ? `${whole}.${rest}` : rest >= 10 ? `${whole}.0${rest}` : `${whole}.00${rest}`;
}

/** `str(round(x, 3))`: `6.67`, `60.0`. */
export function rounded(value: number): string {
  const number = Number(fixed(value, 3));
  return Number.isInteger(number) ? `${number}.0` : String(number);
}

const SPACES = Array.from({ length: 128 }, (_, i) => ' '.repeat(i));

/** How many spaces fill a text up to so many characters, which are not the UTF-16 units that JavaScript counts. */
export function paddingOf(text: string, columns: number): number {
  let missing = columns - text.length;
  // A text that is longer by more than it has pairs is not padded; names of tasks may hold anything, and have 16 characters.
  if (missing <= -16) return 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xd800) missing++;
  return missing > 0 ? missing : 0;
}

function padding(text: string, columns: number): string {
  const spaces = paddingOf(text, columns);
  return SPACES[spaces] ?? ' '.repeat(spaces);
}

/** `{:>N}`. */
export function right(value: string | number, columns: number): string {
  const text = typeof value === 'string' ? value : String(value);
  return padding(text, columns) + text;
}

/** `{:<N}`. */
export function left(value: string | number, columns: number): string {
  const text = typeof value === 'string' ? value : String(value);
  return text + padding(text, columns);
}

/** Sizes of I/O are the same few again and again. */
const SIZES = new Map<number, string>();
const MAX_SIZES = 4096;

const SIZE_UNITS = ['  B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'];

/** `100   B`, `1.00 KiB`. */
export function formatSize(bytes: number): string {
  let text = SIZES.get(bytes);
  if (text !== undefined) return text;
  text = sizeText(bytes);
  if (SIZES.size < MAX_SIZES) SIZES.set(bytes, text);
  return text;
}

function sizeText(bytes: number): string {
  let exponent = 0;
  let value = bytes;
  while (value >= 1024 && exponent < SIZE_UNITS.length - 1) {
    value /= 1024;
    exponent++;
  }
  return `${fixed(value, exponent === 0 ? 0 : 2)} ${SIZE_UNITS[exponent]}`;
}

/** `[20 (2 times), 120]` of how often each priority was seen. */
export function formatPriorities(counts: ReadonlyMap<number, number>): string {
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return `[${sorted.map(([prio, count]) => (count > 1 ? `${prio} (${count} times)` : String(prio))).join(', ')}]`;
}
