/**
 * Writes events that were read as a CTF trace through `CtfWriter`: a selection of a trace, a trace of another byte order or
 * version, chunks put together. Read again it gives the same text and the same losses: packets are copied one by one, with
 * their times, contexts and counters; clocks, numbers of streams and classes, environment and identity stay.
 *
 *     const copy = new TraceCopy(trace, { name, sink: folder.sink, version: '1.8' });
 *     const events = source.events({ onPacket: copy.packet });
 *     events.drain(copy.consumer, copy.encoder, copy.each);
 *     copy.end();
 *     folder.finish(copy.writer);
 *
 * What is not kept: where packets end in their files, the byte order, the sizes of integers on bits, user attributes of
 * CTF 2, and text encodings (all becomes UTF-8).
 */
import type { StreamInfo } from '../../trace/event.ts';
import type { Consumer } from '../decode/emit.ts';
import { integersIn } from '../decode/references.ts';
import type { ClockDescription } from '../metadata.ts';
import type { ClockClass, DataStreamClass, EventRecordClass, Role, StructClass, TraceClass } from '../model.ts';
import type { CtfEvent, CtfPacket } from '../reader.ts';
import type { PacketSink, StreamWriter } from '../stream.ts';
import { walk } from '../text/packet.ts';
import { ShownFields } from '../text/shown.ts';
import type { FieldBytes } from '../write/field-bytes.ts';
import { type CtfVersion, CtfWriter, type EventClass, type StreamClass } from '../writer.ts';
import { Declarations } from './declare.ts';
import { FieldEncoder } from './encode.ts';
import { clockOf, environmentOf } from './identity.ts';

/** Compact headers hold this many event classes, and ids below it. */
const COMPACT_CLASSES = 31;
/** Ids in event headers have 32 bits. */
const MAX_ID = 2 ** 32 - 1;

export interface CopyOptions {
  /** Of the trace, for errors. */
  readonly name: string;
  readonly sink: PacketSink;
  readonly version: CtfVersion;
  /** Default: the trace's. A copy beside its original needs another: two of one UUID are one trace, with one layout. */
  readonly uuid?: Uint8Array;
  /** Remember where packets are, for index files. */
  readonly index?: boolean;
  /** Told once for each way in which the copy differs from the original. */
  readonly note?: (text: string) => void;
}

interface OutStream {
  readonly writer: StreamWriter;
  packet: CtfPacket;
  /** Whether the writer has begun it. */
  begun: boolean;
  /** Discarded events so far, as a number that does not start again at 0; and those before the first packet that is kept. */
  discarded: bigint;
  before: bigint;
}

export class TraceCopy {
  readonly writer: CtfWriter;
  readonly encoder: FieldEncoder;
  readonly consumer: Consumer<FieldEncoder>;
  readonly #contexts: FieldEncoder;
  readonly #classes = new Map<EventRecordClass, EventClass>();
  readonly #streamClasses = new Map<DataStreamClass, StreamClass>();
  readonly #streams = new Map<StreamInfo, OutStream>();
  readonly #instances = new Set<string>();
  readonly #names = new Set<string>(['metadata', 'index']);
  /** The event whose fields come to the encoder. */
  #stream: StreamWriter | null = null;
  #type: EventClass | null = null;
  #cycles = 0n;

  /** Throws `TailtrapError` with `TT_CONVERT` when the version cannot say what the trace has. */
  constructor(trace: TraceClass, options: CopyOptions) {
    const { name, sink, version, index = false } = options;
    const told = new Set<string>();
    const note = (text: string): void => {
      if (!told.has(text)) options.note?.(text);
      told.add(text);
    };
    const clocks = new Map(trace.clocks.map((clock) => [clock, clockOf(clock, trace, version, note)]));
    this.writer = new CtfWriter({
      uuid: options.uuid ?? trace.uuid,
      identity: { namespace: trace.namespace, name: trace.name, uid: trace.uid },
      clock: null,
      environment: environmentOf(trace, version, note),
      instances: hasRole(trace.packetHeader, 'stream-id'),
      keepTimes: true,
      version,
      index,
      sink,
    });
    const shown = new ShownFields();
    shown.addTrace(trace);
    this.encoder = new FieldEncoder({ shown, variable: version === '2' });
    this.#contexts = new FieldEncoder({ shown, variable: version === '2' });
    this.consumer = { visitor: (encoder) => encoder };
    for (const stream of [...trace.streamClasses.values()].sort((a, b) => a.id - b.id)) {
      this.#declare(stream, clocks, new Declarations(shown, { version, trace: name, note }));
    }
  }

  #declare(
    stream: DataStreamClass,
    clocks: ReadonlyMap<ClockClass, ClockDescription>,
    declarations: Declarations,
  ): void {
    const { packetContext, commonContext, defaultClock } = stream;
    const events = [...stream.eventClasses.values()].sort((a, b) => a.id - b.id);
    // Ids that do not fit are counted anew, in their order.
    const keepIds = events.every(({ id }) => id < MAX_ID);
    const compact =
      events.length <= COMPACT_CLASSES && events.every(({ id }, i) => (keepIds ? id : i) < COMPACT_CLASSES);
    const hasBegin = hasRole(packetContext, 'clock-timestamp');
    const hasEnd = hasRole(packetContext, 'packet-end-timestamp');
    const out = this.writer.addStreamClass({
      id: stream.id,
      name: stream.name,
      namespace: stream.namespace,
      header: compact ? 'compact' : 'large',
      clock: defaultClock === null ? null : clocks.get(defaultClock)!,
      ...(hasBegin && hasEnd ? {} : { times: hasBegin ? 'begin' : 'none' }),
      sequence: hasRole(packetContext, 'packet-sequence-number'),
      discarded: hasRole(packetContext, 'discarded-events'),
      packetContext: declarations.scope('packet-context', packetContext) ?? [],
      context: declarations.scope('common-context', commonContext),
    });
    this.#streamClasses.set(stream, out);
    this.#contexts.expect(packetContext);
    this.encoder.expect(commonContext);
    events.forEach((event, i) => {
      const { specificContext, payload, logLevel, emfUri, namespace } = event;
      const context = declarations.scope('specific-context', specificContext);
      const fields = declarations.scope('payload', payload);
      const own = context === null ? {} : { context };
      const details = { id: keepIds ? event.id : i, logLevel, emfUri, namespace, ...own };
      this.#classes.set(event, this.writer.addEventClass(out, event.name, fields, details));
      this.encoder.expect(specificContext);
      this.encoder.expect(payload);
    });
  }

  /** To be called for every packet (`CtfSelection.onPacket`). */
  readonly packet = (packet: CtfPacket): void => {
    this.#write();
    const { discarded, discardedBits, skipped } = packet;
    let out = this.#streams.get(packet.stream);
    if (out === undefined) {
      out = this.#addStream(packet);
      out.discarded = discarded ?? 0n;
    } else {
      this.#endPacket(out);
      if (discarded !== null) out.discarded += BigInt.asUintN(discardedBits, discarded - out.discarded);
    }
    out.packet = packet;
    if (skipped) {
      out.before = out.discarded;
      return;
    }
    const context = this.#contextOf(packet);
    out.writer.beginPacket(packet.begin_cycles ?? 0n, context.bytes.slice(0, context.at), context.spare_bits);
    out.begun = true;
  };

  #endPacket(out: OutStream): void {
    if (!out.begun) return;
    out.begun = false;
    const { end_cycles, sequence } = out.packet;
    out.writer.endPacket({
      discarded: out.discarded - out.before,
      ...(end_cycles === null ? {} : { end: end_cycles }),
      ...(sequence === null ? {} : { sequence }),
    });
  }

  #contextOf({ streamClass, context }: CtfPacket): FieldBytes {
    const { out } = this.#contexts;
    out.clear();
    if (streamClass.packetContext !== null) walk(this.#contexts, streamClass.packetContext, '', context, new Map());
    return out;
  }

  /** To be called before an event's fields are given to the encoder. */
  readonly each = (event: CtfEvent): true => {
    this.#write();
    const out = this.#streams.get(event.stream)!;
    this.encoder.packet = out.packet.values;
    this.#stream = out.writer;
    this.#type = this.#classes.get(event.recordClass)!;
    this.#cycles = event.cycles;
    return true;
  };

  /** Writes what is still held. */
  end(): void {
    this.#write();
    for (const out of this.#streams.values()) this.#endPacket(out);
  }

  #write(): void {
    const stream = this.#stream;
    if (stream === null) return;
    this.#stream = null;
    const { out } = this.encoder;
    stream.append(this.#type!, this.#cycles, out);
    out.clear();
  }

  #addStream(packet: CtfPacket): OutStream {
    const base = packet.stream.name.replace(/[^\w.-]/g, '_');
    let name = base;
    for (let i = 2; this.#names.has(name); i++) name = `${base}-${i}`;
    this.#names.add(name);
    const streamClass = this.#streamClasses.get(packet.streamClass)!;
    const instance = this.#instance(streamClass, packet.streamId ?? BigInt(this.#streams.size));
    const writer = this.writer.addStream(streamClass, { name, instance, packetContext: null });
    const out: OutStream = { writer, packet, begun: false, discarded: 0n, before: 0n };
    this.#streams.set(packet.stream, out);
    return out;
  }

  /** The number that the stream has, unless another of its class has it too: they would be taken for one. */
  #instance(streamClass: StreamClass, wanted: bigint): bigint {
    let instance = wanted;
    while (this.#instances.has(`${streamClass.id} ${instance}`)) instance++;
    this.#instances.add(`${streamClass.id} ${instance}`);
    return instance;
  }
}

function hasRole(root: StructClass | null, role: Role): boolean {
  return root !== null && [...integersIn(root)].some(({ roles }) => roles.includes(role));
}
