/**
 * Which fields are shown. As babeltrace2 does: a field that only serves decoding (a clock value, a packet's size) is left
 * out, unless the length or selection of a shown field depends on it; what holds nothing but such fields is left out, too.
 */
import type { EventRecordClass, FieldClass, FieldReference, IntegerClass, StructClass, TraceClass } from '../model.ts';

/** The fields of a trace that are shown. Classes may be added to the trace: `add` them. */
export class ShownFields {
  readonly #shown = new Set<FieldClass>();
  readonly #dependents = new Set<IntegerClass>();

  has(field: FieldClass): boolean {
    return this.#shown.has(field);
  }

  /** Everything that stands in a stream class and its event classes. */
  addTrace(trace: TraceClass): void {
    for (const stream of trace.streamClasses.values()) {
      for (const event of stream.eventClasses.values()) this.addEvent(event);
      // What comes first is looked at last: then everything that may depend on it is known.
      this.#add(stream.commonContext);
      this.#add(stream.packetContext);
    }
  }

  /** One scope by itself. @returns whether it is shown */
  addRoot(root: StructClass): boolean {
    return this.#visit(root);
  }

  addEvent(event: EventRecordClass): void {
    this.#add(event.payload);
    this.#add(event.specificContext);
  }

  #add(root: StructClass | null): void {
    if (root !== null) this.#visit(root);
  }

  #visit(field: FieldClass): boolean {
    const shown = this.#decide(field);
    if (shown) this.#shown.add(field);
    return shown;
  }

  #decide(field: FieldClass): boolean {
    switch (field.kind) {
      case 'integer':
        return (field.clock === null && field.roles.length === 0) || this.#dependents.has(field);
      case 'struct': {
        let any = field.members.length === 0;
        for (let i = field.members.length - 1; i >= 0; i--) if (this.#visit(field.members[i]!.type)) any = true;
        return any;
      }
      case 'array': {
        const shown = this.#visit(field.element);
        if (shown) this.#depend(field.length);
        return shown;
      }
      case 'variant': {
        let any = false;
        for (let i = field.options.length - 1; i >= 0; i--) if (this.#visit(field.options[i]!.type)) any = true;
        if (!any) return false;
        // The selector may choose any of them.
        for (const option of field.options) this.#shown.add(option.type);
        this.#depend(field.selector);
        return true;
      }
      case 'optional': {
        const shown = this.#visit(field.content);
        if (shown) this.#depend(field.selector);
        return shown;
      }
      case 'string':
      case 'blob':
        this.#depend(field.length);
        return field.kind === 'string' || field.roles.length === 0;
      case 'float':
        return true;
    }
  }

  #depend(on: number | null | FieldReference): void {
    if (typeof on === 'object' && on !== null) for (const target of on.targets) this.#dependents.add(target);
  }
}
