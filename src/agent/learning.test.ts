import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../base/histogram.ts';
import { Learning, learnedClasses } from './learning.ts';

const MS = 1e6;

/** A kernel tracker as far as learning sees it. */
function fakeTracker(name = 'wakeup', classes = ['wait']) {
  const totals = classes.map(() => new Histogram());
  const config = { threshold_ns: 10 * MS };
  const histogram = (cls: number): Histogram => new Histogram(totals[cls]!.counts.slice());
  return { object: { spec: { name, classes }, config, histogram }, totals, config };
}

function setUp(): { learning: Learning; lines: string[]; second: () => void } {
  const lines: string[] = [];
  let now_ns = 0;
  const learning = new Learning(
    (line) => lines.push(line),
    () => now_ns,
  );
  const second = (): void => {
    now_ns += 1e9;
    learning.update();
  };
  return { learning, lines, second };
}

test('what the kernel counted becomes its threshold; the end of training and notable changes are told', (t) => {
  const { learning, lines, second } = setUp();
  t.after(() => learning.close());
  const { object, totals, config } = fakeTracker();
  for (let i = 0; i < 1e4; i++) totals[0]!.record(900 * MS); // before learning began: not learned from
  learning.set(object, 10 * MS, { quantile: 0.99, factor: 2, train_ns: 10e9 });
  const load = (value_ns: number, seconds: number): void => {
    for (let s = 0; s < seconds; s++) {
      for (let i = 0; i < 500; i++) totals[0]!.record(value_ns);
      second();
    }
  };
  load(3 * MS, 5);
  assert.equal(config.threshold_ns, 10 * MS);
  assert.match(JSON.stringify(learning.state('wakeup')), /"state":"training".*"values":2500,"values_needed":1000/);
  load(3 * MS, 10);
  assert.ok(Math.abs(config.threshold_ns / (6 * MS) - 1) < 0.07, `${config.threshold_ns}`);
  assert.match(JSON.stringify(learning.state('wakeup')), /"state":"learned".*"changes":1/);
  load(12 * MS, 30);
  assert.equal(lines.length, 1, 'it moves, but the last line is younger than a minute');
  load(12 * MS, 90);
  assert.ok(Math.abs(config.threshold_ns / (24 * MS) - 1) < 0.12, `${config.threshold_ns}`);
  assert.match(
    lines[0]!,
    /^wakeup: learned threshold [56]\.\d\d ms: 99 % of its operations take at most [23]\.\d\d ms$/,
  );
  assert.match(lines[1]!, /^wakeup: learned threshold 2\d\.\d ms \(was [56]\.\d\d ms\): /);
  assert.equal(lines.length, 2);
});

test('reading the same configuration again keeps what was learned; another one, or none, does not', (t) => {
  const { learning, second } = setUp();
  t.after(() => learning.close());
  const { object, totals, config } = fakeTracker();
  learning.set(object, 10 * MS, { quantile: 0.9, train_ns: 0 });
  for (let i = 0; i < 1000; i++) totals[0]!.record(3 * MS);
  second();
  const learned_ns = config.threshold_ns;
  assert.notEqual(learned_ns, 10 * MS);
  config.threshold_ns = 10 * MS; // as the agent does when it applies a configuration
  learning.set(object, 10 * MS, { quantile: 0.9, train_ns: 0 });
  assert.equal(config.threshold_ns, learned_ns);
  config.threshold_ns = 10 * MS;
  learning.set(object, 10 * MS, { quantile: 0.5, train_ns: 0 });
  assert.equal(config.threshold_ns, 10 * MS);
  learning.set(object, 10 * MS, undefined);
  assert.equal(learning.state('wakeup'), null);
});

test('only what is compared with the threshold is learned from', () => {
  const names = ['disk', 'runnable', 'interruptible', 'other'];
  assert.deepEqual(learnedClasses({ name: 'block', classes: ['total', 'queue', 'device'] }, undefined), [0]);
  assert.deepEqual(learnedClasses({ name: 'offcpu', classes: names }, undefined), [0, 1]);
  assert.deepEqual(learnedClasses({ name: 'offcpu', classes: names }, ['other']), [3]);
  assert.deepEqual(learnedClasses({ name: 'softirq', classes: ['raise', 'run'] }, undefined), [0, 1]);
});

test('a tracker that cannot be read any more ends its learning, not the agent', (t) => {
  const { learning, lines, second } = setUp();
  t.after(() => learning.close());
  const { object } = fakeTracker();
  learning.set(object, 10 * MS, {});
  object.histogram = () => {
    throw new Error('unmapped');
  };
  second();
  assert.match(lines[0]!, /no longer learned: unmapped/);
  assert.equal(learning.state('wakeup'), null);
});
