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

function wordOf(value: Value): string {
  if (value.kind === 'string') return value.text;
  return value.kind === 'path' ? value.path.words.join('.') : String(value.value);
}

function booleanOf(lexer: Lexer, value: Value): boolean {
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

function encodingOf(lexer: Lexer, value: Value): boolean {
  const word = wordOf(value);
  if (/^none$/i.test(word)) return false;
  if (/^(utf-?8|ascii)$/i.test(word)) return true;
  throw lexer.error(`there is no encoding '${word}'`, value.at);
}

function clockOf(lexer: Lexer, value: Value): string {
  const words = value.kind === 'path' ? value.path.words : [];
  if (words.length === 3 && words[0] === 'clock' && words[2] === 'value') return words[1]!;
  throw lexer.error('an integer is mapped to clock.NAME.value', value.at);
}

/** Each attribute at most once; unknown ones are ignored, as the specification asks. */
function once(lexer: Lexer, attributes: readonly Attribute[]): void {
  const seen = new Set<string>();
  for (const { name, at } of attributes) {
    if (seen.has(name)) throw lexer.error(`'${name}' is given twice`, at);
    seen.add(name);
  }
}

export function integerOf(lexer: Lexer, attributes: readonly Attribute[]): IntegerNode {
  once(lexer, attributes);
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
  once(lexer, attributes);
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
