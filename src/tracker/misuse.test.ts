/** What a newcomer gets wrong: the tracker says so, or bears it. Each was a fault once. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { Histogram } from '../base/histogram.ts';
import { MS, make } from './helper.test.ts';
import {
  AdaptiveThreshold,
  compoundKey,
  Flag,
  type Key,
  LatencyTracker,
  learnThreshold,
  packKey,
  RateLimiter,
  Result,
} from './index.ts';

/** Of any type, as JavaScript gives it. */
const anything = (value: unknown): never => value as never;

test('times of a wrong type are refused on all ways, and nothing throws', () => {
  const { tracker } = make();
  tracker.eventIn('there', 0);
  const handle = tracker.lastHandle;
  const times = [1n, Symbol('t'), '5', null, true, {}, [7], () => 7, Number.NaN, Infinity, -Infinity, 2 ** 54, -1e300];
  for (const time of times) {
    for (const key of [7, 'k', 'there', 5n]) {
      assert.equal(tracker.eventIn(key, anything(time)), Result.badTime);
      assert.equal(tracker.eventOut(key, anything(time)), Result.badTime);
    }
    assert.equal(tracker.eventOutHandle(handle, anything(time)), Result.badTime);
    tracker.poll(anything(time));
  }
  assert.equal(tracker.statistics().refused, times.length * 10);
  assert.equal(tracker.pending, 1);
  assert.equal(tracker.eventIn('before', -5), Result.ok); // any origin: negative is a time
  for (const bad of [1n, Symbol('h'), '7', null, undefined, {}]) {
    assert.equal(tracker.eventOutHandle(anything(bad), 1), Result.notFound);
    assert.equal(tracker.keyOf(anything(bad)), undefined);
    assert.equal(tracker.nextDuplicate(anything(bad)), 0);
  }
});

test('a clock that breaks later is refused, and the timer survives it', async () => {
  let answer: unknown = 0;
  const clock_ns = (): number => {
    if (answer === 'throw') throw new Error('no clock');
    return answer as number;
  };
  const tracker = new LatencyTracker({ name: 't', clock_ns, timeout_ns: 2 * MS });
  tracker.eventIn('k');
  for (const bad of ['throw', 1n, '5', undefined, Number.NaN]) {
    answer = bad;
    assert.equal(tracker.eventIn('k'), Result.badTime);
    assert.equal(tracker.eventOut('k'), Result.badTime);
    await new Promise((resolve) => setTimeout(resolve, 5)); // what the timer throws would end the process
  }
  assert.ok(tracker.statistics().refused >= 10);
  answer = 10 * MS;
  tracker.timeout_ns = 3 * MS;
  tracker.poll(20 * MS);
  assert.equal(tracker.statistics().timed_out, 1);
  tracker.close();
});

const CODE = 'TT_TRACKER_OPTION';

/** It throws the coded error, which names the option and has a next step. */
function refused(make: () => unknown, name: string): void {
  assert.throws(make, (e: Error & { code?: string; next?: string }) => {
    assert.equal(e.code, CODE, String(e));
    assert.ok(e.message.includes(name), e.message);
    assert.ok((e.next ?? '') !== '', e.message);
    return true;
  });
}

test('wrong options of any kind are told by name, with what to give', () => {
  const wrong: [string, unknown][] = [
    ['callback', 5],
    ['callback', {}],
    ['threshold_ns', '5'],
    ['threshold_ns', 5n],
    ['threshold_ns', Number.NaN],
    ['timeout_ns', '1s'],
    ['gc_age_ns', []],
    ['capacity', '10'],
    ['capacity', 1.5],
    ['name', undefined],
    ['name', 7],
    ['name', 'x'.repeat(65)],
    ['unique', 1],
    ['worst', 'yes'],
    ['enabled', 'no'],
    ['timer', 0],
    ['notify', '1'],
    ['hash_seed', 3n],
    ['rate_limit', 5],
    ['per_second', undefined],
    ['clock_ns', 1],
    ['clock_ns', process.hrtime.bigint],
    ['clock_ns', () => Date.now() * 1e6],
    [
      'clock_ns',
      () => {
        throw new Error('mine');
      },
    ],
  ];
  for (const [name, value] of wrong) {
    const options = name === 'per_second' ? { rate_limit: { burst: 1 } } : { [name]: value };
    refused(() => new LatencyTracker(anything({ name: 't', timer: false, ...options })), name);
  }
  for (const nothing of [undefined, null, 'name', 7, []])
    refused(() => new LatencyTracker(anything(nothing)), 'options');
  refused(() => new LatencyTracker(anything({ name: 't', treshold_ns: 5 })), "did you mean 'threshold_ns'?");
  const { tracker } = make();
  for (const name of ['threshold_ns', 'timeout_ns', 'gc_age_ns', 'callback']) {
    refused(() => Object.assign(tracker, { [name]: '5' }), name);
  }
  assert.equal(tracker.threshold_ns, 1 * MS);
});

test('the same of rate limiters and learned thresholds', () => {
  for (const nothing of [undefined, null, 5]) refused(() => new RateLimiter(anything(nothing)), 'options');
  refused(() => new RateLimiter(anything({ per_second: '5' })), 'per_second');
  refused(() => new RateLimiter(anything({ per_second: 5, bursts: 1 })), "did you mean 'burst'?");
  const limiter = new RateLimiter({ per_second: 1 });
  for (const time of [1n, '5', Symbol('t'), Number.NaN, -Infinity]) assert.equal(limiter.allow(anything(time)), false);
  assert.equal(limiter.limited, 5);

  const { tracker } = make();
  for (const nothing of [undefined, null, {}, 5]) refused(() => learnThreshold(anything(nothing)), 'learnThreshold');
  refused(() => learnThreshold(tracker, anything(5)), 'options');
  refused(() => learnThreshold(tracker, anything({ quantil: 0.9 })), "did you mean 'quantile'?");
  refused(() => learnThreshold(tracker, {}, anything('no')), 'timer');
  for (const [name, value] of [
    ['quantile', '0.9'],
    ['floor_ns', 5n],
    ['ceiling_ns', '1s'],
    ['initial_ns', -1],
    ['window_ns', 0],
    ['onChange', 5],
    ['clock_ns', 'now'],
  ] as const) {
    refused(() => new AdaptiveThreshold(anything({ [name]: value })), name);
  }
  const adaptive = new AdaptiveThreshold();
  for (const nothing of [undefined, null, 5, {}, [1, 2]]) refused(() => adaptive.feed(anything(nothing)), 'feed');
  adaptive.feed(new Histogram());
  adaptive.record(5, anything(7)); // where values come fast nothing is thrown
  assert.equal(adaptive.ignored, 1);
  for (const bad of [1n, '5', Symbol('d'), -1, Number.NaN]) adaptive.record(anything(bad));
  assert.equal(adaptive.class()?.ignored, 5);
});

test('callbacks that throw, or reject later, end nothing', async () => {
  const { tracker } = make({ threshold_ns: 0 });
  tracker.callback = async () => {
    throw new Error('later');
  };
  tracker.eventIn(1, 0);
  tracker.eventOut(1, 5);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(tracker.statistics().callback_errors, 1);
  assert.equal((tracker.lastCallbackError as Error).message, 'later');

  let now_ns = 0;
  const onChange = (): never => {
    throw new Error('mine');
  };
  const options = { quantile: 0.5, train_ns: 0, floor_ns: 0, clock_ns: () => now_ns, onChange };
  const { adaptive, update, stop } = learnThreshold(tracker, options, false);
  for (let i = 0; i < 100; i++) {
    tracker.eventIn(1, 0);
    tracker.eventOut(1, 1000);
  }
  now_ns = 1e9;
  update();
  assert.equal(adaptive.callback_errors, 1);
  assert.equal(adaptive.states()[0]?.state, 'learned');
  stop();
});

test('lastHandle is never that of another operation', () => {
  const { tracker } = make({ capacity: 1 });
  tracker.eventIn('first', 0);
  assert.notEqual(tracker.lastHandle, 0);
  assert.equal(tracker.eventIn('second', 0), Result.full);
  assert.equal(tracker.lastHandle, 0);
});

test('keys that do not fit are bad keys, not those of others', () => {
  assert.equal(packKey(2 ** 21 - 1, 2 ** 32 - 1), 2 ** 53 - 1);
  const { tracker } = make();
  for (const [high, low] of [
    [2 ** 21, 0],
    [0, 2 ** 32],
    [-1, 0],
    [0, -1],
    [0.5, 0],
    [1, 0.5],
    [1n, 0],
    ['1', 2],
    [NaN, 0],
  ]) {
    assert.equal(tracker.eventIn(packKey(anything(high), anything(low)), 0), Result.badKey, `${high}, ${low}`);
  }
  for (const part of [{}, undefined, null, true, Symbol('s'), [1]]) {
    assert.equal(tracker.eventIn(compoundKey('a', part as unknown as Key), 0), Result.badKey);
  }
});

test('a clock that leaps back an hour does not silence timeouts for an hour', () => {
  const { tracker, seen, clock } = make({ timeout_ns: 100 * MS });
  clock.now_ns = 3600e9;
  tracker.poll();
  clock.now_ns = 0;
  tracker.eventIn('a');
  for (; clock.now_ns <= 200 * MS; clock.now_ns += 10 * MS) tracker.poll();
  assert.deepEqual(
    seen.map((e) => e.flag),
    [Flag.timeout],
  );
});

test('an uncaught mistake prints its next step', () => {
  const code = `import { LatencyTracker } from ${JSON.stringify(new URL('./index.js', import.meta.url).href)};
    try { new LatencyTracker({ name: 'x', callbak: 1 }); } catch (e) { console.log(e.format()); }`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', code], { timeout: 5000 }).toString();
  assert.match(text, /^error TT_TRACKER_OPTION: .*'callbak'.*\n +at callbak\n +next: did you mean 'callback'\?/);
});
