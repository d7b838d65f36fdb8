/**
 * The loop over events: header, size by class, next. It is one function for each stream class with the header's decoding
 * inside and its state in local variables, for it runs for every event, also for those that are skipped.
 *
 * The clock (notes, section 13.5; CTF 2, 6.3 "update the default clock"): a timestamp of n bits replaces the low n bits of
 * the stream's clock, and carries when it is smaller than they were. So the elapsed cycles are (value - low bits) mod 2^n.
 * The cursor keeps the clock as cycles since the packet's begin in a double, and its low 32 bits as an integer.
 */
import type { DataStreamClass, IntegerClass } from '../model.ts';
import { numberOf } from './bits.ts';
import { interpretBody, NO_VISITOR, toFunction, treesOf, type Window } from './compile.ts';
import type { Emitter, Visitor } from './emit.ts';
import { Generator } from './generate.ts';
import { bitsOf, knownAlignment } from './place.ts';
import { integersIn } from './references.ts';

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
  /** Makes the run of a class when its first event is drained. */
  runOf(slot: number): (c: HeaderWindow, body: number, state: unknown) => number;
  /** A timestamp of more than 32 bits. */
  setClock(low: number, high: number, bits: number): void;
  /** `time` of the present clock at other frequencies. */
  timeOfClock(): number;
}

/**
 * Goes on to the next wanted event. With `runs`, events are given to them at once and do not end the loop, which saves
 * leaving and entering it for every event; it ends before the first that is at or after the limit, with its time.
 *
 * @param runs by slot; null to stop at each event
 * @param each asked before a run; false leaves the event's fields unread
 * @returns false at the end of the content, or with a fault
 */
export type NextEvent = (
  c: HeaderWindow,
  runs: readonly (((c: HeaderWindow, body: number, state: unknown) => number) | undefined)[] | null,
  each: ((c: HeaderWindow, state: unknown) => boolean) | null,
  state: unknown,
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
  if (!generate) return { next: interpretedLoop(stream), bodyAlignment: 1 };
  const generator = new Generator(() => headerEmitter(), exported);
  const trees = treesOf(['event-header', stream.eventHeader]);
  const end = generator.scopes(trees, { base: 'p', unit: 'bit', offset: 0, align: 1 });
  const nanoseconds = stream.defaultClock?.frequency_hz === 1_000_000_000n;
  const time = stream.defaultClock === null ? '-Infinity' : nanoseconds ? 'base + clock' : 'c.timeOfClock()';
  const state = 'c.clock = clock; c.clockLow = low;';
  const source = `const view = c.view, u8 = c.bytes, steps = c.steps, sizes = c.sizes, wanted = c.wanted, content = c.content, soft = c.soft;
const begin = c.beginTime, stop = c.stopTime, limit = c.limit;
let base = c.timeBase, clock = c.clock, low = c.clockLow, p = c.end, clock0 = clock, low0 = low, running = false, drained = 0;
try {
  while (p < soft) {
    clock0 = clock; low0 = low;
    let id = 0;
    ${generator.lines.join('\n')}
    const body = ${bitsOf(end)}, slot = ${direct ? 'id' : 'c.slotOf(id)'};
    let size = steps[slot];
    if (size >= 0) {
      if (body + size > content) throw new RangeError('an event beyond the content');
      p = body + size;
      continue;
    }
    size = sizes[slot];
    const end = size >= 0 ? body + size : c.measure(slot, body, p, id);
    if (end > content) throw new RangeError('an event beyond the content');
    c.clock = clock;
    const time = ${time};
    if (wanted[slot] === 0 || time < begin) {
      p = end;
      continue;
    }
    if (end > c.windowBits) throw new RangeError('an event beyond the window');
    if (runs === null) {
      c.body = body; c.end = end; c.time = time; c.slot = slot;
      c.startAt = p; c.startClock = clock0; c.startLow = low0; ${state}
      return true;
    }
    c.time = time;
    if (time >= limit && (drained !== 0 || time > stop)) {
      c.end = p; c.clock = clock0; c.clockLow = low0; c.drained = drained;
      return true;
    }
    const run = runs[slot] ?? c.runOf(slot);
    p = end;
    clock0 = clock; low0 = low;
    drained++;
    c.body = body; c.slot = slot;
    running = true;
    if (each === null || each(c, s)) run(c, body, s);
    running = false;
  }
  ${state}
} catch (error) {
  c.clock = clock0; c.clockLow = low0; c.fault = error; c.foreign = running;
}
c.end = p; c.drained = drained;
return false;`;
  return {
    next: toFunction<NextEvent>(source, generator.constants, 'c, runs, each, s', 'nextEvent'),
    bodyAlignment: knownAlignment(end),
  };
}

/** The same by interpretation. */
function interpretedLoop(stream: DataStreamClass): NextEvent {
  const trees = treesOf(['event-header', stream.eventHeader]);
  const integers = new Set<IntegerClass>();
  for (const { root } of trees) integersIn(root, integers);
  return (c, runs, each, state) => {
    const visitor = headerVisitor(c);
    c.drained = 0;
    while (c.end < c.soft) {
      const { clock, clockLow, end: start } = c;
      let running = false;
      try {
        c.id = 0;
        for (const integer of integers) c.values.delete(integer);
        c.body = interpretBody(trees, c, start, visitor);
        const slot = c.slotOf(c.id);
        const size = c.sizes[slot] ?? -1;
        const end = size >= 0 ? c.body + size : c.measure(slot, c.body, start, c.id);
        if (end > c.content) throw new RangeError('an event beyond the content');
        c.time = stream.defaultClock === null ? Number.NEGATIVE_INFINITY : c.timeOfClock();
        const wanted = c.wanted[slot] === 1 && !(c.time < c.beginTime);
        if (wanted && end > c.windowBits) throw new RangeError('an event beyond the window');
        c.slot = slot;
        if (wanted && runs !== null && c.time >= c.limit && (c.drained !== 0 || c.time > c.stopTime)) {
          c.clock = clock;
          c.clockLow = clockLow;
          return true;
        }
        c.end = end;
        c.startAt = start;
        c.startClock = clock;
        c.startLow = clockLow;
        if (!wanted) continue;
        if (runs === null) return true;
        const run = runs[slot] ?? c.runOf(slot);
        c.drained++;
        running = true;
        if (each === null || each(c, state)) run(c, c.body, state);
      } catch (error) {
        if (!running) {
          c.clock = clock;
          c.clockLow = clockLow;
        }
        c.fault = error;
        c.foreign = running;
        return false;
      }
    }
    return false;
  };
}

function headerVisitor(c: HeaderWindow): Visitor {
  return {
    ...NO_VISITOR,
    integer: (field, _name, value) => {
      if (field.roles.includes('event-class-id')) c.id = value;
      if (field.roles.includes('clock-timestamp')) c.setClock(value, 0, field.bits);
      c.values.delete(field); // so that the newest is last
      c.values.set(field, BigInt(value));
    },
    wide: (field, _name, low, high, bits) => {
      if (field.roles.includes('event-class-id')) c.id = numberOf(low, high);
      if (field.roles.includes('clock-timestamp')) {
        c.setClock(low, high, field.encoding === 'leb128' ? (bits ?? 64) : field.bits);
      }
      c.values.delete(field); // so that the newest is last
      c.values.set(field, BigInt(high) * 2n ** 32n + BigInt(low));
    },
  };
}
