/**
 * Lines without generated code: of most event classes all fields are bytes at known places, and each is a row of a table
 * with the text before it. One loop writes the rows of all classes. It is compiled once and soon hot; the generated
 * functions of the hundreds of classes of a kernel's trace take much longer to become so, and are no faster then.
 *
 *     operation | byte of the body, or behind the last string | first word and length of the literal before the value
 *
 * What does not fit is left to emitter.ts: arrays, variants, floats, labels, integers of other sizes and orders, JSON.
 */
import { nulIndex } from '../decode/bits.ts';
import type { Window } from '../decode/compile.ts';
import type { ScopeTree } from '../decode/scalars.ts';
import { roundUp } from '../decode/shape.ts';
import type { FieldClass, IntegerClass, StringClass } from '../model.ts';
import { LITERAL_BYTES, STEP_BYTES, type TextBuffer } from './buffer.ts';
import { hexadecimalHalves, small, unsignedHalves } from './digits.ts';
import { type Layout, type ScopeLayout, ScopeOrder } from './layout.ts';
import { NAME_BYTES, NameTexts } from './names.ts';

const U8 = 0;
const U16 = 1;
const U32 = 2;
const U64 = 3;
const I32 = 4;
const I64 = 5;
const LAST_DECIMAL: number = I64;
const HEX32 = 6;
const HEX64 = 7;
const NAME = 8;
const STRING = 9;
const END = 10;

const MINUS = 0x2d;
const ROW = 4;

/** More than any value takes, but for strings: they look at the buffer's limit themselves. */
const VALUE_BYTES: number = 4 * NAME_BYTES + 2;

export interface Rows {
  readonly cells: Int32Array;
  /** The literal of the first row. */
  readonly first: string;
  /** At most, without strings. */
  readonly text_bytes: number;
}

export class RowWriter {
  readonly #layout: Layout;
  readonly #out: TextBuffer;
  readonly #names: NameTexts;

  constructor(layout: Layout, out: TextBuffer) {
    this.#layout = layout;
    this.#out = out;
    this.#names = new NameTexts(out);
  }

  /** Null when something does not fit. @param alignment of the body, in bits */
  rowsOf(trees: readonly ScopeTree[], alignment: number): Rows | null {
    if (this.#layout.style.syntax.json || alignment < 8) return null;
    const builder = new RowBuilder(this.#layout, this.#out, alignment);
    return trees.every((tree) => builder.scope(tree)) ? builder.end() : null;
  }

  /** The same rows behind a text; null when that is too much. */
  after(text: string, rows: Rows): Rows | null {
    const first = text + rows.first;
    // 4 bytes to a character at most.
    const text_bytes = rows.text_bytes + 4 * text.length;
    if (text_bytes > STEP_BYTES || first.length > LITERAL_BYTES / 4) return null;
    const cells = rows.cells.slice();
    const { word, length } = this.#out.literals.add(first);
    cells[2] = word;
    cells[3] = length;
    return { cells, first, text_bytes };
  }

  /** @returns the position behind the last field */
  write(at: number, rows: Rows, c: Window, body: number): number {
    return write(rows.cells, this.#names, c, body, this.#out, at);
  }
}

class RowBuilder {
  readonly #order: ScopeOrder;
  readonly #out: TextBuffer;
  readonly #syntax: Layout['style']['syntax'];
  readonly #cells: number[] = [];
  #first: string | null = null;
  #scope: ScopeLayout | null = null;
  /** Text before the next value. */
  #pending = '';
  #text_bytes = 0;
  /** Where the next field is, and what the place that is counted from is aligned to, in bits. */
  #offset_bits = 0;
  #align: number;

  constructor(layout: Layout, out: TextBuffer, align: number) {
    this.#order = new ScopeOrder(layout);
    this.#syntax = layout.style.syntax;
    this.#out = out;
    this.#align = align;
  }

  /** @returns whether it fits; like the methods below */
  scope({ scope, root }: ScopeTree): boolean {
    this.#scope = this.#order.enter(scope, root);
    this.#pending += this.#scope?.lead ?? '';
    return this.#field(root);
  }

  end(): Rows | null {
    const fits = this.#row(END);
    const text_bytes = this.#text_bytes;
    return fits ? { cells: Int32Array.from(this.#cells), first: this.#first!, text_bytes } : null;
  }

  #field(field: FieldClass): boolean {
    const place = this.#scope?.places.get(field);
    // A field that is not shown is rare.
    if (place === undefined || field.alignment > this.#align) return false;
    this.#offset_bits = roundUp(this.#offset_bits, field.alignment);
    this.#pending += place.before;
    const fits = this.#value(field);
    this.#pending += place.after;
    return fits;
  }

  #value(field: FieldClass): boolean {
    switch (field.kind) {
      case 'struct': {
        const [open, close] = this.#syntax.struct;
        this.#pending += open;
        if (!field.members.every(({ type }) => this.#field(type))) return false;
        this.#pending += close;
        return true;
      }
      case 'integer': {
        const operation = integerOperation(field);
        if (operation === HEX32 || operation === HEX64) this.#pending += '0x';
        return this.#leaf(operation, field.bits);
      }
      case 'string':
        return this.#leaf(stringOperation(field), NAME_BYTES * 8);
      default:
        return false;
    }
  }

  #leaf(operation: number, bits: number): boolean {
    if (operation === END || this.#offset_bits % 8 !== 0 || !this.#row(operation)) return false;
    this.#offset_bits += bits;
    if (operation === STRING) {
      this.#offset_bits = 0;
      this.#align = 8;
    }
    return true;
  }

  #row(operation: number): boolean {
    const text = this.#pending;
    this.#pending = '';
    this.#first ??= text;
    this.#text_bytes += 4 * text.length + VALUE_BYTES;
    if (this.#text_bytes > STEP_BYTES || text.length > LITERAL_BYTES / 4) return false;
    const { word, length } = this.#out.literals.add(text);
    this.#cells.push(operation, this.#offset_bits / 8, word, length);
    return true;
  }
}

/** `END` for what does not fit. */
function integerOperation(field: IntegerClass): number {
  const { bits, signed, base } = field;
  const isWhole = field.form === 'integer' && field.encoding === 'fixed' && !field.reversed;
  if (!isWhole || (field.byteOrder !== 'le' && bits !== 8)) return END;
  if (base === 16) return bits === 32 ? HEX32 : bits === 64 ? HEX64 : END;
  if (base !== 10) return END;
  if (bits === 32) return signed ? I32 : U32;
  if (bits === 64) return signed ? I64 : U64;
  return signed ? END : bits === 8 ? U8 : bits === 16 ? U16 : END;
}

function stringOperation(field: StringClass): number {
  if (field.encoding !== 'utf-8') return END;
  return field.length === null ? STRING : field.length === NAME_BYTES ? NAME : END;
}

function write(cells: Int32Array, names: NameTexts, c: Window, body: number, out: TextBuffer, start: number): number {
  const from = c.view;
  const { view } = out;
  const { words } = out.literals;
  let base = body >> 3;
  let p = out.longLiteral(start, cells[2]!, cells[3]!);
  for (let i = 0; ; ) {
    const at = base + cells[i + 1]!;
    const operation = cells[i]!;
    if (operation <= LAST_DECIMAL) {
      // Halves of a whole number, as small integers of the engine.
      let low = 0;
      let high = 0;
      switch (operation) {
        case U8:
          low = from.getUint8(at);
          break;
        case U16:
          low = from.getUint16(at, true);
          break;
        case U32:
          low = from.getInt32(at, true);
          break;
        case U64:
          low = from.getInt32(at, true);
          high = from.getInt32(at + 4, true);
          break;
        case I32:
          low = from.getInt32(at, true);
          if (low < 0) {
            view.setUint8(p++, MINUS);
            low = -low | 0;
          }
          break;
        default:
          low = from.getInt32(at, true);
          high = from.getInt32(at + 4, true);
          if (high < 0) {
            view.setUint8(p++, MINUS);
            low = -low | 0;
            high = low === 0 ? -high | 0 : ~high;
          }
      }
      p = high === 0 && low >= 0 ? small(view, p, low) : unsignedHalves(view, p, low, high);
    } else if (operation === HEX64) {
      p = hexadecimalHalves(view, p, from.getInt32(at, true), from.getInt32(at + 4, true));
    } else if (operation === HEX32) {
      p = hexadecimalHalves(view, p, from.getInt32(at, true), 0);
    } else if (operation === NAME) {
      p = names.write(p, from, c.bytes, at);
    } else if (operation === STRING) {
      const end = nulIndex(c.bytes, at);
      p = out.reserve(out.quotedBytes(p, c.bytes, at, end));
      base = end + 1;
    } else return p;
    i += ROW;
    const word = cells[i + 2]!;
    const length = cells[i + 3]!;
    view.setFloat64(p, words[word]!, true);
    view.setFloat64(p + 8, words[word + 1]!, true);
    if (length > 16) out.more(p, word, length);
    p += length;
  }
}
