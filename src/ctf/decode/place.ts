/**
 * Where generated code stands: a local variable and a number of bits after it that is known beforehand. As long as sizes
 * are fixed only the number grows, so that a field is read by one access at a constant distance.
 *
 *     p (start of the event's body, in bits)
 *     b1 = p >> 3              the body begins at a whole byte
 *     getInt32(b1 + 4, true)   second field
 *     b2 = nulIndex(u8, b1 + 8) + 1    a text: from here on the distance counts from b2
 */
import type { FloatClass, IntegerClass } from '../model.ts';

export interface Place {
  /** Local variable. */
  readonly base: string;
  /** What the variable counts. */
  readonly unit: 'byte' | 'bit';
  /** Bits after the variable. */
  readonly offset: number;
  /** The variable's place is a multiple of so many bits; at least 8 for bytes. */
  readonly align: number;
}

export function advance(place: Place, bits: number): Place {
  return { ...place, offset: place.offset + bits };
}

function plus(base: string, offset: number): string {
  return offset === 0 ? base : `${base} + ${offset}`;
}

/** Expression of the place in bits. */
export function bitsOf(place: Place): string {
  return place.unit === 'bit' ? `(${plus(place.base, place.offset)})` : `(${plus(`${place.base} * 8`, place.offset)})`;
}

/** Expression of the place in bytes; the place must be at a whole byte. */
export function bytesOf(place: Place): string {
  if (place.unit === 'byte') return `(${plus(place.base, place.offset / 8)})`;
  return `(${bitsOf(place)} >> 3)`;
}

/** Whether the place is known to be at a whole byte. */
export function onByte(place: Place): boolean {
  return place.align >= 8 && place.offset % 8 === 0;
}

/** The largest alignment that the place is known to have. */
export function knownAlignment(place: Place): number {
  let align = place.align;
  while (place.offset % align !== 0) align /= 2;
  return align;
}

/** Source of an unsigned or signed value of at most 32 bits. */
export function smallInteger(type: IntegerClass, place: Place): string {
  const { bits, signed } = type;
  const little = type.byteOrder === 'le';
  if (type.reversed) return signExtended(`reversedBits(${unsignedBits(little, place, bits)}, ${bits})`, bits, signed);
  const shift = place.offset % 8;
  if (place.unit === 'byte' && place.align >= 8) {
    const at = bytesOf({ ...place, offset: place.offset - shift });
    if (shift === 0 && (bits === 8 || bits === 16 || bits === 32)) {
      return `view.get${signed ? 'Int' : 'Uint'}${bits}(${at}${bits === 8 ? '' : `, ${little}`})`;
    }
    const span = Math.ceil((shift + bits) / 8);
    if (span <= 4) {
      const right = little ? shift : span * 8 - shift - bits;
      const word = wordOf(at, span, little);
      const value = bits === 32 ? `(${word} >>> 0)` : `((${word} >>> ${right}) & ${2 ** bits - 1})`;
      return signExtended(value, bits, signed);
    }
  }
  return signExtended(unsignedBits(little, place, bits), bits, signed);
}

function unsignedBits(little: boolean, place: Place, bits: number): string {
  return `${little ? 'bitsLe' : 'bitsBe'}(view, ${bitsOf(place)}, ${bits})`;
}

function signExtended(value: string, bits: number, signed: boolean): string {
  return signed ? `((${value} << ${32 - bits}) >> ${32 - bits})` : value;
}

/** 1 to 4 bytes as one number of 32 bits. */
function wordOf(at: string, span: number, little: boolean): string {
  if (span === 1) return `view.getUint8(${at})`;
  if (span === 2) return `view.getUint16(${at}, ${little})`;
  if (span === 4) return `view.getUint32(${at}, ${little})`;
  const two = `view.getUint16(${at}, ${little})`;
  const third = `view.getUint8(${at} + 2)`;
  return little ? `(${two} | (${third} << 16))` : `((${two} << 8) | ${third})`;
}

/** Sources of the halves of 33 to 64 bits; null when only the general reader can do it. */
export function wideInteger(type: IntegerClass, place: Place): { low: string; high: string } | null {
  if (type.reversed) return null;
  const little = type.byteOrder === 'le';
  const sign = type.signed ? 'Int' : 'Uint';
  if (type.bits === 64 && onByte(place) && place.unit === 'byte') {
    const first = bytesOf(place);
    const second = bytesOf(advance(place, 32));
    return little
      ? { low: `view.getUint32(${first}, true)`, high: `view.get${sign}32(${second}, true)` }
      : { low: `view.getUint32(${second}, false)`, high: `view.get${sign}32(${first}, false)` };
  }
  const rest = type.bits - 32;
  const low = unsignedBits(little, little ? place : advance(place, rest), 32);
  const high = unsignedBits(little, little ? advance(place, 32) : place, rest);
  return { low, high: signExtended(high, rest, type.signed) };
}

/** Source of a float's value. */
export function float(type: FloatClass, place: Place, constant: (value: unknown) => string): string {
  const direct = (type.bits === 32 || type.bits === 64) && onByte(place) && place.unit === 'byte' && !type.reversed;
  if (direct) return `view.getFloat${type.bits}(${bytesOf(place)}, ${type.byteOrder === 'le'})`;
  return `readFloat(view, ${bitsOf(place)}, ${constant(type)})`;
}
