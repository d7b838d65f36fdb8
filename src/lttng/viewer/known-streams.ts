/** Streams and traces of all sessions that are watched, also over reconnections: what was received is not asked for again. */
import type { PushReader } from '../../ctf/push.ts';
import type { IndexReply, LiveSessionEntry, LiveStream } from '../protocol/live.ts';
import { LiveMetadata } from './trace.ts';

export class TrackedStream {
  /** At the relay. */
  readonly id: bigint;
  /** In the reader. */
  readonly number: number;
  readonly name: string;
  readonly metadata: LiveMetadata;
  beacon_cycles = 0n;
  /** When the relay last had something to say of it. */
  heard_ns: number;
  /** The others go on without it. */
  silent = false;
  /** Packets that wait for metadata. */
  readonly early: Uint8Array[] = [];
  /** An index whose packet waits for memory, and how much was in use then. */
  held: IndexReply | null = null;
  heldAt_bytes = 0;
  /** The last packet received; after a reconnection those up to it come again. */
  #last: { readonly begin_cycles: bigint; readonly end_cycles: bigint } | null = null;
  #resuming = false;

  constructor(number: number, stream: LiveStream, metadata: LiveMetadata, now_ns: number) {
    this.id = stream.id;
    this.number = number;
    this.name = stream.channel;
    this.metadata = metadata;
    this.heard_ns = now_ns;
  }

  /** The same stream at a new connection. */
  resume(now_ns: number): void {
    this.heard_ns = now_ns;
    this.held = null;
    this.#resuming = this.#last !== null;
  }

  /** A packet that was received before the reconnection. */
  isBehind({ begin_cycles, end_cycles }: IndexReply): boolean {
    if (!this.#resuming || this.#last === null) return false;
    if (!this.metadata.replaced && begin_cycles <= this.#last.begin_cycles && end_cycles <= this.#last.end_cycles) {
      return true;
    }
    this.#resuming = false;
    return false;
  }

  passed({ begin_cycles, end_cycles }: IndexReply): void {
    this.#last = { begin_cycles, end_cycles };
    this.silent = false;
  }
}

interface KnownSession {
  readonly traces: Map<bigint, LiveMetadata>;
  readonly streams: Map<bigint, TrackedStream>;
}

export class KnownStreams {
  readonly #reader: PushReader;
  readonly #name: string;
  readonly #sessions = new Map<bigint, KnownSession>();
  #numbers = 0;
  /** Of packets that wait for metadata. */
  early_bytes = 0;

  constructor(reader: PushReader, name: string) {
    this.#reader = reader;
    this.#name = name;
  }

  /** Packets in memory. */
  get waiting_bytes(): number {
    return this.early_bytes + this.#reader.waiting_bytes;
  }

  /**
   * Takes up a stream that the relay told of.
   *
   * @param fromFirst all its packets are wanted: those that the relay has no more are told as lost
   * @returns null for metadata
   */
  add(entry: LiveSessionEntry, stream: LiveStream, now_ns: number, fromFirst: boolean): TrackedStream | null {
    const session = this.#session(entry);
    let metadata = session.traces.get(stream.traceId);
    if (metadata === undefined) {
      metadata = new LiveMetadata(++this.#numbers, stream.path, this.#name);
      session.traces.set(stream.traceId, metadata);
    }
    if (stream.isMetadata) {
      metadata.restart(stream.id);
      return null;
    }
    const known = session.streams.get(stream.id);
    if (known?.name === stream.channel && known.metadata === metadata) {
      known.resume(now_ns);
      return known;
    }
    const tracked = new TrackedStream(++this.#numbers, stream, metadata, now_ns);
    session.streams.set(stream.id, tracked);
    metadata.streams++;
    // From now on it holds the others back, also while its metadata is on its way.
    this.#reader.stream(tracked.number, tracked.name, metadata.number, fromFirst);
    return tracked;
  }

  metadataOf(entry: LiveSessionEntry): LiveMetadata[] {
    return [...this.#session(entry).traces.values()];
  }

  end(entry: LiveSessionEntry, stream: TrackedStream): void {
    for (const { length } of stream.early.splice(0)) this.early_bytes -= length;
    stream.metadata.streams--;
    this.#session(entry).streams.delete(stream.id);
    // Asked once more: the relay then says whether the trace has ended with its streams.
    if (stream.metadata.streams === 0) stream.metadata.stale = true;
  }

  drop(entry: LiveSessionEntry, metadata: LiveMetadata): void {
    for (const [id, known] of this.#session(entry).traces) {
      if (known === metadata) this.#session(entry).traces.delete(id);
    }
    this.#reader.dropTrace(metadata.number);
  }

  /** After a reconnection: streams that the relay has no more are at their end. */
  endOthers(entry: LiveSessionEntry, present: readonly LiveStream[]): void {
    const ids = new Set(present.map(({ id }) => id));
    for (const [id, stream] of [...this.#session(entry).streams]) {
      if (ids.has(id)) continue;
      this.#reader.end(stream.number);
      this.end(entry, stream);
    }
  }

  endSession(entry: LiveSessionEntry): void {
    this.endOthers(entry, []);
    for (const metadata of this.metadataOf(entry)) this.drop(entry, metadata);
    this.#sessions.delete(entry.id);
  }

  #session(entry: LiveSessionEntry): KnownSession {
    let session = this.#sessions.get(entry.id);
    if (session === undefined) {
      session = { traces: new Map(), streams: new Map() };
      this.#sessions.set(entry.id, session);
    }
    return session;
  }
}
