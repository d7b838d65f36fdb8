/**
 * The kernel's own description of its binary records: `events/SUBSYSTEM/EVENT/format` and `events/header_page`.
 *
 *     name: sched_waking
 *     ID: 312
 *     format:
 *         field:unsigned short common_type;  offset:0;  size:2;  signed:0;
 *         ...
 *         field:__data_loc char[] name;      offset:20; size:4;  signed:0;
 *     print fmt: "dev=%s", __get_str(name)
 *
 * Layouts differ between kernels (5.15 has `char comm[16]` where 6.18 has `__data_loc char[] comm`), so nothing is assumed
 * beyond what these files say. Source: kernel/trace/trace_events.c, f_show().
 */
import { TailtrapError } from '../../base/errors.ts';

export interface RecordField {
  readonly name: string;
  /** C type without the name, such as `unsigned int`, `char[16]`, `char[]`. */
  readonly type: string;
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
  /**
   * `here`: the bytes are at `offset`. `data_loc`: there is a u32, length << 16 | offset from the record's start.
   * `rel_loc` (since 5.17): the same, but the offset counts from the end of that u32.
   */
  readonly place: 'here' | 'data_loc' | 'rel_loc';
  /** Elements of a fixed array, 0 otherwise. */
  readonly count: number;
}

export interface EventFormat {
  readonly system: string;
  readonly name: string;
  readonly id: number;
  readonly fields: readonly RecordField[];
  /** Smallest record of this event: the end of its last fixed field. */
  readonly bytes: number;
  readonly print: string;
}

/** More fields than any kernel event has; a bound for damaged input. */
const MAX_FIELDS = 128;
/** A record's length field has at most 28 bits of which a page is the real limit; 64 KiB is the largest sub-buffer we set. */
const MAX_OFFSET = 65536;
const FIELD = /^\s*field:(.*?);\s*offset:(\d+);\s*size:(\d+);\s*signed:(\d);/;

function parseField(line: string): RecordField | null {
  const match = FIELD.exec(line);
  if (match === null) return null;
  let declaration = match[1]!.trim();
  const location = /^__(data|rel)_loc\s+/.exec(declaration);
  if (location !== null) declaration = declaration.slice(location[0].length);
  const array = /\[([^\]]*)\]\s*$/.exec(declaration);
  const base = array === null ? declaration : declaration.slice(0, array.index);
  // `char[] name` has the brackets in front of the name, `char name[16]` behind it.
  const name = /([A-Za-z_][A-Za-z0-9_]*)\s*$/.exec(base);
  if (name === null) return null;
  const offset = Number(match[2]);
  const size = Number(match[3]);
  if (offset + size > MAX_OFFSET) return null;
  const type = base.slice(0, name.index).trim();
  const element = elementBytes(type);
  return {
    name: name[1]!,
    type: array === null ? type : `${type}[]`,
    offset,
    size,
    signed: match[4] === '1',
    place: location === null ? 'here' : location[1] === 'data' ? 'data_loc' : 'rel_loc',
    count: array === null || location !== null ? 0 : Math.floor(size / element),
  };
}

/** Size of an array's element by its C type; what is not known is bytes. */
export function elementBytes(type: string): number {
  if (/\*|\blong\b|\b[su]64\b|size_t|u?int64_t/.test(type)) return 8;
  if (/\bshort\b|\b[su]16\b|u?int16_t|__be16/.test(type)) return 2;
  if (/char|\b[su]8\b|u?int8_t|bool/.test(type)) return 1;
  if (/\bint\b|unsigned|\b[su]32\b|u?int32_t|__be32|pid_t|dev_t/.test(type)) return 4;
  return 1;
}

/**
 * @throws TailtrapError `TT_BAD_FORMAT` when the text has no id or no fields
 */
export function parseFormat(system: string, text: string, where = `events/${system}`): EventFormat {
  const name = /^name:\s*(\S+)/m.exec(text)?.[1];
  const id = Number(/^ID:\s*(\d+)/m.exec(text)?.[1] ?? Number.NaN);
  const fields: RecordField[] = [];
  for (const line of text.split('\n')) {
    const field = fields.length < MAX_FIELDS ? parseField(line) : null;
    if (field !== null) fields.push(field);
  }
  if (name === undefined || !(id >= 0 && id <= 0xffff) || fields.length === 0) {
    throw new TailtrapError('TT_BAD_FORMAT', 'the kernel describes this event in a way tailtrap does not know', {
      where,
      next: 'leave the event out of the recorder, and report it with this file',
    });
  }
  const bytes = fields.reduce((end, field) => Math.max(end, field.offset + field.size), 0);
  return { system, name, id, fields, bytes, print: /^print fmt:\s*(.*)$/m.exec(text)?.[1] ?? '' };
}

export function fieldOf(format: EventFormat, name: string): RecordField | undefined {
  return format.fields.find((field) => field.name === name);
}

/** Value and label pairs of `__print_symbolic(REC->FIELD, { 2, "NAME" }, ...)` in the print format; empty if none. */
export function symbolsOf(format: EventFormat, field: string): (readonly [number, string])[] {
  const start = format.print.indexOf(`__print_symbolic(REC->${field},`);
  if (start < 0) return [];
  const symbols: (readonly [number, string])[] = [];
  const entry = /\{\s*(\d+|0x[0-9a-fA-F]+)\s*,\s*"([^"\\]*)"\s*\}\s*(,|\))/y;
  entry.lastIndex = format.print.indexOf('{', start);
  for (;;) {
    const match = entry.exec(format.print);
    if (match === null) return symbols;
    symbols.push([Number(match[1]), match[2]!]);
    if (match[3] === ')') return symbols;
    while (format.print[entry.lastIndex] === ' ') entry.lastIndex++;
  }
}

/** Layout of a ring-buffer page: `events/header_page`. */
export interface PageFormat {
  readonly timestamp: number;
  readonly commit: number;
  readonly commitBytes: number;
  readonly data: number;
  /** Bytes of a whole page (sub-buffer), header included. */
  readonly bytes: number;
}

export function parsePageFormat(text: string): PageFormat {
  const fields = text.split('\n').map(parseField);
  const find = (name: string): RecordField => {
    const field = fields.find((f) => f?.name === name);
    if (field) return field;
    throw new TailtrapError('TT_BAD_FORMAT', `the ring-buffer page has no field '${name}'`, {
      where: 'events/header_page',
    });
  };
  const data = find('data');
  const commit = find('commit');
  return {
    timestamp: find('timestamp').offset,
    commit: commit.offset,
    commitBytes: commit.size,
    data: data.offset,
    bytes: data.offset + data.size,
  };
}
