/** Packets of a stream in memory (`--no-output`): the newest ones; older ones make room. */
import type { Limits } from './limits.ts';
import { type Packet, type PacketStore, type PacketStoreEvents, packetBytesOf } from './packet.ts';
import type { PacketCursor, StoredPacket } from './store.ts';

/** What all streams keep together. */
export interface MemoryBudget {
  used_bytes: number;
}

interface Kept extends StoredPacket {
  readonly bytes: Buffer;
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
  private readonly limits: Limits;
  private budget: MemoryBudget;
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
    this.kept.push({ number: this.count++, size_bytes, entry, bytes });
    this.account(bytes.buffer.byteLength);
    while (this.kept.length > 1 && this.tooMuch()) this.dropOldest();
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
    this.first += this.kept.length;
    this.kept = [];
    this.account(-this.kept_bytes);
  }

  finish(): void {
    // What is kept can still be read, until `forget`.
  }

  /** Who has a cursor reads on; when the last of them lets go the memory is free. */
  forget(): void {
    this.budget.used_bytes -= this.kept_bytes;
    this.budget = { used_bytes: this.kept_bytes };
  }

  open(from: 'first' | 'next'): PacketCursor {
    return new MemoryCursor(this, from === 'first' ? this.first : this.count);
  }

  /** Packet `number`, or the oldest after it. */
  at(number: number): Kept | null {
    return this.kept[Math.max(0, number - this.first)] ?? null;
  }

  private tooMuch(): boolean {
    return this.kept_bytes > this.limits.kept_bytes || this.budget.used_bytes > this.limits.keptTotal_bytes;
  }

  private dropOldest(): void {
    this.account(-this.kept.shift()!.bytes.buffer.byteLength);
    this.first++;
  }

  private account(bytes: number): void {
    this.kept_bytes += bytes;
    this.budget.used_bytes += bytes;
  }
}

class MemoryCursor implements PacketCursor {
  skipped = 0;
  private readonly packets: MemoryPackets;
  private number: number;
  private taken: Kept | null = null;

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
    this.taken = packet;
    return packet;
  }

  read(offset_bytes: number, length_bytes: number): Uint8Array {
    const packet = this.taken;
    if (packet === null) return new Uint8Array(0);
    const end = Math.min(packet.size_bytes, offset_bytes + length_bytes);
    if (end <= packet.bytes.length) return packet.bytes.subarray(offset_bytes, end);
    const bytes = Buffer.alloc(Math.max(0, end - offset_bytes));
    packet.bytes.copy(bytes, 0, offset_bytes);
    return bytes;
  }

  close(): void {
    this.taken = null;
    this.number = this.packets.count;
  }
}

function take(packet: Packet): Buffer {
  const bytes = packet.bytes!;
  packet.bytes = null;
  return bytes;
}
