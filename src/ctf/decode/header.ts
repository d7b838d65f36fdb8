/**
 * The loops over events: header, size by class, next. They are functions for each stream class with the header's decoding
 * inside and their state in local variables, for they run for every event, also for those that are skipped.
 *
 * The clock (notes, section 13.5; CTF 2, 6.3 "update the default clock"): a timestamp of n bits replaces the low n bits of
 * the stream's clock, and carries when it is smaller than they were. So the elapsed cycles are (value - low bits) mod 2^n.
 * The cursor keeps the clock as cycles since the packet's begin in a double, and its low 32 bits as an integer.
 */
import type { DataStreamClass, IntegerClass } from '../model.ts';
import { type Scan, toFunction, treesOf, type Window } from './compile.ts';
import type { Emitter } from './emit.ts';
import { Generator } from './generate.ts';
import { interpretedLoops } from './interpreted-loops.ts';
import { drainSource, type LoopParts, nextSource } from './loops.ts';
import { bitsOf, knownAlignment } from './place.ts';

export interface HeaderWindow extends Window {
  /** Id of the event's class. */
  id: number;
  /** Cycles since the packet's base. */
  clock: number;
  /** Low 32 bits of the absolute clock, as a signed integer. */
  clockLow: number;
  /** Nanoseconds since the origin; set with the event. */
  time: number;
  /** `time` at clock 0 of the packet; valid at 1 GHz. */
  timeBase: number;
  /** Earlier events are not wanted. */
  readonly beginTime: number;
  /** Where the next event begins, and where the content ends, in bits of the window. */
  end: number;
  content: number;
  /** The least of the content's and the window's end: what ends before is whole. */
  room: number;
  /**
   * The loop stops here: the content's end, or, where the window ends before it, far enough from the window's end that
   * events are whole. Running over the end of a DataView would be caught too, but makes V8 discard optimised code.
   */
  soft: number;
  /** Where the body of the event begins. */
  body: number;
  /** What went wrong, when the loop ends without event before the content does; state is that before the event. */
  fault: unknown;
  /** By slot: the sizes of bodies that are not wanted; -1 for wanted ones and those of no fixed size. */
  steps: Int32Array;
  /** By slot: the sizes of bodies, or negative. */
  sizes: Int32Array;
  /** By slot: what finds the end of bodies without fixed size, from the first event of the class on. */
  scans: readonly (Scan | undefined)[];
  /** By slot: 1 for classes that are wanted. */
  wanted: Uint8Array;
  /** The event's class, by slot. */
  slot: number;
  /** Draining stops before an event at or after this time, but for the first: another stream is to go first. */
  limit: number;
  /** Later events are not wanted. */
  readonly stopTime: number;
  /** Where the event in view began, and the clock before it: to read it again. */
  startAt: number;
  startClock: number;
  startLow: number;
  /** Events drained. */
  drained: number;
  /** The fault is the consumer's. */
  foreign: boolean;
  slotOf(id: number): number;
  /** Where a body of no known size ends; `start` is where its header begins. */
  measure(slot: number, body: number, start: number, id: number): number;
  /** A timestamp of more than 32 bits. */
  setClock(low: number, high: number, bits: number): void;
  /** `time` of the present clock at other frequencies. */
  timeOfClock(): number;
}

/**
 * Goes on to the next wanted event.
 *
 * @returns false at the end of the content, with a fault, or before an event of a class that `measure` has not seen
 */
export type NextEvent = (c: HeaderWindow) => boolean;

/** Which stream goes on when another's next event is earlier. */
export interface Turns {
  /** The stream that was drained last. */
  current: HeaderWindow | null;
  /** `c` has come to its limit. @returns the stream to drain now, or null when its caller has to look */
  turn(c: HeaderWindow): HeaderWindow | null;
}

/**
 * Gives events to the runs of their classes at once, which saves leaving and entering the loop for every event. It ends
 * before the first event at or after the limit, with its time; with `turns` it goes on with the stream that is earlier.
 *
 * @param runs by slot
 * @param each asked before a run; false leaves the event's fields unread
 * @returns whether it ended because of the limit; of `turns.current`, if there are turns. Else the content has ended,
 *   there is a fault, or a class without run or without known size has come
 */
export type DrainEvents = (
  c: HeaderWindow,
  runs: readonly (((c: HeaderWindow, body: number, state: unknown) => number) | undefined)[],
  each: ((c: HeaderWindow, state: unknown) => boolean) | null,
  state: unknown,
  turns: Turns | null,
) => boolean;

function headerEmitter(): Emitter {
  const none = (): string => '';
  return {
    beginScope: none,
    endScope: none,
    float: none,
    string: none,
    blob: none,
    beginStruct: none,
    endStruct: none,
    beginArray: none,
    endArray: none,
    absent: none,
    option: none,
    integer: (field, _name, value) => {
      let out = field.roles.includes('event-class-id') ? `id = ${value};` : '';
      if (field.roles.includes('clock-timestamp')) {
        const elapsed = field.bits === 32 ? `(${value} - low) >>> 0` : `(${value} - low) & ${2 ** field.bits - 1}`;
        out += `{ const d = ${elapsed}; clock += d; low = (low + d) | 0; }`;
      }
      return out;
    },
    wide: (field, _name, low, high) => {
      let out = field.roles.includes('event-class-id') ? `id = numberOf(${low}, ${high});` : '';
      if (field.roles.includes('clock-timestamp')) {
        // CTF 2, section 6.3: a variable-length timestamp has as many bits as it carries.
        const bits = field.encoding === 'leb128' ? 'H.bits' : field.bits;
        out += `c.clock = clock; c.clockLow = low; c.setClock(${low}, ${high}, ${bits});`;
        // A jump beyond 2^53 moved the base; reading the header again gives the same time.
        out +=
          'clock = c.clock; low = c.clockLow; if (c.timeBase !== base) { base = c.timeBase; clock0 = clock; low0 = low; }';
      }
      return out;
    },
  };
}

export interface HeaderCode {
  readonly next: NextEvent;
  readonly drain: DrainEvents;
  /** Known alignment of the bodies' beginning. */
  readonly bodyAlignment: number;
}

/**
 * @param exported integers of the header that bodies refer to
 * @param direct ids are slots
 */
export function compileHeader(
  stream: DataStreamClass,
  exported: ReadonlySet<IntegerClass>,
  generate: boolean,
  direct: boolean,
): HeaderCode {
  if (!generate) return { ...interpretedLoops(stream), bodyAlignment: 1 };
  const generator = new Generator(() => headerEmitter(), exported);
  const trees = treesOf(['event-header', stream.eventHeader]);
  const end = generator.scopes(trees, { base: 'p', unit: 'bit', offset: 0, align: 1 });
  const nanoseconds = stream.defaultClock?.frequency_hz === 1_000_000_000n;
  const parts: LoopParts = {
    header: generator.lines.join('\n'),
    body: bitsOf(end),
    slot: direct ? 'id' : 'c.slotOf(id)',
    time: stream.defaultClock === null ? '-Infinity' : nanoseconds ? 'base + clock' : 'c.timeOfClock()',
  };
  let drain: DrainEvents | null = null;
  return {
    next: toFunction<NextEvent>(nextSource(parts), generator.constants, 'c', 'nextEvent'),
    get drain() {
      drain ??= toFunction<DrainEvents>(
        drainSource(parts),
        generator.constants,
        'c, runs, each, s, turns',
        'drainEvents',
      );
      return drain;
    },
    bodyAlignment: knownAlignment(end),
  };
}
