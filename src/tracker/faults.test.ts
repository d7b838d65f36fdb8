/** Faults of the predecessor (original.md, section 1.8, by its numbers), and what else must not break. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { UsageError } from '../base/errors.ts';
import { MORE, MS, make } from './helper.test.ts';
import { Flag, Result } from './index.ts';
import { mix } from './key.ts';

/** Each is timed by growth of the heap: so many that what the compiler leaves there does not count. */
const ALLOCATED_PAIRS = 2e6 * MORE;

test('1.8#1: garbage collection drops what is old, and only that', () => {
  const { tracker, seen, clock } = make({ gc_age_ns: 100 * MS });
  tracker.eventIn('old', 0);
  tracker.eventIn('young', 90 * MS);
  clock.now_ns = 130 * MS;
  tracker.poll();
  assert.deepEqual(
    seen.map((e) => [e.flag, e.key]),
    [[Flag.collected, 'old']],
  );
  assert.equal(tracker.eventOut('young'), Result.ok);
  assert.equal(tracker.eventOut('old'), Result.notFound);
  assert.equal(tracker.statistics().collected, 1);
});

test('1.8#2: a timeout alone suffices, loses no slot, and fires for each pending event', () => {
  const { tracker, seen, clock } = make({ timeout_ns: 1 * MS });
  for (let round = 0; round < 50; round++) {
    for (let key = 0; key < 10; key++) assert.equal(tracker.eventIn(key), Result.ok);
    clock.now_ns += 5 * MS;
    tracker.poll();
    for (let key = 0; key < 10; key++) assert.equal(tracker.eventOut(key), Result.ok);
  }
  assert.equal(seen.filter((e) => e.flag === Flag.timeout).length, 500);
});

test('1.8#6: a steady stream of slow operations keeps alerting at the limited rate', () => {
  const { tracker, seen } = make({ rate_limit: { per_second: 1 } });
  for (let i = 0; i < 1000; i++) {
    tracker.eventIn(1, i * 0.1e9);
    tracker.eventOut(1, i * 0.1e9 + 2 * MS);
  }
  assert.equal(seen.length, 100);
  assert.equal(tracker.statistics().rate_limited, 900);
  assert.equal(tracker.statistics().matched, 1000);
});

test('1.8#7: equal keys match whatever they are made of', () => {
  const { tracker } = make();
  tracker.eventIn(['co', 'okie'].join(''));
  assert.equal(tracker.eventOut('cookie'), Result.ok);
  tracker.eventIn('x'.repeat(5000));
  assert.equal(tracker.eventOut('x'.repeat(4999)), Result.notFound);
  assert.equal(tracker.eventOut('x'.repeat(5000)), Result.ok);
});

test('1.8#8: percentiles, not only an average', () => {
  const { tracker } = make();
  for (let i = 1; i <= 1000; i++) {
    tracker.eventIn(1, 0);
    tracker.eventOut(1, i * 1000);
  }
  const p99 = tracker.quantile_ns(0.99);
  assert.ok(p99 >= 990e3 && p99 <= 990e3 * (1 + 1 / 16));
  assert.equal(tracker.quantile_ns(1), 1000e3);
  assert.equal(tracker.histogram().total(), 1000);
  assert.ok(Number.isNaN(make().tracker.quantile_ns(0.5)));
});

test('1.8#9: what never ends fills the pool, which is counted, and collection frees it', () => {
  const { tracker, clock } = make({ gc_age_ns: 10 * MS });
  for (let key = 0; key < 15; key++) tracker.eventIn(key);
  assert.equal(tracker.statistics().skipped, 5);
  clock.now_ns = 30 * MS;
  tracker.poll();
  for (let key = 0; key < 10; key++) assert.equal(tracker.eventIn(key), Result.ok);
});

test('a clock that goes backwards is counted, and spoils no statistics', () => {
  const { tracker, seen } = make({ threshold_ns: 0 });
  tracker.eventIn(1, 1000);
  assert.equal(tracker.eventOut(1, 400), Result.ok);
  const s = tracker.statistics();
  assert.deepEqual([s.negative, s.matched, seen.length], [1, 1, 0]);
  assert.ok(Number.isNaN(s.min_ns));
  for (const at of [Number.NaN, Number.POSITIVE_INFINITY, 1e17]) assert.equal(tracker.eventIn(1, at), Result.badTime);
});

test('hostile keys that collide are bounded and counted, never lost or mixed up', () => {
  const seed = 12345;
  const capacity = 1000; // 4096 cells, chosen by the top 12 bits
  const keys: number[] = [];
  for (let key = 0; keys.length < 600; key++) if (mix(key ^ seed) >>> 20 === 7) keys.push(key);
  const { tracker } = make({ capacity, hash_seed: seed });
  const tracked = keys.filter((key) => tracker.eventIn(key, key) === Result.ok);
  assert.equal(tracked.length, 512); // MAX_PROBES
  assert.equal(tracker.statistics().crowded, 88);
  assert.equal(tracker.statistics().skipped, 0, 'the pool has room');
  assert.equal(tracker.eventIn(keys[0]!, 1), Result.ok); // the key is known: a duplicate has room
  for (const key of tracked) assert.equal(tracker.keyOf(tracker.find(key)), key);
  for (const key of keys.toReversed()) {
    assert.equal(tracker.eventOut(key, 2 ** 40), tracked.includes(key) ? Result.ok : Result.notFound);
  }
  assert.equal(tracker.pending, 0);
});

const digest = (i: number): string => createHash('sha256').update(String(i)).digest('hex');

/** A thousand keys that differ in one place. */
const ALIKE: readonly [string, (i: number) => string | bigint][] = [
  ['strings that differ only in the middle', (i) => `${'a'.repeat(100)}${i}${'b'.repeat(100)}`],
  [
    'strings of 4096 characters that differ in one',
    (i) => `${'a'.repeat(2000)}${String.fromCharCode(i + 256)}${'b'.repeat(2095)}`,
  ],
  ['longer ones, a digest in the middle', (i) => `${'x'.repeat(3000)}${digest(i)}${'y'.repeat(3000)}`],
  ['bigints that differ above the low 64 bits', (i) => (BigInt(i) << 64n) | 1n],
  ['bigints that differ far above', (i) => (BigInt(i) << 500n) | 1n],
  ['negative ones', (i) => -(BigInt(i) << 64n) - 1n],
];
for (const [what, keyOf] of ALIKE) {
  test(`all have room: ${what}`, () => {
    const { tracker } = make({ capacity: 10_000 });
    for (let i = 0; i < 1000; i++) assert.equal(tracker.eventIn(keyOf(i), 0), Result.ok, `${i}`);
    for (let i = 0; i < 1000; i++) assert.equal(tracker.eventOut(keyOf(i), 0), Result.ok, `${i}`);
    assert.deepEqual([tracker.statistics().crowded, tracker.statistics().skipped], [0, 0]);
  });
}

test('the high bits of a bigint count in its hash: 2^64 - 1 and -1 are two keys', () => {
  const { tracker } = make();
  tracker.eventIn(-1n, 0);
  assert.equal(tracker.eventOut(2n ** 64n - 1n, 0), Result.notFound);
  assert.equal(tracker.eventOut(-1n, 0), Result.ok);
});

test('worst is true or false, a quantile lies in 0 .. 1', () => {
  const { tracker } = make();
  for (const bad of ['no', 1, null]) {
    assert.throws(() => Object.assign(tracker, { worst: bad }), { code: 'TT_TRACKER_OPTION' });
  }
  tracker.worst = true;
  assert.equal(tracker.worst, true);
  for (const bad of [-0.1, 1.1, 99, Number.NaN, '0.5']) {
    assert.throws(() => tracker.quantile_ns(bad as number), { code: 'TT_TRACKER_OPTION' });
  }
  assert.ok(Number.isNaN(tracker.quantile_ns(0.5)));
});

test('options out of range are refused with their name', () => {
  for (const bad of [
    { capacity: 0 },
    { capacity: 2 ** 25 },
    { timeout_ns: -1 },
    { gc_age_ns: Number.NaN },
    { name: '' },
    { notify: 16 },
  ]) {
    assert.throws(
      () => make(bad),
      (e: Error) => (e as UsageError).code === 'TT_TRACKER_OPTION' && e.message.includes(Object.keys(bad)[0]!),
    );
  }
});

test(`${ALLOCATED_PAIRS / 1e6} M pairs allocate nothing, with any kind of key, with and without a timeout`, {
  timeout: 60_000,
}, () => {
  // A new space so large that nothing is collected meanwhile: growth of the heap is all that was allocated.
  const code = `import { LatencyTracker } from ${JSON.stringify(new URL('./index.js', import.meta.url).href)};
    const t = new LatencyTracker({ name: 'a', timeout_ns: TIMEOUT, timer: false });
    const keys = Array.from({ length: 1024 }, (_, i) => KEY);
    const pairs = (n) => {
      for (let i = 0; i < n; i++) { t.eventIn(keys[i & 1023], i * 50); t.eventOut(keys[i & 1023], i * 50 + 25.5); }
    };
    for (let i = 0; i < 40; i++) pairs(20_000);
    gc(); const before = process.memoryUsage().heapUsed; pairs(${ALLOCATED_PAIRS});
    console.log((process.memoryUsage().heapUsed - before) / ${ALLOCATED_PAIRS});`;
  const flags = ['--expose-gc', '--min-semi-space-size=512', '--max-semi-space-size=512', '--input-type=module', '-e'];
  const flat = 'Buffer.from("request " + i).toString("latin1")'; // a joined string is copied when first read
  for (const key of ['i * 7', 'i * 2 ** 33 + 0.5', flat, 'BigInt(i) << 40n']) {
    for (const timeout of ['0', '1e9']) {
      const program = code.replace('TIMEOUT', timeout).replace('KEY', key);
      const bytes = Number(execFileSync(process.execPath, [...flags, program]).toString());
      assert.ok(bytes < 1, `${bytes} bytes per pair, key ${key}, timeout ${timeout}`);
    }
  }
});
