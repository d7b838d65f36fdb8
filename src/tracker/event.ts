/** What a callback is given. */
import type { Key } from './key.ts';
import type { Flag } from './result.ts';

/**
 * One reported event. The tracker fills the same object again for the next callback: copy what you keep
 * (`{ ...event }`), do not keep the object.
 */
export interface TrackerEvent {
  /** Name of the tracker. */
  readonly tracker: string;
  readonly flag: Flag;
  readonly key: Key;
  /** As given to `eventIn`, or the clock at that time. */
  readonly begin_ns: number;
  /** As given to `eventOut`; for `timeout` and `collected` the time of noticing; for `unique` the new event's begin. */
  readonly end_ns: number;
  readonly delay_ns: number;
  /** What the delay was compared with. */
  readonly threshold_ns: number;
  /** The number given to `eventOut`: which of several exits it was. 0 otherwise. */
  readonly out_id: number;
  /** The private data given to `eventIn` or `setData`. */
  readonly data: unknown;
  /** Callbacks that the rate limiter held back since the last one. */
  readonly suppressed: number;
  /** The event's handle. Still valid for `timeout` only: in the other cases the event is over. */
  readonly handle: number;
}

export type TrackerCallback = (event: TrackerEvent) => void;

/** The writable side of TrackerEvent. */
export type MutableTrackerEvent = { -readonly [K in keyof TrackerEvent]: TrackerEvent[K] };

export function emptyEvent(tracker: string): MutableTrackerEvent {
  return {
    tracker,
    flag: 1,
    key: 0,
    begin_ns: 0,
    end_ns: 0,
    delay_ns: 0,
    threshold_ns: 0,
    out_id: 0,
    data: undefined,
    suppressed: 0,
    handle: 0,
  };
}
