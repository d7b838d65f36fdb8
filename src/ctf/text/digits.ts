/**
 * Numbers as ASCII digits straight into a byte buffer. Four digits are one 32-bit store from a table; a store may write
 * up to 8 bytes beyond what counts, which the next one overwrites: buffers keep that slack behind their end.
 *
 * All functions return the position behind what they wrote. Numbers are below 2^53 unless a name says `wide`.
 */

/** `0000` to `9999`. */
const PADDED: Uint32Array = new Uint32Array(10_000);
/** The same without leading zeros, at the low end; and how many digits are left: a branch would be guessed wrong. */
const TRIMMED: Uint32Array = new Uint32Array(10_000);
const LENGTH: Uint8Array = new Uint8Array(10_000);
for (let i = 0; i < 10_000; i++) {
  const digits = 0x30303030 + ((i / 1000) | 0) + (((i / 100) | 0) % 10) * 256 + (((i / 10) | 0) % 10) * 65536;
  PADDED[i] = digits + (i % 10) * 16777216;
  LENGTH[i] = i < 10 ? 1 : i < 100 ? 2 : i < 1000 ? 3 : 4;
  TRIMMED[i] = PADDED[i]! >>> (8 * (4 - LENGTH[i]!));
}

/** Two upper-case hexadecimal digits, first digit in the low byte. */
const HEX: Uint16Array = new Uint16Array(256);
for (let i = 0; i < 256; i++) {
  const digit = (n: number): number => '0123456789ABCDEF'.charCodeAt(n);
  HEX[i] = digit(i >> 4) | (digit(i & 15) << 8);
}

function upTo4(view: DataView, at: number, n: number): number {
  view.setUint32(at, TRIMMED[n]!, true);
  return at + LENGTH[n]!;
}

function upTo8(view: DataView, at: number, n: number): number {
  if (n < 10_000) return upTo4(view, at, n);
  const high = (n / 10_000) | 0;
  const next = upTo4(view, at, high);
  view.setUint32(next, PADDED[n - high * 10_000]!, true);
  return next + 4;
}

function exactly8(view: DataView, at: number, n: number): number {
  const high = (n / 10_000) | 0;
  view.setUint32(at, PADDED[high]!, true);
  view.setUint32(at + 4, PADDED[n - high * 10_000]!, true);
  return at + 8;
}

/** A whole number from 0 to 2^31 - 1, without double arithmetic. */
export function small(view: DataView, at: number, n: number): number {
  if (n < 10_000) return upTo4(view, at, n);
  if (n < 100_000_000) return upTo8(view, at, n);
  const high = (n / 100_000_000) | 0;
  return exactly8(view, upTo4(view, at, high), n - high * 100_000_000);
}

/** 64 bits without a sign, given as signed halves. */
export function unsignedHalves(view: DataView, at: number, low: number, high: number): number {
  return unsignedWide(view, at, low >>> 0, high >>> 0);
}

/** A whole number from 0 to 2^53. */
export function unsigned(view: DataView, at: number, n: number): number {
  if (n < 10_000) return upTo4(view, at, n);
  if (n < 1e8) return upTo8(view, at, n | 0);
  // A multiplication may be one off; a division takes several times as long.
  let high = (n * 1e-8) | 0;
  let low = (n - high * 1e8) | 0;
  if (low < 0) {
    high--;
    low += 1e8;
  } else if (low >= 1e8) {
    high++;
    low -= 1e8;
  }
  return exactly8(view, upTo8(view, at, high), low);
}

export function signed(view: DataView, at: number, n: number): number {
  if (n >= 0) return unsigned(view, at, n);
  view.setUint8(at, 0x2d);
  return unsigned(view, at + 1, -n);
}

/** Nine digits, as after the point of seconds. */
export function nine(view: DataView, at: number, n: number): number {
  // As an integer from here on: the parts of a double would be found by slow divisions.
  const whole = n | 0;
  const high = (whole / 10) | 0;
  view.setUint8(at + 8, 48 + whole - high * 10);
  exactly8(view, at, high);
  return at + 9;
}

/** `n` with at least two digits. */
export function two(view: DataView, at: number, n: number): number {
  if (n >= 100) return unsigned(view, at, n);
  view.setUint16(at, (PADDED[n]! >>> 16) & 0xffff, true);
  return at + 2;
}

/** @param high bits 32 to 63, @param low bits 0 to 31; both unsigned */
export function unsignedWide(view: DataView, at: number, low: number, high: number): number {
  if (high < 0x200000) return unsigned(view, at, high * 0x1_0000_0000 + low);
  // Long division by 10^8, 16 bits at a time: remainders stay below 2^43.
  const a = high >>> 16;
  const b = high & 0xffff;
  const c = low >>> 16;
  const d = low & 0xffff;
  const r1 = a % 1e8;
  const n2 = r1 * 65536 + b;
  const q2 = Math.floor(n2 / 1e8);
  const n3 = (n2 - q2 * 1e8) * 65536 + c;
  const q3 = Math.floor(n3 / 1e8);
  const n4 = (n3 - q3 * 1e8) * 65536 + d;
  const q4 = Math.floor(n4 / 1e8);
  // The quotient is below 2^38: 2^64 / 10^8.
  const next = unsigned(view, at, (q2 * 65536 + q3) * 65536 + q4);
  return exactly8(view, next, n4 - q4 * 1e8);
}

/** @param high signed */
export function signedWide(view: DataView, at: number, low: number, high: number): number {
  if (high >= 0) return unsignedWide(view, at, low, high);
  view.setUint8(at, 0x2d);
  const negated = -low >>> 0;
  return unsignedWide(view, at + 1, negated, (~high + (negated === 0 ? 1 : 0)) >>> 0);
}

/** Upper-case, without leading zeros. */
export function hexadecimal(view: DataView, at: number, n: number): number {
  if (n < 16) {
    view.setUint8(at, HEX[n]! >>> 8);
    return at + 1;
  }
  let digits = (35 - Math.clz32(n)) >> 2;
  const end = at + digits;
  while (digits >= 2) {
    digits -= 2;
    view.setUint16(at + digits, HEX[n & 255]!, true);
    n >>>= 8;
  }
  if (digits === 1) view.setUint8(at, HEX[n]! >>> 8);
  return end;
}

/** Both halves unsigned. */
export function hexadecimalWide(view: DataView, at: number, low: number, high: number): number {
  if (high === 0) return hexadecimal(view, at, low);
  const next = hexadecimal(view, at, high);
  for (let i = 0; i < 4; i++) view.setUint16(next + 2 * i, HEX[(low >>> (24 - 8 * i)) & 255]!, true);
  return next + 8;
}

/** 64 bits, given as signed halves: what does not fit 31 bits would need memory to be passed on. */
export function hexadecimalHalves(view: DataView, at: number, low: number, high: number): number {
  return hexadecimalWide(view, at, low >>> 0, high >>> 0);
}
