/**
 * Event headers: the class's id and the clock. The code is inlined into one function for each stream class, for it runs
 * for every event, also for those that are skipped.
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

export interface HeaderWindow extends Window {
  /** Id of the event's class. */
  id: number;
  /** Cycles since the packet's base. */
  clock: number;
  /** Low 32 bits of the absolute clock, as a signed integer. */
  clockLow: number;
  /** Nanoseconds since the origin; set by the header function. */
  time: number;
  /** `time` at clock 0 of the packet; valid at 1 GHz. */
  timeBase: number;
  /** A timestamp of more than 32 bits. */
  setClock(low: number, high: number, bits: number): void;
  /** `time` of the present clock at other frequencies. */
  timeOfClock(): number;
}

/** @returns where the body begins, in bits */
export type ReadHeader = (c: HeaderWindow, at: number) => number;

/** LEB128 carries 7 bits a byte; a clock that is updated by it is taken as full. */
function clockBits(field: IntegerClass): number {
  return field.encoding === 'leb128' ? 64 : field.bits;
}

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
        out += `c.clock = clock; c.clockLow = low; c.setClock(${low}, ${high}, ${clockBits(field)});`;
        out += 'clock = c.clock; low = c.clockLow;';
      }
      return out;
    },
  };
}

export interface HeaderCode {
  readonly read: ReadHeader;
  /** Known alignment of the bodies' beginning. */
  readonly bodyAlignment: number;
}

/** @param exported integers that bodies refer to */
export function compileHeader(
  stream: DataStreamClass,
  exported: ReadonlySet<IntegerClass>,
  generate: boolean,
): HeaderCode {
  const trees = treesOf(['event-header', stream.eventHeader]);
  if (!generate) return { read: interpretedHeader(stream), bodyAlignment: 1 };
  const generator = new Generator(() => headerEmitter(), exported);
  // An event begins where the one before ended: at a whole byte when every header is aligned to one.
  const end = generator.scopes(trees, { base: 'p', unit: 'bit', offset: 0, align: 1 });
  const nanoseconds = stream.defaultClock?.frequency_hz === 1_000_000_000n;
  const time = stream.defaultClock === null ? '-Infinity' : nanoseconds ? 'c.timeBase + clock' : 'c.timeOfClock()';
  const source = `const view = c.view, u8 = c.bytes;
let id = 0, clock = c.clock, low = c.clockLow;
${generator.lines.join('\n')}
c.id = id; c.clock = clock; c.clockLow = low; c.time = ${time};
return ${bitsOf(end)};`;
  return { read: toFunction<ReadHeader>(source, generator.constants), bodyAlignment: knownAlignment(end) };
}

/** The same by interpretation. */
function interpretedHeader(stream: DataStreamClass): ReadHeader {
  const trees = treesOf(['event-header', stream.eventHeader]);
  return (c, at) => {
    c.id = 0;
    const visitor: Visitor = {
      ...NO_VISITOR,
      integer: (field, _name, value) => {
        if (field.roles.includes('event-class-id')) c.id = value;
        if (field.roles.includes('clock-timestamp')) c.setClock(value, 0, field.bits);
        c.values.set(field, BigInt(value));
      },
      wide: (field, _name, low, high) => {
        if (field.roles.includes('event-class-id')) c.id = numberOf(low, high);
        if (field.roles.includes('clock-timestamp')) c.setClock(low, high, clockBits(field));
        c.values.set(field, BigInt(high) * 2n ** 32n + BigInt(low));
      },
    };
    const end = interpretBody(trees, c, at, visitor);
    c.time = stream.defaultClock === null ? Number.NEGATIVE_INFINITY : c.timeOfClock();
    return end;
  };
}
