/** The packet's context as text. It comes decoded, once for each packet: speed does not count here. */
import type { FieldObject, FieldValue } from '../../trace/event.ts';
import type { Visitor } from '../decode/emit.ts';
import type { FieldClass, IntegerClass, Range, StructClass, TextEncoding } from '../model.ts';
import { TextBuffer } from './buffer.ts';
import type { Layout } from './layout.ts';
import { TextVisitor } from './visitor.ts';

export class PacketTexts {
  readonly #layout: Layout;
  readonly #out: TextBuffer;
  readonly #visitor: TextVisitor;
  #text = '';

  constructor(layout: Layout) {
    this.#layout = layout;
    const decoder = new TextDecoder();
    this.#out = new TextBuffer((bytes) => {
      this.#text += decoder.decode(bytes, { stream: true });
    });
    this.#visitor = new TextVisitor(layout, this.#out);
  }

  /** '' when nothing of it is shown. */
  of(root: StructClass | null, context: FieldObject): string {
    if (root === null || this.#layout.scope('packet-context', root, false) === null) return '';
    this.#text = '';
    this.#visitor.beginScope('packet-context', root);
    walk(this.#visitor, root, '', context, new Map());
    this.#visitor.endScope();
    this.#out.at = this.#out.flush(this.#out.at);
    return this.#text;
  }
}

const encoder = new TextEncoder();

function encoded(text: string, encoding: TextEncoding): Uint8Array {
  if (encoding === 'utf-8') return encoder.encode(text);
  const wide = encoding.startsWith('utf-32');
  const units = wide
    ? Array.from(text, (character) => character.codePointAt(0)!)
    : text.split('').map((unit) => unit.charCodeAt(0));
  const view = new DataView(new ArrayBuffer(units.length * (wide ? 4 : 2)));
  const little = encoding.endsWith('le');
  units.forEach((unit, i) => {
    if (wide) view.setUint32(i * 4, unit, little);
    else view.setUint16(i * 2, unit, little);
  });
  return new Uint8Array(view.buffer);
}

/** Visits a decoded value. @param seen integers that came before: they select */
export function walk(
  visitor: Visitor,
  field: FieldClass,
  name: string,
  value: FieldValue,
  seen: Map<IntegerClass, bigint>,
): void {
  switch (field.kind) {
    case 'integer': {
      const number = BigInt(value as number | bigint | boolean);
      seen.set(field, number);
      if (field.bits <= 32) visitor.integer(field, name, Number(number));
      else visitor.wide(field, name, Number(BigInt.asUintN(32, number)), Number(BigInt.asIntN(32, number >> 32n)));
      break;
    }
    case 'float':
      visitor.float(field, name, value as number);
      break;
    case 'string': {
      // As it stands in the packet: the layout knows this very field.
      const bytes = encoded(value as string, field.encoding);
      visitor.string(field, name, bytes, 0, bytes.length);
      break;
    }
    case 'blob':
      visitor.blob(field, name, value as Uint8Array, 0, (value as Uint8Array).length);
      break;
    case 'struct':
      visitor.beginStruct(field, name);
      for (const member of field.members) {
        walk(visitor, member.type, member.name, (value as FieldObject)[member.name]!, seen);
      }
      visitor.endStruct(field);
      break;
    case 'array':
      visitor.beginArray(field, name, (value as readonly FieldValue[]).length);
      for (const element of value as readonly FieldValue[]) walk(visitor, field.element, name, element, seen);
      visitor.endArray(field);
      break;
    case 'optional':
      if (value === null) visitor.absent(field, name);
      else walk(visitor, field.content, name, value, seen);
      break;
    case 'variant': {
      const selected = field.selector.targets.map((target) => seen.get(target)).find((n) => n !== undefined) ?? 0n;
      const index = Math.max(
        0,
        field.options.findIndex(({ ranges }) => contains(ranges, selected)),
      );
      visitor.option(field, name, index);
      walk(visitor, field.options[index]!.type, name, value, seen);
      break;
    }
  }
}

function contains(ranges: readonly Range[], value: bigint): boolean {
  return ranges.some(({ low, high }) => low <= value && value <= high);
}
