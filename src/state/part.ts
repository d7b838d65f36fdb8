/** What the state is made of: each part follows some events and keeps some tables. */
import type { EventType, TraceEvent } from '../trace/event.ts';

/** Applies one event of the class that it was made for. */
export type Handler = (event: TraceEvent) => void;
/** Resolves the fields of a class; null: this class lacks what is needed. */
export type HandlerMaker = (type: EventType) => Handler | null;

export interface Part {
  readonly name: string;
  /** Events that it follows; `*` as in shells. Sources may leave out what no part names. */
  readonly events: readonly string[];
  /** What to do with a class of event; null: nothing. */
  handler(type: EventType): Handler | null;
}

/** A part that follows events by their exact names. */
export function partOf(name: string, makers: Readonly<Record<string, HandlerMaker>>): Part {
  return {
    name,
    events: Object.keys(makers),
    handler: (type) => (Object.hasOwn(makers, type.name) ? makers[type.name]!(type) : null),
  };
}
