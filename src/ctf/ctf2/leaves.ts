/** Field classes that contain no others: bit arrays, integers, floats, strings, BLOBs (sections 5.3.4 to 5.3.17). */
import {
  type Base,
  type BlobClass,
  type FloatClass,
  type IntegerClass,
  LIMITS,
  type Mapping,
  type Role,
  type StringClass,
} from '../model.ts';
import { ROLES } from './nodes.ts';
import type { Properties } from './properties.ts';

/** Integers are 64 bits at most, as in every other reader; the specification has no limit. */
const MAX_INTEGER_BITS = 64;

export const BITS: readonly string[] = ['length', 'byte-order', 'bit-order', 'alignment'];
const INTEGER = ['preferred-display-base', 'mappings'];

/** What a fixed-length class may have besides `type`. */
export const FIXED_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  'fixed-length-bit-array': BITS,
  'fixed-length-bit-map': [...BITS, 'flags'],
  'fixed-length-boolean': BITS,
  'fixed-length-unsigned-integer': [...BITS, ...INTEGER, 'roles'],
  'fixed-length-signed-integer': [...BITS, ...INTEGER],
  'variable-length-unsigned-integer': [...INTEGER, 'roles'],
  'variable-length-signed-integer': INTEGER,
};

type Layout = Pick<IntegerClass, 'byteOrder' | 'reversed' | 'alignment'>;

/** Section 5.3.4: the natural bit order is first-to-last in little-endian, last-to-first in big-endian. */
function layoutOf(properties: Properties): Layout {
  const byteOrder = properties.oneOf('byte-order', ['little-endian', 'big-endian']) === 'little-endian' ? 'le' : 'be';
  const natural = byteOrder === 'le' ? 'first-to-last' : 'last-to-first';
  const bitOrder = properties.oneOf('bit-order', ['first-to-last', 'last-to-first'], natural);
  const alignment = properties.powerOfTwo('alignment', LIMITS.alignment_bits);
  return { byteOrder, reversed: bitOrder !== natural, alignment };
}

function baseOf(properties: Properties): Base {
  const base = properties.number('preferred-display-base', { low: 2, high: 16, otherwise: 10 });
  if (base === 2 || base === 8 || base === 10 || base === 16) return base;
  throw properties.wrong('preferred-display-base', '2, 8, 10 or 16', properties.need('preferred-display-base'));
}

function mappingsOf(properties: Properties, name: string, signed: boolean): Mapping[] {
  return properties.entries(name).map(([label, value]) => ({
    name: label,
    ranges: properties.ranges(`${name}.${label}`, value, signed),
  }));
}

/** @param blob the only role of a BLOB is the UUID, which no integer can have */
export function rolesOf(properties: Properties, blob: boolean): Role[] {
  const roles = properties.array('roles', []).map((value) => {
    if (value.kind !== 'string') throw properties.wrong('roles', 'an array of strings', value);
    const known = ROLES.get(value.value);
    if (known === undefined) throw properties.error(`there is no role '${value.value}'`, value.at);
    if ((known.role === 'uuid') !== blob) {
      throw properties.error(`${properties.what} cannot have the role '${value.value}'`, value.at);
    }
    return known.role;
  });
  return [...new Set(roles)];
}

const FORMS: Readonly<Record<string, IntegerClass['form']>> = {
  'fixed-length-bit-array': 'bit-array',
  'fixed-length-bit-map': 'bit-map',
  'fixed-length-boolean': 'boolean',
};

export function integerOf(properties: Properties, type: string): IntegerClass {
  const variable = type.startsWith('variable-');
  const signed = type.endsWith('-signed-integer');
  const form = FORMS[type];
  const layout: Layout = variable ? { byteOrder: 'le', reversed: false, alignment: 8 } : layoutOf(properties);
  const bits = variable ? 64 : properties.number('length', { low: 1, high: MAX_INTEGER_BITS });
  const roles = form === undefined && !signed ? rolesOf(properties, false) : [];
  const mappings = mappingsOf(properties, form === 'bit-map' ? 'flags' : 'mappings', signed);
  if (form === 'bit-map' && mappings.length === 0) {
    throw properties.error('a bit map needs one or more flags', properties.get('flags')?.at ?? properties.at);
  }
  return {
    kind: 'integer',
    form: form ?? (mappings.length > 0 ? 'enum' : 'integer'),
    encoding: variable ? 'leb128' : 'fixed',
    bits,
    signed,
    ...layout,
    // Bits without a number's meaning are shown as babeltrace2 shows them: in hexadecimal.
    base: form === undefined ? baseOf(properties) : form === 'boolean' ? 10 : 16,
    mappings,
    roles,
    clock: null,
    text: false,
    ...properties.attributes(),
  };
}

export function floatOf(properties: Properties): FloatClass {
  const bits = properties.number('length', { low: 1, high: LIMITS.alignment_bits });
  if (![16, 32, 64].includes(bits) && (bits < 128 || bits % 32 !== 0)) {
    throw properties.wrong('length', '16, 32, 64, 128 or a larger multiple of 32', properties.need('length'));
  }
  return { kind: 'float', bits, ...layoutOf(properties), ...properties.attributes() };
}

/** Bytes of a static string or BLOB, or elements of a static array. */
export function staticLength(properties: Properties): number {
  return properties.number('length', { low: 0, high: LIMITS.staticLength });
}

/** @param length null for null-terminated and (until it is built) dynamic ones */
export function stringOf(properties: Properties, length: number | null): StringClass {
  const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'utf-32le', 'utf-32be'] as const;
  const encoding = properties.oneOf('encoding', encodings, 'utf-8');
  return { kind: 'string', encoding, length, alignment: 8, ...properties.attributes() };
}

export function blobOf(properties: Properties, length: number): BlobClass {
  const mediaType = properties.text('media-type', 'application/octet-stream');
  const roles = rolesOf(properties, true);
  if (roles.includes('uuid') && length !== 16) {
    throw properties.error('a BLOB with the role of the UUID has 16 bytes', properties.at);
  }
  return { kind: 'blob', length, mediaType, roles, alignment: 8, ...properties.attributes() };
}
