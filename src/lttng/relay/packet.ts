/** A packet on its way from the data connection into its file, and the store of a stream's packets. */
import { INDEX_BYTES, INDEX_ENTRY_AT } from '../protocol/control-stream.ts';
import type { TraceChunk } from './chunk.ts';
import type { PacketCursor } from './store.ts';

export interface Packet {
  readonly netSeq: number;
  /** Without padding, as it arrived; null once its store keeps the memory for itself. */
  bytes: Buffer | null;
  readonly data_bytes: number;
  readonly padding_bytes: number;
  /** Called once it was written, or given up: its memory is free, its connection may read on. */
  readonly settled: (packet: Packet) => void;
  /** Where its store has put it. */
  place: unknown;
}

/** Where the packets of one stream are kept. */
export interface PacketStore {
  /** Some packet given to `write` was not yet told to `onWritten`. */
  readonly busy: boolean;
  /** No packet is half written; those that wait have no place yet. */
  readonly settled: boolean;
  write(packet: Packet): void;
  /** A written packet is complete: cursors may have it. `entry` is as in an index file, without the offset. */
  commit(packet: Packet, entry: Buffer): void;
  /** A written packet will never be complete. */
  drop(packet: Packet): void;
  /**
   * Goes on in another chunk, or in none; only while settled. `excess` are the packets that were written and belong to it.
   *
   * @throws the system's error; nothing more can be written then
   */
  rotate(chunk: TraceChunk | null, excess: readonly Packet[]): void;
  /** No packet will come any more; not while busy. What is there can still be read. */
  finish(): void;
  /** What is complete is to be found on disk now. */
  flush(): void;
  /** What is there is not to be seen any more: a clear. */
  clear(): void;
  /** Nobody but who reads it already will want what is there. */
  forget(): void;
  open(from: 'first' | 'next'): PacketCursor;
}

/** Told by a store, never within `write`. */
export interface PacketStoreEvents {
  onWritten(packets: readonly Packet[]): void;
  /** Nothing more can be written; packets not told as written are lost. */
  onBroken(error: unknown): void;
  /** Somebody has removed or moved the file that was being written; if it was removed, a new one has been begun. */
  onDisplaced(how: 'removed' | 'moved'): void;
}

/** Of an index file of version 1.1, in all entries that are kept in memory. */
export const ENTRY_BYTES = 72;

/** Number of bytes from the packet size in bits that an entry has. */
export function packetBytesOf(entry: Uint8Array): number {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  return (view.getUint32(8) * 2 ** 32 + view.getUint32(12)) / 8;
}

/** Entry of an index file, its offset not yet set; producers before 2.8 leave instance and sequence number unset. */
export function entryOf(payload: Buffer): Buffer {
  const entry = Buffer.allocUnsafe(ENTRY_BYTES);
  if (payload.length < INDEX_BYTES) entry.fill(0xff, 8 + payload.length - INDEX_ENTRY_AT);
  payload.copy(entry, 8, INDEX_ENTRY_AT, INDEX_BYTES);
  return entry;
}
