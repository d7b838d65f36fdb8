/**
 * Writes a CTF 1.8 trace: event classes, streams, packets, index, clock, environment. Pure: closed packets go to a sink,
 * the metadata is a text that is asked for at the end (so it names only what was declared until then).
 *
 *     const trace = new CtfWriter({ uuid, clock, environment, sink });
 *     const streamClass = trace.addStreamClass({ header: 'compact', context: [] });
 *     const opened = trace.addEventClass(streamClass, 'file_opened', [{ name: 'fd', type: u32 }]);
 *     const write = eventWriter(opened);
 *     const stream = trace.addStream(streamClass, { name: 'files_0', cpu: 0 });
 *     write(stream, 1_000n, [3]);
 *     trace.flush();  // then store trace.metadata() as the file `metadata`
 */
import { type Field, minimumBytes } from './fields.ts';
import { indexBytes } from './index-file.ts';
import { type ClockDescription, type EventDetails, metadataText } from './metadata.ts';
import { type PacketInfo, type PacketSink, StreamWriter } from './stream.ts';

/** LTTng's default for kernel channels is sub-buffers of 256 KiB to 1 MiB. */
export const DEFAULT_PACKET_BYTES: number = 256 * 1024;
/** The smallest packet that is accepted: header and a few events. */
const MIN_PACKET_BYTES = 4096;

export interface StreamClass {
  readonly id: number;
  /** `compact` suits up to 31 event classes, `large` up to 65535; both take more at 13 or 14 bytes for each event. */
  readonly header: 'compact' | 'large';
  readonly context: readonly Field[];
}

export interface EventClass {
  readonly id: number;
  readonly name: string;
  readonly streamClass: StreamClass;
  readonly fields: readonly Field[];
  readonly details: EventDetails;
  /** Bytes of the context and the fields with empty strings and sequences. */
  readonly minimumBytes: number;
  /** Events of this class written so far. */
  count: number;
}

export interface CtfWriterOptions {
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  readonly clock: ClockDescription;
  readonly environment: readonly (readonly [key: string, value: string | number])[];
  readonly sink: PacketSink;
  readonly packetBytes?: number;
  /** Remember where packets are for `index()`. Default false: readers build it themselves. */
  readonly index?: boolean;
}

export class CtfWriter {
  readonly #options: CtfWriterOptions;
  readonly #packetBytes: number;
  readonly #streamClasses: StreamClass[] = [];
  readonly #eventClasses: EventClass[] = [];
  readonly #nextEventId: number[] = [];
  readonly #streams: StreamWriter[] = [];
  readonly #indexes = new Map<StreamWriter, PacketInfo[]>();

  constructor(options: CtfWriterOptions) {
    if (options.uuid.length !== 16) throw new RangeError('a trace uuid has 16 bytes');
    this.#options = options;
    this.#packetBytes = Math.max(MIN_PACKET_BYTES, options.packetBytes ?? DEFAULT_PACKET_BYTES);
  }

  get streams(): readonly StreamWriter[] {
    return this.#streams;
  }

  get eventClasses(): readonly EventClass[] {
    return this.#eventClasses;
  }

  addStreamClass(options: { header: 'compact' | 'large'; context: readonly Field[] }): StreamClass {
    const streamClass = { id: this.#streamClasses.length, header: options.header, context: options.context };
    this.#streamClasses.push(streamClass);
    this.#nextEventId.push(0);
    return streamClass;
  }

  addEventClass(
    streamClass: StreamClass,
    name: string,
    fields: readonly Field[],
    details: EventDetails = {},
  ): EventClass {
    const id = this.#nextEventId[streamClass.id]!;
    this.#nextEventId[streamClass.id] = id + 1;
    let bytes = 0;
    for (const field of streamClass.context) bytes += minimumBytes(field.type);
    for (const field of fields) bytes += minimumBytes(field.type);
    for (const field of details.context ?? []) bytes += minimumBytes(field.type);
    const event: EventClass = { id, name, streamClass, fields, details, minimumBytes: bytes, count: 0 };
    this.#eventClasses.push(event);
    return event;
  }

  /** A stream is one file; `instance` must be unique within its class and defaults to the CPU. */
  addStream(streamClass: StreamClass, options: { name: string; cpu: number; instance?: number }): StreamWriter {
    const index: PacketInfo[] | null = this.#options.index === true ? [] : null;
    const stream = new StreamWriter({
      streamClass,
      name: options.name,
      cpu: options.cpu,
      instance: options.instance ?? options.cpu,
      uuid: this.#options.uuid,
      packetBytes: this.#packetBytes,
      sink: this.#options.sink,
      index,
    });
    this.#streams.push(stream);
    if (index !== null) this.#indexes.set(stream, index);
    return stream;
  }

  /** Closes every stream's open packet. */
  flush(): void {
    for (const stream of this.#streams) stream.flush();
  }

  /** The metadata for what was declared so far. */
  metadata(): string {
    return metadataText({
      uuid: formatUuid(this.#options.uuid),
      environment: this.#options.environment,
      clock: this.#options.clock,
      streams: this.#streamClasses,
      events: this.#eventClasses.map((event) => ({ ...event, stream: event.streamClass.id })),
    });
  }

  /** A stream's index file as LTTng stores it in `index/NAME.idx`; needs the option `index`. */
  index(stream: StreamWriter): Uint8Array {
    return indexBytes(stream.streamClass.id, stream.instance, this.#indexes.get(stream) ?? []);
  }
}

/** `01234567-89ab-...` of 16 bytes. */
export function formatUuid(uuid: Uint8Array): string {
  const hex = Array.from(uuid, (b) => b.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
