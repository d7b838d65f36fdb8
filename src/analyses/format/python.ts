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

/** Nanoseconds as microseconds with three decimals: `1842.425`. */
export function micros(ns: number): string {
  return fixed(ns / 1000, 3);
}

/** `str(round(x, 3))`: `6.67`, `60.0`. */
export function rounded(value: number): string {
  const number = Number(fixed(value, 3));
  return Number.isInteger(number) ? `${number}.0` : String(number);
}

/** Width in characters, not in UTF-16 units: names of tasks may hold anything. */
function width(text: string): number {
  let units = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00) units--;
  }
  return units;
}

/** `{:>N}`. */
export function right(value: string | number, columns: number): string {
  const text = String(value);
  return ' '.repeat(Math.max(0, columns - width(text))) + text;
}

/** `{:<N}`. */
export function left(value: string | number, columns: number): string {
  const text = String(value);
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

const SIZE_UNITS = ['  B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'];

/** `100   B`, `1.00 KiB`. */
export function formatSize(bytes: number): string {
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
