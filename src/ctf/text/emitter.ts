/**
 * The generated half of text output: JavaScript that writes the fields of one event class (see decode/emit.ts). Between
 * two values stands one run of stores: fixed text is gathered in `#pending` and written when a value comes.
 *
 * In the generated code `s` is the TextBuffer, `$p` the position in it and `$v` its DataView. They are `var`s: declared by
 * every scope, known in all of the function.
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
import { UNCHECKED_BYTES } from './buffer.ts';
import { formatG } from './float.ts';
import { LabelTexts } from './labels.ts';
import type { Layout, ScopeLayout } from './layout.ts';
import { literalCode } from './literal.ts';
import type { Place } from './places.ts';
import type { Syntax } from './style.ts';
import { decoderOf, integerText, jsonNumber } from './values.ts';

/** Longest text of a number: 64 binary digits. */
const NUMBER_BYTES = 72;
const CHECK = 'if($p>s.limit)$p=s.flush($p);';

const encoder = new TextEncoder();

export class TextEmitter implements Emitter {
  readonly #layout: Layout;
  readonly #syntax: Syntax;
  readonly #constant: Constant;
  #scope: ScopeLayout | null = null;
  #pending = '';
  /** Bytes that may have been written since the last check. */
  #unchecked = 0;

  constructor(layout: Layout, constant: Constant) {
    this.#layout = layout;
    this.#syntax = layout.style.syntax;
    this.#constant = constant;
  }

  beginScope(_scope: Scope, root: StructClass): string {
    this.#scope = this.#layout.scope(root);
    if (this.#scope === null) return '';
    this.#unchecked = UNCHECKED_BYTES;
    this.#pending = this.#scope.lead;
    return 'var $p=s.at,$v=s.view;';
  }

  endScope(): string {
    if (this.#scope === null) return '';
    const code = `${this.#text('')}s.at=$p;`;
    this.#scope = null;
    return code;
  }

  integer(field: IntegerClass, _name: string, value: string): string {
    return this.#leaf(field, NUMBER_BYTES, () => this.#integer(field, value));
  }

  wide(field: IntegerClass, _name: string, low: string, high: string): string {
    return this.#leaf(field, NUMBER_BYTES, () => this.#wide(field, low, high));
  }

  float(field: FloatClass, _name: string, value: string): string {
    return this.#leaf(
      field,
      NUMBER_BYTES,
      () => `$p=s.ascii($p,${this.#constant(this.#syntax.json ? jsonNumber : formatG)}(${value}));`,
    );
  }

  string(field: StringClass, _name: string, start: string, end: string): string {
    const quoted = this.#syntax.json ? 'jsonQuoted' : 'quoted';
    return this.#leaf(field, UNCHECKED_BYTES, () => {
      if (field.encoding === 'utf-8') return `$p=s.${quoted}($p,u8,${start},${end});`;
      const decode = this.#constant(decoderOf(field));
      return `{const $t=${decode}(u8,${start},${end});$p=s.${quoted}($p,$t,0,$t.length);}`;
    });
  }

  blob(field: BlobClass, _name: string, start: string, end: string): string {
    return this.#leaf(
      field,
      UNCHECKED_BYTES,
      () => `$p=s.${this.#syntax.json ? 'jsonBlob' : 'blob'}($p,u8,${start},${end});`,
    );
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
    const element = this.#place(field.element)!;
    const code = `${this.#before(place)}${this.#text(this.#syntax.array[0])}s.index[${element.depth}]=0;`;
    this.#unchecked = UNCHECKED_BYTES;
    return code;
  }

  endArray(field: ArrayClass): string {
    const place = this.#place(field);
    if (place === undefined) return '';
    this.#unchecked = UNCHECKED_BYTES;
    return this.#text(this.#syntax.array[1] + place.after);
  }

  absent(field: OptionalClass): string {
    const place = this.#place(field);
    return place === undefined ? '' : this.#before(place) + this.#text(this.#syntax.absent + place.after);
  }

  option(_field: VariantClass): string {
    // The option's own place has the brace. Each option begins anew.
    this.#unchecked = UNCHECKED_BYTES;
    return '';
  }

  #place(field: FieldClass): Place | undefined {
    return this.#scope?.places.get(field);
  }

  #leaf(field: FieldClass, bytes: number, value: () => string): string {
    const place = this.#place(field);
    if (place === undefined) return '';
    const before = this.#before(place) + this.#text('');
    this.#unchecked += bytes;
    return before + value() + this.#text(place.after);
  }

  /** What stands before a value; the end of it may stay pending. */
  #before(place: Place): string {
    if (place.depth === 0) {
      this.#pending += place.before;
      return '';
    }
    const pending = this.#text('');
    this.#unchecked = NUMBER_BYTES;
    const counter = `s.index[${place.depth}]`;
    const { first, next, indexed: isIndexed } = this.#syntax;
    const separate = `if(${counter}===0){${literalCode(first, '$v', '$p')}}else{${literalCode(next, '$v', '$p')}}`;
    const indexed = isIndexed(this.#scope!.scope)
      ? `${literalCode('[', '$v', '$p')}$p=s.decimal($p,${counter});${literalCode('] = ', '$v', '$p')}`
      : '';
    this.#pending += place.before;
    return `${pending}${CHECK}${separate}${indexed}${counter}++;`;
  }

  /** An opening brace; stays pending if what comes next follows without a branch. */
  #open(field: StructClass): string {
    const brace = this.#syntax.struct[0];
    const first = field.members.find(({ type }) => this.#scope!.places.has(type))?.type.kind;
    const branches = first === undefined || first === 'variant' || first === 'optional';
    if (branches) return this.#text(brace);
    this.#pending += brace;
    return '';
  }

  /** Code for everything pending and `text`. */
  #text(text: string): string {
    const all = this.#pending + text;
    this.#pending = '';
    let code = '';
    // A name may be longer than what may go unchecked.
    for (const part of pieces(all)) {
      this.#unchecked += 4 * part.length + 8;
      if (this.#unchecked > UNCHECKED_BYTES) {
        code += CHECK;
        this.#unchecked = 4 * part.length + 8;
      }
      code += literalCode(part, '$v', '$p');
    }
    return code;
  }

  #integer(field: IntegerClass, value: string): string {
    if (this.#syntax.json && field.form !== 'boolean') return `$p=s.decimal($p,${value});`;
    if (field.form === 'enum') return this.#labels(field, `of(${value})`);
    if (field.form === 'boolean') return `$p=s.ascii($p,${value}===0?'false':'true');`;
    if (field.form !== 'integer') return `$p=s.hex($p,${value});`;
    if (field.base === 10) return `$p=s.decimal($p,${value});`;
    if (field.base === 16) {
      const bits = Math.min(32, Math.ceil(field.bits / 4) * 4);
      const masked = field.signed && bits < 32 ? `${value}&${2 ** bits - 1}` : value;
      return `$p=s.hex($p,${masked});`;
    }
    return this.#slow(field, `BigInt(${value})`);
  }

  #wide(field: IntegerClass, low: string, high: string): string {
    if (this.#syntax.json && field.form !== 'boolean') return `$p=s.jsonWide($p,${low},${high},${field.signed});`;
    if (field.form === 'enum') return this.#labels(field, `ofWide(${low},${high})`);
    if (field.form === 'boolean') return `$p=s.ascii($p,(${low}|${high})===0?'false':'true');`;
    if (field.form === 'integer' && field.base === 10) {
      return `$p=s.${field.signed ? 'signedWide' : 'decimalWide'}($p,${low},${high});`;
    }
    if (field.form === 'integer' && field.base !== 16) {
      return this.#slow(field, `(BigInt(${high})<<32n|BigInt((${low})>>>0))`);
    }
    const bits = Math.min(64, Math.ceil(field.bits / 4) * 4);
    const masked = bits < 64 ? `(${high})&${2 ** (bits - 32) - 1}` : high;
    return `$p=s.hexWide($p,${low},${masked});`;
  }

  #labels(field: IntegerClass, call: string): string {
    this.#unchecked = UNCHECKED_BYTES;
    return `$p=s.raw($p,${this.#constant(new LabelTexts(field))}.${call});`;
  }

  #slow(field: IntegerClass, value: string): string {
    return `$p=s.ascii($p,${this.#constant((n: bigint) => integerText(field, n))}(${value}));`;
  }
}

function* pieces(text: string): Generator<string> {
  for (let i = 0; i < text.length; ) {
    let end = Math.min(text.length, i + UNCHECKED_BYTES / 8);
    // Not between the halves of a character.
    if (end < text.length && encoder.encode(text[end - 1]).length === 3 && text.codePointAt(end - 1)! > 0xffff) end--;
    yield text.slice(i, end);
    i = end;
  }
}
