/** Who listens to events: models and reports. Each says which it needs, so that the decoder skips all others. */
import type { EventType, FieldReader, TraceEvent } from '../trace/event.ts';

export type Handler = (event: TraceEvent) => void;

export interface Listener {
  /** Names of events; `*` and `?` as in shells. */
  readonly events: readonly string[];
  /** Called once for each kind of event: fields are resolved here, not per event. `null`: not for me. */
  handler(type: EventType): Handler | null;
}

/** Nothing of these kinds of events reads as -1: thread ids, file descriptors, devices. */
export const NONE = -1;

/** Reads an integer field; `NONE` where the kind of event has no such field. */
export function numberOr(type: EventType, name: string, missing: number = NONE): FieldReader<number> {
  return type.numberField(name) ?? ((): number => missing);
}

export function stringOr(type: EventType, name: string, missing = ''): FieldReader<string> {
  return type.stringField(name) ?? ((): string => missing);
}

/** The CPU: that of the packet, or the event's own field where a trace has one stream for all CPUs. */
export function cpuOf(type: EventType): FieldReader<number> {
  if (type.fieldNames.includes('cpu_id')) return numberOr(type, 'cpu_id');
  return (event) => event.cpu;
}

/** One handler of several, in their order. */
export function inOrder(handlers: readonly Handler[]): Handler {
  const [first, second] = handlers;
  if (handlers.length === 1) return first!;
  if (handlers.length === 2) {
    return (event) => {
      first!(event);
      second!(event);
    };
  }
  return (event) => {
    for (const handler of handlers) handler(event);
  };
}
