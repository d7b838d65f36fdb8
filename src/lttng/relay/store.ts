/**
 * What the relay holds, as the live server (`live/`) and sources inside this process read it.
 *
 * A packet is here once its bytes are in their file (or in memory, with `--no-output`) *and* its index has come: what a
 * cursor returns can be read. Packets of a stream are read through cursors, one per viewer and stream; a cursor goes
 * through trace-file rings, rotations and clears by itself, and keeps the file of the packet it returned last open, so
 * that this packet can be read even when the file was overwritten or cleared meanwhile.
 *
 * Everything is read in the event loop between two messages of a producer: what is seen in one turn fits together.
 */

/** Values on the wire are unsigned 64-bit; ids given by the relay itself are counters and stay numbers. */
export type Cycles = bigint;

export interface RelayStore {
  /** Sessions whose producer is connected, in order of creation. A finished one lives on with whoever holds it. */
  sessions(): readonly StoredSession[];
  session(id: number): StoredSession | undefined;
  /** Calls back after a session came or ended. @returns the way to stop */
  onSessions(listener: () => void): () => void;
}

export interface StoredSession {
  /** From 1, unique while the relay runs. */
  readonly id: number;
  readonly name: string;
  readonly hostname: string;
  /** 0: not live, viewers cannot attach. */
  readonly liveTimer_us: number;
  readonly format: 'ctf1' | 'ctf2';
  /** Data and metadata streams that are not closed, also those not yet published. */
  readonly streamCount: number;
  /** Its producer is gone (or was cut off): no stream will come any more. What arrived can still be read. */
  readonly closed: boolean;
  /** Traces with at least one published stream, in order of arrival; those of ended processes too, until all was read. */
  readonly traces: readonly StoredTrace[];
  /** Counts groups of streams published; a viewer that saw another number asks for the streams again. */
  readonly publications: number;
  /**
   * Calls back after something changed: `streams` published, `metadata` of a trace grew, `packets` (a stream has one
   * more, a beacon, was closed, stopped rotating), `closed`. Often; do little. @returns the way to stop
   */
  onChange(listener: (what: SessionChange, stream: StoredStream | null) => void): () => void;
}
export type SessionChange = 'streams' | 'metadata' | 'packets' | 'closed';

/** One metadata stream and the data streams that it describes: a folder of the session. */
export interface StoredTrace {
  /** From 1, unique while the relay runs: `ctf_trace_id`. */
  readonly id: number;
  readonly session: StoredSession;
  /** Folder inside the chunk, as the producer named it: `ust/uid/0/64-bit`, `kernel`. */
  readonly path: string;
  /** null until its stream was published; without one its data streams are not shown. */
  readonly metadata: StoredMetadata | null;
  /** Published ones; a closed stream stays until no cursor wants anything of it and its trace ends. */
  readonly streams: readonly StoredStream[];
}

/**
 * The metadata of a trace as a viewer gets it: only ever grows, by whole metadata packets, also when the producer sends
 * everything again after a rotation, a clear or `regenerate metadata`.
 */
export interface StoredMetadata {
  /** The viewer's `stream_id`. */
  readonly streamId: number;
  readonly channel: string;
  readonly size_bytes: number;
  /** Everything from `from_bytes` (0, or where an earlier read ended) on. */
  read(from_bytes: number): Uint8Array;
  readonly closed: boolean;
}

export interface StoredStream {
  /** The viewer's `stream_id`. Shares its numbers with metadata streams. */
  readonly id: number;
  readonly trace: StoredTrace;
  readonly channel: string;
  /** Packets complete so far. A closed stream with `received` packets all read is at its end: HUP, and not before. */
  readonly received: number;
  /** The producer will send no more, and all it sent has arrived (or never will, because it is gone). */
  readonly closed: boolean;
  /** Between two chunks: viewers are told to ask again. Ends by itself. */
  readonly rotating: boolean;
  /** No event of this stream will be older than this; null when a packet came since. Valid if nothing is pending. */
  readonly beacon: Cycles | null;
  /** CTF stream class, from the first index or beacon; null before. */
  readonly streamClass: bigint | null;
  /** `first`: the oldest packet that is still there. `next`: the next one to come. */
  open(from: 'first' | 'next'): PacketCursor;
}

export interface PacketCursor {
  /** Complete packets that `next` has not returned. */
  readonly pending: number;
  /** Packets that were overwritten or cleared before `next` came to them. */
  readonly skipped: number;
  /**
   * The next packet, or null when there is none yet. Lets go of the one before.
   *
   * @throws TailtrapError `TT_RELAY_READ` when its file cannot be read
   */
  next(): StoredPacket | null;
  /**
   * Bytes of the packet that `next` returned last, from `offset_bytes` of the packet on; fewer at its end. They may be
   * the relay's own memory: use them before anything else happens, and do not write into them.
   */
  read(offset_bytes: number, length_bytes: number): Uint8Array | Promise<Uint8Array>;
  /** Lets go of everything. Idempotent. */
  close(): void;
}

export interface StoredPacket {
  /** Number of the packet in its stream, from 0. */
  readonly number: number;
  /** Padding included. */
  readonly size_bytes: number;
  /**
   * As it stands in an index file of version 1.1, 72 bytes big-endian: offset in its file, packet size and content size
   * in bits, begin, end, discarded events, stream class, stream instance, sequence number. Valid until the next call.
   */
  readonly entry: Uint8Array;
}
