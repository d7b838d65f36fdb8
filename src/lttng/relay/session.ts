/** A session of a producer: one control connection, its streams, its trace chunks. Commands are in `ingest/`. */
import { messageOf, TailtrapError } from '../../base/errors.ts';
import type { AddStream, CreateSession } from '../protocol/control-session.ts';
import { AskedStreams } from './asked-streams.ts';
import type { TraceChunk } from './chunk.ts';
import { DiskPackets } from './disk-packets.ts';
import { DisplacedNotes } from './displaced.ts';
import { ownerOf } from './folder-holds.ts';
import type { Holder } from './held-memory.ts';
import { MemoryPackets } from './memory-packets.ts';
import { MetadataStream } from './metadata.ts';
import type { PacketStore, PacketStoreEvents } from './packet.ts';
import type { Relay } from './relay.ts';
import type { SessionChange, StoredSession, StoredStream } from './store.ts';
import { DataStream, type StreamNames } from './stream.ts';
import { Trace } from './trace.ts';
import { Traces } from './traces.ts';

const METADATA_CHANNEL = 'metadata';
/** Of a packet that waits for its index, or the other way round; measured: 205. */
const UNPAIRED_BYTES = 256;

type Listener = (what: SessionChange, stream: StoredStream | null) => void;

export class Session implements StoredSession, Holder {
  readonly id: number;
  readonly created: CreateSession;
  /** What both sides speak. */
  readonly minor: number;
  /** Relative to the output folder. */
  readonly folder: string;
  /** Of its producer; packets of its streams come from there. */
  readonly address: string;
  closed = false;
  publications = 0;
  hasRotated = false;
  /** The chunk that new streams go to, and the one before it until it is closed; both acquired. */
  chunk: TraceChunk | null = null;
  closingChunk: TraceChunk | null = null;
  /** By handle. */
  readonly streams: Map<number, DataStream | MetadataStream> = new Map();
  readonly asked: AskedStreams = new AskedStreams();
  private readonly relay: Relay;
  private readonly allTraces: Traces;
  private readonly unpublished: Set<DataStream | MetadataStream> = new Set();
  private unpaired = 0;
  private metadata_bytes = 0;
  private readonly listeners: Set<Listener> = new Set();
  private readonly note: (line: string) => void;
  private readonly onBroken: (reason: string) => void;
  private broken = false;
  private readonly holds: Set<string> = new Set();
  private readonly displaced: DisplacedNotes = new DisplacedNotes();

  /** @param onBroken cuts the producer off: nothing more can be stored for it */
  constructor(
    relay: Relay,
    created: CreateSession,
    at: { readonly id: number; readonly minor: number; readonly folder: string },
    peer: { readonly address: string; readonly note: (line: string) => void; readonly fault: (reason: string) => void },
  ) {
    this.relay = relay;
    this.created = created;
    this.id = at.id;
    this.minor = at.minor;
    this.folder = at.folder;
    this.note = (line) => peer.note(line);
    this.address = peer.address;
    this.onBroken = (reason) => peer.fault(reason);
    this.allTraces = new Traces(({ metadata }) => this.countMetadata(-(metadata?.size_bytes ?? 0)));
  }

  get name(): string {
    return this.created.name;
  }
  get hostname(): string {
    return this.created.hostname;
  }
  get liveTimer_us(): number {
    return this.created.liveTimer_us;
  }
  get format(): 'ctf1' | 'ctf2' {
    return this.created.format;
  }
  get streamCount(): number {
    return this.streams.size;
  }
  get traces(): readonly Trace[] {
    return this.allTraces.published;
  }
  get hasIndexes(): boolean {
    return !this.created.snapshot;
  }

  /** Where the daemon that it belongs to, and the connections of its other domains, find its chunks. */
  chunkKey(id: bigint): string | null {
    const { chunked } = this.created;
    return chunked === null ? null : `${chunked.daemon}/${chunked.daemonSession}/${id}`;
  }

  /**
   * Nobody else may use this folder while the session, and then its streams, are open.
   *
   * @throws TailtrapError `TT_RELAY_REFUSED` when somebody else does
   */
  hold(folder: string): void {
    if (this.holds.has(folder)) return;
    if (!this.relay.folders.take(folder, ownerOf(this.created))) {
      throw new TailtrapError('TT_RELAY_REFUSED', `another session records into ${folder}`);
    }
    this.holds.add(folder);
  }

  /** Closed streams may still wait for packets, and the chunks that they are in rename their folders at the end. */
  private letGo(): void {
    if (!this.closed || this.streams.size > 0) return;
    for (const folder of this.holds) this.relay.folders.give(folder);
    this.holds.clear();
  }

  onChange(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** @throws what making its files throws; the stream is not there then */
  addStream(names: StreamNames, spec: AddStream, path: string): void {
    const trace = this.allTraces.get(path) ?? new Trace(this.relay.nextTraceId(), this, path);
    const stream =
      spec.channel === METADATA_CHANNEL ? this.makeMetadata(names, trace) : this.makeData(names, trace, spec);
    trace.openStreams++;
    this.allTraces.add(trace);
    this.unpublished.add(stream);
    this.streams.set(names.handle, stream);
    this.relay.streams.set(names.handle, stream);
  }

  private makeMetadata(names: StreamNames, trace: Trace): MetadataStream {
    const { output, limits } = this.relay;
    const live = this.liveTimer_us > 0 || output === null;
    const options = { ...names, trace, channel: METADATA_CHANNEL, output, live, max_bytes: limits.metadata_bytes };
    return new MetadataStream(options, this.chunk!);
  }

  private makeData(names: StreamNames, trace: Trace, spec: AddStream): DataStream {
    const { channel } = spec;
    const options = { ...names, trace, channel, hasIndexes: this.hasIndexes, maxUnpaired: this.relay.limits.unpaired };
    const events = {
      onChange: (stream: DataStream) => this.emit('packets', stream),
      onClosed: (stream: DataStream) => this.onStreamClosed(stream),
      onBroken: (error: unknown) => this.break(messageOf(error)),
      onUnpaired: (change: number) => this.countUnpaired(change),
      onDisplaced: ({ trace }: DataStream, how: 'removed' | 'moved') => this.onDisplaced(trace, how),
      note: this.note,
    };
    return new DataStream(options, events, (storeEvents) => this.makeStore(spec, trace.path, storeEvents));
  }

  private makeStore(spec: AddStream, path: string, events: PacketStoreEvents): PacketStore {
    const { output, limits, memory } = this.relay;
    if (output === null) return new MemoryPackets(limits, memory, events);
    const index = !this.hasIndexes ? 'none' : this.minor >= 8 ? 'new' : 'old';
    const [file_bytes, files] = [Number(spec.tracefileSize_bytes), Number(spec.tracefileCount)];
    const { channel } = spec;
    const { look_ms } = limits;
    return new DiskPackets({ output, path, channel, file_bytes, files, index, look_ms }, this.chunk!, events);
  }

  /** STREAMS_SENT: viewers may see what was added. */
  publish(): void {
    if (this.unpublished.size === 0) return;
    for (const stream of this.unpublished) {
      stream.published = true;
      if (stream instanceof MetadataStream) stream.trace.metadata = stream;
      else stream.trace.streams.push(stream);
    }
    this.unpublished.clear();
    this.publications++;
    this.emit('streams', null);
  }

  /** @param bytes of it that viewers may want */
  metadataGrew(bytes: number): void {
    this.countMetadata(bytes);
    this.emit('metadata', null);
  }

  private countMetadata(change_bytes: number): void {
    this.metadata_bytes += change_bytes;
    this.relay.liveMetadata.set(this, this.closed ? 0 : this.metadata_bytes);
  }

  private countUnpaired(change: number): void {
    this.unpaired += change;
    this.relay.incoming.partial.set(this, this.unpaired * UNPAIRED_BYTES);
  }

  /** It holds too much. */
  cut(reason: string): void {
    this.break(reason);
  }

  /** Packets of before a clear are not to be seen any more. */
  clear(): void {
    for (const { streams } of this.allTraces) for (const stream of streams) stream.clear();
  }

  closeMetadata(stream: MetadataStream): void {
    try {
      stream.close();
    } catch (error) {
      this.note(`cannot finish a trace chunk: ${messageOf(error)}`);
    }
    if (!stream.published) this.countMetadata(-stream.size_bytes);
    this.forget(stream);
  }

  /** The control connection is gone. @param aborted by a fault: nothing is waited for */
  end(aborted: boolean): void {
    if (this.closed) return;
    this.closed = true;
    for (const stream of [...this.streams.values()]) {
      if (stream instanceof MetadataStream) this.closeMetadata(stream);
      else stream.onProducerGone(aborted);
    }
    for (const chunk of [this.chunk, this.closingChunk]) this.releaseChunk(chunk);
    this.chunk = null;
    this.closingChunk = null;
    this.allTraces.forgetAll();
    this.letGo();
    this.relay.onSessionEnd(this);
    this.emit('closed', null);
  }

  /** Streams that wait for packets which were announced. @returns how many waited */
  giveUpWaiting(): number {
    let waited = 0;
    for (const stream of [...this.streams.values()]) {
      if (stream instanceof DataStream && stream.giveUpWaiting()) waited++;
    }
    return waited;
  }

  /** Nothing more can be stored: its producer is cut off, what is there can be read. */
  break(reason: string): void {
    if (this.broken) return;
    this.broken = true;
    for (const stream of [...this.streams.values()]) if (stream instanceof DataStream) stream.abort();
    const line = `session ${this.name} is broken: ${reason}`;
    if (this.closed) this.note(line);
    else this.onBroken(line);
  }

  /** Files of a trace are not in their folder any more. A new one can be read with all its metadata only. */
  private onDisplaced(trace: Trace, how: 'removed' | 'moved'): void {
    if (how === 'removed') {
      try {
        for (const one of this.streams.values())
          if (one instanceof MetadataStream && one.trace === trace) one.restore();
      } catch (error) {
        this.break(messageOf(error));
      }
    }
    const line = this.displaced.line(how, this.name, this.relay.output!.path(this.folder));
    if (line !== null) this.note(line);
  }

  /** @param chunk null: nothing to do */
  releaseChunk(chunk: TraceChunk | null): void {
    try {
      chunk?.release();
    } catch (error) {
      this.note(`cannot finish trace chunk ${chunk?.folderName}: ${messageOf(error)}`);
    }
  }

  private onStreamClosed(stream: DataStream): void {
    this.forget(stream);
    this.emit('packets', stream);
  }

  private forget(stream: DataStream | MetadataStream): void {
    const { handle, trace } = stream;
    this.streams.delete(handle);
    this.relay.streams.delete(handle);
    this.unpublished.delete(stream);
    this.asked.forget(stream);
    trace.openStreams--;
    this.allTraces.onClosed(trace);
    this.letGo();
  }

  private emit(what: SessionChange, stream: StoredStream | null): void {
    for (const listener of this.listeners) listener(what, stream);
  }
}
