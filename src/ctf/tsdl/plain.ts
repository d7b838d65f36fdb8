/**
 * Structs of integers and texts, as tracers write them for nearly all events: recognised by one expression a field, which
 * costs a tenth of parsing them. They are known to be right then, and are parsed when their first event comes. A kernel
 * trace declares 1200 classes in 370 KiB, of which few occur.
 */
import type { Value } from './syntax.ts';

const FIELD =
  /[ \t\r\n]*(?:integer \{ size = (?:8|16|32|64); align = (?:8|16|32|64); signed = ([01]); encoding = (?:none|UTF8|ASCII); base = (?:2|8|10|16);(?: byte_order = (?:be|le|native);)? \}|string) ([A-Za-z_]\w*)(?:\[ ?(?:(?:0|[1-9]\d{0,8})|([A-Za-z_]\w*)) ?\]|());/y;
const END = /[ \t\r\n]*\}/y;
const HEAD =
  /[ \t\r\n]*name = "([^"\\]*)";[ \t\r\n]*id = (0|[1-9]\d{0,8});[ \t\r\n]*stream_id = (0|[1-9]\d{0,8});[ \t\r\n]*(?:loglevel = (0|[1-9]\d{0,8});[ \t\r\n]*)?(?:model\.emf\.uri = "([^"\\]*)";[ \t\r\n]*)?fields[ \t\r\n]*:=[ \t\r\n]*struct \{/y;
const TAIL = /[ \t\r\n]*;[ \t\r\n]*\}/y;

/** Fields of the struct so far; whether they can be the length of a later one. */
const seen = new Map<string, boolean>();

/**
 * @param at index after the struct's `{`
 * @returns index after its `}`, or -1: it has to be parsed to know
 */
export function plainStruct(text: string, at: number): number {
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
