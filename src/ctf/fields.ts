/**
 * Field classes of CTF 1.8 as this package writes them: everything byte-aligned and little-endian, as LTTng does on
 * x86-64 and arm64 (CTF 1.8.3, section 4: types). Bit fields exist only in the event header, see packet.ts.
 */

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

/** Fixed number of bytes shown as text up to the first NUL, such as a task's `comm[16]`. */
export interface TextType {
  readonly kind: 'text';
  readonly bytes: number;
}

export interface EnumType {
  readonly kind: 'enum';
  readonly container: IntegerType;
  /** Value and label; values may repeat, labels are quoted in the metadata. */
  readonly labels: readonly (readonly [value: number, label: string])[];
}

export interface ArrayType {
  readonly kind: 'array';
  readonly element: IntegerType;
  readonly length: number;
}

/** A u32 length field `_NAME_length`, then that many elements. */
export interface SequenceType {
  readonly kind: 'sequence';
  readonly element: IntegerType;
}

/** A field that its user declares and encodes: copies of other traces. It is byte-aligned. */
export interface DeclaredType {
  readonly kind: 'declared';
  /** TSDL: type, name and lengths, without the semicolon. */
  readonly declaration: string;
}

export type FieldType = IntegerType | StringType | TextType | EnumType | ArrayType | SequenceType | DeclaredType;

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
      return type.bits / 8;
    case 'string':
      return 1;
    case 'text':
      return type.bytes;
    case 'enum':
      return type.container.bits / 8;
    case 'array':
      return (type.element.bits / 8) * type.length;
    case 'sequence':
      return 4;
    case 'declared':
      return 0;
  }
}
