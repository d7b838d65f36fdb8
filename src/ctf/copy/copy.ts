/**
 * Writes events that were read as a CTF 1.8 trace through `CtfWriter`: a selection of a trace, a trace of another byte
 * order or version, chunks put together. Read again it gives the same text.
 *
 *     const copy = new TraceCopy(trace, folder.sink);
 *     events.drain(copy.consumer, copy.encoder, copy.each);
 *     copy.end();
 *     folder.finish(copy.writer);
 *
 * What is not kept: the packets' own contexts but for the CPU, where packets begin and end to the nanosecond, and clocks
 * of another frequency than 1 GHz (times are written in nanoseconds).
 */
import type { FieldObject, Notice, StreamInfo } from '../../trace/event.ts';
import { clockBase_ns } from '../clock.ts';
import type { Consumer } from '../decode/emit.ts';
import type { DataStreamClass, EventRecordClass, TraceClass } from '../model.ts';
import type { CtfEvent } from '../reader.ts';
import type { PacketSink, StreamWriter } from '../stream.ts';
import { ShownFields } from '../text/shown.ts';
import { CtfWriter, type EventClass, formatUuid, type StreamClass } from '../writer.ts';
import { Declarations } from './declare.ts';
import { FieldEncoder } from './encode.ts';

/** Compact headers hold this many event classes. */
const COMPACT_CLASSES = 31;

interface OutStream {
  readonly writer: StreamWriter;
  /** Context of the packet that is being read: a new one begins a new packet. */
  context: FieldObject | null;
}

export class TraceCopy {
  readonly writer: CtfWriter;
  readonly encoder: FieldEncoder;
  readonly consumer: Consumer<FieldEncoder>;
  readonly #offset_ns: bigint;
  readonly #classes = new Map<EventRecordClass, EventClass>();
  readonly #streamClasses = new Map<DataStreamClass, StreamClass>();
  readonly #streams = new Map<StreamInfo, OutStream>();
  readonly #names = new Set<string>(['metadata', 'index']);
  #event: { readonly stream: StreamWriter; readonly type: EventClass; readonly cycles: bigint } | null = null;

  /** @param name of the trace, for errors */
  constructor(trace: TraceClass, name: string, sink: PacketSink) {
    const clock = trace.clocks[0];
    this.#offset_ns = clock === undefined ? 0n : clockBase_ns(clock);
    const uuid = trace.uuid ?? new Uint8Array(16);
    this.writer = new CtfWriter({
      uuid,
      clock: {
        name: /^[A-Za-z_]\w*$/.test(clock?.name ?? '') ? clock!.name : 'monotonic',
        description: clock?.description ?? '',
        uuid: clock?.uid === undefined || clock.uid === '' ? formatUuid(uuid) : clock.uid,
        offset_ns: this.#offset_ns,
      },
      environment: Array.from(trace.environment, ([key, value]) => [
        key,
        typeof value === 'bigint' ? Number(value) : value,
      ]),
      sink,
    });
    const shown = new ShownFields();
    shown.addTrace(trace);
    this.#declare(trace, shown, name);
    this.encoder = new FieldEncoder(shown);
    this.consumer = { visitor: (encoder) => encoder };
  }

  #declare(trace: TraceClass, shown: ShownFields, name: string): void {
    for (const stream of [...trace.streamClasses.values()].sort((a, b) => a.id - b.id)) {
      const declarations = new Declarations(shown, name);
      const { commonContext } = stream;
      const out = this.writer.addStreamClass({
        header: stream.eventClasses.size <= COMPACT_CLASSES ? 'compact' : 'large',
        context: commonContext === null ? [] : declarations.scope('common-context', commonContext),
      });
      this.#streamClasses.set(stream, out);
      for (const event of stream.eventClasses.values()) {
        const { specificContext, payload, logLevel, emfUri } = event;
        const context =
          specificContext === null ? {} : { context: declarations.scope('specific-context', specificContext) };
        const fields = payload === null ? [] : declarations.scope('payload', payload);
        this.#classes.set(event, this.writer.addEventClass(out, event.name, fields, { logLevel, emfUri, ...context }));
      }
    }
  }

  /** To be called before an event's fields are given to the encoder. */
  readonly each = (event: CtfEvent): true => {
    this.#write();
    const out = this.#streams.get(event.stream) ?? this.#addStream(event);
    if (out.context !== null && out.context !== event.packetContext) out.writer.flush();
    out.context = event.packetContext;
    const cycles = BigInt.asUintN(64, event.time_ns - this.#offset_ns);
    this.#event = { stream: out.writer, type: this.#classes.get(event.recordClass)!, cycles };
    return true;
  };

  /** Losses go with the stream they were in, between the packet before and the one that comes. */
  onNotice({ kind, stream, count, begin_ns }: Notice): void {
    const out = this.#streams.get(stream);
    if (kind !== 'discarded-events' || out === undefined || count === null || begin_ns === null) return;
    this.#write();
    out.writer.flush();
    const cycles = BigInt.asUintN(64, begin_ns - this.#offset_ns);
    out.writer.discard(count, Number(cycles >> 32n), Number(cycles & 0xffffffffn));
  }

  /** Writes what is still held. */
  end(): void {
    this.#write();
  }

  #write(): void {
    const event = this.#event;
    if (event === null) return;
    this.#event = null;
    const { stream, type, cycles } = event;
    const { encoder } = this;
    stream.begin(type, Number(cycles >> 32n), Number(cycles & 0xffffffffn), encoder.at);
    stream.bytes.set(encoder.bytes.subarray(0, encoder.at), stream.pos);
    stream.pos += encoder.at;
    encoder.at = 0;
  }

  /** The CPU, as LTTng has it: readers order simultaneous events by it. */
  #instanceOf(streamClass: StreamClass, cpu: number): number {
    const taken = this.writer.streams.filter((stream) => stream.streamClass === streamClass);
    const isTaken = taken.some(({ instance }) => instance === cpu);
    return isTaken ? taken.reduce((most, { instance }) => Math.max(most, instance), 0) + 1 : cpu;
  }

  #addStream(event: CtfEvent): OutStream {
    const base = event.stream.name.replace(/[^\w.-]/g, '_');
    let name = base;
    for (let i = 2; this.#names.has(name); i++) name = `${base}-${i}`;
    this.#names.add(name);
    const streamClass = this.#streamClasses.get(event.recordClass.streamClass)!;
    const cpu = Math.max(0, event.cpu);
    const instance = this.#instanceOf(streamClass, cpu);
    const writer = this.writer.addStream(streamClass, { name, cpu, instance });
    const out: OutStream = { writer, context: null };
    this.#streams.set(event.stream, out);
    return out;
  }
}
