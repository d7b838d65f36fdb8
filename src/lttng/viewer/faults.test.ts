import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { TailtrapError } from '../../base/errors.ts';
import { FAST_CLOCK, halfOpen, harmed, TestRelay, TestTrace } from './relay.test.data.ts';
import { endSoon, fullRelay, PACKETS, range, sorted, watch } from './watch.test.data.ts';

test('lost connections: watching goes on, every event once', async () => {
  const relay = new TestRelay();
  const session = relay.session();
  const trace = new TestTrace(session, 3, 1);
  trace.sendMetadata();
  session.publish();
  const { all, viewer, lines } = watch(relay);
  const done = all();
  let cuts = 0;
  const isAttached = async (): Promise<void> => {
    while (relay.server.attached <= cuts) await FAST_CLOCK.wait(10e6);
  };
  const expected: bigint[][] = [];
  for (let i = 0; i < 30; i++) {
    const times = range(BigInt(100 * i), 5, 3n);
    trace.packet(i % 3, times);
    expected.push(times);
    await FAST_CLOCK.wait(30e6);
    if (i % 7 !== 6) continue;
    await isAttached();
    relay.cut();
    cuts++;
  }
  // A session that ended cannot be attached once more.
  await isAttached();
  session.close();
  assert.deepEqual(await done, sorted(...expected));
  assert.equal(viewer.reconnections, 4);
  assert.ok(lines.some((line) => line.includes('connecting again')));
});

test('a half-open connection is noticed, and replaced', async () => {
  const { relay, expected } = fullRelay();
  let connections = 0;
  const { all, viewer } = watch(relay, {
    connect: async () => {
      const channel = await relay.connect();
      return connections++ === 0 ? halfOpen(channel, 25_000) : channel;
    },
  });
  const [times] = await Promise.all([all(), FAST_CLOCK.wait(25e9).then(() => endSoon(relay))]);
  assert.deepEqual(times, expected);
  assert.equal(viewer.reconnections, 1);
});

test('a relay that has lost the session: what was received is given, then the error', async () => {
  const { relay, expected } = fullRelay();
  const empty = new TestRelay();
  let current = relay;
  const { all, times } = watch(relay, { connect: () => current.connect(), reconnect_ns: 2e9 });
  const done = all();
  while (relay.reads < PACKETS) await FAST_CLOCK.wait(10e6);
  current = empty;
  relay.cut();
  await assert.rejects(done, (error) => error instanceof TailtrapError && error.code === 'TT_LIVE_NO_SESSION');
  assert.deepEqual(times, expected);
});

test('mutated and truncated answers: an error or an end, soon, and nothing that was not sent', async () => {
  const { relay } = fullRelay();
  let sizes = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ at: fc.nat(60_000), to: fc.nat(255) }), { maxLength: 5 }),
      fc.option(fc.nat(60_000), { nil: null }),
      async (changes, end) => {
        const stop = new AbortController();
        const change = (piece: Uint8Array, at: number): Uint8Array | null => {
          sizes += piece.length;
          for (const { at: place, to } of changes) {
            if (place >= at && place < at + piece.length) piece[place - at] = to;
          }
          return end !== null && at + piece.length > end ? null : piece;
        };
        const { all, viewer } = watch(relay, {
          connect: async () => harmed(await relay.connect(), change),
          signal: stop.signal,
          reconnect_ns: 0,
          onNotice: () => {},
        });
        const timer = setTimeout(() => stop.abort(), 40);
        try {
          await all();
        } catch (error) {
          assert.ok(error instanceof TailtrapError, String((error as Error).stack));
        } finally {
          clearTimeout(timer);
          relay.cut();
        }
        assert.ok(viewer.reader.waiting_bytes < 1e6);
      },
    ),
    { numRuns: 60 },
  );
  assert.ok(sizes > 100_000);
});
