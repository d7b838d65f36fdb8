/**
 * Random histories: the Redis store, the memory store and a slow replay agree, at the times of deltas and between them, in
 * the present and in the past, whatever the deltas were cut into and however often providers come back.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { oraclePicture, statePicture } from '../../dist/state/compare.test.data.js';
import { traceEvent } from '../../dist/state/events.test.data.js';
import { chooser, RandomMachine } from '../../dist/state/history.test.data.js';
import { DeltaWriter, LiveState, MemoryStore, rebuildState } from '../../dist/state/index.js';
import { Oracle } from '../../dist/state/oracle.test.data.js';
import { openRedisStore } from '../../dist/state/redis/index.node.js';
import { RedisServer, skipReason } from './redis-server.mjs';

const ORIGIN_NS = 1_700_000_000_000_000_000n;
const WINDOW_NS = 2_000_000_000;

/** Everything that a store says about a time, as a state that can be asked. */
async function rebuilt(store, kinds, at_ns) {
  const lists = await Promise.all(kinds.map((kind) => store.list('h', kind, { at_ns })));
  return rebuildState({ origin_ns: ORIGIN_NS, at_ns, window_ns: WINDOW_NS, entities: lists.flat() });
}

test('memory, Redis and a replay agree on random histories', { skip: skipReason() }, async () => {
  const server = await RedisServer.start([]);
  const redis = openRedisStore(server.url);
  let pasts = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.boolean(), async (seed, everyChange) => {
        await redis.remove('h');
        const choose = chooser(seed);
        const machine = new RandomMachine(choose, 1 + choose(3));
        for (let i = 0; i < 200; i++) machine.step();
        const { events } = machine;
        const memory = new MemoryStore({ clock_ms: () => 0 });
        const state = new LiveState({ origin_ns: ORIGIN_NS, window_ns: WINDOW_NS });
        const kinds = state.model.tables.map(({ kind }) => kind);
        const writer = new DeltaWriter(state, { host: 'h', everyChange });
        const oracle = new Oracle();
        const pictures = new Map();
        let begin = Number.POSITIVE_INFINITY;
        for (const [i, event] of events.entries()) {
          state.update(traceEvent(event, ORIGIN_NS));
          oracle.feed(event);
          const isLast = events[i + 1]?.time !== event.time;
          if (isLast && everyChange) pictures.set(event.time, oraclePicture(oracle, event.time));
          if (!isLast || choose(15) !== 0) continue;
          pictures.set(event.time, oraclePicture(oracle, event.time));
          if (choose(10) === 0) writer.restart();
          const delta = writer.take();
          assert.equal(await memory.apply(delta), 'applied');
          assert.equal(await redis.apply(delta), 'applied');
          if (delta.full) {
            begin = event.time;
            pictures.clear();
            pictures.set(event.time, oraclePicture(oracle, event.time));
          }
          const first = Math.max(begin, event.time - WINDOW_NS);
          for (const [time, picture] of pictures) {
            if (time < first || (time !== event.time && choose(everyChange ? 25 : 4) !== 0)) continue;
            const at = await rebuilt(redis, kinds, ORIGIN_NS + BigInt(time));
            assert.deepEqual(statePicture(at.at(), ORIGIN_NS), picture, `${event.time - time} ns ago`);
            pasts++;
          }
          // Any time, also between deltas: both stores say the same of it, whatever that is.
          const at_ns = ORIGIN_NS + BigInt(first + choose(Math.floor(event.time - first) + 1));
          const kind = kinds[choose(kinds.length)];
          for (const recent of [false, true]) {
            const expected = await memory.list('h', kind, { at_ns, recent });
            assert.deepEqual(await redis.list('h', kind, { at_ns, recent }), expected, `${kind} at ${at_ns}`);
          }
        }
      }),
      { numRuns: 25 },
    );
  } finally {
    await redis.close();
    await server.stop();
  }
  assert.ok(pasts > 100, `${pasts} questions`);
});
