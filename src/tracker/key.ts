/**
 * Keys and their hashes.
 *
 * The hash is seeded per tracker, so that a list of colliding keys made for one process does not collide in the next.
 * It is not cryptographic: what bounds the work for hostile keys is the probe limit of the event table.
 */

/** What matches an event in with its event out. 1, 1n and '1' are three keys, as in a Map. */
export type Key = number | bigint | string;

/** Strings are hashed over at most this many characters of each end, and their length: bounded work per event. */
const HASHED_CHARS_PER_END = 32;

/** A bigint in numbers that hash and compare in constant work: the low 64 bits. */
const words64 = new BigInt64Array(1);
const words32 = new Int32Array(words64.buffer);

/** Two rounds of multiply and xor-shift. The table uses the top bits, which depend on all bits of the input. */
export function mix(value: number): number {
  let h = Math.imul(value, 0x9e3779b1);
  h ^= h >>> 15;
  return Math.imul(h, 0x85ebca6b);
}

/** 32-bit hash of a string or bigint. A bigint is hashed by its low 64 bits. */
export function hashReference(key: string | bigint, seed: number): number {
  if (typeof key === 'string') return hashString(key, seed);
  words64[0] = key; // keeps the low 64 bits
  return mix(mix(words32[0]! ^ seed) ^ words32[1]!);
}

function hashString(key: string, seed: number): number {
  const length = key.length;
  let h = seed ^ length;
  if (length <= 2 * HASHED_CHARS_PER_END) {
    for (let i = 0; i < length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193); // FNV-1a's prime
  } else {
    for (let i = 0; i < HASHED_CHARS_PER_END; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
    for (let i = length - HASHED_CHARS_PER_END; i < length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  }
  return mix(h);
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
