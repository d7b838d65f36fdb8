/**
 * The generated half of text output: JavaScript that writes the fields of one event class (see decode/emit.ts). A field is
 * one call of a TextBuffer's method with the fixed text before it, which is gathered in `#pending` until a value comes.
 * Stores written out in line were faster once compiled, and slower in all: there are hundreds of classes to compile.
 *
 * In the generated code `s` is the TextBuffer and `$p` the position in it: a `var`, declared by every scope.
 */
import type { Constant, Emitter } from '../decode/emit.ts';
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
  VariantClass,
} from '../model.ts';
import { LITERAL_BYTES, type TextBuffer } from './buffer.ts';
import { formatG } from './float.ts';
import { LabelTexts } from './labels.ts';
import { type Layout, type ScopeLayout, ScopeOrder } from './layout.ts';
import type { Place } from './places.ts';
import type { Syntax } from './style.ts';
import { decoderOf, integerText, jsonNumber } from './values.ts';

export class TextEmitter implements Emitter {
  readonly #order: ScopeOrder;
  readonly #syntax: Syntax;
  readonly #constant: Constant;
  readonly #out: TextBuffer;
  #scope: ScopeLayout | null = null;
  #pending = '';

  /** @param out the code will write to: knows the texts */
  constructor(layout: Layout, constant: Constant, out: TextBuffer) {
    this.#order = new ScopeOrder(layout);
    this.#syntax = layout.style.syntax;
    this.#constant = constant;
    this.#out = out;
  }

  beginScope(scope: Scope, root: StructClass): string {
    this.#scope = this.#order.enter(scope, root);
    if (this.#scope === null) return '';
    this.#pending = this.#scope.lead;
    return 'var $p=s.at;';
  }

  endScope(): string {
    if (this.#scope === null) return '';
    this.#scope = null;
    return `${this.#text('')}s.at=$p;`;
  }

  integer(field: IntegerClass, _name: string, value: string): string {
    return this.#leaf(field, () => this.#integer(field, value));
  }

  wide(field: IntegerClass, _name: string, low: string, high: string): string {
    return this.#leaf(field, () => this.#wide(field, low, high));
  }

  float(field: FloatClass, _name: string, value: string): string {
    const text = this.#constant(this.#syntax.json ? jsonNumber : formatG);
    return this.#leaf(field, () => this.#ascii(`${text}(${value})`));
  }

  string(field: StringClass, _name: string, start: string, end: string): string {
    return this.#leaf(field, () => {
      const method = this.#syntax.json ? 'jsonQuoted' : 'quoted';
      if (field.encoding === 'utf-8') return this.#call(method, `u8,${start},${end}`);
      const decode = this.#constant(decoderOf(field));
      return `{const $t=${decode}(u8,${start},${end});${this.#call(method, '$t,0,$t.length')}}`;
    });
  }

  blob(field: BlobClass, _name: string, start: string, end: string): string {
    return this.#leaf(field, () => this.#call(this.#syntax.json ? 'jsonBlob' : 'blob', `u8,${start},${end}`));
  }

  beginStruct(field: StructClass): string {
    const place = this.#place(field);
    return place === undefined ? '' : this.#before(place) + this.#open(field);
  }

  endStruct(field: StructClass): string {
    const place = this.#place(field);
    return place === undefined ? '' : this.#text(this.#syntax.struct[1] + place.after);
  }

  beginArray(field: ArrayClass): string {
    const place = this.#place(field);
    if (place === undefined) return '';
    const { depth } = this.#place(field.element)!;
    return `${this.#before(place)}${this.#text(this.#syntax.array[0])}s.index[${depth}]=0;`;
  }

  endArray(field: ArrayClass): string {
    const place = this.#place(field);
    return place === undefined ? '' : this.#text(this.#syntax.array[1] + place.after);
  }

  absent(field: OptionalClass): string {
    const place = this.#place(field);
    return place === undefined ? '' : this.#before(place) + this.#text(this.#syntax.absent + place.after);
  }

  /** The option's own place has the brace. */
  option(_field: VariantClass): string {
    return '';
  }

  #place(field: FieldClass): Place | undefined {
    return this.#scope?.places.get(field);
  }

  #leaf(field: FieldClass, value: () => string): string {
    const place = this.#place(field);
    return place === undefined ? '' : this.#before(place) + value() + this.#text(place.after);
  }

  /** What stands before a value; the end of it stays pending. */
  #before(place: Place): string {
    if (place.depth === 0) {
      this.#pending += place.before;
      return '';
    }
    const { first, next, indexed } = this.#syntax;
    const { literals } = this.#out;
    const texts = `${this.#constant(literals.add(first))},${this.#constant(literals.add(next))}`;
    const pending = this.#text('');
    this.#pending = place.before;
    return `${pending}$p=s.element($p,${place.depth},${texts},${indexed(this.#scope!.scope)});`;
  }

  /** An opening brace; stays pending if what comes next follows without a branch. */
  #open(field: StructClass): string {
    const [brace] = this.#syntax.struct;
    const first = field.members.find(({ type }) => this.#scope!.places.has(type))?.type.kind;
    if (first === undefined || first === 'variant' || first === 'optional') return this.#text(brace);
    this.#pending += brace;
    return '';
  }

  /** Code for everything pending and `text`. */
  #text(text: string): string {
    this.#pending += text;
    if (this.#pending === '') return '';
    const [literal, code] = this.#literal();
    return `${code}$p=s.literal($p,${literal});`;
  }

  /** Takes what is pending: arguments that name it, and code for what is too long for one literal. */
  #literal(suffix = ''): [arguments_: string, code: string] {
    let text = this.#pending + suffix;
    this.#pending = '';
    let code = '';
    // 4 bytes to a character at most.
    if (text.length > LITERAL_BYTES / 4) {
      code = `$p=s.raw($p,${this.#constant(encoder.encode(text))});`;
      text = '';
    }
    const { word, length } = this.#out.literals.add(text);
    return [`${word},${length}`, code];
  }

  #call(method: string, values: string, suffix = ''): string {
    const [literal, code] = this.#literal(suffix);
    return `${code}$p=s.${method}($p,${literal},${values});`;
  }

  /** @param text expression of a short text */
  #ascii(text: string): string {
    return `${this.#text('')}$p=s.ascii($p,${text});`;
  }

  #integer(field: IntegerClass, value: string): string {
    if (field.form === 'boolean') return this.#ascii(`${value}===0?'false':'true'`);
    if (this.#syntax.json) return this.#call('decimal', value);
    if (field.form === 'enum') return this.#labels(field, `of(${value})`);
    if (field.form !== 'integer') return this.#call('hex', value, '0x');
    if (field.base === 10) return this.#call('decimal', value);
    if (field.base !== 16) return this.#slow(field, `BigInt(${value})`);
    const bits = Math.min(32, Math.ceil(field.bits / 4) * 4);
    return this.#call('hex', field.signed && bits < 32 ? `${value}&${2 ** bits - 1}` : value, '0x');
  }

  #wide(field: IntegerClass, low: string, high: string): string {
    // As signed halves: those are small integers to the engine, which needs no memory to pass them on.
    const halves = `${low}|0,${high}|0`;
    const whole = `(BigInt(${high})<<32n|BigInt((${low})>>>0))`;
    if (field.form === 'boolean') return this.#ascii(`(${low}|${high})===0?'false':'true'`);
    if (this.#syntax.json) return this.#call('jsonWide', `${halves},${field.signed}`);
    if (field.form === 'enum') return this.#labels(field, `ofWide(${low},${high})`);
    if (field.form === 'integer' && field.base === 10) {
      return this.#call(field.signed ? 'signedWide' : 'decimalWide', halves);
    }
    if (field.form === 'integer' && field.base !== 16) return this.#slow(field, whole);
    const bits = Math.min(64, Math.ceil(field.bits / 4) * 4);
    return this.#call('hexWide', bits < 64 ? `${low}|0,(${high})&${2 ** (bits - 32) - 1}` : halves, '0x');
  }

  #labels(field: IntegerClass, call: string): string {
    return `${this.#text('')}$p=s.raw($p,${this.#constant(new LabelTexts(field))}.${call});`;
  }

  #slow(field: IntegerClass, value: string): string {
    return this.#ascii(`${this.#constant((n: bigint) => integerText(field, n))}(${value})`);
  }
}

const encoder = new TextEncoder();
