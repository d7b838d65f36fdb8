/**
 * Field classes as this package writes them: everything byte-aligned and little-endian, as LTTng does on x86-64 and arm64
 * (CTF 1.8.3, section 4; CTF2-SPEC-2.0, section 5.3). Bit fields exist only in the event header, see write/layout.ts.
 */
import type { IntegerClass, Range, Scope } from './model.ts';

/** How viewers show an integer. */
export type Base = 8 | 10 | 16;

export interface IntegerType {
  readonly kind: 'integer';
  readonly bits: 8 | 16 | 32 | 64;
  readonly signed: boolean;
  readonly base: Base;
}

/** NUL-terminated UTF-8 text. */
export interface StringType {
  readonly kind: 'string';
}

/** Names a field that stands before: the scope and the names that lead to it, through arrays and options as if not there. */
export interface FieldPath {
  readonly scope: Scope;
  readonly path: readonly string[];
}

/** Bytes shown as text up to the first NUL, such as a task's `comm[16]`. The length is fixed or another field's value. */
export interface TextType {
  readonly kind: 'text';
  readonly bytes: number | FieldPath;
}

/** IEEE 754. */
export interface FloatType {
  readonly kind: 'float';
  readonly bits: 32 | 64;
}

/** Bytes that are no text. CTF 1.8 knows only arrays of integers: they are shown as such there. */
export interface BlobType {
  readonly kind: 'blob';
  readonly bytes: number | FieldPath;
  readonly mediaType?: string;
}

export interface EnumType {
  readonly kind: 'enum';
  readonly container: IntegerType;
  /** Value and label; values may repeat, labels are quoted in the metadata. */
  readonly labels: readonly (readonly [value: number | bigint, label: string])[];
}

export interface ArrayType {
  readonly kind: 'array';
  readonly element: FieldType;
  readonly length: number | FieldPath;
}

/** A u32 length field `_NAME_length`, then that many elements. */
export interface SequenceType {
  readonly kind: 'sequence';
  readonly element: FieldType;
}

export interface StructType {
  readonly kind: 'struct';
  readonly fields: readonly Field[];
}

/** One of several fields, by the value of an enumeration before it. */
export interface VariantType {
  readonly kind: 'variant';
  readonly selector: FieldPath;
  readonly options: readonly VariantOption[];
}

export interface VariantOption {
  /** CTF 1.8: the selector's label of this name chooses it. */
  readonly name: string;
  /** CTF 2: these values of the selector choose it. */
  readonly ranges: readonly Range[];
  readonly type: FieldType;
}

/** CTF 2: there or not, by the value of a field before it. */
export interface OptionalType {
  readonly kind: 'optional';
  readonly selector: FieldPath;
  /** Null: the selector is a boolean. */
  readonly ranges: readonly Range[] | null;
  readonly content: FieldType;
}

/** An integer as it was read, of any size, base, form and labels; on whole bytes. */
export interface CopiedType {
  readonly kind: 'copied';
  readonly integer: IntegerClass;
}

export type FieldType =
  | IntegerType
  | FloatType
  | StringType
  | TextType
  | BlobType
  | EnumType
  | ArrayType
  | SequenceType
  | StructType
  | VariantType
  | OptionalType
  | CopiedType;

export interface Field {
  /** Name as viewers show it; the metadata adds LTTng's leading underscore, which keeps keywords apart. */
  readonly name: string;
  readonly type: FieldType;
}

function integer(bits: IntegerType['bits'], signed: boolean, base: Base): IntegerType {
  return { kind: 'integer', bits, signed, base };
}

/** Short names for the types that kernel events use. `x` is unsigned shown in hexadecimal. */
export const u8: IntegerType = integer(8, false, 10);
export const u16: IntegerType = integer(16, false, 10);
export const u32: IntegerType = integer(32, false, 10);
export const u64: IntegerType = integer(64, false, 10);
export const i8: IntegerType = integer(8, true, 10);
export const i16: IntegerType = integer(16, true, 10);
export const i32: IntegerType = integer(32, true, 10);
export const i64: IntegerType = integer(64, true, 10);
export const x32: IntegerType = integer(32, false, 16);
export const x64: IntegerType = integer(64, false, 16);
export const o32: IntegerType = integer(32, false, 8);
export const string: StringType = { kind: 'string' };
export const f32: FloatType = { kind: 'float', bits: 32 };
export const f64: FloatType = { kind: 'float', bits: 64 };

export function text(bytes: number): TextType {
  return { kind: 'text', bytes };
}

/** The integer type of a size, sign and base. */
export function integerType(bits: number, signed: boolean, base: Base = 10): IntegerType {
  if (bits !== 8 && bits !== 16 && bits !== 32 && bits !== 64) throw new RangeError(`no integer of ${bits} bits`);
  return integer(bits, signed, base);
}

/** Bytes that a field takes at least: strings count their NUL, sequences their length. */
export function minimumBytes(type: FieldType): number {
  switch (type.kind) {
    case 'integer':
    case 'float':
      return type.bits / 8;
    case 'string':
      return 1;
    case 'text':
    case 'blob':
      return typeof type.bytes === 'number' ? type.bytes : 0;
    case 'enum':
      return type.container.bits / 8;
    case 'array':
      return typeof type.length === 'number' ? minimumBytes(type.element) * type.length : 0;
    case 'sequence':
      return 4;
    case 'struct':
      return type.fields.reduce((sum, field) => sum + minimumBytes(field.type), 0);
    case 'copied':
      return type.integer.encoding === 'leb128' ? 1 : Math.ceil(type.integer.bits / 8);
    case 'variant':
    case 'optional':
      return 0;
  }
}
