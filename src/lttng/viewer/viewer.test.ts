import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { TailtrapError } from '../../base/errors.ts';
import type { ByteChannel } from '../channel/channel.ts';
import { distant, FAST_CLOCK, oneByte, TestRelay, TestTrace } from './relay.test.data.ts';
import { endSoon, fullRelay, range, sorted, watch } from './watch.test.data.ts';

for (const minor of [4, 7, 8, 11, 14, 15]) {
  test(`everything of a session, in order, from a relay of version 2.${minor}`, async () => {
    const { relay, expected } = fullRelay(minor);
    const { all, viewer } = watch(relay);
    const [times] = await Promise.all([all(), endSoon(relay)]);
    assert.deepEqual(times, expected);
    assert.deepEqual(relay.faults, []);
    assert.equal(viewer.reader.waiting_bytes, 0);
    assert.equal(viewer.lost_packets, 0);
  });
}

test('bytes that come one at a time', async () => {
  const { relay, expected } = fullRelay();
  const { all } = watch(relay, { connect: async () => oneByte(await relay.connect()) });
  const [times] = await Promise.all([all(), endSoon(relay)]);
  assert.deepEqual(times, expected);
});

test('a relay far away: many streams are asked at once', async () => {
  const relay = new TestRelay();
  const session = relay.session();
  const trace = new TestTrace(session, 40, 1, () => relay.reads++);
  trace.sendMetadata();
  session.publish();
  const expected: bigint[][] = [];
  for (let i = 0; i < 10; i++) {
    for (let stream = 0; stream < 40; stream++) {
      expected.push(range(BigInt(i * 1000 + stream), 3, 50n));
      trace.packet(stream, expected.at(-1)!);
    }
  }
  let writes = 0;
  const { all } = watch(relay, { connect: async () => distant(await relay.connect(), 1, () => writes++) });
  const done = all();
  while (relay.reads < 400) await FAST_CLOCK.wait(10e6);
  session.close();
  assert.deepEqual(await done, sorted(...expected));
  assert.ok(writes < 200, `${writes} round trips for 400 packets`);
});

test('streams, metadata and traces that come later; beacons release what others hold', async () => {
  const relay = new TestRelay();
  const session = relay.session();
  const first = new TestTrace(session, 2, 9);
  const { all, times, viewer } = watch(relay);
  const done = all();
  const until = async (count: number): Promise<void> => {
    for (let i = 0; times.length < count && i < 5000; i++) await FAST_CLOCK.wait(20e6);
    assert.equal(times.length, count);
  };
  session.publish();
  await FAST_CLOCK.wait(100e6);
  first.sendMetadata();
  first.packet(0, [10n, 20n]);
  await FAST_CLOCK.wait(200e6);
  assert.equal(times.length, 0, 'the other stream may bring an earlier one');
  first.beacon(1, 15n);
  await until(1);
  first.beacon(1, 30n);
  await until(2);
  const second = new TestTrace(session, 1, 4);
  second.sendMetadata();
  session.publish();
  await FAST_CLOCK.wait(200e6);
  first.packet(0, [40n]);
  first.packet(1, [50n]);
  await FAST_CLOCK.wait(200e6);
  assert.equal(times.length, 2, 'the new stream has said nothing yet');
  second.packet(0, [35n, 45n]);
  await until(4);
  session.close();
  assert.deepEqual(await done, [10n, 20n, 35n, 40n, 45n, 50n]);
  assert.equal(viewer.reader.size, 0);
  assert.equal(viewer.reader.traces.length, 0, 'nothing is kept of sessions that ended');
});

test('two domains are two sessions of one name; the second may come later', async () => {
  const relay = new TestRelay();
  const sessions = [relay.session()];
  const traces = [new TestTrace(sessions[0]!, 1, 1)];
  traces[0]!.sendMetadata();
  sessions[0]!.publish();
  relay.session('another').publish();
  const { all, times } = watch(relay);
  const done = all();
  traces[0]!.packet(0, [1n, 5n]);
  while (times.length < 2) await FAST_CLOCK.wait(10e6);
  sessions.push(relay.session());
  traces.push(new TestTrace(sessions[1]!, 1, 2));
  traces[1]!.sendMetadata();
  sessions[1]!.publish();
  while (relay.server.watching(sessions[1]!) === 0) await FAST_CLOCK.wait(10e6);
  traces[0]!.packet(0, [7n, 9n]);
  traces[1]!.packet(0, [6n, 8n, 10n]);
  sessions[0]!.close();
  await FAST_CLOCK.wait(1e9);
  sessions[1]!.close();
  assert.deepEqual(await done, [1n, 5n, 6n, 7n, 8n, 9n, 10n]);
});

test('from now on: packets that were complete before are left out', async () => {
  const relay = new TestRelay();
  const session = relay.session();
  const trace = new TestTrace(session, 1, 1);
  trace.sendMetadata();
  trace.packet(0, [1n, 2n]);
  session.publish();
  const { all } = watch(relay, { seek: 'last' });
  const done = all();
  while (relay.server.watching(session) === 0) await setImmediate();
  trace.packet(0, [3n]);
  session.close();
  assert.deepEqual(await done, [3n]);
});

test('a process that comes and goes between two questions is seen whole', async () => {
  const relay = new TestRelay();
  const session = relay.session();
  const { all } = watch(relay);
  const done = all();
  while (relay.server.watching(session) === 0) await setImmediate();
  for (let i = 1; i <= 20; i++) {
    const trace = new TestTrace(session, 1, i);
    trace.sendMetadata();
    session.publish();
    trace.packet(0, [BigInt(i * 10)]);
    for (const stream of trace.streams) stream.close();
    trace.fed.metadata.closed = true;
    session.traces.splice(0);
  }
  session.close();
  assert.deepEqual(await done, range(10n, 20, 10n));
});

test('no relay, no session, one that is not live: errors that say what to do', async () => {
  const relay = new TestRelay();
  await assert.rejects(watch(relay).all(), /TT_LIVE_NO_SESSION|no session s of host h/);
  relay.session('s', 0);
  await assert.rejects(watch(relay).all(), /not a live one/);
  const refused = (): Promise<ByteChannel> => Promise.reject(new TailtrapError('TT_X', 'connection refused'));
  await assert.rejects(watch(relay, { connect: refused }).all(), /connection refused/);
});

test('waiting for a session that comes later', async () => {
  const relay = new TestRelay();
  const { all } = watch(relay, { wait_ns: 60e9 });
  const done = all();
  await FAST_CLOCK.wait(1e9);
  const session = relay.session();
  const trace = new TestTrace(session, 1, 1);
  trace.sendMetadata();
  session.publish();
  trace.packet(0, [5n]);
  while (relay.server.watching(session) === 0) await setImmediate();
  session.close();
  assert.deepEqual(await done, [5n]);
});

test('a stream that falls silent holds the others back for a while only', async () => {
  const relay = new TestRelay();
  const session = relay.session();
  const trace = new TestTrace(session, 2, 1);
  trace.sendMetadata();
  session.publish();
  trace.packet(0, [1n, 2n]);
  const { all, times, lines } = watch(relay);
  const done = all();
  await FAST_CLOCK.wait(30e9);
  assert.deepEqual(times, [1n, 2n]);
  assert.ok(lines.some((line) => line.includes('the others go on without it')));
  session.close();
  await done;
});

test('a slow consumer: what is fetched ahead is bounded', async () => {
  const relay = new TestRelay();
  const session = relay.session();
  const trace = new TestTrace(session, 2, 1, () => relay.reads++);
  trace.sendMetadata();
  session.publish();
  const expected: bigint[][] = [];
  for (let i = 0; i < 200; i++) {
    for (const stream of [0, 1]) {
      expected.push(range(BigInt(i * 1000 + stream), 100));
      trace.packet(stream, expected.at(-1)!);
    }
  }
  const memory_bytes = 40_000;
  const { viewer } = watch(relay, { memory_bytes });
  const times: bigint[] = [];
  let most_bytes = 0;
  // One event after each turn: there is always another.
  while (times.length < 1000) {
    assert.ok(await viewer.advance());
    most_bytes = Math.max(most_bytes, viewer.reader.waiting_bytes);
    const event = viewer.reader.next();
    if (event !== null) times.push(event.bigint('at'));
  }
  assert.ok(most_bytes < memory_bytes, `${most_bytes} bytes waited`);
  assert.ok(relay.reads < 60, `${relay.reads} packets were fetched for ten`);
  assert.deepEqual(times, sorted(...expected).slice(0, 1000));
});

test('more memory than is allowed is an error, not a dead end', async () => {
  const relay = new TestRelay();
  const session = relay.session();
  const trace = new TestTrace(session, 3, 1);
  trace.sendMetadata();
  for (const s of [0, 1, 2]) trace.packet(s, range(BigInt(s), 500));
  session.publish();
  const { all } = watch(relay, { memory_bytes: 3000 });
  await assert.rejects(all(), /TT_LIVE_MEMORY|more than 3000 bytes/);
});

test('Ctrl-C ends at once and gives what was received', async () => {
  const relay = new TestRelay();
  const session = relay.session();
  const trace = new TestTrace(session, 2, 1);
  trace.sendMetadata();
  session.publish();
  trace.packet(0, [1n, 2n]);
  const stop = new AbortController();
  const { all, viewer } = watch(relay, { signal: stop.signal });
  const done = all();
  while (viewer.reader.waiting_bytes === 0) await setImmediate();
  stop.abort();
  assert.deepEqual(await done, [1n, 2n]);
  while (relay.server.watching(session) > 0) await setImmediate();
});
