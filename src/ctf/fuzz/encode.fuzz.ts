/** Fills a plan with random events: the bytes of its streams, and what a reader must make of them. */
import { BitWriter } from './bits.fuzz.ts';
import type {
  Plan,
  PlanEvent,
  PlanInteger,
  PlanLength,
  PlanReference,
  PlanScope,
  PlanStream,
  PlanStruct,
  PlanType,
} from './plan.fuzz.ts';
import { Random } from './random.fuzz.ts';

const MAX_EVENTS = 12;
const COMPACT_BITS = 27n;

export interface ExpectedEvent {
  readonly cycles: bigint;
  readonly name: string;
  readonly payload: unknown;
}

export interface EncodedTrace {
  /** A file for each stream. */
  readonly files: readonly Uint8Array[];
  /** In order of time. */
  readonly events: readonly ExpectedEvent[];
}

interface Planned {
  readonly cycles: bigint;
  readonly event: PlanEvent;
}

/** @param count of events; random when it is not given */
export function encode(plan: Plan, seed: number, count?: number): EncodedTrace {
  const random = new Random(seed);
  const all: { cycles: bigint; stream: PlanStream; event: PlanEvent }[] = [];
  let cycles = BigInt(random.bits32());
  for (let left = count ?? random.below(MAX_EVENTS); left > 0; left--) {
    // Beyond 27 bits now and then, so that compact headers need their extended form.
    // Less than a nanosecond apart, events of two streams come in another order.
    cycles += 3n + random.pick([0n, 1n, 1n << 20n, (1n << COMPACT_BITS) - 4n, 1n << 40n]);
    const stream = random.pick(plan.streams);
    // In turn, so that every class occurs.
    all.push({ cycles, stream, event: stream.events[all.length % stream.events.length]! });
  }
  const payloads = new Map<Planned, unknown>();
  const files = plan.streams.map((stream) => {
    const events = all.filter((planned) => planned.stream === stream);
    return new StreamWriter(plan, stream, random, payloads).write(events);
  });
  const events = all.map((planned) => {
    return { cycles: planned.cycles, name: planned.event.name, payload: payloads.get(planned) };
  });
  return { files, events };
}

class StreamWriter {
  readonly #plan: Plan;
  readonly #stream: PlanStream;
  readonly #random: Random;
  readonly #payloads: Map<Planned, unknown>;
  readonly #values = new Map<string, bigint>();
  #bits = new BitWriter();
  /** Of the packet before. */
  #end = 0n;
  #scope: PlanScope = 'payload';
  readonly #path: string[] = [];

  constructor(plan: Plan, stream: PlanStream, random: Random, payloads: Map<Planned, unknown>) {
    this.#plan = plan;
    this.#stream = stream;
    this.#random = random;
    this.#payloads = payloads;
  }

  write(events: readonly Planned[]): Uint8Array {
    const packets: Uint8Array[] = [];
    let rest = [...events];
    let number = 0n;
    do {
      const count = this.#random.between(0, rest.length);
      packets.push(this.#packet(rest.slice(0, count), number++));
      rest = rest.slice(count);
    } while (rest.length > 0);
    const file = new Uint8Array(packets.reduce((sum, packet) => sum + packet.length, 0));
    let at = 0;
    for (const packet of packets) {
      file.set(packet, at);
      at += packet.length;
    }
    return file;
  }

  #packet(events: readonly Planned[], number: bigint): Uint8Array {
    this.#bits = new BitWriter();
    this.#values.clear();
    const begin = events[0]?.cycles ?? this.#end;
    const end = events.at(-1)?.cycles ?? begin;
    this.#end = end;
    const given = new Map<string, bigint>([
      ['magic', 0xc1fc1fc1n],
      ['stream_id', BigInt(this.#stream.id)],
      ['timestamp_begin', begin],
      ['timestamp_end', end],
      ['packet_seq_num', number],
      ['events_discarded', 0n],
      ['cpu_id', 0n],
      // Patched when they are known.
      ['content_size', 0n],
      ['packet_size', 0n],
    ]);
    const sizes = new Map<string, number>();
    this.#root(this.#plan.packetHeader, 'packet-header', given, sizes);
    this.#root(this.#stream.packetContext, 'packet-context', given, sizes);
    let clock = begin;
    for (const planned of events) {
      this.#header(planned, clock);
      clock = planned.cycles;
      if (this.#stream.commonContext !== null) this.#root(this.#stream.commonContext, 'common-context');
      if (planned.event.context !== null) this.#root(planned.event.context, 'specific-context');
      this.#payloads.set(planned, this.#root(planned.event.payload, 'payload'));
    }
    const content = this.#bits.at;
    this.#bits.align(8);
    for (let padding = this.#random.below(3); padding > 0; padding--) this.#bits.byte(0xff);
    const { order } = this.#plan;
    this.#bits.patch(sizes.get('content_size')!, BigInt(content), 64, order);
    this.#bits.patch(sizes.get('packet_size')!, BigInt(this.#bits.at), 64, order);
    return this.#bits.bytes;
  }

  #header({ event, cycles }: Planned, clock: bigint): void {
    const [id, second] = this.#stream.eventHeader.members;
    const type = id!.type as PlanInteger;
    const compact = second!.type.t === 'variant';
    const fits = event.id < 31 && cycles - clock < 1n << COMPACT_BITS;
    const small = compact && fits && !this.#random.once(4);
    const given = new Map([['timestamp', cycles]]);
    this.#scope = 'event-header';
    this.#bits.align(structAlign(this.#stream.eventHeader));
    this.#integer(type, compact && !small ? 31n : BigInt(event.id), 'id');
    if (second!.type.t !== 'variant') {
      this.#type(second!.type, 'timestamp', given);
      return;
    }
    given.set('id', BigInt(event.id));
    this.#type(second!.type.options[small ? 0 : 1]!.type, 'v', given);
  }

  #root(struct: PlanStruct, scope: PlanScope, given?: Map<string, bigint>, sizes?: Map<string, number>): unknown {
    this.#scope = scope;
    this.#bits.align(structAlign(struct));
    const value: Record<string, unknown> = Object.create(null);
    for (const member of struct.members) {
      if (member.name === 'content_size' || member.name === 'packet_size') {
        this.#bits.align((member.type as PlanInteger).align);
        sizes?.set(member.name, this.#bits.at);
      }
      value[member.name] = this.#type(member.type, member.name, given);
    }
    return value;
  }

  /** Writes a field that was decided or not. @returns what it is for a reader */
  #type(type: PlanType, name: string, given?: Map<string, bigint>): unknown {
    this.#path.push(name);
    const value = this.#written(type, name, given);
    this.#path.pop();
    return value;
  }

  #written(type: PlanType, name: string, given?: Map<string, bigint>): unknown {
    const random = this.#random;
    switch (type.t) {
      case 'integer':
        return this.#integer(type, given?.get(name) ?? this.#chosen(type, name), name);
      case 'float': {
        const value = Math.fround(
          random.pick([0, 1.5, -2.25, 1e30, Number.POSITIVE_INFINITY, Number.NaN, random.bits32()]),
        );
        this.#bits.align(type.align);
        this.#bits.float(value, type.bits, type.order);
        return value;
      }
      case 'string': {
        const value = random.text(random.below(6));
        this.#bits.align(8);
        this.#bits.text(value, type.encoding);
        return value;
      }
      case 'text':
      case 'blob':
        return this.#bytes(type.t, this.#length(type.length), name);
      case 'array': {
        const length = this.#length(type.length);
        this.#bits.align(alignOf(type));
        return Array.from({ length }, () => this.#written(type.element, name, given));
      }
      case 'struct': {
        this.#bits.align(structAlign(type));
        const value: Record<string, unknown> = Object.create(null);
        for (const member of type.members) value[member.name] = this.#type(member.type, member.name, given);
        return value;
      }
      case 'variant': {
        const tag = this.#value(type.tag);
        const option = type.options.find(({ ranges }) => ranges.some(([low, high]) => low <= tag && tag <= high))!;
        return this.#type(option.type, `<${option.name}>`, given);
      }
      case 'optional': {
        const selector = this.#value(type.selector);
        const there = type.ranges?.some(([low, high]) => low <= selector && selector <= high) ?? selector !== 0n;
        return there ? this.#written(type.content, name, given) : null;
      }
    }
  }

  #bytes(kind: 'text' | 'blob', length: number, name: string): unknown {
    this.#bits.align(8);
    const isUuid = name === 'uuid' && this.#scope === 'packet-header';
    const bytes = Uint8Array.from({ length }, (_, i) =>
      isUuid ? this.#plan.uuid[i]! : this.#random.pick([0, 65, 66, 67]),
    );
    for (const byte of bytes) this.#bits.byte(byte);
    return kind === 'blob' ? bytes : String.fromCharCode(...bytes).replace(/\0.*/s, '');
  }

  #integer(type: PlanInteger, value: bigint, name: string): unknown {
    this.#bits.align(type.align);
    if (type.form === 'variable') this.#bits.leb128(value, type.signed);
    else this.#bits.integer(value, type.bits, type.order, type.reversed);
    this.#values.set(key({ scope: this.#scope, path: name === 'id' ? ['id'] : this.#path }), value);
    if (type.form === 'boolean') return value !== 0n;
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  /** Tags and selectors must select something. */
  #chosen(type: PlanInteger, name: string): bigint {
    if (name.endsWith('_selector')) return this.#random.pick([0n, 1n, 2n, 5n]);
    if (!name.endsWith('_tag')) return this.#random.integer(type.bits, type.signed);
    const [low, high] = this.#random.pick(type.labels).ranges[0]!;
    return this.#random.pick([low, high]);
  }

  #length(length: PlanLength): number {
    return typeof length === 'number' ? length : Number(this.#value(length));
  }

  #value(reference: PlanReference): bigint {
    return this.#values.get(key(reference))!;
  }
}

function key({ scope, path }: PlanReference): string {
  return [scope, ...path].join('/');
}

function alignOf(type: PlanType): number {
  switch (type.t) {
    case 'integer':
    case 'float':
      return type.align;
    case 'struct':
      return structAlign(type);
    case 'array':
      return alignOf(type.element);
    case 'variant':
    case 'optional':
      return 1;
    default:
      return 8;
  }
}

function structAlign(struct: PlanStruct): number {
  return struct.members.reduce((align, member) => Math.max(align, alignOf(member.type)), struct.align);
}
