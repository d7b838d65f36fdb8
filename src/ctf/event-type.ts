/** An event class with the code that reads its fields; `EventType` of CTF traces. */
import type { EventType, FieldReader, FieldValue, TraceEvent } from '../trace/event.ts';
import { bigintOf, numberOf, readFixed, readLeb128 } from './decode/bits.ts';
import { type BodyCode, toFunction } from './decode/compile.ts';
import type { FieldPlace } from './decode/generate.ts';
import { bitsOf, bytesOf, float, type Place, smallInteger, wideInteger } from './decode/place.ts';
import { unitBytes } from './decode/shape.ts';
import { decodeText } from './decode/values.ts';
import type { EventRecordClass, FieldClass, IntegerClass, StringClass } from './model.ts';
import type { StreamPlan } from './plan.ts';

type Reader = FieldReader<unknown>;

export class CtfEventType implements EventType {
  readonly recordClass: EventRecordClass;
  readonly name: string;
  readonly id: number;
  /** Null until its first event. */
  code: BodyCode | null = null;
  /** Place in the plan's tables. */
  readonly slot: number;
  readonly plan: StreamPlan;
  /** Made with the first field that is asked for: most of a trace's classes never occur. */
  #readers: Map<string, Reader | null> | null = null;

  constructor(recordClass: EventRecordClass, plan: StreamPlan, slot: number) {
    this.slot = slot;
    this.recordClass = recordClass;
    this.name = recordClass.name;
    this.id = recordClass.id;
    this.plan = plan;
  }

  get logLevel(): number | null {
    return this.recordClass.logLevel;
  }

  get fieldNames(): readonly string[] {
    return this.recordClass.payload?.members.map((member) => member.name) ?? [];
  }

  /** The class of the field that a name means: payload before contexts. */
  fieldClass(name: string): FieldClass | null {
    const { recordClass } = this;
    const { commonContext, packetContext } = recordClass.streamClass;
    for (const root of [recordClass.payload, recordClass.specificContext, commonContext, packetContext]) {
      const member = root?.members.findLast((candidate) => candidate.name === name);
      if (member !== undefined) return member.type;
    }
    return null;
  }

  numberField(name: string): FieldReader<number> | null {
    return this.#reader('number', name) as FieldReader<number> | null;
  }

  bigintField(name: string): FieldReader<bigint> | null {
    return this.#reader('bigint', name) as FieldReader<bigint> | null;
  }

  stringField(name: string): FieldReader<string> | null {
    return this.#reader('string', name) as FieldReader<string> | null;
  }

  valueField(name: string): FieldReader<FieldValue> | null {
    if (this.fieldClass(name) === null) return null;
    return (event) => event.value(name) as FieldValue;
  }

  #reader(what: 'number' | 'bigint' | 'string', name: string): Reader | null {
    const key = `${what} ${name}`;
    this.#readers ??= new Map();
    let reader = this.#readers.get(key);
    if (reader === undefined) {
      reader = this.#make(what, name);
      this.#readers.set(key, reader);
    }
    return reader;
  }

  #make(what: 'number' | 'bigint' | 'string', name: string): Reader | null {
    const type = this.fieldClass(name);
    if (type === null) return null;
    if (what === 'string' ? type.kind !== 'string' : type.kind !== 'integer' && type.kind !== 'float') return null;
    if (what === 'bigint' && type.kind !== 'integer') return null;
    if (this.plan.generate) {
      // The place of a field is known once the class is compiled; a reader may be asked for before.
      const code = this.code ?? this.plan.compileQuietly(this);
      const field = code?.fields.get(name);
      // The length of a dynamic text is a field of its own: the walk knows both.
      const dynamic = type.kind === 'string' && type.length !== null && typeof type.length !== 'number';
      if (field !== undefined && field.type === type && !dynamic) return fieldReader(what, field);
    }
    return walkingReader(what, name);
  }
}

function walkingReader(what: 'number' | 'bigint' | 'string', name: string): Reader {
  return (event) => {
    const value = event.value(name);
    if (what === 'string') return typeof value === 'string' ? value : '';
    const number = typeof value === 'boolean' ? Number(value) : value;
    if (what === 'number')
      return typeof number === 'number' || typeof number === 'bigint' ? Number(number) : Number.NaN;
    return typeof number === 'number' || typeof number === 'bigint' ? BigInt(number) : 0n;
  };
}

/** Generated access to one field: constant distance from the body's start or from a mark. */
function fieldReader(what: 'number' | 'bigint' | 'string', field: FieldPlace): Reader {
  const constants: unknown[] = [];
  const constant = (value: unknown): string => `k[${constants.push(value) - 1}]`;
  const { unit } = field.place;
  const base = field.mark >= 0 ? `c.marks[${field.mark}]` : unit === 'byte' ? 'c.body >> 3' : 'c.body';
  const place: Place = { ...field.place, base: 'b' };
  const head = `const view = c.view, u8 = c.bytes, b = ${base};`;
  return toFunction<(event: TraceEvent) => unknown>(
    `${head}\n${bodyOf(what, field.type, place, constant)}`,
    constants,
    'c',
  );
}

function bodyOf(
  what: 'number' | 'bigint' | 'string',
  type: FieldClass,
  place: Place,
  constant: (value: unknown) => string,
): string {
  if (type.kind === 'string') return stringBody(type, place, constant);
  if (type.kind === 'float') return `return ${float(type, place, constant)};`;
  const integer = type as IntegerClass;
  const join = what === 'number' ? numberOf : bigintOf;
  if (integer.encoding === 'fixed' && integer.bits <= 32) {
    const value = smallInteger(integer, place);
    return what === 'number' ? `return ${value};` : `return BigInt(${value});`;
  }
  const halves = integer.encoding === 'fixed' ? wideInteger(integer, place) : null;
  if (halves !== null) return `return ${what === 'number' ? 'numberOf' : 'bigintOf'}(${halves.low}, ${halves.high});`;
  const read = constant((view: DataView, at: number) => {
    const out = { low: 0, high: 0, end_bits: 0, bits: 0 };
    if (integer.encoding === 'leb128') readLeb128(view, at, integer.signed, out);
    else readFixed(view, at, integer, out);
    return join(out.low, out.high);
  });
  return `return ${read}(view, ${bitsOf(place)});`;
}

function stringBody(type: StringClass, place: Place, constant: (value: unknown) => string): string {
  const start = bytesOf(place);
  const unit = unitBytes(type.encoding);
  const decode = constant(decodeText);
  if (type.length === null) {
    const end = unit === 1 ? `nulIndex(u8, ${start})` : `wideNulIndex(u8, ${start}, ${unit})`;
    return `return ${decode}(u8, ${start}, ${end}, '${type.encoding}');`;
  }
  const range = `u8, ${start}, ${start} + ${type.length}`;
  const end = unit === 1 ? `textEnd(${range})` : `wideTextEnd(${range}, ${unit})`;
  return `return ${decode}(u8, ${start}, ${end}, '${type.encoding}');`;
}
