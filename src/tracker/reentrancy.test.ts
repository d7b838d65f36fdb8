/** Callbacks and readers that act on the tracker: one by one what acting.test.ts does at random. Each was a fault once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MS, make } from './helper.test.ts';
import { Flag, Result } from './index.ts';

test('a timeout callback that begins the operation again with its old begin: poll ends', { timeout: 5000 }, () => {
  for (const again of ['eventOut', 'clear'] as const) {
    const { tracker, clock } = make({ timeout_ns: 10 * MS, gc_age_ns: 40 * MS });
    let told = 0;
    tracker.callback = (e) => {
      if (e.flag === Flag.normal || ++told > 1000) return;
      if (again === 'eventOut') tracker.eventOut(e.key);
      else tracker.clear();
      assert.equal(tracker.eventIn(e.key, e.begin_ns), Result.ok);
    };
    tracker.eventIn('job', 0);
    for (const at_ns of [20 * MS, 60 * MS, 9e12]) {
      const before = told;
      clock.now_ns = at_ns;
      tracker.poll();
      assert.equal(told, before + 1, 'once a poll');
    }
    assert.equal(tracker.pending, 1);
  }
});

test('a callback of a poll that changes the ages, or switches off, is obeyed at once', () => {
  // Ticks of 1 ms when the poll begins and of 134 ms afterwards: nothing is collected early.
  const { tracker, seen, clock } = make({ timeout_ns: 10 * MS });
  tracker.callback = (e) => {
    seen.push({ ...e });
    tracker.timeout_ns = 20e9;
    tracker.gc_age_ns = 100e9;
  };
  clock.now_ns = 1e12;
  tracker.eventIn('a');
  clock.now_ns += 20 * MS;
  tracker.poll();
  assert.equal(tracker.pending, 1);
  assert.equal(tracker.statistics().collected, 0);

  const other = make({ timeout_ns: 10 * MS });
  let told = 0;
  other.tracker.callback = () => {
    told++;
    other.tracker.disable(false);
  };
  for (let key = 0; key < 5; key++) other.tracker.eventIn(key);
  for (let round = 1; round <= 5; round++) {
    other.clock.now_ns += 20 * MS;
    other.tracker.poll();
    other.tracker.poll(); // off: nothing
    assert.equal(told, round);
    other.tracker.enable();
  }
});

test('a callback whose own work is tracked, and reported, does not overflow the stack', () => {
  const { tracker } = make({ threshold_ns: 0, capacity: 1000 });
  let told = 0;
  tracker.callback = () => {
    told++;
    tracker.eventIn('log', 0);
    tracker.eventOut('log', 1);
  };
  tracker.eventIn('work', 0);
  assert.equal(tracker.eventOut('work', 1), Result.ok);
  assert.deepEqual([told, tracker.statistics().nested, tracker.pending], [8, 1, 0]);
  assert.equal(tracker.statistics().callback_errors, 0);
});

test('iterating duplicates ends, and skips none, whatever the reader does', { timeout: 5000 }, () => {
  const { tracker } = make({ capacity: 100 });
  for (let i = 0; i < 4; i++) tracker.eventIn('k', i);
  const begins: number[] = [];
  for (const handle of tracker.duplicates('k')) {
    begins.push(tracker.begin_ns(handle));
    tracker.eventOutHandle(handle, 10);
    tracker.eventIn('k', 10 + begins.length);
    if (begins.length === 1) tracker.eventOutHandle(tracker.find('k'), 10); // the next one
  }
  assert.deepEqual(begins, [0, 2, 3]);
  assert.equal(tracker.pending, 3);
});
