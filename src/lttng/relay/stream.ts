/**
 * A data stream: pairs packets (data connection) with their indexes (control connection), which come in either order,
 * and knows when the stream rotates and when it is at its end. Where packets are kept is its `PacketStore`'s.
 */
import type { TraceChunk } from './chunk.ts';
import { entryOf, type Packet, type PacketStore, type PacketStoreEvents } from './packet.ts';
import type { Cycles, PacketCursor, StoredStream } from './store.ts';
import type { Trace } from './trace.ts';
import { deleteUpTo, UnpairedCount } from './unpaired.ts';

/** What a stream tells its session. */
export interface StreamEvents {
  onChange(stream: DataStream): void;
  onClosed(stream: DataStream): void;
  onBroken(error: unknown): void;
  /** So many more (or less) packets and indexes wait for the other half. Not of every single one. */
  onUnpaired(change: number): void;
  onDisplaced(stream: DataStream, how: 'removed' | 'moved'): void;
  note(line: string): void;
}

export interface StreamNames {
  /** Of viewers and the log. */
  readonly id: number;
  /** Of its producer. */
  readonly handle: number;
}

export interface StreamOptions extends StreamNames {
  readonly trace: Trace;
  readonly channel: string;
  /** False for snapshots: packets come without indexes. */
  readonly hasIndexes: boolean;
  /** At most so many packets without index, and indexes without packet. */
  readonly maxUnpaired: number;
}

export class DataStream implements StoredStream {
  readonly id: number;
  readonly handle: number;
  readonly trace: Trace;
  readonly channel: string;
  received = 0;
  closed = false;
  beacon: Cycles | null = null;
  streamClass: bigint | null = null;
  published = false;
  /** Of DATA_PENDING and QUIESCENT_CONTROL, as `AskedStreams` counts. */
  round = -1;
  private readonly options: StreamOptions;
  private readonly events: StreamEvents;
  private readonly packets: PacketStore;
  /** Network sequence numbers of the last packet written, and of the last one that is complete. */
  private written = -1;
  private complete = -1;
  /** Sequence number that the next packet has at least. */
  private nextPacketSeq = 0;
  private readonly withoutIndex: Map<number, Packet> = new Map();
  private readonly withoutPacket: Map<number, Buffer> = new Map();
  private readonly unpaired: UnpairedCount;
  private rotation: { readonly chunk: TraceChunk | null; readonly position: number } | null = null;
  /** CLOSE_STREAM or the end of the control connection; -1: whatever is there is all. */
  private closeAt: number | null = null;
  /** Wait for no packet that did not come. */
  private closeNow = false;
  /** The data connection that brings its packets; null before the first. */
  private source: object | null = null;
  private sourceGone = false;
  private broken = false;

  constructor(options: StreamOptions, events: StreamEvents, makeStore: (events: PacketStoreEvents) => PacketStore) {
    this.options = options;
    this.id = options.id;
    this.handle = options.handle;
    this.trace = options.trace;
    this.channel = options.channel;
    this.events = events;
    this.unpaired = new UnpairedCount((change) => events.onUnpaired(change));
    this.packets = makeStore({
      onWritten: (packets) => this.onWritten(packets),
      onBroken: (error) => this.break(error),
      onDisplaced: (how) => this.events.onDisplaced(this, how),
    });
  }

  get rotating(): boolean {
    return this.rotation !== null;
  }

  open(from: 'first' | 'next'): PacketCursor {
    return this.packets.open(from);
  }

  clear(): void {
    this.packets.clear();
  }
  forget(): void {
    this.packets.forget();
  }

  /** @returns why the packet is not taken, or null */
  onPacket(packet: Packet): string | null {
    if (this.closed || this.broken) return `stream ${this.id} is closed`;
    if (this.withoutIndex.size >= this.options.maxUnpaired) return `stream ${this.id}: too many packets without index`;
    this.packets.write(packet);
    return null;
  }

  /**
   * SEND_INDEX.
   *
   * @param payload kept nowhere
   * @returns why the index is not taken, or null
   */
  onIndex(netSeq: number, payload: Buffer): string | null {
    if (this.closed || this.broken) return `stream ${this.id} is closed`;
    this.streamClass ??= payload.readBigUInt64BE(56);
    const empty = payload.readUInt32BE(16) === 0 && payload.readUInt32BE(20) === 0;
    if (empty) {
      this.onBeacon(payload.readBigUInt64BE(40));
      return null;
    }
    this.beacon = null;
    // A second index of a packet that is complete: answered, and of no use.
    if (netSeq <= this.complete) return null;
    if (this.withoutPacket.size >= this.options.maxUnpaired)
      return `stream ${this.id}: too many indexes without packet`;
    this.withoutPacket.set(netSeq, entryOf(payload));
    this.pair(netSeq);
    this.unpaired.set(this.withoutIndex.size + this.withoutPacket.size);
    return null;
  }

  /** The beacon is a promise: not while a packet is on its way. */
  private onBeacon(end: Cycles): void {
    if (this.withoutIndex.size > 0 || this.withoutPacket.size > 0 || this.packets.busy) return;
    this.beacon = end;
    this.events.onChange(this);
  }

  /** Whether packets up to `last` have yet to come. */
  isPending(last: number): boolean {
    this.packets.flush();
    return (this.options.hasIndexes ? Math.min(this.written, this.complete) : this.written) < last;
  }

  /** @returns why not, or null */
  rotateAt(position: number, chunk: TraceChunk | null): string | null {
    if (this.rotation !== null) return `stream ${this.id} is rotating already`;
    if (this.closed) return `stream ${this.id} is closed`;
    this.rotation = { chunk: chunk === null ? null : chunk.acquire(), position };
    this.tryRotate();
    return null;
  }

  /** @param last sequence number of the last packet; -1: none, or not told */
  requestClose(last: number): void {
    this.closeAt = Math.max(last, this.closeAt ?? -1);
    this.tryClose(false);
  }

  /** The control connection is gone: nothing will be told any more. @param now wait for no packet either */
  onProducerGone(now: boolean): void {
    this.closeAt ??= Math.max(-1, ...this.withoutPacket.keys());
    this.tryClose(now || this.sourceGone);
  }

  get hasSource(): boolean {
    return this.source !== null;
  }

  /** Whether its packets come by another connection than `source`. */
  hasSourceOtherThan(source: object): boolean {
    return this.source !== null && this.source !== source && !this.sourceGone;
  }

  setSource(source: object): void {
    this.source = source;
    this.sourceGone = false;
  }

  /** The data connection that brought its packets has ended. */
  onSourceGone(source: object): void {
    if (this.source !== source) return;
    this.sourceGone = true;
    if (this.closeAt !== null) this.tryClose(true);
  }

  /** Announced packets did not come in time. @returns whether the stream was waiting for some */
  giveUpWaiting(): boolean {
    if (this.closed || this.closeAt === null) return false;
    this.tryClose(true);
    return true;
  }

  /** Its session is broken: takes nothing any more, keeps what it has. */
  abort(): void {
    this.broken = true;
    this.closeAt ??= -1;
    this.tryClose(true);
  }

  private break(error: unknown): void {
    if (this.broken) return;
    this.broken = true;
    this.events.onBroken(error);
  }

  private onWritten(packets: readonly Packet[]): void {
    for (const packet of packets) {
      this.written = Math.max(this.written, packet.netSeq);
      if (!this.options.hasIndexes) continue;
      // A packet that comes a second time has no index of its own.
      if (packet.netSeq <= this.complete || this.withoutIndex.has(packet.netSeq)) this.packets.drop(packet);
      else this.withoutIndex.set(packet.netSeq, packet);
    }
    if (this.withoutPacket.size > 0) for (const { netSeq } of packets) this.pair(netSeq);
    this.unpaired.set(this.withoutIndex.size + this.withoutPacket.size);
    this.tryRotate();
    this.tryClose(false);
  }

  private pair(netSeq: number): void {
    const packet = this.withoutIndex.get(netSeq);
    const entry = this.withoutPacket.get(netSeq);
    if (packet === undefined || entry === undefined) return;
    if (this.rotation !== null && this.nextPacketSeq >= this.rotation.position) {
      // The position was reached: this packet waits for its place in the next chunk, and is paired there.
      this.tryRotate();
      return;
    }
    // Both connections keep the order of packets: what lacks its other half before this one will never get it.
    this.withoutIndex.delete(netSeq);
    for (const lost of deleteUpTo(this.withoutIndex, netSeq)) this.packets.drop(lost);
    deleteUpTo(this.withoutPacket, netSeq);
    this.complete = netSeq;
    this.nextPacketSeq = entry.readUInt32BE(64) * 2 ** 32 + entry.readUInt32BE(68) + 1;
    this.packets.commit(packet, entry);
    this.received++;
    this.tryRotate();
    this.events.onChange(this);
  }

  private tryRotate(): void {
    const { rotation } = this;
    if (rotation === null || this.nextPacketSeq < rotation.position) return;
    if (!this.packets.settled || this.broken) return;
    const excess = [...this.withoutIndex.values()];
    // To no chunk, and packets behind the end: they stay in the last one.
    if (rotation.chunk === null && (excess.length > 0 || this.packets.busy)) return;
    this.rotation = null;
    try {
      this.packets.rotate(rotation.chunk, excess);
    } catch (error) {
      this.break(error);
    }
    this.releaseChunk(rotation.chunk);
    // What waited for the rotation.
    for (const netSeq of [...this.withoutIndex.keys()]) this.pair(netSeq);
    this.events.onChange(this);
  }

  private tryClose(now: boolean): void {
    this.closeNow ||= now;
    if (this.closed || this.closeAt === null || this.packets.busy) return;
    if (!this.closeNow && this.written < this.closeAt) return;
    this.closed = true;
    const lost = this.withoutIndex.size;
    if (lost > 0) this.events.note(`stream ${this.id} (${this.channel}): ${lost} packets came without their index`);
    const missing = this.withoutPacket.size;
    if (missing > 0) this.events.note(`stream ${this.id} (${this.channel}): ${missing} packets never came`);
    for (const packet of this.withoutIndex.values()) this.packets.drop(packet);
    this.withoutIndex.clear();
    this.withoutPacket.clear();
    this.unpaired.set(0);
    try {
      this.packets.finish();
    } catch (error) {
      this.break(error);
    }
    this.releaseChunk(this.rotation?.chunk ?? null);
    this.rotation = null;
    this.events.onClosed(this);
  }

  private releaseChunk(chunk: TraceChunk | null): void {
    try {
      chunk?.release();
    } catch (error) {
      this.events.note(`cannot finish a trace chunk: ${String(error)}`);
    }
  }
}
