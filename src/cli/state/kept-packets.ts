/**
 * The original events of a live source, as far as the state still keeps them: the packets of the window as they came, and
 * of older ones copies of the events that explain what lives.
 *
 *     packets arrive --> [ window ] --out of the window--> events that explain something --> small traces of their own
 */

import { clockBase_ns, nsOfCycles } from '../../ctf/clock.ts';
import { TraceCopy } from '../../ctf/copy/copy.ts';
import type { DataStreamClass, TraceClass } from '../../ctf/model.ts';
import { parseMetadata } from '../../ctf/open.ts';
import { readPacketStart } from '../../ctf/packet.ts';
import type { PushReader } from '../../ctf/push.ts';
import type { ByteSource, CtfEvent, CtfSource, StreamFile, TraceFiles } from '../../ctf/reader.ts';
import { openCtf } from '../../ctf/source.ts';
import type { PacketSink, StreamWriter } from '../../ctf/stream.ts';
import { explainingTimes, type LiveState } from '../../state/index.ts';

/** All packets together: ten seconds of a busy server. The oldest go first when there are more. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Of a packet, more than any header has. */
const HEAD_BYTES = 64 * 1024;
/** Old packets are looked through that many times in a window. */
const SWEEPS = 4;

interface Packet {
  readonly stream: number;
  readonly bytes: Uint8Array;
  /** Its last event's time or later, nanoseconds since the epoch; null: it does not say. */
  readonly end_ns: bigint | null;
  /** State's time when it had come; null: not yet. */
  applied: number | null;
}

interface Trace {
  readonly name: string;
  readonly metadata: Uint8Array;
  readonly trace: TraceClass;
}

export class KeptPackets {
  /** Packets that left because of the bound. */
  dropped = 0;
  readonly #traces = new Map<number, Trace>();
  readonly #streams = new Map<number, { readonly name: string; readonly trace: number }>();
  #packets: Packet[] = [];
  #bytes = 0;
  #old: TraceFiles[] = [];
  readonly #uuids = new CopyUuids();
  #sweepAt = Number.NEGATIVE_INFINITY;

  /** Takes part in what a reader is given. */
  follow(reader: PushReader): void {
    const { metadata, stream, packet } = reader;
    reader.metadata = (bytes, traceId = 0, name = reader.name): void => {
      metadata.call(reader, bytes, traceId, name);
      this.#traces.set(traceId, { name, metadata: bytes.slice(), trace: parseMetadata(bytes, name) });
    };
    reader.stream = (id, name = `stream ${id}`, traceId = 0): void => {
      if (!this.#streams.has(id)) this.#streams.set(id, { name, trace: traceId });
      stream.call(reader, id, name, traceId);
    };
    reader.packet = (id, bytes): void => {
      const trace = this.#traces.get(this.#streams.get(id)?.trace ?? 0)?.trace;
      this.#add({ stream: id, bytes, end_ns: trace === undefined ? null : endOf(trace, bytes), applied: null });
      packet.call(reader, id, bytes);
    };
  }

  #add(packet: Packet): void {
    this.#packets.push(packet);
    this.#bytes += packet.bytes.length;
    while (this.#bytes > MAX_BYTES) {
      this.#bytes -= this.#packets.shift()!.bytes.length;
      this.dropped++;
    }
  }

  /** What was certain is applied. */
  applied(state: LiveState): void {
    const { now } = state.model.journal;
    for (let i = this.#packets.length - 1; i >= 0 && this.#packets[i]!.applied === null; i--) {
      this.#packets[i]!.applied = now;
    }
    if (now < this.#sweepAt) return;
    const { window_ns } = state.model.limits;
    this.#sweepAt = now + window_ns / SWEEPS;
    const end_ns = state.now_ns - BigInt(Math.ceil(window_ns));
    // What came may hold events that are certain later only: without an end in them, they go a sweep later.
    const end = now - window_ns - window_ns / SWEEPS;
    const kept = this.#packets.findIndex((packet) =>
      packet.end_ns === null ? packet.applied === null || packet.applied > end : packet.end_ns > end_ns,
    );
    const leaving = this.#packets.splice(0, kept < 0 ? this.#packets.length : kept);
    for (const { bytes } of leaving) this.#bytes -= bytes.length;
    if (leaving.length > 0 || this.#old.length > 0) this.#sweep(state, leaving);
  }

  /** Everything that is kept, as traces. */
  source(): CtfSource {
    return openCtf([...this.#old, ...this.#files(this.#packets)]);
  }

  #sweep(state: LiveState, leaving: readonly Packet[]): void {
    const { now } = state.model.journal;
    const times = explainingTimes(state.model, Number.NEGATIVE_INFINITY, now);
    const source = openCtf([...this.#old, ...this.#files(leaving)]);
    // Times of the state count from its own origin.
    const shift = Number(source.origin_ns - state.origin_ns);
    this.#old = copyOf(source, this.#uuids, ({ time }) => times.has(time + shift));
  }

  /** Packets as files, by trace. */
  #files(packets: readonly Packet[]): TraceFiles[] {
    const traces: TraceFiles[] = [];
    for (const [id, { name, metadata }] of this.#traces) {
      const streams = new Map<string, Uint8Array[]>();
      for (const { stream, bytes } of packets) {
        const known = this.#streams.get(stream);
        if ((known?.trace ?? 0) !== id) continue;
        const file = known?.name ?? `stream ${stream}`;
        streams.set(file, [...(streams.get(file) ?? []), bytes]);
      }
      if (streams.size > 0)
        traces.push({ name, metadata, streams: [...streams].map(([file, parts]) => fileOf(file, parts)) });
    }
    return traces;
  }
}

/** When a packet ends, as its header tells. */
function endOf(trace: TraceClass, bytes: Uint8Array): bigint | null {
  try {
    const { streamClass, begin, end_cycles } = readPacketStart(trace, bytes.subarray(0, HEAD_BYTES));
    const clock = streamClass.defaultClock;
    if (clock === null || begin?.bits !== 64 || end_cycles === null) return null;
    return clockBase_ns(clock) + nsOfCycles(clock.frequency_hz, end_cycles);
  } catch {
    return null; // damage: the reader tells it
  }
}

function fileOf(name: string, parts: readonly Uint8Array[]): StreamFile {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const source: ByteSource = {
    size_bytes: bytes.length,
    read: (into, from) => {
      const part = bytes.subarray(from, from + into.length);
      into.set(part);
      return part.length;
    },
    close: () => {},
  };
  return { name, open: () => source };
}

/** One trace's copy in memory. */
class MemoryCopy {
  readonly copy: TraceCopy;
  readonly #name: string;
  readonly #files = new Map<string, Uint8Array[]>();
  readonly #events = new Map<StreamWriter, number>();

  constructor(name: string, trace: TraceClass, uuid: Uint8Array) {
    this.#name = name;
    this.copy = new TraceCopy(trace, { name, version: '1.8', uuid, sink: this.#sink });
  }

  /** Packets of which nothing is kept are left out. */
  readonly #sink: PacketSink = (stream, packet) => {
    if ((this.#events.get(stream) ?? 0) === stream.events) return;
    this.#events.set(stream, stream.events);
    this.#files.set(stream.name, [...(this.#files.get(stream.name) ?? []), packet.slice()]);
  };

  /** null: nothing is kept. */
  finish(): TraceFiles | null {
    this.copy.end();
    this.copy.writer.flush();
    if (this.#files.size === 0) return null;
    const metadata = new TextEncoder().encode(this.copy.writer.metadata());
    return { name: this.#name, metadata, streams: [...this.#files].map(([file, parts]) => fileOf(file, parts)) };
  }
}

/**
 * UUIDs of copies. Traces of one UUID are one trace to a reader, and have one layout: so a copy must not have its
 * original's, and the copy of a copy, which has the same layout, keeps it. So of each trace there is one that is old.
 */
class CopyUuids {
  readonly #known = new Map<string, Uint8Array>();
  readonly #copies = new Set<string>();

  of(name: string, { uuid }: TraceClass): Uint8Array {
    if (uuid !== null && this.#copies.has(String(uuid))) return uuid;
    const key = uuid === null ? name : String(uuid);
    let copy = this.#known.get(key);
    if (copy === undefined) {
      copy = uuid?.map((byte) => byte ^ 0xff) ?? new Uint8Array(16).fill(this.#known.size + 1);
      this.#known.set(key, copy);
      this.#copies.add(String(copy));
    }
    return copy;
  }
}

/** Copies the wanted events of traces into traces of their own, in memory; those without any are left out. */
function copyOf(source: CtfSource, uuids: CopyUuids, isWanted: (event: CtfEvent) => boolean): TraceFiles[] {
  const copies = new Map(
    source.traces.map(({ name, trace }) => [trace, new MemoryCopy(name, trace, uuids.of(name, trace))] as const),
  );
  const byStreamClass = new Map<DataStreamClass, TraceCopy>();
  for (const [trace, { copy }] of copies) {
    for (const streamClass of trace.streamClasses.values()) byStreamClass.set(streamClass, copy);
  }
  const events = source.events({ onPacket: (packet) => byStreamClass.get(packet.streamClass)?.packet(packet) });
  for (let event = events.next(); event !== null; event = events.next()) {
    if (!isWanted(event)) continue;
    const { copy } = copies.get(event.trace)!;
    copy.each(event);
    events.visit(copy.consumer, copy.encoder);
  }
  events.close();
  return [...copies.values()].map((copy) => copy.finish()).filter((files) => files !== null);
}
