/** Decodes fields into values of their own: `TraceEvent.value`, `toObject`, packet contexts. Not for hot paths. */
import type { FieldObject, FieldValue } from '../../trace/event.ts';
import type {
  ArrayClass,
  BlobClass,
  FloatClass,
  IntegerClass,
  OptionalClass,
  Scope,
  StringClass,
  StructClass,
  TextEncoding,
  VariantClass,
} from '../model.ts';
import { bigintOf, numberOf } from './bits.ts';
import type { Visitor } from './emit.ts';

/** Names of threads and files come again and again: those of the last ones that were decoded, by a hash of their bytes. */
const RECENT: string[] = new Array(2048).fill('');
/** A longer text costs more to compare than to decode. */
const RECENT_CHARACTERS = 64;
/** A loop beats TextDecoder's call until about so many bytes. */
const SHORT_BYTES = 24;

/** @returns the slot of a short ASCII text in `RECENT`; -1: it is none */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > RECENT_CHARACTERS) return -1;
  let hash = end - start;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x80) return -1;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return (hash ^ (hash >>> 15)) & (RECENT.length - 1);
}

function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

function shortText(bytes: Uint8Array, start: number, end: number): string {
  let out = '';
  for (let i = start; i < end; i++) out += String.fromCharCode(bytes[i]!);
  return out;
}

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();

/** Text of a string field's bytes. Invalid sequences become U+FFFD. */
export function decodeText(bytes: Uint8Array, start: number, end: number, encoding: TextEncoding = 'utf-8'): string {
  if (encoding.startsWith('utf-32')) return decodeUtf32(bytes, start, end, encoding === 'utf-32le');
  const slot = encoding === 'utf-8' ? slotOf(bytes, start, end) : -1;
  if (slot >= 0) {
    const recent = RECENT[slot]!;
    if (isText(recent, bytes, start, end)) return recent;
  }
  const text =
    slot >= 0 && end - start <= SHORT_BYTES
      ? shortText(bytes, start, end)
      : decoderOf(encoding).decode(bytes.subarray(start, end));
  if (slot >= 0) RECENT[slot] = text;
  return text;
}

function decoderOf(encoding: TextEncoding): InstanceType<typeof TextDecoder> {
  let decoder = decoders.get(encoding);
  if (decoder === undefined) {
    decoder = new TextDecoder(encoding, { ignoreBOM: true });
    decoders.set(encoding, decoder);
  }
  return decoder;
}

function decodeUtf32(bytes: Uint8Array, start: number, end: number, little: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let out = '';
  for (let i = start; i + 4 <= end; i += 4) {
    const code = view.getUint32(i, little);
    out += code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : '\ufffd';
  }
  return out;
}

type Container = { object: Record<string, FieldValue> | null; array: FieldValue[] | null };

/** Builds an object for each scope; `scopes` holds those of the last walk. */
export class ValueVisitor implements Visitor {
  readonly scopes: Partial<Record<Scope, FieldObject>> = {};
  #stack: Container[] = [];
  #scope: Scope = 'payload';
  #optionName: string | null = null;

  /** The value of a walk over a single structure. */
  root: FieldObject = {};

  beginScope(scope: Scope): void {
    this.#scope = scope;
    this.#stack = [];
  }

  endScope(): void {
    this.scopes[this.#scope] = this.root;
  }

  #put(name: string, value: FieldValue): void {
    const top = this.#stack.at(-1);
    if (top === undefined) return;
    if (top.array !== null) top.array.push(value);
    else top.object![this.#optionName ?? name] = value;
    this.#optionName = null;
  }

  integer(field: IntegerClass, name: string, value: number): void {
    this.#put(name, field.form === 'boolean' ? value !== 0 : value);
  }

  wide(field: IntegerClass, name: string, low: number, high: number): void {
    if (field.form === 'boolean') this.#put(name, low !== 0 || high !== 0);
    else {
      const value = numberOf(low, high);
      this.#put(name, Number.isSafeInteger(value) ? value : bigintOf(low, high));
    }
  }

  float(_field: FloatClass, name: string, value: number): void {
    this.#put(name, value);
  }

  string(field: StringClass, name: string, bytes: Uint8Array, start: number, end: number): void {
    this.#put(name, decodeText(bytes, start, end, field.encoding));
  }

  blob(_field: BlobClass, name: string, bytes: Uint8Array, start: number, end: number): void {
    this.#put(name, bytes.slice(start, end));
  }

  beginStruct(_field: StructClass, name: string): void {
    // Without prototype: a field may be called __proto__.
    const object: Record<string, FieldValue> = Object.create(null);
    if (this.#stack.length === 0) this.root = object;
    else this.#put(name, object);
    this.#stack.push({ object, array: null });
  }

  endStruct(): void {
    this.#stack.pop();
  }

  beginArray(_field: ArrayClass, name: string): void {
    const array: FieldValue[] = [];
    this.#put(name, array);
    this.#stack.push({ object: null, array });
  }

  endArray(): void {
    this.#stack.pop();
  }

  absent(_field: OptionalClass, name: string): void {
    this.#put(name, null);
  }

  /** A variant's value is its option's, under the variant's own name. */
  option(_field: VariantClass, name: string): void {
    this.#optionName ??= name;
  }
}
