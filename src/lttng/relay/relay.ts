/** All that a relay holds: its sessions and streams, whichever connection they came by. */
import { randomBytes } from 'node:crypto';
import { ChunkRegistry } from './chunk.ts';
import { FolderHolds } from './folder-holds.ts';
import { HeldMemory } from './held-memory.ts';
import { IncomingMemory } from './incoming.ts';
import type { Limits } from './limits.ts';
import { MemoryBudget } from './memory-packets.ts';
import type { MetadataStream } from './metadata.ts';
import type { Grouping } from './names.ts';
import type { OutputFolder } from './output.ts';
import { PacketPool } from './packet-pool.ts';
import type { Session } from './session.ts';
import type { RelayStore } from './store.ts';
import type { DataStream } from './stream.ts';

export interface RelayOptions {
  /** null: packets are kept in memory. */
  readonly output: OutputFolder | null;
  readonly limits: Limits;
  readonly grouping: Grouping;
  /** False: producers are told that they cannot clear. */
  readonly allowClear: boolean;
  /** Packets may come from another address than their session: then what names a stream cannot be guessed. */
  readonly anyDataAddress?: boolean;
}

/** Doubles hold so many, and nobody guesses one: a wrong one costs a connection. */
const HANDLE_BITS = 52;

export class Relay implements RelayStore {
  readonly output: OutputFolder | null;
  readonly limits: Limits;
  readonly grouping: Grouping;
  readonly allowClear: boolean;
  readonly anyDataAddress: boolean;
  readonly chunks: ChunkRegistry = new ChunkRegistry();
  readonly folders: FolderHolds = new FolderHolds();
  readonly incoming: IncomingMemory;
  /** Kept for viewers. */
  readonly liveMetadata: HeldMemory;
  readonly memory: MemoryBudget;
  readonly pool: PacketPool = new PacketPool();
  /** Not closed, by handle. */
  readonly streams: Map<number, DataStream | MetadataStream> = new Map();
  private readonly open: Map<number, Session> = new Map();
  private readonly listeners: Set<() => void> = new Set();
  private sessionIds = 0;
  private streamIds = 0;
  private traceIds = 0;

  constructor(options: RelayOptions) {
    this.output = options.output;
    this.limits = options.limits;
    this.incoming = new IncomingMemory(options.limits.incoming_bytes);
    this.liveMetadata = new HeldMemory(options.limits.liveMetadata_bytes, 'metadata for viewers');
    this.memory = new MemoryBudget(options.limits.keptTotal_bytes);
    this.grouping = options.grouping;
    this.allowClear = options.allowClear;
    this.anyDataAddress = options.anyDataAddress ?? false;
  }

  nextSessionId(): number {
    return ++this.sessionIds;
  }
  nextStreamId(): number {
    return ++this.streamIds;
  }
  /** What producers call a stream; viewers and the log know its id. */
  handleOf(streamId: number): number {
    if (!this.anyDataAddress) return streamId;
    for (;;) {
      const handle = Number(BigInt.asUintN(HANDLE_BITS, randomBytes(8).readBigUInt64BE()));
      if (handle > 0 && !this.streams.has(handle)) return handle;
    }
  }
  nextTraceId(): number {
    return ++this.traceIds;
  }

  sessions(): readonly Session[] {
    return [...this.open.values()];
  }
  session(id: number): Session | undefined {
    return this.open.get(id);
  }

  /** Why nobody at this address may have another stream now, or null. */
  refusalOfStream(address: string): string | null {
    const { streams: most } = this.limits;
    if (this.streams.size >= most) return `there are ${most} streams already`;
    if (this.streams.size < most / 2) return null;
    let count = 0;
    for (const session of this.open.values()) if (session.address === address) count += session.streamCount;
    return count < most / 2 ? null : `${address} has ${count} streams already, half of what all may have`;
  }

  onSessions(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  addSession(session: Session): void {
    this.open.set(session.id, session);
    this.tell();
  }

  onSessionEnd(session: Session): void {
    if (!this.open.delete(session.id)) return;
    this.tell();
    if (session.streamCount === 0) return;
    // Announced packets may still be on their way; not for ever.
    setTimeout(() => session.giveUpWaiting(), this.limits.lastData_ms).unref();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
