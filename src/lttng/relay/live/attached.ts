/**
 * A session that a viewer watches: where the viewer is in each of its streams. Streams are held from the moment they are
 * published, so that a process which comes and goes between two questions of the viewer is seen whole.
 */
import { TailtrapError } from '../../../base/errors.ts';
import { UNSET } from '../../protocol/bytes.ts';
import { type IndexReply, LIVE_LIMITS, type LiveSeek, type LiveStream } from '../../protocol/live.ts';
import type { PacketCursor, StoredSession, StoredStream, StoredTrace } from '../store.ts';
import { HoldBack } from './hold-back.ts';

/** Where the packet is that a viewer was told of last. */
interface Told {
  readonly offset_bytes: bigint;
  readonly size_bytes: number;
}

/** A viewer asks until there is nothing more; one that does not read holds so much. */
const METADATA_PIECE_BYTES = 1_048_576;

interface ViewerStream {
  readonly stream: StoredStream;
  readonly cursor: PacketCursor;
  told: Told | null;
  /** The beacon that it was told of last. */
  toldBeacon: bigint | null;
  readonly hold: HoldBack;
}

interface ViewerTrace {
  readonly trace: StoredTrace;
  /** Bytes of metadata that the viewer has. */
  sent_bytes: number;
}

/** Nothing of an index reply but its status. */
const NOTHING = {
  offset_bytes: 0n,
  packet_bits: 0n,
  content_bits: 0n,
  begin_cycles: 0n,
  end_cycles: 0n,
  discarded: 0n,
  streamClassId: 0n,
};

/** Of a stream that is not here. */
export const ERROR_INDEX: IndexReply = { ...NOTHING, status: 'error', newMetadata: false, newStreams: false };

export class AttachedSession {
  readonly session: StoredSession;
  readonly #streams = new Map<number, ViewerStream>();
  readonly #traces = new Map<number, ViewerTrace>();
  /** Every stream and metadata stream that was taken up and is still in the store. */
  #seen = new Set<number>();
  #untold: LiveStream[] = [];
  #publications = -1;
  #hasProcesses = false;
  #skipped = 0;
  readonly #stop: () => void;

  /** @param onFull the viewer does not ask for its streams, and there are more than can be kept */
  constructor(session: StoredSession, seek: LiveSeek, onFull: (error: TailtrapError) => void) {
    this.session = session;
    this.#adopt(seek);
    this.#stop = session.onChange((what) => {
      if (what !== 'streams') return;
      this.#adopt('beginning');
      if (this.#streams.size > LIVE_LIMITS.streams) onFull(tooMany(session));
    });
  }

  /** Packets that were overwritten or dropped before they were read. */
  get skipped(): number {
    let skipped = this.#skipped;
    for (const { cursor } of this.#streams.values()) skipped += cursor.skipped;
    return skipped;
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  /** Those that the viewer has not heard of. */
  takeStreams(): LiveStream[] {
    const untold = this.#untold;
    this.#untold = [];
    this.#publications = this.session.publications;
    return untold;
  }

  /** Its producer is gone and everything was read. */
  get over(): boolean {
    return this.session.closed && this.#streams.size === 0 && this.#untold.length === 0;
  }

  has(streamId: number): boolean {
    return this.#streams.has(streamId) || this.#traces.has(streamId);
  }

  /** GET_NEXT_INDEX; null: the stream is not here (any more). */
  index(streamId: number): IndexReply | null {
    const viewer = this.#streams.get(streamId);
    if (viewer === undefined) {
      return this.#traces.has(streamId)
        ? { ...NOTHING, status: 'hangup', newMetadata: false, newStreams: false }
        : null;
    }
    const { stream, cursor } = viewer;
    const flags = {
      newMetadata: this.#hasNewMetadata(stream),
      newStreams: this.#publications !== this.session.publications,
    };
    if (stream.rotating) return { ...NOTHING, ...flags, status: 'retry' };
    const { held, beacon } = this.#heldBack(viewer);
    const packet = cursor.pending > held ? cursor.next() : null;
    if (packet !== null) {
      viewer.told = { offset_bytes: u64(packet.entry, 0), size_bytes: packet.size_bytes };
      return { ...entryOf(packet.entry), ...flags, status: 'ok' };
    }
    if (cursor.pending > 0) return { ...NOTHING, ...flags, status: 'retry' };
    if (stream.closed) {
      this.#drop(viewer);
      return { ...NOTHING, ...flags, status: 'hangup' };
    }
    if (beacon === null) return { ...NOTHING, ...flags, status: 'retry' };
    viewer.toldBeacon = beacon;
    const streamClassId = stream.streamClass ?? UNSET;
    return { ...NOTHING, ...flags, status: 'inactive', end_cycles: beacon, streamClassId };
  }

  /** How many of its newest packets the viewer may not have yet, and which beacon it may. */
  #heldBack({ stream, hold }: ViewerStream): { held: number; beacon: bigint | null } {
    if (!this.#hasProcesses) return { held: 0, beacon: stream.beacon };
    hold.update(performance.now(), stream.received, stream.beacon);
    return { held: stream.received - hold.packets, beacon: hold.beacon };
  }

  /** Whether it has streams of processes; then what there is to tell is held back, and waiting for it does not help. */
  get hasProcesses(): boolean {
    return this.#hasProcesses;
  }

  /** The viewer knows all there is to know of this stream. */
  isStale(streamId: number): boolean {
    const viewer = this.#streams.get(streamId);
    if (viewer === undefined || this.#publications !== this.session.publications) return false;
    const { stream, cursor, toldBeacon } = viewer;
    const nothing = cursor.pending === 0 && !stream.closed && stream.beacon === toldBeacon;
    return (nothing || stream.rotating) && !this.#hasNewMetadata(stream);
  }
  /** The same of all its streams. */
  get stale(): boolean {
    for (const id of this.#streams.keys()) if (!this.isStale(id)) return false;
    return !this.session.closed;
  }

  /** GET_PACKET: bytes of the packet whose index was given last; null when they are not of it. */
  async read(streamId: number, offset_bytes: bigint, length_bytes: number): Promise<Uint8Array | null> {
    if (!this.hasPacket(streamId, offset_bytes, length_bytes)) return null;
    const { cursor, told } = this.#streams.get(streamId)!;
    return cursor.read(Number(offset_bytes - told!.offset_bytes), length_bytes);
  }

  /** Whether these bytes are of the packet whose index was given last. */
  hasPacket(streamId: number, offset_bytes: bigint, length_bytes: number): boolean {
    const told = this.#streams.get(streamId)?.told ?? null;
    if (told === null) return false;
    const from = offset_bytes - told.offset_bytes;
    return from >= 0n && from + BigInt(length_bytes) <= BigInt(told.size_bytes);
  }

  /** GET_METADATA: what the viewer has not; empty when there is nothing new; null when there will be nothing any more. */
  metadata(streamId: number): Uint8Array | null {
    const viewer = this.#traces.get(streamId);
    const metadata = viewer?.trace.metadata;
    if (viewer === undefined || !metadata) return null;
    const bytes = metadata.read(viewer.sent_bytes).subarray(0, METADATA_PIECE_BYTES);
    viewer.sent_bytes += bytes.length;
    if (bytes.length > 0 || !metadata.closed || this.#isRead(viewer.trace)) return bytes;
    this.#traces.delete(streamId);
    return null;
  }

  close(): void {
    this.#stop();
    for (const { cursor } of this.#streams.values()) cursor.close();
    this.#streams.clear();
  }

  /** Takes up what is new in the store. Traces without metadata are not shown. */
  #adopt(seek: LiveSeek): void {
    const present = new Set<number>();
    const from = seek === 'beginning' ? 'first' : 'next';
    for (const trace of this.session.traces) {
      const { metadata, streams } = trace;
      if (metadata === null) continue;
      present.add(metadata.streamId);
      this.#hasProcesses ||= trace.path.includes('/pid/');
      if (!this.#seen.has(metadata.streamId)) {
        this.#traces.set(metadata.streamId, { trace, sent_bytes: 0 });
        this.#tell(metadata.streamId, trace, metadata.channel, true);
      }
      for (const stream of streams) {
        present.add(stream.id);
        if (this.#seen.has(stream.id)) continue;
        const hold = new HoldBack(stream.received, stream.beacon);
        this.#streams.set(stream.id, { stream, cursor: stream.open(from), told: null, toldBeacon: null, hold });
        this.#tell(stream.id, trace, stream.channel, false);
      }
    }
    this.#seen = present;
  }

  #tell(id: number, trace: StoredTrace, channel: string, isMetadata: boolean): void {
    this.#untold.push({ id: BigInt(id), traceId: BigInt(trace.id), isMetadata, path: trace.path, channel });
  }

  #drop(viewer: ViewerStream): void {
    this.#skipped += viewer.cursor.skipped;
    viewer.cursor.close();
    this.#streams.delete(viewer.stream.id);
  }

  /** The viewer still reads streams of the trace. */
  #isRead(trace: StoredTrace): boolean {
    for (const { stream } of this.#streams.values()) if (stream.trace === trace) return true;
    return false;
  }

  #hasNewMetadata({ trace: { metadata } }: StoredStream): boolean {
    const sent = metadata === null ? undefined : this.#traces.get(metadata.streamId)?.sent_bytes;
    return metadata !== null && sent !== undefined && (metadata.size_bytes > sent || metadata.size_bytes === 0);
  }
}

function u64(entry: Uint8Array, at: number): bigint {
  return new DataView(entry.buffer, entry.byteOffset).getBigUint64(at);
}

/** An index entry begins as an index reply does. */
function entryOf(entry: Uint8Array): typeof NOTHING {
  return {
    offset_bytes: u64(entry, 0),
    packet_bits: u64(entry, 8),
    content_bits: u64(entry, 16),
    begin_cycles: u64(entry, 24),
    end_cycles: u64(entry, 32),
    discarded: u64(entry, 40),
    streamClassId: u64(entry, 48),
  };
}

function tooMany(session: StoredSession): TailtrapError {
  return new TailtrapError(
    'TT_RELAY_VIEWER',
    `does not read: more than ${LIVE_LIMITS.streams} streams of session ${session.name} wait for it`,
  );
}
