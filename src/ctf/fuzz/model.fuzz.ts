/** A model as a plain tree, for comparing: fields that are referred to are numbered in the order of decoding. */
import type { FieldClass, FieldReference, IntegerClass, StructClass, TraceClass } from '../model.ts';

/**
 * Only what both languages say: no versions, no texts of paths, no names as they were written. The UUID of packets is an
 * array in CTF 1.8 and a BLOB in CTF 2.
 */
export function comparable(trace: TraceClass): unknown {
  const numbers = new Map<IntegerClass, number>();
  const tree = new TreeMaker(numbers);
  return {
    uuid: trace.uuid,
    environment: [...trace.environment],
    clocks: trace.clocks.map(({ name, frequency_hz, offset_s, offset_cycles, origin }) => {
      return { name, frequency_hz, offset_s, offset_cycles, origin };
    }),
    packetHeader: tree.root(trace.packetHeader),
    streams: [...trace.streamClasses.values()].map((stream) => ({
      id: stream.id,
      clock: stream.defaultClock?.name,
      packetContext: tree.root(stream.packetContext),
      eventHeader: tree.root(stream.eventHeader),
      commonContext: tree.root(stream.commonContext),
      events: [...stream.eventClasses.values()].map((event) => ({
        id: event.id,
        name: event.name,
        logLevel: event.logLevel,
        emfUri: event.emfUri,
        specificContext: tree.root(event.specificContext),
        payload: tree.root(event.payload),
      })),
    })),
  };
}

class TreeMaker {
  readonly #numbers: Map<IntegerClass, number>;

  constructor(numbers: Map<IntegerClass, number>) {
    this.#numbers = numbers;
  }

  root(struct: StructClass | null): unknown {
    return struct === null ? null : this.#tree(struct);
  }

  #tree(type: FieldClass): unknown {
    switch (type.kind) {
      case 'integer': {
        this.#numbers.set(type, this.#numbers.size);
        const { clock, ...rest } = type;
        return rest;
      }
      case 'float':
        return type;
      case 'string':
      case 'blob':
        return { ...type, length: this.#length(type.length) };
      case 'struct':
        return {
          ...type,
          members: type.members.map(({ name, type: inner }) => [name, name === 'uuid' ? 16 : this.#tree(inner)]),
        };
      case 'array':
        return { ...type, element: this.#tree(type.element), length: this.#length(type.length) };
      case 'optional':
        return { ...type, content: this.#tree(type.content), selector: this.#length(type.selector) };
      case 'variant':
        return {
          ...type,
          options: type.options.map(({ name, ranges, type: inner }) => [name, ranges, this.#tree(inner)]),
          selector: this.#length(type.selector),
        };
    }
  }

  #length(length: number | null | FieldReference): unknown {
    if (length === null || typeof length === 'number') return length;
    return { targets: length.targets.map((target) => this.#numbers.get(target) ?? 'not decoded before') };
  }
}
