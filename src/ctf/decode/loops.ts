/** The source of the loops over events; what they do is told in header.ts. */

/** What differs between stream classes: statements that set `id` and the clock, and expressions. */
export interface LoopParts {
  readonly header: string;
  readonly body: string;
  readonly slot: string;
  readonly time: string;
}

/** What all streams have that take turns. */
const TABLES = 'const steps = c.steps, sizes = c.sizes, wanted = c.wanted, scans = c.scans, begin = c.beginTime;';

/** The state of a stream that is in local variables while the loop runs; few, for they change with every turn. */
const STATE: readonly (readonly [local: string, from: string])[] = [
  ['view', 'c.view'],
  ['u8', 'c.bytes'],
  ['room', 'c.room'],
  ['soft', 'c.soft'],
  ['base', 'c.timeBase'],
  ['clock', 'c.clock'],
  ['low', 'c.clockLow'],
  ['p', 'c.end'],
];

/** Headers with texts are rare. */
function stateOf({ header }: LoopParts): typeof STATE {
  return STATE.filter(([local]) => local !== 'u8' || header.includes('u8'));
}

function declare(parts: LoopParts): string {
  const state = stateOf(parts).map(([local, from]) => `${local} = ${from}`);
  return `${TABLES}\nlet ${state.join(', ')};`;
}

function load(parts: LoopParts): string {
  return stateOf(parts)
    .map(([local, from]) => `${local} = ${from};`)
    .join(' ');
}

/**
 * Decodes a header and goes on with what is not wanted. Behind it `slot`, `body`, `end` and `time` are of a wanted event.
 * Leaves the loop before the first event of a class, and at what takes no space.
 */
function head({ header, body, slot, time }: LoopParts): string {
  return `clock0 = clock; low0 = low;
    let id = 0;
    ${header}
    const body = ${body}, slot = ${slot}, step = steps[slot];
    if (step >= 0) {
      const next = body + step;
      if (next > room && next > c.content) throw new RangeError('an event beyond the content');
      p = next;
      continue;
    }
    const size = sizes[slot], scan = scans[slot];
    const end = size >= 0 ? body + size : scan !== undefined ? scan(c, body) : p;
    if (end <= p) {
      c.slot = slot; c.body = body; c.id = id;
      break;
    }
    if (end > room && end > c.content) throw new RangeError('an event beyond the content');
    ${time.startsWith('c.') ? 'c.clock = clock;' : ''}
    const time = ${time};
    if (wanted[slot] === 0 || time < begin) {
      p = end;
      continue;
    }
    if (end > room) throw new RangeError('an event beyond the window');`;
}

export function nextSource(parts: LoopParts): string {
  return `${declare(parts)}
let clock0 = clock, low0 = low, found = false;
try {
  while (p < soft) {
    ${head(parts)}
    c.body = body; c.time = time; c.slot = slot;
    c.startAt = p; c.startClock = clock0; c.startLow = low0;
    p = end;
    found = true;
    break;
  }
  if (found || p >= soft) { clock0 = clock; low0 = low; }
} catch (error) {
  c.fault = error;
}
c.end = p; c.clock = clock0; c.clockLow = low0;
return found;`;
}

/**
 * An event at the limit is given all the same when it is the first: its stream goes before the other.
 *
 * There is one way out, for whatever reason, and new classes take it, too: so it is known to the compiler when that has
 * the loop optimised, and neither leaving it discards the code, nor does the code of compiling classes become part of it.
 */
export function drainSource(parts: LoopParts): string {
  return `const stop = c.stopTime;
${declare(parts)}
let clock0 = clock, low0 = low, limit = c.limit, last = c.time, running = false, first = true, stopped = false, drained = 0;
try {
  while (p < soft) {
    ${head(parts)}
    if (time >= limit && (!first || time > stop)) {
      last = time;
      stopped = true;
      c.slot = slot;
      if (turns === null || time > stop) break;
      c.time = time; c.end = p; c.clock = clock0; c.clockLow = low0;
      const next = turns.turn(c);
      if (next === null) break;
      c = next;
      ${load(parts)}
      limit = c.limit;
      first = true;
      stopped = false;
      continue;
    }
    const run = runs[slot];
    if (run === undefined) break;
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
  if (p >= soft) { clock0 = clock; low0 = low; }
} catch (error) {
  c.fault = error; c.foreign = running;
}
c.end = p; c.clock = clock0; c.clockLow = low0; c.time = last; c.drained = drained;
if (turns !== null) turns.current = c;
return stopped;`;
}
