/** Packets of a stream in memory (`--no-output`): the newest ones; older ones make room. */
import type { Limits } from './limits.ts';
import { type Packet, type PacketStore, type PacketStoreEvents, packetBytesOf } from './packet.ts';
import type { PacketCursor, StoredPacket } from './store.ts';

/** On top of what is kept: between its index and its bytes a viewer needs milliseconds. */
const HELD_SHARE = 0.25;

interface Kept extends StoredPacket {
  /** null: dropped, and for who had taken it there was no memory. */
  bytes: Buffer | null;
  /** Cursors that have taken it. */
  readers: number;
  dropped: boolean;
}

export class MemoryPackets implements PacketStore {
  busy = false;
  readonly settled = true;
  count = 0;
  /** `kept[i]` is packet `first + i`. */
  private kept: Kept[] = [];
  private first = 0;
  private kept_bytes = 0;
  /** Stands for the offset in a file. */
  private position_bytes = 0;
  private written: Packet[] = [];
  private cursors = 0;
  /** Its session is over. */
  private ended = false;
  private readonly limits: Limits;
  private readonly budget: MemoryBudget;
  private readonly events: PacketStoreEvents;

  constructor(limits: Limits, budget: MemoryBudget, events: PacketStoreEvents) {
    this.limits = limits;
    this.budget = budget;
    this.events = events;
  }

  write(packet: Packet): void {
    this.written.push(packet);
    if (this.busy) return;
    this.busy = true;
    queueMicrotask(() => {
      const packets = this.written;
      this.written = [];
      this.busy = false;
      // Its memory stays here; what never gets an index is not kept.
      for (const packet of packets) packet.place = take(packet);
      this.events.onWritten(packets);
      for (const packet of packets) packet.settled(packet);
    });
  }

  commit(packet: Packet, entry: Buffer): void {
    entry.writeBigUInt64BE(BigInt(this.position_bytes), 0);
    const size_bytes = packetBytesOf(entry);
    this.position_bytes += size_bytes;
    const bytes = packet.place as Buffer;
    packet.place = null;
    this.kept.push({ number: this.count++, size_bytes, entry, bytes, readers: 0, dropped: false });
    this.account(bytes.buffer.byteLength);
    while (this.budget.full && this.budget.dropEnded());
    while (this.kept.length > 1 && (this.kept_bytes > this.limits.kept_bytes || this.budget.full)) this.dropOldest();
  }

  drop(packet: Packet): void {
    packet.place = null;
  }

  flush(): void {
    // There is no disk.
  }

  rotate(): void {
    // There is no folder to end.
  }

  clear(): void {
    while (this.kept.length > 0) this.dropOldest();
  }

  finish(): void {
    // What is kept can still be read, until `forget`.
  }

  /** Who has a cursor reads on, as long as nobody needs the memory. */
  forget(): void {
    this.ended = true;
    if (this.cursors === 0) this.clear();
    else this.budget.keepEnded(this);
  }

  open(from: 'first' | 'next'): PacketCursor {
    this.cursors++;
    return new MemoryCursor(this, from === 'first' ? this.first : this.count);
  }

  /** Packet `number`, or the oldest after it. */
  at(number: number): Kept | null {
    return this.kept[Math.max(0, number - this.first)] ?? null;
  }

  take(packet: Kept): void {
    packet.readers++;
  }
  release(packet: Kept): void {
    packet.readers--;
    if (packet.dropped && packet.readers === 0) this.budget.letGo(packet);
  }

  /** A cursor was closed. */
  onClosed(): void {
    this.cursors--;
    if (!this.ended || this.cursors > 0) return;
    this.clear();
    this.budget.forgetEnded(this);
  }

  private dropOldest(): void {
    const packet = this.kept.shift()!;
    this.first++;
    this.account(-packet.bytes!.buffer.byteLength);
    packet.dropped = true;
    if (packet.readers > 0) this.budget.hold(packet);
  }

  private account(bytes: number): void {
    this.kept_bytes += bytes;
    this.budget.used_bytes += bytes;
  }
}

/** What all streams keep together. */
export class MemoryBudget {
  used_bytes = 0;
  /** Dropped, but taken by cursors, which read it now or never. */
  held_bytes = 0;
  private readonly max_bytes: number;
  /** Of sessions that are over, the oldest first. */
  private readonly ended: Set<MemoryPackets> = new Set();

  constructor(max_bytes: number) {
    this.max_bytes = max_bytes;
  }

  get full(): boolean {
    return this.used_bytes > this.max_bytes;
  }

  keepEnded(packets: MemoryPackets): void {
    this.ended.add(packets);
  }
  forgetEnded(packets: MemoryPackets): void {
    this.ended.delete(packets);
  }
  /** @returns whether there was something to drop */
  dropEnded(): boolean {
    const [oldest] = this.ended;
    if (oldest === undefined) return false;
    this.ended.delete(oldest);
    oldest.clear();
    return true;
  }

  /** A packet was dropped that somebody has taken: it stays for him while there is memory for that. */
  hold(packet: Kept): void {
    const size = packet.bytes!.buffer.byteLength;
    if (this.held_bytes + size > this.max_bytes * HELD_SHARE) packet.bytes = null;
    else this.held_bytes += size;
  }
  letGo({ bytes }: Kept): void {
    this.held_bytes -= bytes?.buffer.byteLength ?? 0;
  }
}

class MemoryCursor implements PacketCursor {
  skipped = 0;
  private readonly packets: MemoryPackets;
  private number: number;
  private taken: Kept | null = null;
  private closed = false;

  constructor(packets: MemoryPackets, number: number) {
    this.packets = packets;
    this.number = number;
  }

  get pending(): number {
    return this.packets.count - this.number;
  }

  next(): StoredPacket | null {
    const packet = this.packets.at(this.number);
    if (packet === null) {
      this.skipped += this.pending;
      this.number = this.packets.count;
      return null;
    }
    this.skipped += packet.number - this.number;
    this.number = packet.number + 1;
    this.letGo();
    this.taken = packet;
    this.packets.take(packet);
    return packet;
  }

  read(offset_bytes: number, length_bytes: number): Uint8Array {
    const kept = this.taken?.bytes ?? null;
    if (this.taken === null || kept === null) return new Uint8Array(0);
    const end = Math.min(this.taken.size_bytes, offset_bytes + length_bytes);
    if (end <= kept.length) return kept.subarray(offset_bytes, end);
    const bytes = Buffer.alloc(Math.max(0, end - offset_bytes));
    kept.copy(bytes, 0, offset_bytes);
    return bytes;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.letGo();
    this.number = this.packets.count;
    this.packets.onClosed();
  }

  private letGo(): void {
    if (this.taken !== null) this.packets.release(this.taken);
    this.taken = null;
  }
}

function take(packet: Packet): Buffer {
  const bytes = packet.bytes!;
  packet.bytes = null;
  return bytes;
}
