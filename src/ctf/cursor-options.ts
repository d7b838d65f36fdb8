/** What a stream's cursor is told from outside. */
import type { Notice, StreamInfo } from '../trace/event.ts';
import type { Run } from './decode/compile.ts';
import type { CtfEventType } from './event-type.ts';
import type { TraceClass } from './model.ts';
import type { PacketStart } from './packet.ts';
import type { StreamPlan } from './plan.ts';
import type { CtfEvent, CtfPacket, StreamFile } from './reader.ts';

/** Which event classes are wanted, by slot. */
export interface SelectedClasses {
  /** 1 or 0. */
  readonly wanted: Uint8Array;
  /** The sizes of those that are not, as far as they are known and fixed; else -1. */
  readonly steps: Int32Array;
}

/** What a cursor is opened with. */
export interface CursorOptions {
  /** The next file of the stream, or null: at the end, or for now when more may come. */
  readonly nextFile: () => StreamFile | null;
  /** More files may come after `nextFile` gave null. */
  readonly growing?: boolean;
  readonly info: StreamInfo;
  /** The classes; live metadata replaces them between packets. */
  readonly owner: { readonly trace: TraceClass };
  readonly planOf: (packet: PacketStart) => StreamPlan;
  readonly origin_ns: bigint;
  /** Made once for each plan: streams that take turns have the same tables. */
  readonly selectionOf: (plan: StreamPlan) => SelectedClasses;
  readonly begin_ns: bigint | null;
  readonly end_ns: bigint | null;
  /** The first packet read should be the first of the stream: numbers of packets before it are losses. */
  readonly fromFirst?: boolean;
  readonly onNotice: (notice: Notice) => void;
  readonly onPacket?: ((packet: CtfPacket) => void) | undefined;
  /** Asked before each packet; when it says so, `advance` gives nothing for now. Not while draining. */
  readonly isPaused?: (() => boolean) | undefined;
}

/** What draining does with events. */
export interface Drain<S> {
  readonly each: ((event: CtfEvent, state: S) => boolean) | null;
  /** By slot of the plan. */
  of(plan: StreamPlan): (Run<S> | undefined)[];
  runOf(type: CtfEventType): Run<S>;
}
