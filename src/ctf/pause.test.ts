import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { joined, METADATA, packet } from './packets.test.data.ts';
import { memoryFile } from './reader.test.data.ts';
import type { CtfSelection } from './reader.ts';
import { openCtf } from './source.ts';

/** Three streams of twenty packets, some without events. */
const STREAMS = [0, 1, 2].map((stream) =>
  joined(
    Array.from({ length: 20 }, (_, i) => {
      const begin = i * 1000 + stream * 7;
      const times = (i + stream) % 4 === 0 ? [] : [0, 1, 2, 3].map((j) => begin + j * 100);
      return packet({ begin, end: begin + 900, events: times, stream, sequence: i });
    }),
  ),
);
const SOURCE = openCtf([
  {
    name: 'memory',
    metadata: new TextEncoder().encode(METADATA),
    streams: STREAMS.map((bytes, i) => memoryFile(`s${i}`, bytes)),
  },
]);

/** Times and names of what comes, and how often `next` paused. */
function read(selection: CtfSelection): { readonly events: string[]; readonly pauses: number } {
  const iterator = SOURCE.events(selection);
  const events: string[] = [];
  let pauses = 0;
  for (;;) {
    const event = iterator.next();
    if (event !== null) events.push(`${event.time} ${event.stream.name} ${event.number('v')}`);
    else if (iterator.paused === true) pauses++;
    else return { events, pauses };
  }
}

test('a reading that pauses gives the same events', () => {
  for (const events of [undefined, ['e'], ['none']]) {
    const selection = events === undefined ? {} : { events };
    const whole = read(selection);
    assert.equal(whole.pauses, 0);
    assert.equal(whole.events.length, events?.[0] === 'none' ? 0 : 180);
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }), (answers) => {
        let asked = 0;
        // Not for ever: the last answer is no.
        const pause = (): boolean => answers[asked++ % (answers.length + 1)] ?? false;
        const paused = read({ ...selection, pause });
        assert.deepEqual(paused.events, whole.events);
        assert.equal(paused.pauses > 0, answers.includes(true));
      }),
      { numRuns: 60 },
    );
  }
});
