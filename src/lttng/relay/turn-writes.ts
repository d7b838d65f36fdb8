/**
 * What is written at the end of a turn of the event loop, when the requests that came in it were answered: packets, then
 * their index entries. A producer sends a packet, then its index, and waits for the answer to that; a write before it would
 * hold the producer up. lttng-relayd answers first, too. No timer is set for this: one of some milliseconds makes every
 * sleep of the event loop dearer than the write that it saves.
 *
 * The event loop writes itself what it can in a fraction of a millisecond, as long as the disk takes it at once: handing
 * a packet to another thread and hearing of its end costs more. Other threads write the rest.
 */
import type { Segment } from './segment.ts';

/** So much the event loop writes in one turn, of all streams: 0.3 ms of copying into the system's memory. */
const TURN_BYTES = 2 ** 20;
/** Less than this is written by the event loop in any case. */
export const SMALL_BYTES = 65_536;

/** A write of so long waited for the disk, or for its turn on a busy machine... */
const SLOW_MS = 20;
/** ...then the event loop leaves writing to others for a while. */
const AVOID_MS = 1000;

/** A stream's packets that wait. */
export interface PacketWriter {
  readonly waiting_bytes: number;
  /** Writes them, on this thread or another; does not throw. */
  writeNow(onLoop: boolean): void;
}

/** Who has an index file. */
export interface IndexOwner {
  /** Writes the entries of the segment; does not throw. */
  flushIndex(segment: Segment): void;
}

export class TurnWrites {
  /** Of writes, on any thread, that took long. */
  slow = 0;
  private writers: PacketWriter[] = [];
  private indexes: Map<Segment, IndexOwner> = new Map();
  private planned = false;
  private avoidUntil_ms = 0;

  /** Calls `writeNow` once, at the end of the turn. */
  write(writer: PacketWriter): void {
    this.writers.push(writer);
    this.plan();
  }

  /** Writes the segment's entries at the end of the turn, after packets. */
  flush(segment: Segment, owner: IndexOwner): void {
    this.indexes.set(segment, owner);
    this.plan();
  }

  /** A write has ended. */
  onWritten(begun_ms: number, now_ms: number): void {
    if (now_ms - begun_ms < SLOW_MS) return;
    this.slow++;
    this.avoidUntil_ms = now_ms + AVOID_MS;
  }

  private plan(): void {
    if (this.planned) return;
    this.planned = true;
    setImmediate(this.run);
  }

  private readonly run = (): void => {
    const { writers, indexes } = this;
    this.writers = [];
    let room_bytes = performance.now() < this.avoidUntil_ms ? 0 : TURN_BYTES;
    const own: PacketWriter[] = [];
    for (const writer of writers) {
      const bytes = writer.waiting_bytes;
      if (bytes > SMALL_BYTES && bytes > room_bytes) {
        writer.writeNow(false);
        continue;
      }
      own.push(writer);
      room_bytes -= bytes;
    }
    for (const writer of own) writer.writeNow(true);
    this.indexes = new Map();
    for (const [segment, owner] of indexes) owner.flushIndex(segment);
    this.planned = false;
    if (this.writers.length > 0 || this.indexes.size > 0) this.plan();
  };
}

/** Of all streams of this process. */
export const TURN_WRITES: TurnWrites = new TurnWrites();
