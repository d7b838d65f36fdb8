/**
 * The layout of events: which scopes and fields are shown, and what stands around them. A kernel's metadata has more than
 * a thousand kinds of events, which are parsed when their first event comes, and a trace has few of them. So a scope is
 * judged by itself wherever that is the same as judging it beside all others:
 *
 * - Whether a scope is shown before it on the line: its users visit an event's scopes in order. The packet's context comes
 *   before all of them; mostly it is shown for every stream or for none.
 * - Whether another scope depends on a field that would not be shown: mostly contexts have no such fields.
 *
 * Else everything is read. (Of the packet's context, whose sizes and times are never shown, that is not asked.)
 */
import { type FieldClass, SCOPES, type Scope, type StructClass, type TraceClass } from '../model.ts';
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
  readonly #scopes = new Map<StructClass, ScopeLayout | null>();
  #shown = new ShownFields();
  /** Whether a packet's context is shown; null: of some streams only. */
  #packets: boolean | null = null;
  /** Event scopes of streams whose packet's context is shown; filled when streams differ. */
  readonly #afterPacket = new Set<StructClass>();
  #readAll = false;

  /** @param traces may give more classes at later calls: live metadata grows */
  constructor(traces: () => readonly TraceClass[], style: Style) {
    this.#traces = traces;
    this.style = style;
    const contexts = [...traces()].flatMap((trace) => [...trace.streamClasses.values()].map((s) => s.packetContext));
    const shown = new Set(contexts.map((root) => root !== null && this.#shown.addRoot(root)));
    this.#packets = shown.size > 1 ? null : shown.has(true);
  }

  /**
   * Null when nothing of the scope is shown.
   *
   * @param follows another scope of the same event is shown before it; the packet's context not counted
   */
  scope(scope: Scope, root: StructClass, follows: boolean): ScopeLayout | null {
    let layout = this.#scopes.get(root);
    if (layout === undefined) {
      layout = this.#make(scope, root, follows);
      this.#scopes.set(root, layout);
    }
    return layout;
  }

  #make(scope: Scope, root: StructClass, follows: boolean): ScopeLayout | null {
    const isContext = scope === 'common-context' || scope === 'specific-context';
    if (this.#packets === null || (isContext && mayHide(root))) this.#readEverything(root);
    if (!this.#shown.has(root) && !this.#shown.addRoot(root)) return null;
    const afterPacket = scope !== 'packet-context' && (this.#packets ?? this.#afterPacket.has(root));
    const lead = this.style.scope(scope, follows || afterPacket);
    return { scope, lead, places: placesOf(scope, root, this.#shown, this.style.syntax) };
  }

  /** @param root whose event class may be newer than the last reading */
  #readEverything(root: StructClass): void {
    if (this.#readAll && this.#shown.has(root)) return;
    this.#readAll = true;
    this.#shown = new ShownFields();
    for (const trace of this.#traces()) {
      this.#shown.addTrace(trace);
      for (const stream of trace.streamClasses.values()) {
        if (stream.packetContext === null || !this.#shown.has(stream.packetContext)) continue;
        const events = [...stream.eventClasses.values()].flatMap((event) => [event.specificContext, event.payload]);
        for (const scope of [stream.commonContext, ...events]) if (scope !== null) this.#afterPacket.add(scope);
      }
    }
  }
}

/** Follows the scopes of one event after the other. */
export class ScopeOrder {
  readonly #layout: Layout;
  #last = SCOPES.length;
  #follows = false;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  enter(scope: Scope, root: StructClass): ScopeLayout | null {
    const order = SCOPES.indexOf(scope);
    // Scopes come in their order, so this is another event's.
    if (order <= this.#last) this.#follows = false;
    this.#last = order;
    const layout = this.#layout.scope(scope, root, this.#follows);
    if (layout !== null) this.#follows = true;
    return layout;
  }
}

function mayHide(field: FieldClass): boolean {
  switch (field.kind) {
    case 'integer':
      return field.clock !== null || field.roles.length > 0;
    case 'struct':
      return field.members.some(({ type }) => mayHide(type));
    case 'array':
      return mayHide(field.element);
    case 'variant':
      return field.options.some(({ type }) => mayHide(type));
    case 'optional':
      return mayHide(field.content);
    default:
      return false;
  }
}
