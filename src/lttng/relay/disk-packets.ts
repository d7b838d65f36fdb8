/**
 * Packets of a stream in files. While one write is under way the packets that come are collected, and written together
 * by the next: many small packets or one large one cost one system call. turn-writes.ts tells when, and on which thread.
 */
import { ftruncateSync } from 'node:fs';
import { TailtrapError } from '../../base/errors.ts';
import type { TraceChunk } from './chunk.ts';
import { ChunkFiles, type FileOptions } from './chunk-files.ts';
import { DiskCursor } from './disk-cursor.ts';
import { readAll, writeAll, writevAll, writevOn, ZEROS } from './file-io.ts';
import type { Packet, PacketStore, PacketStoreEvents } from './packet.ts';
import type { Segment } from './segment.ts';
import type { PacketCursor } from './store.ts';
import { type IndexOwner, type PacketWriter, SMALL_BYTES, TURN_WRITES } from './turn-writes.ts';

/** What one write takes: enough that its system call does not count, little enough that viewers need not wait. */
const BATCH_BYTES = 4 * 2 ** 20;
/** Index entries of a file that wait for the end of the turn at most. */
const MAX_WAITING_ENTRIES = 512;

export interface DiskOptions extends FileOptions {
  /** How often files are looked for in their folder, while packets come. */
  readonly look_ms: number;
}

type Place = { readonly segment: Segment; readonly at: number };

export class DiskPackets implements PacketStore, PacketWriter, IndexOwner {
  /** Packets committed in all chunks. */
  count = 0;
  private readonly options: DiskOptions;
  private readonly events: PacketStoreEvents;
  private queue: Packet[] = [];
  /** Of `queue`. */
  waiting_bytes = 0;
  private writing: Packet[] = [];
  private broken = false;
  /** null: rotated to no chunk. */
  private files: ChunkFiles | null;
  /** null: nothing is written any more, or for now. */
  private chunk: TraceChunk | null;
  private looked_ms: number = performance.now();

  /** @param chunk is acquired and released here */
  constructor(options: DiskOptions, chunk: TraceChunk, events: PacketStoreEvents) {
    this.options = options;
    this.events = events;
    this.chunk = chunk;
    chunk.acquire();
    try {
      this.files = new ChunkFiles(options, chunk);
    } catch (error) {
      chunk.release();
      throw error;
    }
  }

  get busy(): boolean {
    return this.writing.length > 0 || this.queue.length > 0;
  }
  get settled(): boolean {
    return this.writing.length === 0;
  }

  /** For cursors, as `current`: files of the current chunk. */
  get oldest(): Segment | null {
    return this.files?.oldest ?? null;
  }
  get current(): Segment | null {
    return this.files?.current ?? null;
  }

  write(packet: Packet): void {
    this.queue.push(packet);
    this.waiting_bytes += packet.data_bytes + packet.padding_bytes;
    if (this.queue.length === 1 && this.writing.length === 0) TURN_WRITES.write(this);
  }

  commit(packet: Packet, entry: Buffer): void {
    const { segment, at } = packet.place as Place;
    entry.writeUInt32BE(Math.floor(at / 2 ** 32), 0);
    entry.writeUInt32BE(at % 2 ** 32, 4);
    if (segment.waiting === 0) TURN_WRITES.flush(segment, this);
    segment.add(entry, this.count++);
    if (segment.waiting >= MAX_WAITING_ENTRIES) this.flushIndex(segment);
    this.letGo(segment);
  }

  drop(packet: Packet): void {
    const place = packet.place as Place | null;
    if (place !== null && this.options.index !== 'none') this.letGo(place.segment);
  }

  /** A packet needs its index file no more. */
  private letGo(segment: Segment): void {
    try {
      segment.release();
    } catch (error) {
      if (!this.broken) this.giveUp([], error);
    }
  }

  open(from: 'first' | 'next'): PacketCursor {
    return new DiskCursor(this, from);
  }

  flush(): void {
    this.writeNow(false);
    try {
      this.files?.flush();
    } catch (error) {
      if (!this.broken) this.giveUp([], error);
    }
  }

  clear(): void {
    // The chunk that is cleared tells cursors.
  }

  forget(): void {
    // Nothing is held but what is on disk.
  }

  finish(): void {
    this.leaveChunk();
    this.chunk?.release();
    this.chunk = null;
  }

  rotate(chunk: TraceChunk | null, excess: readonly Packet[]): void {
    const moved = chunk === null ? [] : excess.map((packet) => ({ packet, bytes: this.readBack(packet) }));
    this.cutOff(excess);
    const [before, last] = [this.chunk, this.current];
    this.leaveChunk();
    this.files = null;
    this.chunk = chunk?.acquire() ?? null;
    try {
      if (chunk !== null) {
        this.files = new ChunkFiles(this.options, chunk);
        if (last !== null) last.next = this.current;
        for (const { packet, bytes } of moved) {
          packet.place = this.placeFor(packet);
          const { segment, at } = packet.place as Place;
          if (this.options.index !== 'none') segment.makeIndex();
          writeAll(segment.dataFile, bytes, at);
        }
      }
    } finally {
      before?.release();
    }
  }

  /** Bytes of the packet as it stands in its file, padding included. */
  private readBack(packet: Packet): Buffer {
    const { segment, at } = packet.place as Place;
    const bytes = Buffer.allocUnsafe(packet.data_bytes + packet.padding_bytes);
    readAll(segment.dataFile, bytes, at);
    return bytes;
  }

  /** Takes packets that belong to the next chunk out of the files of this one. */
  private cutOff(excess: readonly Packet[]): void {
    for (const { place } of [...excess].reverse()) {
      const { segment, at } = place as Place;
      if (at === 0 && segment.count === 0 && this.files!.hasSeveral) this.files!.dropCurrent();
      else {
        ftruncateSync(segment.dataFile, at);
        segment.placed_bytes = at;
      }
      segment.release();
    }
  }

  /** All is written: the files need not stay open for us. */
  private leaveChunk(): void {
    this.files?.flush();
    this.current?.release();
  }

  /** Chooses file and place; goes on in the next file when the packet does not fit. */
  private placeFor(packet: Packet): Place {
    if (this.needsNewFile(packet)) this.files!.advance();
    const segment = this.current!;
    // Its index entry may come when the ring is far ahead.
    if (this.options.index !== 'none') segment.acquire();
    const at = segment.placed_bytes;
    segment.placed_bytes += packet.data_bytes + packet.padding_bytes;
    return { segment, at };
  }

  writeNow(onLoop: boolean): void {
    while (!this.broken && this.writing.length === 0 && this.queue.length > 0) {
      const begun_ms = performance.now();
      try {
        const { buffers, bytes, place } = this.takeBatch();
        if (bytes > SMALL_BYTES && !onLoop) {
          writevOn(place.segment.dataFile, buffers, bytes, place.at, (error) => this.onDone(error, begun_ms));
          return;
        }
        writevAll(place.segment.dataFile, buffers, bytes, place.at);
      } catch (error) {
        this.settle(error);
        return;
      }
      TURN_WRITES.onWritten(begun_ms, performance.now());
      this.settle(null);
    }
  }

  /** Moves packets that follow each other in one file from the queue to `writing`. */
  private takeBatch(): { buffers: Buffer[]; bytes: number; place: Place } {
    if (this.chunk === null) throw new TailtrapError('TT_RELAY_CHUNK', 'a packet came after its last trace chunk');
    this.look();
    const buffers: Buffer[] = [];
    let bytes = 0;
    let first: Place | null = null;
    let taken = 0;
    for (const packet of this.queue) {
      if (first !== null && (this.needsNewFile(packet) || bytes >= BATCH_BYTES)) break;
      const place = this.placeFor(packet);
      first ??= place;
      packet.place = place;
      this.writing.push(packet);
      if (packet.data_bytes > 0) buffers.push(packet.bytes!);
      for (let left = packet.padding_bytes; left > 0; left -= ZEROS.length) buffers.push(ZEROS.subarray(0, left));
      bytes += packet.data_bytes + packet.padding_bytes;
      taken++;
    }
    this.waiting_bytes -= bytes;
    this.queue = taken === this.queue.length ? [] : this.queue.slice(taken);
    if (this.options.index !== 'none') first!.segment.makeIndex();
    return { buffers, bytes, place: first! };
  }

  /** Who removes a folder that is written into shall not go on losing what comes. */
  private look(): void {
    const now_ms = performance.now();
    if (now_ms - this.looked_ms < this.options.look_ms) return;
    this.looked_ms = now_ms;
    const whereabouts = this.current!.whereabouts();
    if (whereabouts === 'here') return;
    if (whereabouts === 'removed') this.files!.replaceCurrent();
    this.events.onDisplaced(whereabouts);
  }

  private needsNewFile(packet: Packet): boolean {
    const { file_bytes } = this.options;
    return file_bytes > 0 && this.current!.placed_bytes + packet.data_bytes > file_bytes;
  }

  private onDone(error: unknown, begun_ms: number): void {
    TURN_WRITES.onWritten(begun_ms, performance.now());
    this.settle(error);
    this.writeNow(false);
  }

  private settle(error: unknown): void {
    const packets = this.writing;
    this.writing = [];
    if (error === null) this.events.onWritten(packets);
    else this.giveUp(packets, error);
    for (const packet of packets) packet.settled(packet);
  }

  /** A packet that is half written is taken away again, so that the folder can be read. */
  private giveUp(packets: readonly Packet[], error: unknown): void {
    this.broken = true;
    const place = packets[0]?.place as Place | undefined;
    try {
      if (place !== undefined) ftruncateSync(place.segment.dataFile, place.at);
    } catch {} // the disk is in trouble: what is there stays as it is
    for (const packet of packets) this.drop(packet);
    for (const packet of this.queue) packet.settled(packet);
    this.queue = [];
    this.waiting_bytes = 0;
    this.events.onBroken(error);
  }

  flushIndex(segment: Segment): void {
    try {
      segment.flush();
    } catch (error) {
      if (!this.broken) this.giveUp([], error);
    }
  }
}
