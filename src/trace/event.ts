/**
 * An event as consumers see it, whatever it was read from: state, reports and commands are written against these types
 * and never see a file format.
 *
 * Decisions
 * - **A view, not an object.** `TraceEvent` is one reused object of its stream: it is valid until the source is asked for
 *   the next event. Keep what you need by copying values (`value` and `toObject` give copies that are yours).
 * - **Fields decode when asked for.** An event whose fields nobody reads costs only its header and its size.
 * - **Time**: `time` is a double of nanoseconds since the source's `origin_ns`, exact within 104 days (2^53 ns) of it, so
 *   differences of events are exact numbers. `time_ns` is always exact: nanoseconds since the clock's origin (the epoch).
 * - **Integers**: `number` is exact up to 2^53 and rounds beyond; `bigint` is always exact.
 * - **Hot consumers** resolve a field once per class: `const tid = type.numberField('prev_tid')`, then `tid(event)`.
 * - Names are looked up in payload, then specific context, then common context, then the packet's context
 *   (`pid`, `cpu_id`): the order in which people mean them.
 */

/** Decoded copies. Structures are objects, arrays arrays; integers beyond 2^53 bigint; enumerations their number. */
export type FieldValue = number | bigint | string | boolean | Uint8Array | null | readonly FieldValue[] | FieldObject;
export interface FieldObject {
  readonly [name: string]: FieldValue;
}

/** Reads one field of an event of the class it was made for; any other event gives nonsense. */
export type FieldReader<T> = (event: TraceEvent) => T;

/** A kind of event. One object per kind and trace: compare by identity, key tables by it. */
export interface EventType {
  readonly name: string;
  readonly id: number;
  /** 0 (emergency) .. 14 (debug); null when not known. */
  readonly logLevel: number | null;
  /** Names of the payload's fields, in order. */
  readonly fieldNames: readonly string[];
  /** `null`: no such field, or none that reads as this. */
  numberField(name: string): FieldReader<number> | null;
  bigintField(name: string): FieldReader<bigint> | null;
  stringField(name: string): FieldReader<string> | null;
  valueField(name: string): FieldReader<FieldValue> | null;
}

/** Where a field is looked up when its name alone would find another one. */
export type FieldPlace = 'payload' | 'specific-context' | 'common-context' | 'packet-context';

export interface TraceEvent {
  readonly type: EventType;
  readonly name: string;
  /** Nanoseconds since the source's `origin_ns`. */
  readonly time: number;
  /** Nanoseconds since the epoch; exact. */
  readonly time_ns: bigint;
  /** `cpu_id` of the packet, or -1. */
  readonly cpu: number;
  /** The stream it came from. */
  readonly stream: StreamInfo;
  /** NaN when there is no such number. Labels of enumerations: `label`. */
  number(field: string): number;
  /** 0n when there is no such integer. */
  bigint(field: string): bigint;
  /** '' when there is no such text. */
  string(field: string): string;
  /** `undefined` when there is no such field. @param from only there; absent: in the order above */
  value(field: string, from?: FieldPlace): FieldValue | undefined;
  /** The payload, decoded into an object of your own. */
  toObject(): FieldObject;
}

export interface StreamInfo {
  /** Folder or session that it belongs to, as given. */
  readonly trace: string;
  /** File name: `channel0_1`. */
  readonly name: string;
  readonly environment: ReadonlyMap<string, string | bigint>;
  /** Class and number of the stream in its trace, where the source knows them. */
  readonly ids?: { readonly streamClass: number; readonly stream: bigint };
}

/** Something that is not an event but must be told: a loss, or damage. Never silent. */
export interface Notice {
  readonly kind: 'discarded-events' | 'discarded-packets' | 'damage' | 'open-packet' | 'index';
  readonly stream: StreamInfo;
  /** How many events or packets; null when the trace does not say. */
  readonly count: number | null;
  /** Nanoseconds since the epoch between which they were lost; null when not known. */
  readonly begin_ns: bigint | null;
  readonly end_ns: bigint | null;
  /** One sentence, with file, packet and bit offset for damage. */
  readonly message: string;
}

export interface Selection {
  /** Names of events; `*` and `?` as in shells. Absent: all. Others are skipped at the cost of one look-up. */
  readonly events?: readonly string[];
  /** Nanoseconds since the epoch, inclusive. Packets outside are not read. */
  readonly begin_ns?: bigint;
  readonly end_ns?: bigint;
  /** Called when the reading comes by a loss or damage. */
  readonly onNotice?: (notice: Notice) => void;
}

/** Events in time order. */
export interface EventIterator {
  /** The next event, or null at the end. The event before becomes invalid. */
  next(): TraceEvent | null;
  /** `next` gave null because it was asked to pause, and goes on when it is called again. */
  readonly paused?: boolean;
  /** Continues at the first event at or after the time; forward or backward. */
  seek(time_ns: bigint): void;
  close(): void;
}

/** What can be read as events: a CTF folder, a recorder snapshot, packets that arrive. */
export interface TraceSource {
  /** What `TraceEvent.time` counts from: nanoseconds since the epoch. */
  readonly origin_ns: bigint;
  readonly eventTypes: readonly EventType[];
  /** First and last time of the packets; null when nothing has a time. Reads no events. */
  timeRange(): { readonly begin_ns: bigint; readonly end_ns: bigint } | null;
  /**
   * Time of the last event, nanoseconds since the origin, where that is to be had for much less than reading the end of
   * the trace; null where it is not.
   */
  lastTime?(): number | null;
  events(selection?: Selection): EventIterator;
}
