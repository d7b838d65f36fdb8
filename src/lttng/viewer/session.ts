/**
 * An attached session: asks for the next packet of every stream whose events are used up, and hands packets, beacons and
 * ends to the reader. One turn is
 *
 *     GET_NEXT_INDEX of each stream, GET_NEW_STREAMS      (what is new is announced before anything is promised)
 *     GET_METADATA of traces that have more               (before packets that may need it)
 *     GET_PACKET of each index
 *
 * Packets are fetched ahead up to a few megabytes, because relays forget those of processes that end; beyond that a
 * stream has at most one packet in memory, and a slow consumer makes the relay keep the rest.
 */
import { TailtrapError } from '../../base/errors.ts';
import type { PushReader } from '../../ctf/push.ts';
import type { Clock } from '../channel/channel.ts';
import {
  type IndexReply,
  LIVE_LIMITS,
  type LiveSeek,
  type LiveSessionEntry,
  type LiveStream,
  type MetadataReply,
  type NewStreamsReply,
  type PacketReply,
} from '../protocol/live.ts';
import { ConnectionLost } from './connection.ts';
import type { KnownStreams, TrackedStream } from './known-streams.ts';

/** Fetched ahead of need. */
const AHEAD_BYTES = 4_194_304;
/**
 * Questions one after the other may take so long; else they are asked all at once. (Not always: lttng-relayd's answers then
 * wait for one another, up to 40 ms.)
 */
const PATIENT_NS = 20e6;
/** A stream that says nothing for so many live timers, and no less than this, holds the others back no longer. */
const SILENT_TIMERS = 10;
const SILENT_NS = 10e9;
/** After the session's end, a relay that has lost the end of a stream does not keep us. */
const AFTERMATH_NS = 5e9;

/** What a session is asked: over the network, or in this process. */
export interface SessionPort {
  /** Of the relay, for messages. */
  readonly name: string;
  /** From a question to its answer, lately. */
  readonly roundTrip_ns: number;
  index(streamId: bigint): Promise<IndexReply>;
  packet(streamId: bigint, offset_bytes: bigint, bytes: number): Promise<PacketReply>;
  metadata(streamId: bigint): Promise<MetadataReply>;
  newStreams(sessionId: bigint): Promise<NewStreamsReply>;
}

export interface SessionContext {
  readonly reader: PushReader;
  readonly clock: Clock;
  readonly known: KnownStreams;
  readonly memory_bytes: number;
  readonly log: (line: string) => void;
}

export class LiveSession {
  readonly entry: LiveSessionEntry;
  /** Every stream has ended, and none will come. */
  ended = false;
  /** Each process has buffers of its own, which end with it. */
  hasProcesses = false;
  /** Packets that the relay announced and could not give. */
  lost = 0;
  readonly #context: SessionContext;
  readonly #connection: SessionPort;
  readonly #streams = new Set<TrackedStream>();
  #closing_ns: number | null = null;

  constructor(connection: SessionPort, entry: LiveSessionEntry, context: SessionContext) {
    this.#connection = connection;
    this.entry = entry;
    this.#context = context;
  }

  /** Streams of the answer to ATTACH, or new ones; what is new is given from its beginning, whatever was asked for. */
  add(streams: readonly LiveStream[], seek: LiveSeek = 'beginning'): void {
    const { known, clock } = this.#context;
    for (const stream of streams) {
      const tracked = known.add(this.entry, stream, clock.now_ns(), seek === 'beginning');
      if (tracked !== null) this.#streams.add(tracked);
      if (stream.path.includes('/pid/')) this.hasProcesses = true;
    }
  }

  /** @returns whether the reader was given something */
  async turn(): Promise<boolean> {
    const asked = [...this.#streams].filter((stream) => this.#isWanted(stream));
    const atOnce = asked.length * this.#connection.roundTrip_ns > PATIENT_NS;
    const answers = await inOrder(asked, atOnce, async (stream) => {
      const index = stream.held ?? (await this.#connection.index(stream.id));
      if (index.newMetadata) stream.metadata.stale = true;
      return { stream, index };
    });
    if (this.#closing_ns === null) await this.#newStreams();
    await this.#fetchMetadata();
    let changed = false;
    for (const stream of this.#streams) if (this.#deliver(stream)) changed = true;
    const applied = await inOrder(answers, atOnce, ({ stream, index }) => this.#apply(stream, index));
    if (applied.includes(true)) changed = true;
    if (this.#closing_ns !== null) this.#finish(this.#closing_ns, changed);
    return changed || this.ended;
  }

  #isWanted(stream: TrackedStream): boolean {
    const { known, memory_bytes } = this.#context;
    return (
      stream.held !== null || this.#isNeeded(stream) || known.waiting_bytes < Math.min(AHEAD_BYTES, memory_bytes / 4)
    );
  }

  /** Others cannot go on without its next packet. */
  #isNeeded(stream: TrackedStream): boolean {
    return stream.early.length === 0 && this.#context.reader.wants(stream.number);
  }

  async #newStreams(): Promise<void> {
    const { status, streams } = await this.#connection.newStreams(this.entry.id);
    if (status === 'hangup') this.#closing_ns = this.#context.clock.now_ns();
    else if (status === 'error') throw new ConnectionLost('the relay has forgotten the session', this.#connection.name);
    this.add(streams);
  }

  async #fetchMetadata(): Promise<void> {
    const { reader, clock, known } = this.#context;
    for (const metadata of known.metadataOf(this.entry)) {
      if (metadata.stale) await metadata.fetch(this.#connection, reader, clock);
      if (metadata.closed && metadata.streams === 0) known.drop(this.entry, metadata);
    }
  }

  async #apply(stream: TrackedStream, index: IndexReply): Promise<boolean> {
    const { reader, clock } = this.#context;
    switch (index.status) {
      case 'ok':
        stream.heard_ns = clock.now_ns();
        return this.#packet(stream, index);
      case 'inactive':
        // Without metadata it is not known what time that is.
        if (index.end_cycles <= stream.beacon_cycles || !stream.metadata.ready) return this.#silence(stream);
        stream.heard_ns = clock.now_ns();
        stream.beacon_cycles = index.end_cycles;
        reader.inactiveCycles(stream.number, Number(index.streamClassId), index.end_cycles);
        return true;
      case 'retry':
        return this.#silence(stream);
      default:
        if (index.status === 'error') this.#log(stream, 'is not known to the relay any more');
        this.#end(stream);
        return true;
    }
  }

  async #packet(stream: TrackedStream, index: IndexReply): Promise<boolean> {
    if (stream.isBehind(index)) return true;
    const size = Number(index.packet_bits / 8n);
    if (size > LIVE_LIMITS.packet_bytes) {
      throw new ConnectionLost(`the relay announces a packet of ${size} bytes`, this.#connection.name);
    }
    if (size > 0 && !this.#hasRoom(stream, index, size)) return false;
    const { known } = this.#context;
    // What was asked for counts as what has come.
    known.early_bytes += size;
    const bytes = await this.#bytes(stream, index.offset_bytes, size);
    known.early_bytes -= size;
    stream.passed(index);
    if (bytes === null) this.lost++;
    else if (size > 0) {
      stream.early.push(bytes);
      known.early_bytes += size;
    }
    this.#deliver(stream);
    return true;
  }

  /** Gives the reader what waited for metadata. */
  #deliver(stream: TrackedStream): boolean {
    const { reader, known } = this.#context;
    if (!stream.metadata.ready) return this.#silence(stream);
    if (stream.early.length === 0) return false;
    for (const bytes of stream.early.splice(0)) {
      known.early_bytes -= bytes.length;
      reader.packet(stream.number, bytes);
    }
    return true;
  }

  /** Waits for other packets to be used up; they cannot be when they wait for this one. */
  #hasRoom(stream: TrackedStream, index: IndexReply, size: number): boolean {
    const { known, memory_bytes } = this.#context;
    const { waiting_bytes } = known;
    if (waiting_bytes === 0 || waiting_bytes + size <= memory_bytes) {
      stream.held = null;
      return true;
    }
    if (this.#isNeeded(stream) && stream.held !== null && stream.heldAt_bytes === waiting_bytes) {
      throw new TailtrapError('TT_LIVE_MEMORY', `one packet of each stream needs more than ${memory_bytes} bytes`, {
        where: `${this.#connection.name}, session ${this.entry.name}`,
        next: 'use smaller sub-buffers in the traced session, or fewer channels',
      });
    }
    stream.held = index;
    stream.heldAt_bytes = this.#isNeeded(stream) ? waiting_bytes : 0;
    return false;
  }

  /** The packet, in as many pieces as the relay makes of it; null when it cannot give it. */
  async #bytes(stream: TrackedStream, offset_bytes: bigint, size: number): Promise<Uint8Array | null> {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < size; ) {
      const reply = await this.#connection.packet(stream.id, offset_bytes + BigInt(at), size - at);
      if (reply.newMetadata) {
        stream.metadata.stale = true;
        await this.#fetchMetadata();
      }
      if (reply.status === 'error' && reply.newMetadata) continue;
      if (reply.status !== 'ok' || reply.bytes.length === 0) {
        this.#log(stream, `lost a packet: the relay answers '${reply.status}' for ${size} bytes at ${offset_bytes}`);
        return null;
      }
      pieces.push(reply.bytes);
      at += reply.bytes.length;
    }
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  /** @returns whether others need not wait for the stream any longer */
  #silence(stream: TrackedStream): boolean {
    const { reader, clock, known } = this.#context;
    const patience_ns = Math.max(SILENT_NS, SILENT_TIMERS * this.entry.liveTimer_us * 1000);
    if (stream.silent || known.waiting_bytes === 0 || clock.now_ns() - stream.heard_ns < patience_ns) return false;
    stream.silent = true;
    reader.release(stream.number);
    this.#log(stream, `has said nothing for ${Math.round(patience_ns / 1e9)} s; the others go on without it`);
    return true;
  }

  #end(stream: TrackedStream): void {
    this.#context.reader.end(stream.number);
    this.#streams.delete(stream);
    this.#context.known.end(this.entry, stream);
  }

  #finish(since_ns: number, changed: boolean): void {
    const { clock } = this.#context;
    if (changed) this.#closing_ns = clock.now_ns();
    else if (clock.now_ns() - since_ns > AFTERMATH_NS) for (const stream of [...this.#streams]) this.#end(stream);
    this.ended = this.#streams.size === 0;
  }

  #log(stream: TrackedStream, message: string): void {
    this.#context.log(`stream ${stream.metadata.path}/${stream.name} of session ${this.entry.name} ${message}`);
  }
}

/** Calls one after the other, or all at once; the results in order. */
async function inOrder<T, R>(items: readonly T[], atOnce: boolean, call: (item: T) => Promise<R>): Promise<R[]> {
  if (atOnce) return Promise.all(items.map(call));
  const results: R[] = [];
  for (const item of items) results.push(await call(item));
  return results;
}
