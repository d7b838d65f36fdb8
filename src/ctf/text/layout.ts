/** The layout of a source's events: which scopes and fields are shown, and what stands around them. */
import type { EventRecordClass, Scope, StructClass, TraceClass } from '../model.ts';
import { type Places, placesOf } from './places.ts';
import { ShownFields } from './shown.ts';
import type { Style } from './style.ts';

export interface ScopeLayout {
  readonly scope: Scope;
  /** Text before the scope's brace. */
  readonly lead: string;
  readonly places: Places;
}

export class Layout {
  readonly style: Style;
  readonly #traces: () => readonly TraceClass[];
  #scopes = new Map<StructClass, ScopeLayout>();

  /** @param traces may give more classes at later calls: live metadata grows */
  constructor(traces: () => readonly TraceClass[], style: Style) {
    this.#traces = traces;
    this.style = style;
  }

  /** Null when nothing of the scope is shown. */
  scope(root: StructClass): ScopeLayout | null {
    const known = this.#scopes.get(root);
    if (known !== undefined) return known.places.size === 0 ? null : known;
    this.#read();
    const found = this.#scopes.get(root);
    return found === undefined || found.places.size === 0 ? null : found;
  }

  #read(): void {
    this.#scopes = new Map();
    for (const trace of this.#traces()) {
      const shown = new ShownFields();
      shown.addTrace(trace);
      for (const stream of trace.streamClasses.values()) {
        const inPacket = this.#put(shown, 'packet-context', stream.packetContext, false);
        const inStream = this.#put(shown, 'common-context', stream.commonContext, inPacket);
        for (const event of stream.eventClasses.values()) this.#putEvent(shown, event, inPacket || inStream);
      }
    }
  }

  #putEvent(shown: ShownFields, event: EventRecordClass, follows: boolean): void {
    const inEvent = this.#put(shown, 'specific-context', event.specificContext, follows);
    this.#put(shown, 'payload', event.payload, follows || inEvent);
  }

  /** @returns whether a scope is shown now on the line */
  #put(shown: ShownFields, scope: Scope, root: StructClass | null, follows: boolean): boolean {
    if (root === null) return follows;
    if (!shown.has(root)) {
      this.#scopes.set(root, { scope, lead: '', places: new Map() });
      return follows;
    }
    const { style } = this;
    const places = placesOf(scope, root, shown, style.syntax);
    this.#scopes.set(root, { scope, lead: style.scope(scope, follows), places });
    return true;
  }
}
