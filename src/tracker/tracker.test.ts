import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { MS, make } from './helper.test.ts';
import { ALL_FLAGS, compoundKey, Flag, LatencyTracker, packKey, Result } from './index.ts';

test('one slow operation is reported with all that is known of it', () => {
  const { tracker, seen, clock } = make();
  clock.now_ns = 5;
  assert.equal(tracker.eventIn('a', undefined, { user: 7 }), Result.ok);
  clock.now_ns = 5 + 2 * MS;
  assert.equal(tracker.eventOut('a', undefined, 42), Result.ok);
  const { handle, ...event } = seen[0]!;
  assert.deepEqual(event, {
    tracker: 'test',
    flag: Flag.normal,
    key: 'a',
    begin_ns: 5,
    end_ns: 5 + 2 * MS,
    delay_ns: 2 * MS,
    threshold_ns: 1 * MS,
    out_id: 42,
    data: { user: 7 },
    suppressed: 0,
  });
  assert.ok(handle > 0);
  tracker.eventIn('a');
  clock.now_ns += 1 * MS; // at the threshold, not above it
  tracker.eventOut('a');
  assert.equal(seen.length, 1);
});

test('keys: types are distinct, -0 is 0, NaN and others are refused', () => {
  const { tracker } = make();
  for (const key of [1, 1n, '1', 0.1, 2 ** 40, -(2n ** 70n), 2n ** 70n, '', Number.POSITIVE_INFINITY]) {
    assert.equal(tracker.eventIn(key), Result.ok);
  }
  assert.equal(tracker.pending, 9);
  for (const key of [1, 1n, '1', 0.1, 2 ** 40, -(2n ** 70n), 2n ** 70n, '', Number.POSITIVE_INFINITY]) {
    assert.equal(tracker.keyOf(tracker.find(key)), key);
    assert.equal(tracker.eventOut(key), Result.ok, `${key}`);
    assert.equal(tracker.eventOut(key), Result.notFound, `${key}`);
  }
  tracker.eventIn(-0);
  assert.equal(tracker.eventOut(0), Result.ok);
  for (const key of [Number.NaN, null, undefined, {}, true]) {
    assert.equal(tracker.eventIn(key as number), Result.badKey);
    assert.equal(tracker.eventOut(key as number), Result.badKey);
    assert.equal(tracker.find(key as number), 0);
  }
  assert.equal(tracker.statistics().refused, 10);
  assert.notEqual(compoundKey('a', 'bc'), compoundKey('ab', 'c'));
  assert.notEqual(compoundKey(1, 2), compoundKey('1', 2));
  assert.notEqual(compoundKey(1, 2), compoundKey(1n, 2));
  assert.equal(packKey(3, 5), 3 * 2 ** 32 + 5);
});

test('a chain keeps its origin', () => {
  const { tracker, seen } = make();
  tracker.eventIn('irq', 100);
  const origin_ns = tracker.begin_ns(tracker.find('irq'));
  tracker.eventOut('irq', 300);
  tracker.eventIn('wakeup', origin_ns);
  tracker.eventOut('wakeup', 100 + 3 * MS);
  assert.equal(seen[0]!.delay_ns, 3 * MS);
});

test('duplicates: iterate, end one by handle, end the rest', () => {
  const { tracker, seen } = make({ threshold_ns: 0 });
  const handles = [1, 2, 3, 4].map((at) => {
    tracker.eventIn('k', at, `d${at}`);
    return tracker.lastHandle;
  });
  assert.deepEqual([...tracker.duplicates('k')], handles);
  assert.deepEqual(
    handles.map((h) => tracker.dataOf(h)),
    ['d1', 'd2', 'd3', 'd4'],
  );
  assert.equal(tracker.eventOutHandle(handles[2]!, 10), Result.ok);
  assert.equal(tracker.eventOutHandle(handles[2]!, 10), Result.notFound);
  assert.equal(tracker.eventOutHandle(handles[0]!, 11), Result.ok);
  assert.equal(tracker.eventOutHandle(handles[3]!, 12), Result.ok);
  assert.equal(tracker.setData(handles[1]!, 'new'), true);
  assert.equal(tracker.eventOut('k', 13), Result.ok);
  assert.deepEqual(
    seen.map((e) => e.data),
    ['d3', 'd1', 'd4', 'new'],
  );
  for (const handle of [0, -1, 0.5, Number.NaN, 2 ** 60, handles[1]!]) {
    assert.equal(tracker.keyOf(handle), undefined);
    assert.equal(tracker.setData(handle, 1), false);
  }
});

test('unique replaces and reports the old one', () => {
  const { tracker, seen } = make({ unique: true, capacity: 1 });
  tracker.eventIn(7, 10, 'old');
  assert.equal(tracker.eventIn(7, 30, 'new'), Result.ok); // with a full pool
  assert.equal(tracker.pending, 1);
  assert.deepEqual([seen[0]!.flag, seen[0]!.delay_ns, seen[0]!.data], [Flag.unique, 20, 'old']);
  assert.equal(tracker.eventIn(7, 40, undefined, false), Result.full);
  tracker.eventOut(7, 50);
  assert.equal(tracker.statistics().max_ns, 20);
});

test('an event that timed out stays: one timeout, then one normal end, whatever the threshold', () => {
  const { tracker, seen, clock } = make({ timeout_ns: 10 * MS, threshold_ns: Number.POSITIVE_INFINITY });
  tracker.eventIn(1);
  for (clock.now_ns = 0; clock.now_ns < 100 * MS; clock.now_ns += MS) tracker.poll();
  assert.deepEqual(
    seen.map((e) => e.flag),
    [Flag.timeout],
  );
  assert.ok(seen[0]!.delay_ns >= 10 * MS && seen[0]!.delay_ns <= 10 * MS + 2 * tracker.tick_ns);
  assert.equal(tracker.begin_ns(seen[0]!.handle), 0); // the handle is good
  tracker.eventOut(1);
  assert.deepEqual(
    seen.map((e) => e.flag),
    [Flag.timeout, Flag.normal],
  );
  assert.equal(tracker.eventOut(1), Result.notFound);
  const s = tracker.statistics();
  assert.deepEqual([s.timed_out, s.matched, s.over_threshold], [1, 1, 0]);
});

test('threshold and timeout change live, for what is in flight too', () => {
  const { tracker, seen, clock } = make({ timeout_ns: 1e12 });
  tracker.eventIn(1);
  tracker.eventIn(2);
  clock.now_ns = 20 * MS;
  tracker.timeout_ns = 5 * MS;
  clock.now_ns = 25 * MS;
  tracker.poll();
  assert.equal(seen.length, 2);
  tracker.timeout_ns = 0;
  tracker.eventIn(3);
  clock.now_ns = 1e12;
  tracker.poll();
  assert.equal(seen.length, 2);
  tracker.threshold_ns = Number.POSITIVE_INFINITY;
  tracker.eventOut(3);
  assert.equal(seen.length, 2);
  assert.throws(() => {
    tracker.threshold_ns = -1;
  }, /threshold_ns is -1; give a number of nanoseconds/);
});

test('worst so far', () => {
  const { tracker, seen } = make({ worst: true, threshold_ns: 0 });
  for (const delay of [5, 3, 5, 9, 8, 10]) {
    tracker.eventIn(1, 0);
    tracker.eventOut(1, delay);
  }
  assert.deepEqual(
    seen.map((e) => [e.delay_ns, e.threshold_ns]),
    [
      [5, 0],
      [9, 5],
      [10, 9],
    ],
  );
  assert.equal(tracker.threshold_ns, 10);
});

test('switching off keeps or clears, and answers disabled', () => {
  const { tracker } = make();
  tracker.eventIn(1, 0);
  tracker.disable(false);
  assert.equal(tracker.eventIn(2, 0), Result.disabled);
  assert.equal(tracker.eventOut(1, 0), Result.disabled);
  tracker.enable();
  assert.equal(tracker.eventOut(1, 5), Result.ok);
  tracker.eventIn(1, 0);
  tracker.disable();
  assert.equal(tracker.pending, 0);
  tracker.enable(true);
  assert.deepEqual([tracker.statistics().cleared, tracker.statistics().tracked], [0, 0]);
  tracker.eventIn(1, 0);
  assert.equal(tracker.close(), 1);
  tracker.enable();
  assert.equal(tracker.enabled, false);
});

test('a callback may do anything, and its errors are counted', () => {
  const { tracker, clock } = make({ capacity: 4, timeout_ns: 5 * MS, gc_age_ns: 50 * MS, threshold_ns: 0 });
  const seen: string[] = [];
  tracker.callback = (event) => {
    seen.push(`${event.flag}:${event.key}:${event.data}`);
    if (event.key === 'outer' && event.data === 1) {
      tracker.eventOut('inner', 100); // reports within a report
      tracker.eventIn('outer', 0, 3); // the key that is being ended
    }
    if (event.key === 'late') tracker.eventOut('late');
    if (event.key === 'clear') tracker.clear();
    assert.equal(seen.at(-1)?.endsWith(`${event.data}`) || event.key === 'outer', true);
    if (event.key === 'throw') throw new Error('mine');
  };
  tracker.eventIn('outer', 0, 1);
  tracker.eventIn('outer', 0, 2);
  tracker.eventIn('inner', 0, 9);
  tracker.eventOut('outer', 50);
  assert.deepEqual(seen, ['1:outer:1', '1:inner:9', '1:outer:2']);
  assert.equal(tracker.dataOf(tracker.find('outer')), 3);
  tracker.clear();
  seen.length = 0;
  tracker.eventIn('late', 0);
  tracker.eventIn('clear', 0);
  tracker.eventIn('x', 0);
  clock.now_ns = 60 * MS;
  tracker.poll();
  assert.equal(tracker.pending, 0);
  assert.deepEqual(seen, ['2:late:undefined', '1:late:undefined', '2:clear:undefined']);
  tracker.eventIn('throw', 0);
  assert.equal(tracker.eventOut('throw', 60 * MS), Result.ok);
  assert.equal(tracker.statistics().callback_errors, 1);
  assert.equal((tracker.lastCallbackError as Error).message, 'mine');
});

test('notify chooses the flags; the rate limiter counts what it holds back', () => {
  const { tracker, seen } = make({
    notify: ALL_FLAGS & ~Flag.unique,
    unique: true,
    rate_limit: { per_second: 1 },
    threshold_ns: 0,
  });
  tracker.eventIn(1, 0);
  tracker.eventIn(1, 1);
  for (let i = 1; i <= 4; i++) {
    tracker.eventOut(1, i * 0.4e9);
    tracker.eventIn(1, i * 0.4e9);
  }
  assert.deepEqual(
    seen.map((e) => e.suppressed),
    [0, 2],
  );
  assert.equal(tracker.statistics().rate_limited, 2);
  assert.equal(tracker.statistics().over_threshold, 4);
});

test('the timer runs by itself, holds no process, and is off when unused', async () => {
  const flags: number[] = [];
  const tracker = new LatencyTracker({ name: 't', timeout_ns: 3 * MS, callback: (e) => flags.push(e.flag) });
  tracker.eventIn('never ends');
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.deepEqual(flags, [Flag.timeout]);
  tracker.close();
  const code = `import { LatencyTracker } from ${JSON.stringify(new URL('./index.js', import.meta.url).href)};
    new LatencyTracker({ name: 'x', timeout_ns: 1e9 }).eventIn(1);`;
  execFileSync(process.execPath, ['--input-type=module', '-e', code], { timeout: 5000 });
});
