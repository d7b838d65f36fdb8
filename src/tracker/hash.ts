/** The hash of keys that are no numbers. (That of numbers is key.ts's `mix`.) */

/** Strings of up to this many characters are hashed whole: that costs less than a nanosecond a character. */
const MAX_HASHED_CHARS = 4096;
/** Of longer ones so many at each end (an even number), and as many pairs evenly from between: and their length. */
const CHARS_PER_END = 256;
const FNV_PRIME = 0x01000193;
const MULTIPLIER_1 = 0x9e3779b1; // of mix
const MULTIPLIER_2 = 0x85ebca6b;
/** A bigint of 64 bits in halves; larger ones are hashed by their text. */
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const word = new BigInt64Array(1);
const halves = new Int32Array(word.buffer);

/** 32 bits, all of which depend on all that is hashed of the key. */
export function hashReference(key: string | bigint, seed: number): number {
  let a = seed;
  let b = FNV_PRIME;
  if (typeof key === 'bigint' && key >= MIN_INT64 && key <= MAX_INT64) {
    word[0] = key;
    a ^= halves[0]!;
    b ^= halves[1]!;
  } else {
    const text = typeof key === 'string' ? key : key.toString(16);
    // FNV-1a on two lanes, which the processor multiplies side by side.
    const length = text.length;
    const head = length <= MAX_HASHED_CHARS ? length : CHARS_PER_END;
    a ^= length;
    let i = 0;
    for (; i + 1 < head; i += 2) {
      a = Math.imul(a ^ text.charCodeAt(i), FNV_PRIME);
      b = Math.imul(b ^ text.charCodeAt(i + 1), FNV_PRIME);
    }
    if (i < head) a = Math.imul(a ^ text.charCodeAt(i), FNV_PRIME);
    if (head < length) {
      const tail = length - CHARS_PER_END;
      const stride = (tail - head) / CHARS_PER_END;
      for (let at = head; at < tail; at += stride) {
        a = Math.imul(a ^ text.charCodeAt(at | 0), FNV_PRIME);
        b = Math.imul(b ^ text.charCodeAt((at | 0) + 1), FNV_PRIME);
      }
      for (i = tail; i < length; i += 2) {
        a = Math.imul(a ^ text.charCodeAt(i), FNV_PRIME);
        b = Math.imul(b ^ text.charCodeAt(i + 1), FNV_PRIME);
      }
    }
  }
  a = Math.imul(a ^ (a >>> 15), MULTIPLIER_1) ^ b;
  a = Math.imul(a ^ (a >>> 15), MULTIPLIER_1);
  return Math.imul(a ^ (a >>> 15), MULTIPLIER_2);
}
