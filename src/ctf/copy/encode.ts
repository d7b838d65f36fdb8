/** Writes the fields of an event as declare.ts declared them: little-endian, on whole bytes, one after the other. */
import { bigintOf } from '../decode/bits.ts';
import type { Visitor } from '../decode/emit.ts';
import { referencesIn } from '../decode/references.ts';
import type {
  ArrayClass,
  BlobClass,
  FieldClass,
  FloatClass,
  IntegerClass,
  Scope,
  StringClass,
  StructClass,
} from '../model.ts';
import type { ShownFields } from '../text/shown.ts';
import { decoderOf } from '../text/values.ts';
import { FieldBytes } from '../write/field-bytes.ts';

export interface EncoderOptions {
  readonly shown: ShownFields;
  /** Variable-length integers stay such. */
  readonly variable: boolean;
}

export class FieldEncoder implements Visitor {
  readonly out: FieldBytes = new FieldBytes();
  /** Values of the packet's integers, for lengths that stand there. */
  packet: ReadonlyMap<IntegerClass, bigint> = new Map();
  readonly #shown: ShownFields;
  readonly #variable: boolean;
  /** Integers that are lengths of texts: these are filled up to them. */
  readonly #lengths = new Map<IntegerClass, number>();

  constructor({ shown, variable }: EncoderOptions) {
    this.#shown = shown;
    this.#variable = variable;
  }

  /** To be told of every structure whose fields may come. */
  expect(root: StructClass | null): void {
    if (root === null) return;
    for (const { targets } of referencesIn(root)) for (const target of targets) this.#lengths.set(target, 0);
  }

  beginScope(_scope: Scope, _root: StructClass): void {}
  endScope(): void {}
  endStruct(): void {}
  endArray(): void {}
  absent(): void {}
  option(): void {}

  beginStruct(field: StructClass): void {
    if (this.#startsByte(field)) this.out.align();
  }

  beginArray(field: ArrayClass): void {
    if (this.#startsByte(field)) this.out.align();
  }

  /** In the copy: only structures without fields, and variants and optionals, may begin inside a byte. */
  #startsByte(field: FieldClass): boolean {
    if (!this.#shown.has(field)) return false;
    if (field.kind === 'struct') return field.members.some(({ type }) => this.#startsByte(type));
    if (field.kind === 'array') return this.#startsByte(field.element);
    return field.kind !== 'variant' && field.kind !== 'optional';
  }

  integer(field: IntegerClass, _name: string, value: number): void {
    if (this.#lengths.has(field)) this.#remember(field, value);
    if (!this.#shown.has(field)) return;
    if (this.#variable && field.encoding === 'leb128') this.out.leb128(BigInt(value), field.signed);
    else this.out.integer(field.bits, value, value < 0 ? -1 : 0);
  }

  wide(field: IntegerClass, _name: string, low: number, high: number): void {
    if (this.#lengths.has(field)) this.#remember(field, (high >>> 0) * 2 ** 32 + (low >>> 0));
    if (!this.#shown.has(field)) return;
    if (this.#variable && field.encoding === 'leb128') {
      const value = bigintOf(low, field.signed ? high | 0 : high >>> 0);
      this.out.leb128(value, field.signed);
    } else this.out.integer(field.bits, low, high);
  }

  float(field: FloatClass, _name: string, value: number): void {
    if (this.#shown.has(field)) this.out.float(field.bits <= 32 ? 32 : 64, value);
  }

  string(field: StringClass, _name: string, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#shown.has(field)) return;
    if (field.encoding === 'utf-8') {
      const length = field.length === null ? end - start + 1 : this.#length(field.length);
      this.out.padded(bytes, start, end, length);
      return;
    }
    const text = decoderOf(field)(bytes, start, end);
    this.out.padded(text, 0, text.length, text.length + 1);
  }

  blob(field: BlobClass, _name: string, bytes: Uint8Array, start: number, end: number): void {
    if (this.#shown.has(field)) this.out.padded(bytes, start, end, end - start);
  }

  #length(length: Exclude<StringClass['length'], null>): number {
    if (typeof length === 'number') return length;
    for (const target of length.targets) {
      const inPacket = this.packet.get(target);
      if (inPacket !== undefined) return Number(inPacket);
    }
    const [only] = length.targets;
    if (length.targets.length === 1) return this.#lengths.get(only!) ?? 0;
    // Through a variant: the one decoded last counts.
    let found = 0;
    for (const [target, value] of this.#lengths) if (length.targets.includes(target)) found = value;
    return found;
  }

  #remember(field: IntegerClass, value: number): void {
    this.#lengths.delete(field); // so that the newest is last
    this.#lengths.set(field, value);
  }
}
