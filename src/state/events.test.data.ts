/** Events made of objects, for tests: what a source would give. */
import type { EventType, FieldObject, FieldReader, FieldValue, StreamInfo, TraceEvent } from '../trace/event.ts';

export interface PlainEvent {
  readonly name: string;
  /** Nanoseconds since the origin. */
  readonly time: number;
  readonly cpu: number;
  readonly fields: FieldObject;
  readonly context?: FieldObject;
}

const STREAM: StreamInfo = { trace: 'test', name: 'stream', environment: new Map() };

class PlainType implements EventType {
  readonly name: string;
  readonly id: number = 0;
  readonly logLevel: number | null = null;
  readonly fieldNames: readonly string[];
  readonly #contextNames: readonly string[];

  constructor(name: string, fieldNames: readonly string[], contextNames: readonly string[]) {
    this.name = name;
    this.fieldNames = fieldNames;
    this.#contextNames = contextNames;
  }

  #has(name: string): boolean {
    return this.fieldNames.includes(name) || this.#contextNames.includes(name);
  }

  numberField(name: string): FieldReader<number> | null {
    return this.#has(name) ? (event) => event.number(name) : null;
  }

  bigintField(name: string): FieldReader<bigint> | null {
    return this.#has(name) ? (event) => event.bigint(name) : null;
  }

  stringField(name: string): FieldReader<string> | null {
    return this.#has(name) ? (event) => event.string(name) : null;
  }

  valueField(name: string): FieldReader<FieldValue> | null {
    return this.#has(name) ? (event) => event.value(name)! : null;
  }
}

const types = new Map<string, PlainType>();

function typeOf({ name, fields, context = {} }: PlainEvent): PlainType {
  const names = Object.keys(fields);
  const key = `${name} ${names} ${Object.keys(context)}`;
  let type = types.get(key);
  if (type === undefined) {
    type = new PlainType(name, names, Object.keys(context));
    types.set(key, type);
  }
  return type;
}

class PlainView implements TraceEvent {
  readonly type: EventType;
  readonly time: number;
  readonly time_ns: bigint;
  readonly cpu: number;
  readonly stream: StreamInfo = STREAM;
  readonly #plain: PlainEvent;

  constructor(plain: PlainEvent, origin_ns: bigint) {
    this.#plain = plain;
    this.type = typeOf(plain);
    this.time = plain.time;
    this.time_ns = origin_ns + BigInt(plain.time);
    this.cpu = plain.cpu;
  }

  get name(): string {
    return this.type.name;
  }

  number(field: string): number {
    const value = this.value(field);
    return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
  }

  bigint(field: string): bigint {
    const value = this.value(field);
    return typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) : 0n;
  }

  string(field: string): string {
    const value = this.value(field);
    return typeof value === 'string' ? value : '';
  }

  value(field: string): FieldValue | undefined {
    const { fields, context = {} } = this.#plain;
    return field in fields ? fields[field] : context[field];
  }

  toObject(): FieldObject {
    return this.#plain.fields;
  }
}

export function traceEvent(plain: PlainEvent, origin_ns = 0n): TraceEvent {
  return new PlainView(plain, origin_ns);
}
