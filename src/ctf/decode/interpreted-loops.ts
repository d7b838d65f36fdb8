/** The loops over events where code generation is disabled. */
import type { DataStreamClass, IntegerClass } from '../model.ts';
import { numberOf } from './bits.ts';
import { interpretBody, NO_VISITOR, treesOf } from './compile.ts';
import type { Visitor } from './emit.ts';
import type { DrainEvents, HeaderWindow, NextEvent } from './header.ts';
import { integersIn } from './references.ts';

/** They take no turns: their caller does. */
export function interpretedLoops(stream: DataStreamClass): { readonly next: NextEvent; readonly drain: DrainEvents } {
  const find = interpretedSearch(stream);
  const next: NextEvent = (c) => {
    while (c.end < c.soft) {
      const before = stateOf(c);
      try {
        if (!find(c, before.end)) continue;
        c.startAt = before.end;
        c.startClock = before.clock;
        c.startLow = before.clockLow;
        return true;
      } catch (error) {
        Object.assign(c, before, { fault: error });
        return false;
      }
    }
    return false;
  };
  const drain: DrainEvents = (c, runs, each, state) => {
    c.drained = 0;
    while (c.end < c.soft) {
      const before = stateOf(c);
      let running = false;
      try {
        if (!find(c, before.end)) continue;
        if (c.time >= c.limit && (c.drained !== 0 || c.time > c.stopTime)) {
          Object.assign(c, before);
          return true;
        }
        const run = runs[c.slot];
        if (run === undefined) {
          Object.assign(c, before);
          return false;
        }
        c.drained++;
        running = true;
        if (each === null || each(c, state)) run(c, c.body, state);
      } catch (error) {
        if (!running) Object.assign(c, before);
        c.fault = error;
        c.foreign = running;
        return false;
      }
    }
    return false;
  };
  return { next, drain };
}

function stateOf({ clock, clockLow, end }: HeaderWindow): Pick<HeaderWindow, 'clock' | 'clockLow' | 'end'> {
  return { clock, clockLow, end };
}

/** Reads an event's header and finds its end. @returns whether it is wanted */
function interpretedSearch(stream: DataStreamClass): (c: HeaderWindow, start: number) => boolean {
  const trees = treesOf(['event-header', stream.eventHeader]);
  const integers = new Set<IntegerClass>();
  for (const { root } of trees) integersIn(root, integers);
  const visitors = new WeakMap<HeaderWindow, Visitor>();
  return (c, start) => {
    let visitor = visitors.get(c);
    if (visitor === undefined) {
      visitor = headerVisitor(c);
      visitors.set(c, visitor);
    }
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
    c.end = end;
    return wanted;
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
