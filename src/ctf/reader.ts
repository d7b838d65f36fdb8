/**
 * Reads CTF traces. The core is pure: it gets bytes through `ByteSource` (a file, a buffer, a `File` in a worker) and
 * never touches Node; `openFolder` in node.ts makes sources of a folder.
 *
 *     const reader = openFolder('session/');                        // node.ts: every trace below the folder
 *     const events = reader.events({ events: ['sched_switch'], onNotice: (n) => console.error(n.message) });
 *     const tid = memoize((type) => type.numberField('next_tid'));  // one look-up a class
 *     for (let e = events.next(); e !== null; e = events.next()) use(e.time, tid(e.type)(e));
 *
 * Decisions
 * - Reading is synchronous: a packet is read into its stream's window, which is reused. One window for each stream is
 *   all the memory that grows with the trace; packets larger than a window are read in pieces.
 * - Order: by time; ties as babeltrace2's muxer breaks them (open.ts, source.ts).
 * - `CtfEvents.next()` returns its stream's cursor, which is the event view. Nothing is allocated for an event.
 * - Names that are not selected are skipped by a size by class, or by a generated skip function.
 * - All fields of each event at full speed: `events(selection).drain(consumer, state)`; see decode/emit.ts.
 * - Damage ends the packet, not the reading: it is noticed when met (`onNotice`), and the first one is thrown by `next()`
 *   after everything readable was given (`TT_CTF_DAMAGED`). Metadata that cannot be understood throws at once.
 * - Clocks: every trace's time is brought to nanoseconds since the epoch by its clock's offset, with babeltrace2's
 *   arithmetic (exact at 1 GHz, double arithmetic at other frequencies).
 * - Live: `PushReader` takes metadata pieces and packets as they arrive and gives the same events.
 */
import type { EventIterator, FieldObject, Selection, StreamInfo, TraceEvent, TraceSource } from '../trace/event.ts';
import type { Consumer } from './decode/emit.ts';
import type { DataStreamClass, EventRecordClass, IntegerClass, TraceClass } from './model.ts';

/** Random access to the bytes of one file. Synchronous. */
export interface ByteSource {
  readonly size_bytes: number;
  /** Fills `into` from `at`; returns the bytes read, fewer only at the end. */
  read(into: Uint8Array, at: number): number;
  close(): void;
}

export interface StreamFile {
  /** As shown in messages and by `StreamInfo.name`. */
  readonly name: string;
  open(): ByteSource;
  /** LTTng's index of this file, if there is one; it is checked against the file and ignored when it does not fit. */
  index?(): Uint8Array | null;
  /** Where a part of a file begins in it, and how many packets are before: for messages. */
  readonly from_bytes?: number;
  readonly packets_before?: number;
}

/** One trace: a folder with a `metadata` file. */
export interface TraceFiles {
  /** Path below the folder that was asked for; part of babeltrace2's name of the trace. */
  readonly place?: string;
  /** As shown: the folder's path as the user wrote it. */
  readonly name: string;
  readonly metadata: Uint8Array;
  readonly streams: readonly StreamFile[];
}

export interface ReaderOptions {
  /** `false`: interpret instead of generating code. Default: generate where it is allowed. */
  readonly generate?: boolean;
}

/** The event that `next()` returned: what any source gives, and what only CTF knows. */
export interface CtfEvent extends TraceEvent {
  readonly recordClass: EventRecordClass;
  readonly trace: TraceClass;
  /** Clock value in cycles, exact. */
  readonly cycles: bigint;
  /** The packet's context, decoded once for each packet (`cpu_id`, ...). */
  readonly packetContext: FieldObject;
}

/** A packet that the reading comes to, before its first event. */
export interface CtfPacket {
  readonly stream: StreamInfo;
  readonly streamClass: DataStreamClass;
  /** `stream_instance_id`; null where streams are not numbered. */
  readonly streamId: bigint | null;
  /** Clock values; null where the packet does not say. */
  readonly begin_cycles: bigint | null;
  readonly end_cycles: bigint | null;
  /** Events discarded in the stream so far; null where the packet does not say. */
  readonly discarded: bigint | null;
  /** Bits of that counter: it starts again at 0. */
  readonly discardedBits: number;
  readonly sequence: bigint | null;
  /** Decoded: yours to keep. */
  readonly context: FieldObject;
  /** Values of the header's and the context's integers that lengths and selectors of events refer to. */
  readonly values: ReadonlyMap<IntegerClass, bigint>;
  /** It ends before the selection's begin: none of its events will come. */
  readonly skipped: boolean;
}

/** What is wanted of a CTF trace. */
export interface CtfSelection extends Selection {
  /** Called for every packet that is read or skipped, in the order of each stream, also for those without events. */
  readonly onPacket?: (packet: CtfPacket) => void;
  /**
   * Asked before each packet: when it says true, `next` returns null and `paused` is true, and the next call goes on. So a
   * search for rare events can be stopped. For `next` alone, not for `drain`.
   */
  readonly pause?: () => boolean;
  /**
   * `stream`: all events of one stream, then all of the next; a third faster, for sums and counts. Default `time`: all
   * streams merged.
   */
  readonly order?: 'time' | 'stream';
}

export interface CtfEvents extends EventIterator {
  next(): CtfEvent | null;
  /**
   * Gives every remaining event to a consumer: `each(event, state)` first (return false to leave its fields unread), then
   * the consumer's statements for its fields. Returns the number of events.
   */
  drain<S>(consumer: Consumer<S>, state: S, each?: (event: CtfEvent, state: S) => boolean): number;
  /** Runs the consumer over the event that `next()` returned last. */
  visit<S>(consumer: Consumer<S>, state: S): void;
}

export interface CtfSource extends TraceSource {
  /** `label` is babeltrace2's name of the trace: its host, and where it was found. */
  readonly traces: readonly { readonly name: string; readonly label: string; readonly trace: TraceClass }[];
  readonly streams: readonly StreamInfo[];
  /**
   * The same traces, but of each only the time in which all its streams have packets. Reads no events.
   * @returns null when no trace has such a time
   */
  common(): CtfSource | null;
  events(selection?: CtfSelection): CtfEvents;
  /**
   * Cuts the time into slices of about so many bytes, which together are everything: to be read by several threads
   * (threads.node.ts). Null without index, and where simultaneous events would need more than their slice.
   */
  slices(slice_bytes: number): readonly TimeSlice[] | null;
}

/** Of a trace's time, as a selection wants it; both ends included. */
export interface TimeSlice {
  readonly begin_ns?: bigint;
  readonly end_ns?: bigint;
}

/** Opens traces given as bytes. */
export type OpenTraces = (traces: readonly TraceFiles[], options?: ReaderOptions) => CtfSource;
