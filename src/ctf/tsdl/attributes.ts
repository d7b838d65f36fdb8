/** The attributes of integers and floats (CTF 1.8.3, sections 4.1.5 and 4.1.7). */
import { type Base, LIMITS } from '../model.ts';
import type { Lexer } from './lexer.ts';
import type { FloatNode, IntegerNode, Value } from './syntax.ts';

export interface Attribute {
  readonly name: string;
  readonly value: Value;
  readonly at: number;
}

const BASES: Readonly<Record<string, Base>> = {};
for (const [base, names] of [
  [2, 'binary b'],
  [8, 'octal oct o'],
  [10, 'decimal dec d i u'],
  [16, 'hexadecimal hex x X p'],
] as const) {
  for (const name of names.split(' ')) (BASES as Record<string, Base>)[name] = base;
}

function numberOf(lexer: Lexer, value: Value, low: number, high: number, what: string): number {
  if (value.kind !== 'number' || value.value < BigInt(low) || value.value > BigInt(high)) {
    throw lexer.error(`${what} is a number from ${low} to ${high}`, value.at);
  }
  return Number(value.value);
}

/** The text of a quoted or bare value: old traces write `name = monotonic;`. */
export function textOf(lexer: Lexer, value: Value, what: string): string {
  if (value.kind === 'number') throw lexer.error(`${what} is a text, not ${value.value}`, value.at);
  return wordOf(value);
}

/** A number that is not negative and fits 64 bits. */
export function naturalOf(lexer: Lexer, value: Value, what: string): bigint {
  if (value.kind !== 'number' || value.value < 0n) throw lexer.error(`${what} is a number from 0`, value.at);
  return value.value;
}

const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

export function uuidOf(lexer: Lexer, value: Value): string {
  const text = wordOf(value);
  if (!UUID.test(text)) throw lexer.error(`'${text}' is not a UUID`, value.at);
  return text;
}

/** A quoted text, or words that stand for one. */
export function wordOf(value: Value): string {
  if (value.kind === 'string') return value.text;
  return value.kind === 'path' ? value.path.words.join('.') : String(value.value);
}

export function booleanOf(lexer: Lexer, value: Value): boolean {
  const word = wordOf(value);
  if (value.kind === 'number') return value.value !== 0n;
  if (word === 'true' || word === 'TRUE') return true;
  if (word === 'false' || word === 'FALSE') return false;
  throw lexer.error(`'${word}' is neither true nor false`, value.at);
}

export function byteOrderOf(lexer: Lexer, value: Value): 'le' | 'be' | 'native' {
  const word = wordOf(value);
  if (word === 'le' || word === 'be' || word === 'native') return word;
  if (word === 'network') return 'be';
  throw lexer.error(`there is no byte order '${word}'`, value.at);
}

function alignmentOf(lexer: Lexer, value: Value): number {
  const bits = numberOf(lexer, value, 1, LIMITS.alignment_bits, 'an alignment');
  if ((bits & (bits - 1)) !== 0) throw lexer.error('an alignment is a power of two', value.at);
  return bits;
}

function baseOf(lexer: Lexer, value: Value): Base {
  const base = value.kind === 'number' ? Number(value.value) : BASES[wordOf(value)];
  if (base === 2 || base === 8 || base === 10 || base === 16) return base;
  throw lexer.error('a base is 2, 8, 10 or 16', value.at);
}

const ENCODINGS: ReadonlyMap<string, boolean> = new Map([
  ['none', false],
  ...['UTF8', 'utf8', 'UTF-8', 'utf-8', 'ASCII', 'ascii'].map((name) => [name, true] as const),
]);

function encodingOf(lexer: Lexer, value: Value): boolean {
  const encoding = value.kind === 'number' ? undefined : ENCODINGS.get(wordOf(value));
  if (encoding === undefined) throw lexer.error(`there is no encoding '${wordOf(value)}'`, value.at);
  return encoding;
}

/** Whatever else it is mapped to is left out of account, as babeltrace2 does. */
function clockOf(lexer: Lexer, value: Value): string {
  const words = value.kind === 'path' ? value.path.words : [];
  if (words.length === 3 && words[0] === 'clock' && words[2] === 'value') return words[1]!;
  const message = 'an integer is mapped to clock.NAME.value';
  if (value.kind === 'number' || words[0] === 'clock') throw lexer.error(message, value.at);
  lexer.warn(`${message}, not to '${wordOf(value)}'`, value.at);
  return '';
}

const KNOWN: Readonly<Record<string, ReadonlySet<string>>> = {
  integer: new Set(['size', 'align', 'signed', 'byte_order', 'base', 'encoding', 'map']),
  floating_point: new Set(['exp_dig', 'mant_dig', 'align', 'byte_order']),
  string: new Set(['encoding']),
};

/** Each attribute at most once; unknown ones are told and ignored. */
function check(lexer: Lexer, attributes: readonly Attribute[], what: string): void {
  const seen = new Set<string>();
  for (const { name, at } of attributes) {
    if (!KNOWN[what]!.has(name)) lexer.warn(`the attribute '${name}' of ${what} is unknown`, at);
    else if (seen.has(name)) throw lexer.error(`'${name}' is given twice`, at);
    seen.add(name);
  }
}

/** Only UTF-8 and ASCII exist, and ASCII is UTF-8. */
export function checkString(lexer: Lexer, attributes: readonly Attribute[]): void {
  check(lexer, attributes, 'string');
  for (const { name, value } of attributes) if (name === 'encoding') encodingOf(lexer, value);
}

export function integerOf(lexer: Lexer, attributes: readonly Attribute[]): IntegerNode {
  check(lexer, attributes, 'integer');
  const { at } = lexer.token;
  let bits = 0;
  let alignment = 0;
  const out = {
    signed: false,
    byteOrder: 'native' as IntegerNode['byteOrder'],
    base: 10 as Base,
    text: false,
    clock: '',
  };
  for (const { name, value } of attributes) {
    if (name === 'size') bits = numberOf(lexer, value, 1, 64, 'the size of an integer');
    else if (name === 'align') alignment = alignmentOf(lexer, value);
    else if (name === 'signed') out.signed = booleanOf(lexer, value);
    else if (name === 'byte_order') out.byteOrder = byteOrderOf(lexer, value);
    else if (name === 'base') out.base = baseOf(lexer, value);
    else if (name === 'encoding') out.text = encodingOf(lexer, value);
    else if (name === 'map') out.clock = clockOf(lexer, value);
  }
  if (bits === 0) throw lexer.error('an integer needs a size', attributes[0]?.at ?? at);
  if (alignment === 0) alignment = bits % 8 === 0 ? 8 : 1;
  return { node: 'integer', bits, alignment, ...out };
}

export function floatOf(lexer: Lexer, attributes: readonly Attribute[]): FloatNode {
  check(lexer, attributes, 'floating_point');
  let exponent = 0;
  let mantissa = 0;
  let alignment = 0;
  let byteOrder: FloatNode['byteOrder'] = 'native';
  for (const { name, value } of attributes) {
    if (name === 'exp_dig') exponent = numberOf(lexer, value, 1, 64, 'exp_dig');
    else if (name === 'mant_dig') mantissa = numberOf(lexer, value, 1, 256, 'mant_dig');
    else if (name === 'align') alignment = alignmentOf(lexer, value);
    else if (name === 'byte_order') byteOrder = byteOrderOf(lexer, value);
  }
  const single = exponent === 8 && mantissa === 24;
  if (!single && !(exponent === 11 && mantissa === 53)) {
    const message = `floats have exp_dig 8 and mant_dig 24, or 11 and 53, not ${exponent} and ${mantissa}`;
    throw lexer.error(message, attributes[0]?.at ?? lexer.token.at);
  }
  return { node: 'float', bits: single ? 32 : 64, alignment: alignment === 0 ? 8 : alignment, byteOrder };
}
