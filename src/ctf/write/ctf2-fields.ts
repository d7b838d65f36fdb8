/** Field classes as CTF 2's JSON (CTF2-SPEC-2.0, section 5.3). */
import type { Field, FieldPath, FieldType } from '../fields.ts';
import type { IntegerClass, Range, Scope } from '../model.ts';
import { badDeclaration } from './errors.ts';

/** What JSON is printed of; bigint as integers, entries of a map in their order, `undefined` left out. */
export type Json =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly Json[]
  | ReadonlyMap<string, Json>
  | { readonly [name: string]: Json };

const ORIGINS: Readonly<Record<Scope, string>> = {
  'packet-header': 'packet-header',
  'packet-context': 'packet-context',
  'event-header': 'event-record-header',
  'common-context': 'event-record-common-context',
  'specific-context': 'event-record-specific-context',
  payload: 'event-record-payload',
};

export function printJson(value: Json): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(printJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = value instanceof Map ? [...value] : Object.entries(value as Record<string, Json>);
  const texts = entries
    .filter(([, entry]) => entry !== undefined)
    .map(([key, entry]) => `${JSON.stringify(key)}:${printJson(entry as Json)}`);
  return `{${texts.join(',')}}`;
}

/** A structure with the fields of a scope. @param lead members that stand before them */
export function structureOf(fields: readonly Field[], scope: Scope, lead: readonly Json[] = []): Json {
  return { type: 'structure', 'member-classes': [...lead, ...fields.flatMap((field) => membersOf(field, scope, []))] };
}

export function member(name: string, type: Json): Json {
  return { name, 'field-class': type };
}

/** A little-endian integer. @param more roles, mappings, ... */
export function unsigned(bits: number, alignment: number, more: Record<string, Json> = {}): Json {
  return {
    type: 'fixed-length-unsigned-integer',
    length: bits,
    'byte-order': 'little-endian',
    alignment,
    ...more,
  };
}

function membersOf({ name, type }: Field, scope: Scope, around: readonly string[]): Json[] {
  const path = [...around, name];
  if (type.kind !== 'sequence') return [member(name, typeOf(type, scope, path))];
  const length = `_${name}_length`;
  const array = dynamic('array', { scope, path: [...around, length] });
  return [
    member(length, unsigned(32, 8)),
    member(name, { ...array, 'element-field-class': typeOf(type.element, scope, path) }),
  ];
}

function dynamic(what: string, length: number | FieldPath): Record<string, Json> {
  if (typeof length === 'number') return { type: `static-length-${what}`, length };
  return { type: `dynamic-length-${what}`, 'length-field-location': location(length) };
}

function location({ scope, path }: FieldPath): Json {
  return { origin: ORIGINS[scope], path };
}

function rangesOf(ranges: readonly Range[]): Json {
  return ranges.map(({ low, high }) => [low, high]);
}

function typeOf(type: FieldType, scope: Scope, path: readonly string[]): Json {
  switch (type.kind) {
    case 'integer':
      return integerOf(type.bits, type.signed, type.base);
    case 'enum': {
      const mappings = new Map<string, Json[]>();
      for (const [value, label] of type.labels) mappings.set(label, [...(mappings.get(label) ?? []), [value, value]]);
      const { bits, signed, base } = type.container;
      return { ...integerOf(bits, signed, base), mappings };
    }
    case 'copied':
      return copiedOf(type.integer);
    case 'float':
      return floatOf(type.bits);
    case 'string':
      return { type: 'null-terminated-string' };
    case 'text':
      return dynamic('string', type.bytes);
    case 'blob':
      return { ...dynamic('blob', type.bytes), 'media-type': type.mediaType };
    case 'array':
      return { ...dynamic('array', type.length), 'element-field-class': typeOf(type.element, scope, path) };
    case 'struct':
      return { type: 'structure', 'member-classes': type.fields.flatMap((field) => membersOf(field, scope, path)) };
    case 'variant':
      return {
        type: 'variant',
        'selector-field-location': location(type.selector),
        options: type.options.map((option) => ({
          name: option.name || undefined,
          'field-class': typeOf(option.type, scope, path),
          'selector-field-ranges': rangesOf(option.ranges),
        })),
      };
    case 'optional':
      return {
        type: 'optional',
        'selector-field-location': location(type.selector),
        'selector-field-ranges': type.ranges === null ? undefined : rangesOf(type.ranges),
        'field-class': typeOf(type.content, scope, path),
      };
    case 'sequence':
      throw badDeclaration(`'${path.at(-1)}': sequences in arrays stand in a structure each`);
  }
}

function integerOf(bits: number, signed: boolean, base: number): Record<string, Json> {
  return {
    type: `fixed-length-${signed ? 'signed' : 'unsigned'}-integer`,
    length: bits,
    'byte-order': 'little-endian',
    alignment: 8,
    'preferred-display-base': base,
  };
}

function floatOf(bits: number): Json {
  return { type: 'fixed-length-floating-point-number', length: bits, 'byte-order': 'little-endian', alignment: 8 };
}

function copiedOf(type: IntegerClass): Json {
  const { form, bits, signed, base, encoding } = type;
  const mappings: Json =
    type.mappings.length === 0 ? undefined : new Map(type.mappings.map(({ name, ranges }) => [name, rangesOf(ranges)]));
  if (encoding === 'leb128') {
    const name = `variable-length-${signed ? 'signed' : 'unsigned'}-integer`;
    return { type: name, 'preferred-display-base': base, mappings };
  }
  const layout = { length: bits, 'byte-order': 'little-endian', alignment: 8 };
  if (form === 'bit-map') return { type: 'fixed-length-bit-map', ...layout, flags: mappings };
  if (form === 'bit-array' || form === 'boolean') return { type: `fixed-length-${form}`, ...layout };
  return { ...integerOf(bits, signed, base), mappings };
}
