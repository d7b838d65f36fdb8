/** A live stream of `PushReader`: its packets, and before which time it brings nothing more. */
import { UsageError } from '../base/errors.ts';
import type { Notice, Selection, StreamInfo } from '../trace/event.ts';
import { clockBase_ns, nsOfCycles } from './clock.ts';
import { StreamCursor } from './cursor.ts';
import { DataFault } from './decode/bits.ts';
import type { DataStreamClass, TraceClass } from './model.ts';
import { compareStreams, uuidKey } from './open.ts';
import { type PacketStart, readPacketStart } from './packet.ts';
import { StreamPlan } from './plan.ts';
import type { ByteSource, CtfSource, ReaderOptions, StreamFile } from './reader.ts';
import { selector } from './selection.ts';
import { traceName } from './text/head.ts';

export interface PushOptions extends ReaderOptions, Pick<Selection, 'events' | 'onNotice'> {
  /** As shown in messages. */
  readonly name: string;
  /** What `TraceEvent.time` counts from; default the time of the first packet, where doubles are exact. */
  readonly origin_ns?: bigint;
}

/** A trace whose metadata may be replaced by a longer one. */
export interface LiveTrace {
  readonly name: string;
  /** null until metadata came. */
  trace: TraceClass | null;
  plans: Map<DataStreamClass, StreamPlan>;
}

/** The trace of this number; one without metadata when it is new. */
export function traceOf(traces: Map<number, LiveTrace>, id: number, name: string): LiveTrace {
  const known = traces.get(id) ?? { name, trace: null, plans: new Map() };
  traces.set(id, known);
  return known;
}

/** Those whose metadata came. */
export function knownOf(traces: Iterable<LiveTrace>): CtfSource['traces'] {
  return [...traces].flatMap(({ name, trace }) => (trace === null ? [] : [{ name, label: traceName(trace), trace }]));
}

export function planned(trace: TraceClass, generate: boolean): Pick<LiveTrace, 'trace' | 'plans'> {
  const plans = [...trace.streamClasses.values()].map((c) => [c, new StreamPlan(c, generate)] as const);
  return { trace, plans: new Map(plans) };
}

export interface LiveStreamOptions {
  readonly fromFirst: boolean;
  readonly wanted: (name: string) => boolean;
  readonly onNotice: (notice: Notice) => void;
  /** Of the reader; asked for when the first packet is there. */
  readonly origin_ns: () => bigint;
  /** Told of every change of the bytes that wait. */
  readonly onBytes: (change: number) => void;
}

const NO_ENVIRONMENT: ReadonlyMap<string, string | bigint> = new Map();
const NO_BYTES = new Uint8Array(0);
const NEVER_NS: bigint = -(2n ** 63n);

/** One packet, which the cursor reads as a file. */
class PacketFile implements StreamFile, ByteSource {
  readonly name: string;
  readonly size_bytes: number;
  bytes: Uint8Array;
  /** The last beacon before it came. */
  readonly beacon_ns: bigint;

  constructor(name: string, bytes: Uint8Array, beacon_ns: bigint) {
    this.name = name;
    this.beacon_ns = beacon_ns;
    this.bytes = bytes;
    this.size_bytes = bytes.length;
  }

  open(): ByteSource {
    return this;
  }

  read(into: Uint8Array, at: number): number {
    const part = this.bytes.subarray(at, at + into.length);
    into.set(part);
    return part.length;
  }

  close(): void {}
}

export class LiveStream {
  readonly id: number;
  readonly owner: LiveTrace;
  readonly info: StreamInfo;
  /** Made for the first packet. */
  cursor: StreamCursor | null = null;
  /** Its place in babeltrace2's order of simultaneous events, as the first packet tells it. */
  uuid = '';
  classId = 0;
  instance: bigint;
  ended = false;
  /** Others do not wait for it. */
  released = false;
  /** Nothing comes before this time: the last beacon, or the end of the last packet. */
  promise_ns: bigint = NEVER_NS;
  /** The last beacon alone: the ends of packets are compared by the cursor. */
  #beacon_ns: bigint = NEVER_NS;
  readonly #options: LiveStreamOptions;
  readonly #packets: PacketFile[] = [];
  #reading: PacketFile | null = null;

  constructor(id: number, name: string, owner: LiveTrace, options: LiveStreamOptions) {
    this.id = id;
    this.owner = owner;
    this.instance = BigInt(id);
    this.#options = options;
    this.info = {
      trace: owner.name,
      name,
      // Metadata may come later than the stream.
      get environment() {
        return owner.trace?.environment ?? NO_ENVIRONMENT;
      },
    };
  }

  get place(): { trace: TraceClass; streamClassId: number; streamId: bigint } | null {
    const { trace } = this.owner;
    return trace === null ? null : { trace, streamClassId: this.classId, streamId: this.instance };
  }

  /** Packets that the reader has not begun. */
  get waiting(): number {
    return this.#packets.length;
  }

  add(bytes: Uint8Array): void {
    const where = `${this.owner.name}/${this.info.name}`;
    if (this.ended) throw new UsageError('TT_CTF_ENDED', 'a packet came for a stream that was ended', { where });
    if (this.owner.trace === null)
      throw new UsageError('TT_CTF_NO_METADATA', 'a packet came before the metadata', { where });
    this.released = false;
    this.#packets.push(new PacketFile(this.info.name, bytes, this.#beacon_ns));
    this.#options.onBytes(bytes.length);
  }

  inactive(time_ns: bigint): void {
    if (time_ns > this.#beacon_ns) this.#beacon_ns = time_ns;
    this.#promise(time_ns);
  }

  #promise(time_ns: bigint): void {
    this.released = false;
    if (time_ns > this.promise_ns) this.promise_ns = time_ns;
  }

  /** The event in view is the first since others went on: one before the beacon comes behind theirs, and that is told. */
  checkBeacon(): void {
    const beacon_ns = this.#reading?.beacon_ns ?? NEVER_NS;
    const { time_ns, plan } = this.cursor!;
    if (time_ns >= beacon_ns || plan.streamClass.defaultClock === null) return;
    const late = `an event ${beacon_ns - time_ns} ns before the time until which nothing was to come`;
    const message = `${this.info.trace}/${this.info.name}: ${late}`;
    const range = { begin_ns: time_ns, end_ns: beacon_ns };
    this.#options.onNotice({ kind: 'damage', stream: this.info, count: null, ...range, message });
  }

  /** Of a value of the clock of a stream class; of any class when that one is not known. */
  timeOf(streamClassId: number, cycles: bigint): bigint | null {
    const classes = this.owner.trace?.streamClasses;
    const clock = (classes?.get(streamClassId) ?? classes?.values().next().value)?.defaultClock ?? null;
    return clock === null ? null : clockBase_ns(clock) + nsOfCycles(clock.frequency_hz, cycles);
  }

  /** Looks at the first packet. @returns when the first packet begins; null when it does not say */
  begin(): bigint | null {
    this.uuid = uuidKey(this.owner.trace?.uuid ?? null);
    const start = this.#firstStart();
    if (start === null) return null;
    this.classId = start.streamClass.id;
    this.instance = start.streamId ?? this.instance;
    const clock = start.streamClass.defaultClock;
    if (clock === null || start.begin === null) return null;
    return clockBase_ns(clock) + nsOfCycles(clock.frequency_hz, start.begin.cycles);
  }

  open(): void {
    const { owner } = this;
    const { wanted, fromFirst, onNotice, origin_ns } = this.#options;
    this.cursor = new StreamCursor({
      nextFile: () => this.#nextPacket(),
      growing: true,
      info: this.info,
      owner: owner as { trace: TraceClass },
      planOf: (packet) => owner.plans.get(packet.streamClass)!,
      origin_ns: origin_ns(),
      selectionOf: selector(wanted),
      begin_ns: null,
      end_ns: null,
      fromFirst,
      onNotice,
    });
  }

  /** All events were read: lets go of the last packet's bytes, but keeps what its end promises. */
  dry(): void {
    if (this.#reading === null) return;
    this.#options.onBytes(-this.#reading.size_bytes);
    this.#reading.bytes = NO_BYTES;
    this.#reading = null;
    const { cursor } = this;
    const packet = cursor?.packet;
    const end = packet?.end_cycles ?? null;
    // A crashed tracer leaves an end before the begin.
    if (end !== null && (packet?.begin ?? null) !== null && end >= packet!.begin!.cycles)
      this.#promise(cursor!.nsAt(end));
  }

  close(): void {
    this.dry();
    this.cursor?.close();
    for (const { size_bytes } of this.#packets) this.#options.onBytes(-size_bytes);
    this.#packets.length = 0;
  }

  #nextPacket(): PacketFile | null {
    const next = this.#packets.shift();
    if (next === undefined) return null;
    this.dry();
    this.#reading = next;
    return next;
  }

  /** Null when it cannot be read: the cursor will say why. */
  #firstStart(): PacketStart | null {
    try {
      return readPacketStart(this.owner.trace!, this.#packets[0]!.bytes);
    } catch (error) {
      if (error instanceof RangeError || error instanceof DataFault) return null;
      throw error;
    }
  }
}

/** Streams as simultaneous events of them come; gives cursors their ranks. */
export class StreamOrder {
  readonly #streams: LiveStream[] = [];

  /** A stream whose cursor was made. */
  add(live: LiveStream): void {
    const streams = this.#streams;
    let at = streams.length;
    while (at > 0 && compareLive(live, streams[at - 1]!) < 0) at--;
    streams.splice(at, 0, live);
    // Ranks of those behind grow by one: what a merge has in order stays in order.
    for (let i = at; i < streams.length; i++) {
      const before = streams[i - 1];
      const isEqual = before !== undefined && compareLive(before, streams[i]!) === 0;
      streams[i]!.cursor!.rank = isEqual ? before.cursor!.rank : i;
    }
  }

  remove(live: LiveStream): void {
    const at = this.#streams.indexOf(live);
    if (at >= 0) this.#streams.splice(at, 1);
  }
}

function compareLive(a: LiveStream, b: LiveStream): number {
  return compareStreams(
    { uuid: a.uuid, classId: a.classId, streamId: a.instance },
    { uuid: b.uuid, classId: b.classId, streamId: b.instance },
  );
}
