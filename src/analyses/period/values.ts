/** Values of events that references mean, and how they compare. */
import type { EventType, FieldPlace, FieldReader, FieldValue, TraceEvent } from '../../trace/event.ts';
import type { Comparison, Reference } from './expression.ts';

/** What can be compared; `undefined`: the event has no such field, or none that compares. */
export type Value = number | bigint | string | undefined;

const nothing = (): undefined => undefined;

/** Reads what a reference means of an event, whatever its source is. Readers are made once for each kind of event. */
export class ReferenceReader {
  readonly reference: Reference;
  readonly #readers = new Map<EventType, FieldReader<FieldValue | undefined>>();
  #last: EventType | null = null;
  #lastReader: FieldReader<FieldValue | undefined> = nothing;

  constructor(reference: Reference) {
    this.reference = reference;
  }

  /** A copy that may be kept. */
  read(event: TraceEvent): FieldValue | undefined {
    const { type } = event;
    if (type === this.#last) return this.#lastReader(event);
    let reader = this.#readers.get(type);
    if (reader === undefined) {
      reader = readerOf(type, this.reference);
      this.#readers.set(type, reader);
    }
    this.#last = type;
    this.#lastReader = reader;
    return reader(event);
  }
}

export function comparable(value: FieldValue | undefined): Value {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string' ? value : undefined;
}

function readerOf(type: EventType, { isName, scope, field }: Reference): FieldReader<FieldValue | undefined> {
  if (isName) return () => type.name;
  const inPayload = type.fieldNames.includes(field);
  switch (scope) {
    case 'payload':
      return inPayload ? anyField(type, field) : nothing;
    case 'header':
      return field === 'id' ? (): number => type.id : nothing;
    case 'pkt_header':
      return nothing;
    case 'pkt_ctx':
      return field === 'cpu_id' ? cpu : (event): FieldValue | undefined => event.value(field, 'packet-context');
    case 'auto':
      // The packet is decoded once; its context is slow to read as a field of the event.
      return field === 'cpu_id' && !inPayload ? cpu : anyField(type, field);
    default: {
      const place = scope === 'ctx' ? 'specific-context' : 'common-context';
      // Reading by place decodes the whole event; fields that a name alone finds are read at once.
      return inPayload
        ? (event): FieldValue | undefined => event.value(field, place)
        : contextField(type, field, place);
    }
  }
}

/** A field of a context that no payload hides: which of the two contexts has it is found out with the first event. */
function contextField(type: EventType, field: string, place: FieldPlace): FieldReader<FieldValue | undefined> {
  let reader: FieldReader<FieldValue | undefined> | null = null;
  const other = place === 'specific-context' ? 'common-context' : 'specific-context';
  return (event) => {
    if (reader === null) {
      const isAlone = event.value(field, place) !== undefined && event.value(field, other) === undefined;
      reader = isAlone ? anyField(type, field) : (one): FieldValue | undefined => one.value(field, place);
    }
    return reader(event);
  };
}

function cpu(event: TraceEvent): number | undefined {
  return event.cpu < 0 ? undefined : event.cpu;
}

function anyField(type: EventType, field: string): FieldReader<FieldValue | undefined> {
  const text = type.stringField(field);
  if (text !== null) return text;
  const number = type.numberField(field);
  if (number === null) return type.valueField(field) ?? nothing;
  const exact = type.bigintField(field);
  if (exact === null) return number;
  // Addresses are beyond what doubles tell apart.
  return (event) => {
    const value = number(event);
    return Number.isSafeInteger(value) ? value : exact(event);
  };
}

/** False where a side is missing, and for a text beside a number, whatever the operator. */
export function compares(operator: Exclude<Comparison, '=*'>, left: Value, right: Value): boolean {
  if (left === undefined || right === undefined) return false;
  if ((typeof left === 'string') !== (typeof right === 'string')) return false;
  switch (operator) {
    case '==':
      // biome-ignore lint/suspicious/noDoubleEquals: a number and a bigint of the same value are equal
      return left == right;
    case '!=':
      // biome-ignore lint/suspicious/noDoubleEquals: as above
      return left != right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}
