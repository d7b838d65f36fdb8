/** Packets of a stream in memory (`--no-output`): the newest ones; older ones make room. */
import type { Limits } from './limits.ts';
import { type Packet, type PacketStore, type PacketStoreEvents, packetBytesOf } from './packet.ts';
import type { PacketCursor, StoredPacket } from './store.ts';

/** What all streams keep together. */
export interface MemoryBudget {
  used_bytes: number;
}

interface Kept extends StoredPacket {
  readonly pieces: readonly Buffer[];
  readonly data_bytes: number;
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
      this.events.onWritten(packets);
      for (const packet of packets) packet.settled();
    });
  }

  commit(packet: Packet, entry: Buffer): void {
    entry.writeBigUInt64BE(BigInt(this.position_bytes), 0);
    const size_bytes = packetBytesOf(entry);
    this.position_bytes += size_bytes;
    this.kept.push({ number: this.count++, size_bytes, entry, pieces: packet.pieces, data_bytes: packet.data_bytes });
    packet.pieces = [];
    this.account(packet.data_bytes);
    while (this.kept.length > 1 && this.tooMuch()) this.dropOldest();
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
    this.account(-this.kept.shift()!.data_bytes);
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
    if (packet === null) return null;
    this.skipped += packet.number - this.number;
    this.number = packet.number + 1;
    this.taken = packet;
    return packet;
  }

  read(offset_bytes: number, length_bytes: number): Uint8Array {
    const packet = this.taken;
    if (packet === null) return new Uint8Array(0);
    const end = Math.min(packet.size_bytes, offset_bytes + length_bytes);
    const [only] = packet.pieces;
    if (packet.pieces.length === 1 && end <= packet.data_bytes) return only!.subarray(offset_bytes, end);
    const bytes = Buffer.alloc(Math.max(0, end - offset_bytes));
    let at = 0;
    for (const piece of packet.pieces) {
      if (at + piece.length > offset_bytes && at < end) {
        const from = Math.max(0, offset_bytes - at);
        piece.copy(bytes, Math.max(0, at - offset_bytes), from, Math.min(piece.length, end - at));
      }
      at += piece.length;
    }
    return bytes;
  }

  close(): void {
    this.taken = null;
    this.number = this.packets.count;
  }
}
