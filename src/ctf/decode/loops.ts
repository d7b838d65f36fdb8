/** The source of the loops over events; what they do is told in header.ts. */

/** What differs between stream classes: statements that set `id` and the clock, and expressions. */
export interface LoopParts {
  readonly header: string;
  readonly body: string;
  readonly slot: string;
  readonly time: string;
}

/** The state of a stream that is in local variables while the loop runs. */
const STATE: readonly (readonly [local: string, from: string])[] = [
  ['view', 'c.view'],
  ['u8', 'c.bytes'],
  ['steps', 'c.steps'],
  ['sizes', 'c.sizes'],
  ['wanted', 'c.wanted'],
  ['scans', 'c.scans'],
  ['content', 'c.content'],
  ['room', 'c.content < c.windowBits ? c.content : c.windowBits'],
  ['soft', 'c.soft'],
  ['base', 'c.timeBase'],
  ['clock', 'c.clock'],
  ['low', 'c.clockLow'],
  ['p', 'c.end'],
];
const DECLARE = `let ${STATE.map(([local, from]) => `${local} = ${from}`).join(', ')};`;
const LOAD = STATE.map(([local, from]) => `${local} = ${from};`).join(' ');

/** Decodes a header and goes on with what is not wanted. Behind it `slot`, `body`, `end` and `time` are of a wanted event. */
function head({ header, body, slot, time }: LoopParts): string {
  return `clock0 = clock; low0 = low;
    let id = 0;
    ${header}
    const body = ${body}, slot = ${slot}, step = steps[slot];
    if (step >= 0) {
      if (body + step > content) throw new RangeError('an event beyond the content');
      p = body + step;
      continue;
    }
    const size = sizes[slot];
    let end = 0;
    if (size >= 0) end = body + size;
    else {
      const scan = scans[slot];
      if (scan !== undefined) end = scan(c, body);
      if (end <= p) end = c.measure(slot, body, p, id);
    }
    if (end > content) throw new RangeError('an event beyond the content');
    ${time.startsWith('c.') ? 'c.clock = clock;' : ''}
    const time = ${time};
    if (wanted[slot] === 0 || time < begin) {
      p = end;
      continue;
    }
    if (end > room) throw new RangeError('an event beyond the window');`;
}

export function nextSource(parts: LoopParts): string {
  return `const begin = c.beginTime;
${DECLARE}
let clock0 = clock, low0 = low;
try {
  while (p < soft) {
    ${head(parts)}
    c.body = body; c.end = end; c.time = time; c.slot = slot;
    c.startAt = p; c.startClock = clock0; c.startLow = low0; c.clock = clock; c.clockLow = low;
    return true;
  }
  c.clock = clock; c.clockLow = low;
} catch (error) {
  c.clock = clock0; c.clockLow = low0; c.fault = error;
}
c.end = p;
return false;`;
}

/** An event at the limit is given all the same when it is the first: its stream goes before the other. */
export function drainSource(parts: LoopParts): string {
  return `const begin = c.beginTime, stop = c.stopTime;
${DECLARE}
let clock0 = clock, low0 = low, limit = c.limit, running = false, first = true, drained = 0;
try {
  while (p < soft) {
    ${head(parts)}
    if (time >= limit && (!first || time > stop)) {
      c.time = time; c.end = p; c.clock = clock0; c.clockLow = low0;
      const next = turns === null || time > stop ? null : turns.turn(c);
      if (next === null) {
        c.drained = drained;
        return true;
      }
      c = next;
      ${LOAD}
      limit = c.limit;
      first = true;
      continue;
    }
    const run = runs[slot] ?? c.runOf(slot);
    p = end; clock0 = clock; low0 = low;
    first = false;
    drained++;
    running = true;
    if (each === null) run(c, body, s);
    else {
      c.time = time; c.clock = clock; c.body = body; c.slot = slot;
      if (each(c, s)) run(c, body, s);
    }
    running = false;
  }
  c.clock = clock; c.clockLow = low;
} catch (error) {
  c.clock = clock0; c.clockLow = low0; c.fault = error; c.foreign = running;
}
c.end = p; c.drained = drained;
return false;`;
}
