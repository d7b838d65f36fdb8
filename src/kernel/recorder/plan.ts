/**
 * A plan says how one kind of kernel record becomes one CTF event: rows of small numbers, made once from the kernel's
 * format file and LTTng's field list, run for every record without allocating (run-plan.ts).
 *
 *     row | operation | offset in the record | a | b |
 *
 * Neighbouring fields that need no change become one COPY: sched_switch is 6 rows for its 7 fields.
 */
import {
  type Field,
  type FieldType,
  i32,
  i64,
  integerType,
  string,
  text,
  u8,
  u16,
  u32,
  u64,
  x64,
} from '../../ctf/fields.ts';
import { type EventFormat, elementBytes, fieldOf, type RecordField, symbolsOf } from './format.ts';
import { type FieldRule, LTTNG_EVENTS, parseRules } from './lttng-events.ts';

/** Operations; `a` and `b` in brackets. */
export const COPY = 1; // [bytes]
export const INTEGER = 2; // [source bytes, negative if signed; target bytes]
export const PRIORITY = 3;
export const TEXT = 4; // 16 bytes of text [source bytes; or place]
export const STRING = 5; // [source bytes; or place]
export const RWBS = 6; // [source bytes; or place]
export const SELF = 7;
export const TGID = 8;
export const SEQUENCE = 9; // [element bytes; place]
export const ADDRESS_TEXT = 10; // a 64-bit address as hexadecimal text
export const ROW = 4;

/** `b` of TEXT, STRING, RWBS and SEQUENCE: where the bytes are. */
export const HERE = 0;
export const DATA_LOC = 1;
export const REL_LOC = 2;

/** `0x` and 16 digits. */
export const ADDRESS_TEXT_BYTES = 18;
/** MAX_RT_PRIO: LTTng's priorities start there. */
export const RT_PRIORITIES = 100;

export interface Plan {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly rows: Int32Array;
  /** A shorter record is damaged. */
  readonly recordBytes: number;
  /** Room beyond the event's minimum: fixed, and times the record's length. */
  readonly extraBytes: number;
  readonly extraRecords: number;
}

const INTEGER_TYPES: Readonly<Record<string, FieldType>> = { i32, i64, u8, u16, u32, u64, x64 };

/** Builds a plan row by row. */
export class PlanBuilder {
  readonly #fields: Field[] = [];
  readonly #rows: number[] = [];
  #extraBytes = 0;
  #extraRecords = 0;

  field(name: string, type: FieldType): void {
    this.#fields.push({ name, type });
  }

  row(operation: number, offset: number, a: number, b = 0): void {
    const last = this.#rows.length - ROW;
    // Two copies of adjacent bytes are one.
    if (operation === COPY && this.#rows[last] === COPY && this.#rows[last + 1]! + this.#rows[last + 2]! === offset) {
      this.#rows[last + 2]! += a;
      return;
    }
    this.#rows.push(operation, offset, a, b);
  }

  integer(name: string, type: FieldType, source: RecordField): void {
    const target = type.kind === 'integer' ? type.bits / 8 : 4;
    this.field(name, type);
    if (target <= source.size)
      this.row(COPY, source.offset, target); // little-endian: the low bytes come first
    else this.row(INTEGER, source.offset, source.signed ? -source.size : source.size, target);
  }

  text(name: string, source: RecordField): void {
    this.field(name, text(16));
    const place = placeOf(source);
    if (place === HERE && source.size === 16) this.row(COPY, source.offset, 16);
    else this.row(TEXT, source.offset, source.size, place);
  }

  string(name: string, source: RecordField): void {
    this.field(name, string);
    const place = placeOf(source);
    this.row(STRING, source.offset, source.size, place);
    if (place === HERE) this.#extraBytes += source.size;
    else this.#extraRecords++;
  }

  sequence(name: string, source: RecordField): void {
    const bytes = elementBytes(source.type);
    this.field(name, { kind: 'sequence', element: integerType(bytes * 8, source.signed) });
    this.row(SEQUENCE, source.offset, bytes, placeOf(source));
    this.#extraRecords++;
  }

  addressText(name: string, offset: number): void {
    this.field(name, string);
    this.row(ADDRESS_TEXT, offset, 0);
    this.#extraBytes += ADDRESS_TEXT_BYTES;
  }

  build(name: string, recordBytes: number): Plan {
    return {
      name,
      fields: this.#fields,
      rows: Int32Array.from(this.#rows),
      recordBytes,
      extraBytes: this.#extraBytes,
      extraRecords: this.#extraRecords,
    };
  }
}

function placeOf(field: RecordField): number {
  return field.place === 'here' ? HERE : field.place === 'data_loc' ? DATA_LOC : REL_LOC;
}

function applyRule(plan: PlanBuilder, rule: FieldRule, format: EventFormat): void {
  if (rule.how === 'self') {
    plan.field(rule.name, i32);
    plan.row(SELF, 0, 0);
    return;
  }
  const source = fieldOf(format, rule.source);
  if (source === undefined) return; // this kernel does not record it
  const whole = source.place !== 'here' || rule.how === 'prio' || rule.how === 'tgid' ? 4 : 1;
  if (source.size < whole) return; // nor in a size that can be read
  switch (rule.how) {
    case 'text':
      plan.text(rule.name, source);
      break;
    case 'string':
      plan.string(rule.name, source);
      break;
    case 'prio':
      plan.field(rule.name, i32);
      plan.row(PRIORITY, source.offset, 0);
      break;
    case 'rwbs':
      plan.field(rule.name, u32);
      plan.row(RWBS, source.offset, source.size, placeOf(source));
      break;
    case 'tgid':
      plan.field(rule.name, i32);
      plan.row(TGID, source.offset, 0);
      break;
    case 'symbol': {
      const labels = symbolsOf(format, rule.source);
      plan.integer(rule.name, labels.length > 0 ? { kind: 'enum', container: u32, labels } : u32, source);
      break;
    }
    default:
      plan.integer(rule.name, INTEGER_TYPES[rule.how]!, source);
  }
}

/** An event that LTTng does not have: its own name and fields, as the format file says. */
function applyField(plan: PlanBuilder, field: RecordField): void {
  if (field.size < (field.place === 'here' ? 1 : 4)) return;
  const isText = /\bchar\b/.test(field.type) && (field.place !== 'here' || field.count > 0);
  if (isText) plan.string(field.name, field);
  else if (field.place !== 'here') plan.sequence(field.name, field);
  else if (field.count === 0 && [1, 2, 4, 8].includes(field.size)) {
    const hexadecimal = field.type.includes('*');
    plan.integer(field.name, integerType(field.size * 8, field.signed && !hexadecimal, hexadecimal ? 16 : 10), field);
  } else {
    const bytes = field.count > 0 && field.size % field.count === 0 ? field.size / field.count : 1;
    const element = [1, 2, 4, 8].includes(bytes) ? bytes : 1;
    plan.field(field.name, {
      kind: 'array',
      element: integerType(element * 8, field.signed && element > 1, element === 1 ? 16 : 10),
      length: field.size / element,
    });
    plan.row(COPY, field.offset, field.size);
  }
}

/** The plan for an event of any system: LTTng's where there is one, a faithful copy otherwise. */
export function planOf(format: EventFormat): Plan {
  const plan = new PlanBuilder();
  const known = LTTNG_EVENTS[`${format.system}/${format.name}`];
  if (known !== undefined) for (const rule of parseRules(known[1])) applyRule(plan, rule, format);
  else for (const field of format.fields) if (!field.name.startsWith('common_')) applyField(plan, field);
  return plan.build(known?.[0] ?? format.name, format.bytes);
}
