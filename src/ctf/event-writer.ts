/**
 * Checked writers made once for each event class: values in the order of the stream's context, the event's own context,
 * its fields. They are for events that are written by the thousand (state dumps, outliers, conversions); the recorder's
 * million go through plans of their own.
 */
import type { StreamWriter } from './stream.ts';
import { FieldBytes } from './write/field-bytes.ts';
import { type FieldValue, fieldsEncoder } from './write/values.ts';
import type { EventClass } from './writer.ts';

export type { FieldValue } from './write/values.ts';
/** @param cycles of the stream's clock; nanoseconds where that has 1 GHz */
export type EventWriter = (stream: StreamWriter, cycles: bigint, values: readonly FieldValue[]) => void;

/** @returns a function that writes one event; it throws `RangeError` for values that the fields do not take */
export function eventWriter(event: EventClass): EventWriter {
  const { streamClass, details, fields } = event;
  const all = [...(streamClass.context ?? []), ...(details.context ?? []), ...(fields ?? [])];
  const encode = fieldsEncoder(all, `event ${event.name}`);
  const bytes = new FieldBytes();
  return (stream, cycles, values) => {
    bytes.clear();
    encode(bytes, values);
    stream.append(event, cycles, bytes);
  };
}
