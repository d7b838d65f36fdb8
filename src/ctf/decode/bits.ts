/** Integers at any bit offset: what generated code calls where position or size forbid a single DataView access. */
import type { IntegerClass } from '../model.ts';

/**
 * Unsigned value of 1 to 32 bits, little-endian: the first bit is the lowest of its byte (CTF 1.8.3, section 4.1.5).
 * Throws `RangeError` beyond the view, as DataView does.
 */
export function bitsLe(view: DataView, at_bits: number, bits: number): number {
  let byte = at_bits >>> 3;
  let have = 8 - (at_bits & 7);
  let value = view.getUint8(byte) >>> (at_bits & 7);
  while (have < bits) {
    byte++;
    // At most 31 bits are there before the last byte, so a multiplication keeps what a shift would lose.
    value += view.getUint8(byte) * 2 ** have;
    have += 8;
  }
  return bits === 32 ? value % 2 ** 32 : value % 2 ** bits;
}

/** Unsigned value of 1 to 32 bits, big-endian: the first bit is the highest of its byte. */
export function bitsBe(view: DataView, at_bits: number, bits: number): number {
  let byte = at_bits >>> 3;
  let have = 8 - (at_bits & 7);
  let value = view.getUint8(byte) & (0xff >>> (at_bits & 7));
  while (have < bits) {
    byte++;
    value = value * 256 + view.getUint8(byte);
    have += 8;
  }
  return Math.floor(value / 2 ** (have - bits));
}

/** The bits of a value of `bits` bits in reverse order. */
export function reversedBits(value: number, bits: number): number {
  let out = 0;
  for (let i = 0; i < bits; i++) out = out * 2 + (Math.floor(value / 2 ** i) % 2);
  return out;
}

/** The halves of the integer that was read last; `end_bits` is where it ends. */
export interface Halves {
  low: number;
  high: number;
  end_bits: number;
  /** Bits that a variable-length integer carried, 64 at most: its length says how far a clock wraps. */
  bits: number;
}

/** Reads any fixed-length integer. `high` is signed for signed classes, 0 or -1 up to 32 bits. */
export function readFixed(view: DataView, at_bits: number, type: IntegerClass, out: Halves): void {
  const { bits } = type;
  const read = type.byteOrder === 'le' ? bitsLe : bitsBe;
  const highBits = bits > 32 ? bits - 32 : 0;
  let high = 0;
  let low: number;
  if (highBits === 0) low = read(view, at_bits, bits);
  else if (type.byteOrder === 'le') {
    low = read(view, at_bits, 32);
    high = read(view, at_bits + 32, highBits);
  } else {
    high = read(view, at_bits, highBits);
    low = read(view, at_bits + highBits, 32);
  }
  if (type.reversed) {
    const whole = BigInt(high) * 2n ** 32n + BigInt(low);
    let turned = 0n;
    for (let i = 0n; i < BigInt(bits); i++) turned |= ((whole >> i) & 1n) << (BigInt(bits) - 1n - i);
    high = Number(turned >> 32n);
    low = Number(turned & 0xffffffffn);
  }
  out.end_bits = at_bits + bits;
  extend(low, high, bits, type.signed, out);
}

/** Sign extension into both halves. */
function extend(low: number, high: number, bits: number, signed: boolean, out: Halves): void {
  out.low = low;
  out.high = high;
  if (!signed) return;
  if (bits > 32) {
    out.high = (high << (64 - bits)) >> (64 - bits);
    return;
  }
  const value = (low << (32 - bits)) >> (32 - bits);
  out.low = value >>> 0;
  out.high = value < 0 ? -1 : 0;
}

/** More than 64 significant bits are refused; LEB128 may be longer by leading zeros or ones, but not endlessly. */
const MAX_LEB128_BYTES = 10;

/** CTF 2, variable-length integers: LEB128, signed or unsigned, from a whole byte on. */
export function readLeb128(view: DataView, at_bits: number, signed: boolean, out: Halves): void {
  let byte = at_bits >>> 3;
  let value = 0n;
  let shift = 0n;
  for (let count = 1; ; count++) {
    const next = view.getUint8(byte++);
    value |= BigInt(next & 0x7f) << shift;
    shift += 7n;
    if (next < 0x80) {
      if (signed && (next & 0x40) !== 0) value -= 1n << shift;
      break;
    }
    if (count === MAX_LEB128_BYTES) throw new DataFault('an integer of variable length has more than 64 bits');
  }
  const fits = signed ? BigInt.asIntN(64, value) === value : BigInt.asUintN(64, value) === value;
  if (!fits) throw new DataFault('an integer of variable length has more than 64 bits');
  const unsigned = BigInt.asUintN(64, value);
  out.low = Number(unsigned & 0xffffffffn);
  out.high = signed ? Number(BigInt.asIntN(32, unsigned >> 32n)) : Number(unsigned >> 32n);
  out.end_bits = byte * 8;
  out.bits = Math.min(64, Number(shift));
}

/** The value as a number: exact up to 2^53. */
export function numberOf(low: number, high: number): number {
  return high * 4294967296 + low;
}

/** The exact value. */
export function bigintOf(low: number, high: number): bigint {
  return BigInt(high) * 4294967296n + BigInt(low);
}

/** IEEE 754 of 16 bits; `raw` are its bits. */
export function float16(raw: number): number {
  const sign = raw >= 0x8000 ? -1 : 1;
  const exponent = (raw >> 10) & 31;
  const mantissa = raw & 1023;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

const scratch = new DataView(new ArrayBuffer(8));

/** A float at any bit offset. */
export function readFloat(
  view: DataView,
  at_bits: number,
  type: { bits: number; byteOrder: 'le' | 'be'; reversed: boolean },
): number {
  if (type.bits > 64) {
    view.getUint8((at_bits + type.bits - 1) >>> 3);
    return Number.NaN;
  }
  const out: Halves = { low: 0, high: 0, end_bits: 0, bits: 0 };
  readFixed(view, at_bits, { ...type, signed: false } as IntegerClass, out);
  if (type.bits === 16) return float16(out.low);
  scratch.setUint32(0, out.high);
  scratch.setUint32(4, out.low);
  return type.bits === 32 ? scratch.getFloat32(4) : scratch.getFloat64(0);
}

/** End of a NUL-terminated text of bytes: the index of the NUL. Throws `RangeError` where the bytes end before. */
export function nulIndex(bytes: Uint8Array, start: number): number {
  const { length } = bytes;
  for (let i = start; i < length; i++) if (bytes[i] === 0) return i;
  throw new RangeError('a text without end');
}

/** End of a text in a field of fixed size: the first NUL code unit, or the field's end. */
export function textEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end > bytes.length) throw new RangeError('a text beyond the packet');
  for (let i = start; i < end; i++) if (bytes[i] === 0) return i;
  return end;
}

/** The same for code units of 2 or 4 bytes; a unit that the field's end cuts is no unit. */
export function wideTextEnd(bytes: Uint8Array, start: number, end: number, unit: number): number {
  if (end > bytes.length) throw new RangeError('a text beyond the packet');
  for (let i = start; i + unit <= end; i += unit) {
    let sum = 0;
    for (let j = 0; j < unit; j++) sum += bytes[i + j]!;
    if (sum === 0) return i;
  }
  return end;
}

/** NUL-terminated text of 2- or 4-byte units: the index of the NUL unit. */
export function wideNulIndex(bytes: Uint8Array, start: number, unit: number): number {
  const end = wideTextEnd(bytes, start, bytes.length, unit);
  if (end + unit > bytes.length) throw new RangeError('a text without end');
  return end;
}

/** Data that contradicts its metadata, found while decoding; the reader adds file, packet and offset. */
export class DataFault extends Error {}

export function mixedOrders(name: string): never {
  throw new DataFault(`the byte order changes within a byte before '${name}'`);
}

/** Elements that take no bits are counted without data; more than this is an attack. */
const MAX_EMPTY_ELEMENTS = 1 << 20;

/** Refuses a length before anything is done with it. */
export function checkLength(length: number, elementBits: number, at_bits: number, windowBits: number): void {
  if (elementBits > 0) {
    if (length * elementBits > windowBits - at_bits) throw new RangeError('an array beyond the packet');
  } else if (length > MAX_EMPTY_ELEMENTS) throw new DataFault(`an array of ${length} empty elements`);
}
