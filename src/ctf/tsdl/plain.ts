/**
 * Structs of integers and texts, as tracers write them for nearly all events: recognised by one expression a field, which
 * costs a tenth of parsing them. They are known to be right then, and are parsed when their first event comes. A kernel
 * trace declares 1200 classes in 370 KiB, of which few occur.
 */
import type { Base } from '../model.ts';
import type { IntegerNode, MemberNode, StructNode, TypeNode, Value } from './syntax.ts';

const FIELD =
  /[ \t\r\n]*(?:integer \{ size = (?:8|16|32|64); align = (?:8|16|32|64); signed = ([01]); encoding = (?:none|UTF8|ASCII); base = (?:2|8|10|16);(?: byte_order = (?:be|le|native);)? \}|string) ([A-Za-z_]\w*)(?:\[ ?(?:(?:0|[1-9]\d{0,8})|([A-Za-z_]\w*)) ?\]|());/y;
const END = /[ \t\r\n]*\}/y;
const HEAD =
  /[ \t\r\n]*name = "([^"\\]*)";[ \t\r\n]*id = (0|[1-9]\d{0,8});[ \t\r\n]*stream_id = (0|[1-9]\d{0,8});[ \t\r\n]*(?:loglevel = (0|[1-9]\d{0,8});[ \t\r\n]*)?(?:model\.emf\.uri = "([^"\\]*)";[ \t\r\n]*)?fields[ \t\r\n]*:=[ \t\r\n]*struct \{/y;
const TAIL = /[ \t\r\n]*;[ \t\r\n]*\}/y;

/** Fields of the struct so far; whether they can be the length of a later one. */
const seen = new Map<string, boolean>();

/** How LTTng ends the fields of an event. */
const CLOSED = '\n\t};';
/**
 * Structs that were recognised, up to `CLOSED`: two of three of a kernel trace are like another, for calls have compat twins
 * and half of them are left with `ret` alone.
 */
const known = new Set<string>();
const MAX_KNOWN = 4096;
const MAX_KNOWN_CHARACTERS = 4096;

/** Of the text before: what is known holds on to it. */
export function forgetStructs(): void {
  known.clear();
}

/**
 * @param at index after the struct's `{`
 * @returns index after its `}`, or -1: it has to be parsed to know
 */
export function plainStruct(text: string, at: number): number {
  const near = text.slice(at, at + MAX_KNOWN_CHARACTERS);
  const length = near.indexOf(CLOSED);
  if (length < 0) return newStruct(text, at);
  const body = near.slice(0, length);
  const end = at + length + CLOSED.length - 1;
  if (known.has(body)) return end;
  const found = newStruct(text, at);
  if (found === end && known.size < MAX_KNOWN) known.add(body);
  return found;
}

function newStruct(text: string, at: number): number {
  seen.clear();
  FIELD.lastIndex = at;
  let end = at;
  for (let field = FIELD.exec(text); field !== null; field = FIELD.exec(text)) {
    const [, signed, name, length, single] = field;
    if (seen.has(name!) || (length !== undefined && seen.get(length) !== true)) return -1;
    seen.set(name!, signed === '0' && single !== undefined);
    end = FIELD.lastIndex;
  }
  END.lastIndex = end;
  return END.test(text) ? END.lastIndex : -1;
}

/** A whole event block of the usual attributes in their usual order, and a plain struct. */
export interface PlainEvent {
  readonly values: Map<string, Value>;
  /** Index of the struct. */
  readonly fieldsAt: number;
  /** Index after the block's `}`. */
  readonly end: number;
}

/** @param at index after the block's `{` */
export function plainEvent(text: string, at: number): PlainEvent | null {
  HEAD.lastIndex = at;
  const head = HEAD.exec(text);
  if (head === null) return null;
  const fieldsAt = HEAD.lastIndex - 'struct {'.length;
  const end = plainStruct(text, HEAD.lastIndex);
  TAIL.lastIndex = end;
  if (end < 0 || !TAIL.test(text)) return null;
  const values = new Map<string, Value>();
  const [, name, id, stream, level, uri] = head;
  values.set('name', { kind: 'string', text: name!, at });
  values.set('id', { kind: 'number', value: BigInt(id!), at });
  values.set('stream_id', { kind: 'number', value: BigInt(stream!), at });
  if (level !== undefined) values.set('loglevel', { kind: 'number', value: BigInt(level), at });
  if (uri !== undefined) values.set('model.emf.uri', { kind: 'string', text: uri, at });
  return { values, fieldsAt, end: TAIL.lastIndex };
}

/** A field of a struct that `plainStruct` has recognised. */
const MEMBER =
  /[ \t\r\n]*(?:(integer \{[^}]*\})|string) ([A-Za-z_]\w*)(?:\[ ?(?:(0|[1-9]\d{0,8})|([A-Za-z_]\w*)) ?\])?;/y;
const INTEGER =
  /size = (\d+); align = (\d+); signed = ([01]); encoding = (\w+); base = (\d+);(?: byte_order = (be|le|native);)?/;
const STRING: TypeNode = { node: 'string' };

/** An integer as in `FIELD`, alone: structs with enumerations, variants and structs inside consist of these. */
const ALONE =
  /integer \{ size = (?:8|16|32|64); align = (?:8|16|32|64); signed = [01]; encoding = (?:none|UTF8|ASCII); base = (?:2|8|10|16);(?: byte_order = (?:be|le|native);)? \}/y;

/**
 * An integer as tracers write it, for a tenth of what the parser needs.
 *
 * @param at index of `integer`
 * @returns null: it has to be parsed
 */
export function plainInteger(text: string, at: number): { readonly node: IntegerNode; readonly end: number } | null {
  ALONE.lastIndex = at;
  if (!ALONE.test(text)) return null;
  return { node: integerNode(text.slice(at, ALONE.lastIndex)), end: ALONE.lastIndex };
}

/** By their text: `plainStruct` admits no more than some thousand. */
const integers = new Map<string, IntegerNode>();

/**
 * What the parser would make of a struct that `plainStruct` has recognised, for a quarter of the time.
 *
 * @param at index after the struct's `{`
 */
export function plainNode(text: string, at: number): StructNode {
  const members: MemberNode[] = [];
  MEMBER.lastIndex = at;
  for (let found = MEMBER.exec(text); found !== null; found = MEMBER.exec(text)) {
    const [, integer, name, fixed, length] = found;
    const element = integer === undefined ? STRING : integerNode(integer);
    let type: TypeNode = element;
    if (fixed !== undefined) type = { node: 'array', element, length: Number(fixed) };
    else if (length !== undefined) {
      const path = { words: [length], at: text.lastIndexOf(length, MEMBER.lastIndex) };
      type = { node: 'array', element, length: path };
    }
    members.push({ name: name!, type });
  }
  return { node: 'struct', members, minimumAlignment: 1 };
}

function integerNode(text: string): IntegerNode {
  let known = integers.get(text);
  if (known === undefined) {
    const [, bits, alignment, signed, encoding, base, order] = INTEGER.exec(text)!;
    known = {
      node: 'integer',
      bits: Number(bits),
      alignment: Number(alignment),
      signed: signed === '1',
      byteOrder: (order ?? 'native') as IntegerNode['byteOrder'],
      base: Number(base) as Base,
      text: encoding !== 'none',
      clock: '',
    };
    integers.set(text, known);
  }
  return known;
}
