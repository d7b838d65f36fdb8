/** Text output where code generation is disabled: the same pieces in the same order as emitter.ts, written by calls. */
import type { Visitor } from '../decode/emit.ts';
import type {
  ArrayClass,
  BlobClass,
  FieldClass,
  FloatClass,
  IntegerClass,
  OptionalClass,
  Scope,
  StringClass,
  StructClass,
} from '../model.ts';
import type { TextBuffer } from './buffer.ts';
import { quotedText } from './escapes.ts';
import { formatG } from './float.ts';
import { type Layout, type ScopeLayout, ScopeOrder } from './layout.ts';
import type { Place } from './places.ts';
import type { Syntax } from './style.ts';
import { decoderOf, integerText, jsonInteger, jsonNumber } from './values.ts';

const encoder = new TextEncoder();
/** Texts from the metadata that are kept as bytes. */
const MAX_KEPT = 65536;

export class TextVisitor implements Visitor {
  readonly #order: ScopeOrder;
  readonly #out: TextBuffer;
  readonly #encoded = new Map<string, Uint8Array>();
  readonly #syntax: Syntax;
  #scope: ScopeLayout | null = null;

  constructor(layout: Layout, out: TextBuffer) {
    this.#order = new ScopeOrder(layout);
    this.#syntax = layout.style.syntax;
    this.#out = out;
  }

  beginScope(scope: Scope, root: StructClass): void {
    this.#scope = this.#order.enter(scope, root);
    if (this.#scope !== null) this.#write(this.#scope.lead);
  }

  endScope(): void {
    this.#scope = null;
  }

  integer(field: IntegerClass, _name: string, value: number): void {
    this.#leaf(field, () => this.#write(this.#integer(field, BigInt(value)), false));
  }

  wide(field: IntegerClass, _name: string, low: number, high: number): void {
    const value = (BigInt(field.signed ? high | 0 : high >>> 0) << 32n) | BigInt(low >>> 0);
    this.#leaf(field, () => this.#write(this.#integer(field, value), false));
  }

  float(field: FloatClass, _name: string, value: number): void {
    this.#leaf(field, () => this.#write(this.#syntax.json ? jsonNumber(value) : formatG(value), false));
  }

  string(field: StringClass, _name: string, bytes: Uint8Array, start: number, end: number): void {
    const out = this.#out;
    this.#leaf(field, () => {
      const text = decoderOf(field)(bytes, start, end);
      out.at = this.#syntax.json
        ? out.jsonQuoted(out.at, 0, 0, text, 0, text.length)
        : out.quoted(out.at, 0, 0, text, 0, text.length);
    });
  }

  blob(field: BlobClass, _name: string, bytes: Uint8Array, start: number, end: number): void {
    const out = this.#out;
    this.#leaf(field, () => {
      out.at = this.#syntax.json
        ? out.jsonBlob(out.at, 0, 0, bytes, start, end)
        : out.blob(out.at, 0, 0, bytes, start, end);
    });
  }

  beginStruct(field: StructClass): void {
    const place = this.#scope?.places.get(field);
    if (place === undefined) return;
    this.#before(place);
    this.#write(this.#syntax.struct[0]);
  }

  endStruct(field: StructClass): void {
    const place = this.#scope?.places.get(field);
    if (place !== undefined) this.#write(this.#syntax.struct[1] + place.after);
  }

  beginArray(field: ArrayClass): void {
    const place = this.#scope?.places.get(field);
    if (place === undefined) return;
    this.#before(place);
    this.#write(this.#syntax.array[0]);
    this.#out.index[this.#scope!.places.get(field.element)!.depth] = 0;
  }

  endArray(field: ArrayClass): void {
    const place = this.#scope?.places.get(field);
    if (place !== undefined) this.#write(this.#syntax.array[1] + place.after);
  }

  absent(field: OptionalClass): void {
    const place = this.#scope?.places.get(field);
    if (place === undefined) return;
    this.#before(place);
    this.#write(this.#syntax.absent + place.after);
  }

  option(): void {}

  #leaf(field: FieldClass, value: () => void): void {
    const place = this.#scope?.places.get(field);
    if (place === undefined) return;
    this.#before(place);
    value();
    this.#write(place.after);
  }

  #before(place: Place): void {
    if (place.depth > 0) {
      const i = this.#out.index[place.depth]!++;
      this.#write(i === 0 ? this.#syntax.first : this.#syntax.next);
      if (this.#syntax.indexed(this.#scope!.scope)) this.#write(`[${i}] = `, false);
    }
    this.#write(place.before);
  }

  #integer(field: IntegerClass, value: bigint): string {
    if (this.#syntax.json && field.form !== 'boolean') return jsonInteger(value);
    const text = integerText(field, value);
    if (field.form !== 'enum') return text;
    const labels = field.mappings.filter(({ ranges }) => ranges.some((r) => r.low <= value && value <= r.high));
    const names = labels.length === 0 ? '<unknown>' : labels.map(({ name }) => quotedText(name)).join(', ');
    return `( ${names} : container = ${text} )`;
  }

  /** @param keep the text comes from the metadata, so there are not many of it */
  #write(text: string, keep = true): void {
    const out = this.#out;
    const kept = this.#encoded.get(text);
    const bytes = kept ?? encoder.encode(text);
    if (kept === undefined && keep && this.#encoded.size < MAX_KEPT) this.#encoded.set(text, bytes);
    out.at = out.raw(out.at, bytes);
  }
}
