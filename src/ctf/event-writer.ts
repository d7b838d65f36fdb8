/**
 * Checked writers made once for each event class: values in the order context then fields. They are for events that are
 * written by the thousand (state dumps, outliers, conversions); the recorder's million go through plans of their own.
 */
import type { Field, FieldType, IntegerType } from './fields.ts';
import { encodeText, type StreamWriter } from './stream.ts';
import type { EventClass } from './writer.ts';

export type FieldValue = number | bigint | string | readonly number[];
export type EventWriter = (stream: StreamWriter, time_ns: bigint, values: readonly FieldValue[]) => void;

type Put = (stream: StreamWriter, value: FieldValue | Uint8Array) => void;

function putOfInteger(type: IntegerType): Put {
  switch (type.bits) {
    case 8:
      return (stream, value) => stream.putInteger8(Number(value));
    case 16:
      return (stream, value) => stream.putInteger16(Number(value));
    case 32:
      return (stream, value) => stream.putInteger32(Number(value));
    case 64:
      return (stream, value) => {
        const wide = BigInt.asUintN(64, typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value))));
        stream.putInteger64(Number(wide >> 32n), Number(wide & 0xffffffffn));
      };
  }
}

function putOf(type: FieldType): Put {
  switch (type.kind) {
    case 'integer':
      return putOfInteger(type);
    case 'enum':
      return putOfInteger(type.container);
    case 'string':
      return (stream, value) => stream.putString(value as Uint8Array);
    case 'text':
      return (stream, value) => stream.putText(value as Uint8Array, type.bytes);
    case 'declared':
      throw new RangeError('a declared field is encoded by its user');
    case 'array': {
      const put = putOfInteger(type.element);
      return (stream, value) => {
        for (let i = 0; i < type.length; i++) put(stream, (value as readonly number[])[i] ?? 0);
      };
    }
    case 'sequence': {
      const put = putOfInteger(type.element);
      return (stream, value) => {
        const items = value as readonly number[];
        stream.putInteger32(items.length);
        for (const item of items) put(stream, item);
      };
    }
  }
}

/** Bytes beyond the field's minimum. */
function extraBytes(type: FieldType, value: FieldValue | Uint8Array): number {
  if (type.kind === 'string') return (value as Uint8Array).length;
  if (type.kind === 'sequence') return (value as readonly number[]).length * (type.element.bits / 8);
  return 0;
}

/** @returns a function that writes one event; it throws `RangeError` when the number of values is wrong */
export function eventWriter(event: EventClass): EventWriter {
  const fields: readonly Field[] = [...event.streamClass.context, ...event.fields];
  const puts = fields.map((field) => putOf(field.type));
  const encoded: (FieldValue | Uint8Array)[] = new Array(fields.length);
  return (stream, time_ns, values) => {
    if (values.length !== fields.length) {
      throw new RangeError(`event ${event.name} takes ${fields.length} values, not ${values.length}`);
    }
    let extra = 0;
    for (let i = 0; i < fields.length; i++) {
      const value = values[i]!;
      const type = fields[i]!.type;
      encoded[i] = type.kind === 'string' || type.kind === 'text' ? encodeText(String(value)) : value;
      extra += extraBytes(type, encoded[i]!);
    }
    stream.begin(event, Number(time_ns >> 32n), Number(time_ns & 0xffffffffn), extra);
    for (let i = 0; i < fields.length; i++) puts[i]!(stream, encoded[i]!);
  };
}
