/**
 * Keys and their hashes.
 *
 * The hash is seeded per tracker, so that a list of colliding keys made for one process does not collide in the next.
 * It is not cryptographic: what bounds the work for hostile keys is the probe limit of the event table.
 */

/** What matches an event in with its event out. 1, 1n and '1' are three keys, as in a Map. */
export type Key = number | bigint | string;

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
 */
export function compoundKey(...parts: readonly Key[]): string {
  let key = '';
  for (const part of parts) {
    const text = String(part);
    const kind = typeof part === 'string' ? 's' : typeof part === 'bigint' ? 'i' : 'n';
    key += `${kind}${text.length}:${text}`;
  }
  return key;
}

/**
 * Two unsigned integers in one number key: no allocation.
 *
 * @param high 0 .. 2^21 - 1 (a device, a CPU, a kind of operation)
 * @param low 0 .. 2^32 - 1 (a file descriptor, a thread, a sector)
 */
export function packKey(high: number, low: number): number {
  return high * 2 ** 32 + low;
}
