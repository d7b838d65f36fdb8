/** Values as text where speed does not count: labels, and what the fast paths leave over. */
import type { IntegerClass, StringClass } from '../model.ts';

/** An integer in its preferred base, as babeltrace2 writes it. */
export function integerText(field: IntegerClass, value: bigint): string {
  if (field.form === 'boolean') return value === 0n ? 'false' : 'true';
  if (field.form === 'bit-array' || field.form === 'bit-map') {
    return `0x${BigInt.asUintN(field.bits, value).toString(16).toUpperCase()}`;
  }
  switch (field.base) {
    case 2:
      return `0b${BigInt.asUintN(field.bits, value).toString(2).padStart(field.bits, '0')}`;
    case 8:
      // Digits are whole: a negative number of 4 bits has 6 bits of digits.
      return `0${BigInt.asUintN(field.signed ? roundUp(field.bits, 3) : 64, value).toString(8)}`;
    case 16:
      return `0x${BigInt.asUintN(roundUp(field.bits, 4), value).toString(16).toUpperCase()}`;
    case 10:
      return value.toString();
  }
}

function roundUp(bits: number, to: number): number {
  return Math.min(64, Math.ceil(bits / to) * to);
}

const utf8 = new TextEncoder();

/** Brings the text of a string in another encoding to UTF-8. */
export function decoderOf(field: StringClass): (bytes: Uint8Array, start: number, end: number) => Uint8Array {
  if (field.encoding === 'utf-8') return (bytes, start, end) => bytes.subarray(start, end);
  const unit = field.encoding.startsWith('utf-16') ? 2 : 4;
  const little = field.encoding.endsWith('le');
  return (bytes, start, end) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
    let text = '';
    for (let i = 0; i + unit <= view.byteLength; i += unit) {
      if (unit === 2) text += String.fromCharCode(view.getUint16(i, little));
      else {
        const code = view.getUint32(i, little);
        text += code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
      }
    }
    return utf8.encode(text);
  };
}

/** A JSON number; what has none is null. */
export function jsonNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : 'null';
}

/** A JSON number where readers keep it exact, else a string of digits. */
export function jsonInteger(value: bigint): string {
  return BigInt.asIntN(54, value) === value ? String(value) : `"${value}"`;
}
