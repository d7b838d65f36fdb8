/** Writes the fields of an event as declare.ts declared them: little-endian, on whole bytes, one after the other. */
import type { Visitor } from '../decode/emit.ts';
import type { BlobClass, FieldClass, FloatClass, IntegerClass, Scope, StringClass, StructClass } from '../model.ts';
import type { ShownFields } from '../text/shown.ts';
import { decoderOf } from '../text/values.ts';

const FIRST_BYTES = 4096;

export class FieldEncoder implements Visitor {
  bytes: Uint8Array = new Uint8Array(FIRST_BYTES);
  at = 0;
  readonly #shown: ShownFields;
  #view: DataView = new DataView(this.bytes.buffer);
  /** Values of the integers of the event: texts of dynamic length are filled up to it. */
  readonly #values = new Map<IntegerClass, number>();

  constructor(shown: ShownFields) {
    this.#shown = shown;
  }

  beginScope(_scope: Scope, _root: StructClass): void {}
  endScope(): void {}
  beginStruct(): void {}
  endStruct(): void {}
  beginArray(): void {}
  endArray(): void {}
  absent(): void {}
  option(): void {}

  integer(field: IntegerClass, _name: string, value: number): void {
    this.#values.set(field, value);
    if (!this.#reserve(field, 4)) return;
    this.#view.setUint32(this.at, field.bits === 32 ? value : value & (2 ** field.bits - 1), true);
    this.at += Math.ceil(field.bits / 8);
  }

  wide(field: IntegerClass, _name: string, low: number, high: number): void {
    this.#values.set(field, (high >>> 0) * 2 ** 32 + (low >>> 0));
    if (!this.#reserve(field, 8)) return;
    this.#view.setUint32(this.at, low, true);
    this.#view.setUint32(this.at + 4, field.bits === 64 ? high : high & (2 ** (field.bits - 32) - 1), true);
    this.at += Math.ceil(field.bits / 8);
  }

  float(field: FloatClass, _name: string, value: number): void {
    if (!this.#reserve(field, 8)) return;
    if (field.bits === 32) this.#view.setFloat32(this.at, value, true);
    else this.#view.setFloat64(this.at, value, true);
    this.at += field.bits === 32 ? 4 : 8;
  }

  string(field: StringClass, _name: string, bytes: Uint8Array, start: number, end: number): void {
    if (field.encoding === 'utf-8') {
      this.#put(field, bytes, start, end, field.length === null ? end - start + 1 : this.#length(field.length));
      return;
    }
    const text = decoderOf(field)(bytes, start, end);
    this.#put(field, text, 0, text.length, text.length + 1);
  }

  blob(field: BlobClass, _name: string, bytes: Uint8Array, start: number, end: number): void {
    this.#put(field, bytes, start, end, end - start);
  }

  #length(length: Exclude<StringClass['length'], null>): number {
    if (typeof length === 'number') return length;
    return length.targets.map((target) => this.#values.get(target)).find((value) => value !== undefined) ?? 0;
  }

  /** Bytes, then zeros up to `length`. */
  #put(field: FieldClass, from: Uint8Array, start: number, end: number, length: number): void {
    if (!this.#reserve(field, Math.max(length, end - start))) return;
    this.bytes.set(from.subarray(start, end), this.at);
    this.bytes.fill(0, this.at + end - start, this.at + length);
    this.at += length;
  }

  /** @returns whether the field is part of the copy */
  #reserve(field: FieldClass, bytes: number): boolean {
    if (!this.#shown.has(field)) return false;
    if (this.at + bytes > this.bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.at + bytes));
      larger.set(this.bytes.subarray(0, this.at));
      this.bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return true;
  }
}
