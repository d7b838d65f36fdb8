/**
 * Keys and their hashes.
 *
 * The hash is seeded per tracker, so that a list of colliding keys made for one process does not collide in the next.
 * It is not cryptographic: what bounds the work for hostile keys is the probe limit of the event table.
 */

/** What matches an event in with its event out. 1, 1n and '1' are three keys, as in a Map. */
export type Key = number | bigint | string;

export function isKey(value: unknown): value is Key {
  return typeof value === 'number' ? !Number.isNaN(value) : typeof value === 'string' || typeof value === 'bigint';
}

/** Two rounds of multiply and xor-shift. The table uses the top bits, which depend on all bits of the input. */
export function mix(value: number): number {
  let h = Math.imul(value, 0x9e3779b1);
  h ^= h >>> 15;
  return Math.imul(h, 0x85ebca6b);
}

/**
 * One string key out of several parts, without ambiguity: `('a', 'bc')` and `('ab', 'c')` differ, so do 1 and '1'.
 * Each part is its type letter, its length in characters, and its text.
 *
 * It allocates the string it returns. For parts that are small integers, pack them into one number instead
 * ({@link packKey}), which costs nothing.
 *
 * @returns a string; NaN when a part is no key (an object, undefined): `eventIn` answers badKey then, and counts it
 */
export function compoundKey(...parts: readonly Key[]): Key {
  let key = '';
  for (const part of parts) {
    const kind = typeof part;
    if (kind !== 'string' && kind !== 'bigint' && kind !== 'number') return Number.NaN;
    const text = String(part);
    key += `${kind === 'string' ? 's' : kind === 'bigint' ? 'i' : 'n'}${text.length}:${text}`;
  }
  return key;
}

const MAX_HIGH = 2 ** 21;
const MAX_LOW = 2 ** 32;

/**
 * Two unsigned integers in one number key: no allocation.
 *
 * @param high 0 .. 2^21 - 1 (a device, a CPU, a kind of operation)
 * @param low 0 .. 2^32 - 1 (a file descriptor, a thread, a sector)
 * @returns NaN when one is out of range, which would be the key of others: `eventIn` answers badKey then, and counts it
 */
export function packKey(high: number, low: number): number {
  if (typeof high !== 'number' || typeof low !== 'number') return Number.NaN;
  const fits = high >= 0 && high < MAX_HIGH && low >= 0 && low < MAX_LOW;
  const key = high * MAX_LOW + low;
  return fits && Math.floor(high) === high && Math.floor(low) === low ? key : Number.NaN;
}
