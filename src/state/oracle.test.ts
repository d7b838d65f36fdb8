/** Random histories: the state, now and in the past, against a slow replay (oracle.test.data.ts). */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { oraclePicture, type Picture, statePicture } from './compare.test.data.ts';
import { traceEvent } from './events.test.data.ts';
import { chooser, RandomMachine } from './history.test.data.ts';
import { LiveState } from './live-state.ts';
import { Oracle } from './oracle.test.data.ts';

const ORIGIN_NS = 1_700_000_000_000_000_000n;
const WINDOW_NS = 2_000_000_000;

test('the state now and at any time of the window is what a replay up to then gives', () => {
  let pasts = 0;
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 3 }), (seed, cpus) => {
      const choose = chooser(seed);
      const machine = new RandomMachine(choose, cpus);
      for (let i = 0; i < 300; i++) machine.step();
      const { events } = machine;
      const state = new LiveState({ origin_ns: ORIGIN_NS, window_ns: WINDOW_NS });
      const oracle = new Oracle();
      const pictures = new Map<number, Picture>();
      events.forEach((event, i) => {
        state.update(traceEvent(event, ORIGIN_NS));
        oracle.feed(event);
        if (events[i + 1]?.time === event.time || choose(20) !== 0) return;
        const picture = oraclePicture(oracle, event.time);
        pictures.set(event.time, picture);
        assert.deepEqual(statePicture(state.at(), ORIGIN_NS), picture);
        // All that the window still shows, from a random one on.
        for (const [time, then] of pictures) {
          if (time < event.time - WINDOW_NS || choose(4) !== 0) continue;
          assert.deepEqual(
            statePicture(state.at(ORIGIN_NS + BigInt(time)), ORIGIN_NS),
            then,
            `${event.time - time} ns ago`,
          );
          pasts++;
        }
      });
    }),
    { numRuns: 60 },
  );
  assert.ok(pasts > 100, `${pasts} questions to the past`);
});
