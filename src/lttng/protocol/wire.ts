/** Messages whose length is known only while they are read. */

/**
 * Decodes what arrives in pieces: yields how many bytes it needs next, is given exactly those (they are its own), and
 * returns the value. It throws (`badMessage`) before it asks for more than its limits.
 */
export type Decoder<T> = Generator<number, T, Uint8Array>;

/** Runs a decoder over bytes that are all there. @returns the value and how many bytes it took, or null: too few */
export function decodeWhole<T>(decoder: Decoder<T>, bytes: Uint8Array): { value: T; length: number } | null {
  let at = 0;
  let step = decoder.next();
  while (step.done !== true) {
    if (at + step.value > bytes.length) return null;
    at += step.value;
    step = decoder.next(bytes.slice(at - step.value, at));
  }
  return { value: step.value, length: at };
}
