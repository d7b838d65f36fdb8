/**
 * Writes a CTF trace, 1.8 or 2: event classes, streams, packets, index, clocks, environment. Pure: closed packets go to a
 * sink, the metadata is a text that is asked for at the end (so it names only what was declared until then).
 *
 *     const trace = new CtfWriter({ uuid, clock: { name: 'monotonic' }, environment: [['hostname', 'vm']], sink });
 *     const streamClass = trace.addStreamClass({ header: 'compact' });
 *     const opened = trace.addEventClass(streamClass, 'file_opened', [{ name: 'fd', type: u32 }]);
 *     const write = eventWriter(opened);
 *     const stream = trace.addStream(streamClass, { name: 'files_0', cpu: 0 });
 *     write(stream, 1_000n, [3]);
 *     trace.flush();  // then store trace.metadata() as the file `metadata`
 */
import { type Field, minimumBytes, u32 } from './fields.ts';
import { indexBytes, type PacketInfo } from './index-file.ts';
import {
  type ClockDescription,
  type EventClassDescription,
  type EventDetails,
  metadataText,
  type StreamClassDescription,
  type TraceDescription,
} from './metadata.ts';
import { type PacketSink, StreamWriter } from './stream.ts';
import {
  checkClock,
  checkDetails,
  checkEnvironment,
  checkFields,
  checkId,
  checkPacketBytes,
  checkStreamName,
  PACKET_NAMES,
} from './write/checks.ts';
import { ctf2Text } from './write/ctf2.ts';
import { badDeclaration, fits } from './write/errors.ts';
import { FieldBytes } from './write/field-bytes.ts';
import { packetLayout } from './write/layout.ts';
import { type FieldValue, fieldsEncoder } from './write/values.ts';

/** LTTng's default for kernel channels is sub-buffers of 256 KiB to 1 MiB. */
export const DEFAULT_PACKET_BYTES: number = 256 * 1024;
/** What streams have in their packets' context unless they say otherwise. */
const CPU: readonly Field[] = [{ name: 'cpu_id', type: u32 }];

/** Versions of the metadata; the packets are the same. */
export type CtfVersion = '1.8' | '2';

export interface StreamClass extends StreamClassDescription {}

export interface StreamClassOptions {
  /**
   * `compact` suits up to 31 event classes, `large` up to 65535; both take more at 13 or 14 bytes for each event. `plain`
   * has no time. Default `large`.
   */
  readonly header?: 'compact' | 'large' | 'plain';
  /** Fields in front of every event; default null: no such structure. */
  readonly context?: readonly Field[] | null;
  /** Fields of the packets' context; default `cpu_id`. Sizes, times and counters are there besides. */
  readonly packetContext?: readonly Field[];
  /** Default: the next free number. */
  readonly id?: number;
  /** CTF 2. */
  readonly name?: string;
  readonly namespace?: string;
  /** What packets say of their time; default: begin and end. */
  readonly times?: 'begin' | 'none';
  /** Default: the trace's; null for events without time. */
  readonly clock?: ClockDescription | null;
  /** Whether packets are numbered, and say how many events were lost. Default true. */
  readonly sequence?: boolean;
  readonly discarded?: boolean;
}

export interface EventClass {
  readonly id: number;
  readonly name: string;
  readonly streamClass: StreamClass;
  readonly fields: readonly Field[] | null;
  readonly details: EventDetails;
  /** Bytes of the context and the fields with empty strings and sequences. */
  readonly minimumBytes: number;
  /** Events of this class written so far. */
  count: number;
}

export interface CtfWriterOptions {
  /** 16 bytes; null: no identity. */
  readonly uuid: Uint8Array | null;
  /** Of all stream classes that do not have their own; null: events have no time. */
  readonly clock: ClockDescription | null;
  readonly environment: TraceDescription['environment'];
  /** CTF 2: what names the trace class. */
  readonly identity?: TraceDescription['identity'];
  readonly sink: PacketSink;
  /** An open packet is closed before it grows beyond this: 4096 bytes to 64 MiB, default 256 KiB. */
  readonly packetBytes?: number;
  /** Default 1.8, which every reader knows. */
  readonly version?: CtfVersion;
  /** Whether streams are numbered (`stream_instance_id`). Default true. */
  readonly instances?: boolean;
  /** Keep events' times that are before those of the event before. Default false: they get that one's time. */
  readonly keepTimes?: boolean;
  /** Remember where packets are for `index()`. Default false: readers build it themselves. */
  readonly index?: boolean;
}

export interface StreamOptions {
  /** File name: 1 to 251 bytes, no slash, no dot first, not `metadata` or `index`; unique. */
  readonly name: string;
  /** Default 0. */
  readonly cpu?: number;
  /** Unique within the stream class, below 2^64; default the CPU. */
  readonly instance?: number | bigint;
  /** Values of `packetContext`, for packets that are opened by themselves. Default: the CPU. Null: none are. */
  readonly packetContext?: readonly FieldValue[] | null;
}

export class CtfWriter {
  readonly #options: CtfWriterOptions;
  readonly #packetBytes: number;
  readonly #clocks: ClockDescription[] = [];
  readonly #streamClasses: StreamClass[] = [];
  readonly #eventClasses: EventClass[] = [];
  readonly #described: EventClassDescription[] = [];
  readonly #eventIds = new Map<StreamClass, { readonly taken: Set<number>; next: number }>();
  readonly #streams: StreamWriter[] = [];
  readonly #indexes = new Map<StreamWriter, PacketInfo[]>();
  readonly #version: CtfVersion;

  /** Throws `CtfWriterError` for what no reader would open. */
  constructor(options: CtfWriterOptions) {
    if (options.uuid !== null && options.uuid.length !== 16) throw badDeclaration('a trace uuid has 16 bytes');
    this.#options = options;
    this.#version = options.version ?? '1.8';
    checkEnvironment(options.environment, this.#version);
    if (options.clock !== null) this.#addClock(options.clock);
    this.#packetBytes = checkPacketBytes(options.packetBytes ?? DEFAULT_PACKET_BYTES);
  }

  get streams(): readonly StreamWriter[] {
    return this.#streams;
  }

  get eventClasses(): readonly EventClass[] {
    return this.#eventClasses;
  }

  #addClock(clock: ClockDescription): void {
    if (this.#clocks.includes(clock)) return;
    checkClock(clock, this.#version);
    if (this.#clocks.some(({ name }) => name === clock.name)) throw badDeclaration(`two clocks ${clock.name}`);
    this.#clocks.push(clock);
  }

  /** Throws `CtfWriterError` for an id that is taken, and for names that the version cannot say. */
  addStreamClass(options: StreamClassOptions = {}): StreamClass {
    const { header = 'large', context = null, packetContext = CPU, name = '', namespace = '' } = options;
    const clock = header === 'plain' ? null : options.clock === undefined ? this.#options.clock : options.clock;
    const id = options.id ?? this.#streamClasses.reduce((next, taken) => Math.max(next, taken.id + 1), 0);
    checkId(id, 'a stream class');
    if (this.#streamClasses.some((taken) => taken.id === id)) throw badDeclaration(`two stream classes ${id}`);
    const packet = this.#version === '2' ? PACKET_NAMES : [];
    checkFields(packetContext, `the packet context of stream class ${id}`, this.#version, packet);
    checkFields(context ?? [], `the context of stream class ${id}`, this.#version);
    if (clock !== null) this.#addClock(clock);
    const parts = {
      uuid: this.#options.uuid !== null,
      instance: this.#options.instances !== false,
      begin: clock !== null && options.times !== 'none',
      end: clock !== null && options.times === undefined,
      sequence: options.sequence !== false,
      discarded: options.discarded !== false,
    };
    const streamClass: StreamClass = {
      id,
      name,
      namespace,
      header: clock === null ? 'plain' : header,
      clock,
      parts,
      packetContext,
      context,
    };
    this.#streamClasses.push(streamClass);
    this.#eventIds.set(streamClass, { taken: new Set(), next: 0 });
    return streamClass;
  }

  /**
   * Throws `CtfWriterError` for an id that is taken, and for names that the version cannot say.
   *
   * @param fields null: events have no payload, not even an empty one
   * @param details context, log level, URI; an id of one's own, below 2^32
   */
  addEventClass(
    streamClass: StreamClass,
    name: string,
    fields: readonly Field[] | null,
    details: EventDetails & { readonly id?: number } = {},
  ): EventClass {
    const ids = this.#eventIds.get(streamClass);
    if (ids === undefined) throw badDeclaration(`event ${name}: its stream class is not one of this writer`);
    const id = details.id ?? ids.next;
    checkId(id, `event ${name}`);
    if (ids.taken.has(id)) throw badDeclaration(`two event classes ${id} in stream class ${streamClass.id}`);
    checkDetails(details, `event ${name}`);
    checkFields(details.context ?? [], `the context of event ${name}`, this.#version);
    checkFields(fields ?? [], `event ${name}`, this.#version);
    ids.taken.add(id);
    ids.next = Math.max(ids.next, id + 1);
    let bytes = 0;
    for (const scope of [streamClass.context, details.context, fields]) {
      for (const field of scope ?? []) bytes += minimumBytes(field.type);
    }
    const event: EventClass = { id, name, streamClass, fields, details, minimumBytes: bytes, count: 0 };
    this.#eventClasses.push(event);
    this.#described.push({ id, name, fields, details, stream: streamClass.id });
    return event;
  }

  /** A stream is one file. Throws `CtfWriterError` for a name or number that another stream has, and for bad names. */
  addStream(streamClass: StreamClass, options: StreamOptions): StreamWriter {
    const index: PacketInfo[] | null = this.#options.index === true ? [] : null;
    const { name, cpu = 0, instance = cpu } = options;
    checkStreamName(name);
    this.#checkStream(streamClass, name, instance);
    const own = streamClass.packetContext === CPU ? [cpu] : null;
    const values = options.packetContext === undefined ? own : options.packetContext;
    const stream = new StreamWriter({
      streamClass,
      name,
      cpu,
      instance,
      uuid: this.#options.uuid,
      layout: packetLayout(streamClass.parts),
      context: values === null ? new Uint8Array(0) : this.packetContext(streamClass, values),
      packetBytes: this.#packetBytes,
      keepTimes: this.#options.keepTimes === true,
      sink: (from, packet) => this.#options.sink(from, packet, this),
      index,
    });
    this.#streams.push(stream);
    if (index !== null) this.#indexes.set(stream, index);
    return stream;
  }

  #checkStream(streamClass: StreamClass, name: string, instance: number | bigint): void {
    if (!this.#eventIds.has(streamClass)) throw badDeclaration(`stream ${name}: its class is not one of this writer`);
    if (!fits(instance, 64))
      throw badDeclaration(`instance of stream ${name} is ${instance}, not an integer of 64 bits`);
    for (const other of this.#streams) {
      if (other.name === name) throw badDeclaration(`two streams ${name}`);
      if (!streamClass.parts.instance || other.streamClass !== streamClass) continue;
      if (BigInt(other.instance) !== BigInt(instance)) continue;
      throw badDeclaration(`streams ${other.name} and ${name} both have the number ${instance}`);
    }
  }

  /** Bytes of a packet context's fields, for `StreamWriter.beginPacket`. */
  packetContext(streamClass: StreamClass, values: readonly FieldValue[]): Uint8Array {
    const bytes = new FieldBytes();
    fieldsEncoder(streamClass.packetContext, 'the packet context')(bytes, values);
    return bytes.bytes.slice(0, bytes.at);
  }

  /** Closes every stream's open packet. */
  flush(): void {
    for (const stream of this.#streams) stream.flush();
  }

  /** Grows with everything that the metadata describes: where it did not, the metadata is still the same. */
  get declared(): number {
    return this.#clocks.length + this.#streamClasses.length + this.#eventClasses.length;
  }

  /** The metadata for what was declared so far. */
  metadata(): string {
    const trace: TraceDescription = {
      uuid: this.#options.uuid,
      identity: this.#options.identity ?? {},
      environment: this.#options.environment,
      clocks: this.#clocks,
      streams: this.#streamClasses,
      events: this.#described,
    };
    return this.#options.version === '2' ? ctf2Text(trace) : metadataText(trace);
  }

  /** Whether `index` gives more than nothing. */
  get hasIndex(): boolean {
    return this.#options.index === true;
  }

  /** A stream's index file as LTTng stores it in `index/NAME.idx`; needs the option `index`. */
  index(stream: StreamWriter): Uint8Array {
    return indexBytes(stream.streamClass.id, stream.instance, this.#indexes.get(stream) ?? []);
  }
}
