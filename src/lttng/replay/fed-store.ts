/**
 * A store for the live server that a program feeds, packet by packet: recorded traces as live sessions, and tests.
 * Packets are not kept: they are read from where they are when a viewer asks.
 */
import type {
  Cycles,
  PacketCursor,
  RelayStore,
  SessionChange,
  StoredMetadata,
  StoredPacket,
  StoredSession,
  StoredStream,
  StoredTrace,
} from '../relay/store.ts';

/** What an index file says of a packet, in this order. */
export interface PacketFacts {
  readonly packet_bytes: number;
  readonly content_bits: bigint;
  readonly begin_cycles: bigint;
  readonly end_cycles: bigint;
  readonly discarded: bigint;
  readonly streamClassId: bigint;
  readonly instance: bigint;
  readonly sequence: bigint;
}

/** Bytes of a packet, from an offset on. */
export type PacketReading = (offset_bytes: number, length_bytes: number) => Uint8Array;

interface FedPacket {
  readonly entry: Uint8Array;
  readonly size_bytes: number;
  readonly read: PacketReading;
}

const ENTRY_BYTES = 72;

export class FedStore implements RelayStore {
  readonly #sessions: FedSession[] = [];
  readonly #listeners = new Set<() => void>();
  #ids = 0;

  /** Unique in the store. */
  nextId(): number {
    return ++this.#ids;
  }

  sessions(): readonly StoredSession[] {
    return this.#sessions.filter(({ closed }) => !closed);
  }

  session(id: number): StoredSession | undefined {
    return this.sessions().find((session) => session.id === id);
  }

  onSessions(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  add(facts: Pick<StoredSession, 'name' | 'hostname' | 'liveTimer_us' | 'format'>): FedSession {
    const session = new FedSession(this, facts, () => this.#tell());
    this.#sessions.push(session);
    this.#tell();
    return session;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

export class FedSession implements StoredSession {
  readonly id: number;
  readonly name: string;
  readonly hostname: string;
  readonly liveTimer_us: number;
  readonly format: 'ctf1' | 'ctf2';
  readonly traces: FedTrace[] = [];
  closed = false;
  publications = 0;
  readonly #store: FedStore;
  readonly #onEnd: () => void;
  readonly #listeners = new Set<(what: SessionChange, stream: StoredStream | null) => void>();

  constructor(
    store: FedStore,
    facts: Pick<StoredSession, 'name' | 'hostname' | 'liveTimer_us' | 'format'>,
    onEnd: () => void,
  ) {
    this.#store = store;
    this.#onEnd = onEnd;
    this.id = store.nextId();
    this.name = facts.name;
    this.hostname = facts.hostname;
    this.liveTimer_us = facts.liveTimer_us;
    this.format = facts.format;
  }

  get streamCount(): number {
    return this.traces.reduce((sum, { streams }) => sum + 1 + streams.filter(({ closed }) => !closed).length, 0);
  }

  onChange(listener: (what: SessionChange, stream: StoredStream | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  addTrace(path: string): FedTrace {
    const trace = new FedTrace(this.#store.nextId(), this, path, () => this.#store.nextId());
    this.traces.push(trace);
    return trace;
  }

  /** Shows traces and streams that were added. */
  publish(): void {
    this.publications++;
    this.emit('streams', null);
  }

  /** Every stream ends; what is there can be read. */
  close(): void {
    for (const { streams, metadata } of this.traces) {
      metadata.closed = true;
      for (const stream of streams) stream.close();
    }
    this.closed = true;
    this.emit('closed', null);
    this.#onEnd();
  }

  emit(what: SessionChange, stream: StoredStream | null): void {
    for (const listener of this.#listeners) listener(what, stream);
  }
}

export class FedTrace implements StoredTrace {
  readonly id: number;
  readonly session: FedSession;
  readonly path: string;
  readonly metadata: FedMetadata;
  readonly streams: FedStream[] = [];
  readonly #nextId: () => number;

  constructor(id: number, session: FedSession, path: string, nextId: () => number) {
    this.id = id;
    this.session = session;
    this.path = path;
    this.metadata = new FedMetadata(nextId(), () => session.emit('metadata', null));
    this.#nextId = nextId;
  }

  addStream(channel: string): FedStream {
    const stream = new FedStream(this.#nextId(), this, channel);
    this.streams.push(stream);
    return stream;
  }
}

class FedMetadata implements StoredMetadata {
  readonly streamId: number;
  readonly channel = 'metadata';
  closed = false;
  #bytes: Uint8Array = new Uint8Array(0);
  readonly #onChange: () => void;

  constructor(streamId: number, onChange: () => void) {
    this.streamId = streamId;
    this.#onChange = onChange;
  }

  get size_bytes(): number {
    return this.#bytes.length;
  }

  append(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    this.#onChange();
  }

  read(from_bytes: number): Uint8Array {
    return this.#bytes.subarray(from_bytes);
  }
}

export class FedStream implements StoredStream {
  readonly id: number;
  readonly trace: FedTrace;
  readonly channel: string;
  closed = false;
  rotating = false;
  beacon: Cycles | null = null;
  streamClass: bigint | null = null;
  readonly packets: FedPacket[] = [];
  #size_bytes = 0;

  constructor(id: number, trace: FedTrace, channel: string) {
    this.id = id;
    this.trace = trace;
    this.channel = channel;
  }

  get received(): number {
    return this.packets.length;
  }

  add(facts: PacketFacts, read: PacketReading): void {
    const entry = new Uint8Array(ENTRY_BYTES);
    const view = new DataView(entry.buffer);
    const { content_bits, begin_cycles, end_cycles, discarded, streamClassId, instance, sequence } = facts;
    const packet_bits = BigInt(facts.packet_bytes) * 8n;
    const offset_bytes = BigInt(this.#size_bytes);
    const fields = [offset_bytes, packet_bits, content_bits, begin_cycles, end_cycles];
    fields.push(discarded, streamClassId, instance, sequence);
    for (const [i, value] of fields.entries()) view.setBigUint64(i * 8, value);
    this.#size_bytes += facts.packet_bytes;
    this.beacon = null;
    this.streamClass = streamClassId;
    this.packets.push({ entry, size_bytes: facts.packet_bytes, read });
    this.trace.session.emit('packets', this);
  }

  promise(cycles: Cycles, streamClassId: bigint): void {
    this.streamClass ??= streamClassId;
    this.beacon = cycles;
    this.trace.session.emit('packets', this);
  }

  close(): void {
    this.closed = true;
    this.trace.session.emit('packets', this);
  }

  open(from: 'first' | 'next'): PacketCursor {
    return new FedCursor(this.packets, from === 'first' ? 0 : this.packets.length);
  }
}

class FedCursor implements PacketCursor {
  readonly skipped = 0;
  readonly #packets: readonly FedPacket[];
  #at: number;
  #current: FedPacket | null = null;

  constructor(packets: readonly FedPacket[], at: number) {
    this.#packets = packets;
    this.#at = at;
  }

  get pending(): number {
    return this.#packets.length - this.#at;
  }

  next(): StoredPacket | null {
    const packet = this.#packets[this.#at];
    if (packet === undefined) return null;
    this.#current = packet;
    return { number: this.#at++, size_bytes: packet.size_bytes, entry: packet.entry };
  }

  read(offset_bytes: number, length_bytes: number): Uint8Array {
    const length = Math.max(0, Math.min(length_bytes, (this.#current?.size_bytes ?? 0) - offset_bytes));
    return this.#current === null ? new Uint8Array(0) : this.#current.read(offset_bytes, length);
  }

  close(): void {
    this.#current = null;
  }
}
