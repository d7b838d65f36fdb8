/**
 * Walks a field tree over bytes and calls a visitor: the reference of decoding, used for packet headers and contexts,
 * where code generation is disabled, and by the tests to compare generated code with.
 */
import type {
  ArrayClass,
  FieldClass,
  FieldReference,
  FloatClass,
  IntegerClass,
  OptionalClass,
  Range,
  StringClass,
  StructClass,
  VariantClass,
} from '../model.ts';
import {
  bigintOf,
  checkLength,
  DataFault,
  type Halves,
  mixedOrders,
  nulIndex,
  numberOf,
  readFixed,
  readFloat,
  readLeb128,
  textEnd,
  wideNulIndex,
  wideTextEnd,
} from './bits.ts';
import type { Visitor } from './emit.ts';
import { integersIn } from './references.ts';
import { minimumBits, unitBytes } from './shape.ts';

/** Values of integers that later fields may refer to. */
export type Values = Map<IntegerClass, bigint>;

/** Integers inside fields that need not be decoded. */
const inside = new WeakMap<FieldClass, ReadonlySet<IntegerClass>>();

/** Which references name an integer; the one decoded last counts, which `order` tells. */
export class Interpreter {
  view: DataView;
  bytes: Uint8Array;
  /** Values decoded in this event or packet, newest last. */
  readonly values: Values = new Map();
  readonly #halves: Halves = { low: 0, high: 0, end_bits: 0, bits: 0 };
  /** Byte order of the last integer or float of this scope. */
  #order = '';

  constructor(view: DataView, bytes: Uint8Array) {
    this.view = view;
    this.bytes = bytes;
  }

  /** Decodes a scope. @returns where it ends */
  root(type: StructClass, at_bits: number, visitor: Visitor): number {
    this.#order = '';
    return this.walk(type, '', at_bits, visitor);
  }

  #checkOrder(type: IntegerClass | FloatClass, name: string, at: number): void {
    if (at % 8 !== 0 && this.#order !== type.byteOrder && this.#order !== '') mixedOrders(name);
    this.#order = type.byteOrder;
  }

  /** What an earlier element or event left in a field that may not be decoded now does not count. */
  #forget(type: FieldClass): void {
    let integers = inside.get(type);
    if (integers === undefined) {
      integers = integersIn(type);
      inside.set(type, integers);
    }
    for (const integer of integers) this.values.delete(integer);
  }

  /** Decodes a field at a position in bits. @returns where it ends */
  walk(type: FieldClass, name: string, at_bits: number, visitor: Visitor): number {
    const at = Math.ceil(at_bits / type.alignment) * type.alignment;
    switch (type.kind) {
      case 'integer':
        return this.#integer(type, name, at, visitor);
      case 'float':
        this.#checkOrder(type, name, at);
        visitor.float(type, name, readFloat(this.view, at, type));
        return at + type.bits;
      case 'string':
        return this.#string(type, name, at, visitor);
      case 'blob': {
        const length = this.#length(type.length);
        checkLength(length, 8, at, this.bytes.length * 8);
        visitor.blob(type, name, this.bytes, at / 8, at / 8 + length);
        return at + length * 8;
      }
      case 'struct': {
        visitor.beginStruct(type, name);
        let next = at;
        for (const member of type.members) next = this.walk(member.type, member.name, next, visitor);
        visitor.endStruct(type);
        return next;
      }
      case 'array':
        return this.#array(type, name, at, visitor);
      case 'optional':
        return this.#optional(type, name, at, visitor);
      case 'variant':
        return this.#variant(type, name, at, visitor);
    }
  }

  #integer(type: IntegerClass, name: string, at: number, visitor: Visitor): number {
    const halves = this.#halves;
    if (type.encoding === 'leb128') readLeb128(this.view, at, type.signed, halves);
    else {
      this.#checkOrder(type, name, at);
      readFixed(this.view, at, type, halves);
    }
    const { low, high, end_bits } = halves;
    this.values.delete(type); // so that the newest is last
    this.values.set(type, bigintOf(low, high));
    if (type.encoding === 'fixed' && type.bits <= 32) visitor.integer(type, name, numberOf(low, high));
    else visitor.wide(type, name, low, high, halves.bits);
    return end_bits;
  }

  #string(type: StringClass, name: string, at: number, visitor: Visitor): number {
    const unit = unitBytes(type.encoding);
    const start = at / 8;
    if (type.length === null) {
      const end = unit === 1 ? nulIndex(this.bytes, start) : wideNulIndex(this.bytes, start, unit);
      visitor.string(type, name, this.bytes, start, end);
      return (end + unit) * 8;
    }
    const length = this.#length(type.length);
    checkLength(length, 8, at, this.bytes.length * 8);
    const end = start + length;
    const textStop = unit === 1 ? textEnd(this.bytes, start, end) : wideTextEnd(this.bytes, start, end, unit);
    visitor.string(type, name, this.bytes, start, textStop);
    return end * 8;
  }

  #array(type: ArrayClass, name: string, at: number, visitor: Visitor): number {
    const length = this.#length(type.length);
    checkLength(length, minimumBits(type.element), at, this.bytes.length * 8);
    if (length === 0) this.#forget(type.element);
    visitor.beginArray(type, name, length);
    let next = at;
    for (let i = 0; i < length; i++) next = this.walk(type.element, name, next, visitor);
    visitor.endArray(type);
    return next;
  }

  #optional(type: OptionalClass, name: string, at: number, visitor: Visitor): number {
    const value = this.#value(type.selector);
    this.#forget(type);
    const there = type.ranges === null ? value !== 0n : contains(type.ranges, value);
    if (there) return this.walk(type.content, name, at, visitor);
    visitor.absent(type, name);
    return at;
  }

  #variant(type: VariantClass, name: string, at: number, visitor: Visitor): number {
    const value = this.#value(type.selector);
    this.#forget(type);
    const index = type.options.findIndex((option) => contains(option.ranges, value));
    if (index < 0) throw new DataFault(`no option of '${name}' has the value ${value} of '${type.selector.path}'`);
    const option = type.options[index]!;
    visitor.option(type, name, index);
    return this.walk(option.type, option.name, at, visitor);
  }

  #length(length: number | FieldReference): number {
    if (typeof length === 'number') return length;
    const value = this.#value(length);
    if (value < 0n) throw new DataFault(`the length '${length.path}' is negative`);
    return Number(value);
  }

  #value(reference: FieldReference): bigint {
    const { targets } = reference;
    if (targets.length === 1) {
      const value = this.values.get(targets[0]!);
      if (value !== undefined) return value;
    } else {
      let found: bigint | undefined;
      for (const [type, value] of this.values) if (targets.includes(type)) found = value;
      if (found !== undefined) return found;
    }
    throw new DataFault(`the field '${reference.path}' was not decoded before it is needed`);
  }
}

export function contains(ranges: readonly Range[], value: bigint): boolean {
  return ranges.some((range) => range.low <= value && value <= range.high);
}
