import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { Histogram } from '../base/histogram.ts';
import { type AdaptiveOptions, AdaptiveThreshold, type ThresholdChange } from './adaptive.ts';
import { learnThreshold } from './follow.ts';
import { Random } from './random.test.data.ts';
import { fineBucketOf, RecentDelays } from './recent.ts';
import { LatencyTracker } from './tracker.ts';

const S = 1e9;
const MS = 1e6;
const OPEN: AdaptiveOptions = { factor: 1, floor_ns: 0, ceiling_ns: Number.POSITIVE_INFINITY };

/** Normal quantiles, from a table. */
const Z99 = 2.326348;
const Z999 = 3.090232;

/** A learner on a clock of its own, and `seconds` of values a second from a source that may depend on the time. */
function learner(options: AdaptiveOptions): {
  adaptive: AdaptiveThreshold;
  changes: (ThresholdChange & { at_s: number })[];
  run(seconds: number, perSecond: number, next: (now_s: number) => number, seen?: (v: number) => void): void;
} {
  let now_s = 0;
  const changes: (ThresholdChange & { at_s: number })[] = [];
  const adaptive = new AdaptiveThreshold({
    ...options,
    onChange: (change) => changes.push({ ...change, at_s: now_s }),
  });
  return {
    adaptive,
    changes,
    run(seconds, perSecond, next, seen) {
      for (const end = now_s + seconds; now_s < end; ) {
        for (let i = 0; i < perSecond; i++) {
          const value = next(now_s);
          seen?.(value);
          adaptive.record(value);
        }
        adaptive.update(++now_s * S);
      }
    },
  };
}

function near(actual: number, expected: number, share: number, what = ''): void {
  const off = actual / expected - 1;
  assert.ok(Math.abs(off) <= share, `${what} ${actual} is ${(off * 100).toFixed(2)} % off ${expected}`);
}

test('log-normal: the learned quantile is within 2 % of the true one after training', () => {
  for (const [seed, median_ns, sigma] of [
    [1, 5 * MS, 0.5],
    [2, 80e3, 1],
    [3, 3 * S, 0.3],
  ] as const) {
    const random = new Random(seed);
    const { adaptive, run } = learner({ ...OPEN, quantile: 0.99 });
    run(61, 20_000, () => random.logNormal(median_ns, sigma));
    assert.equal(adaptive.states()[0]!.state, 'learned');
    near(adaptive.threshold_ns(), median_ns * Math.exp(sigma * Z99), 0.02);
  }
  const random = new Random(4);
  const { adaptive, run } = learner({ ...OPEN, quantile: 0.999 });
  run(61, 20_000, () => random.logNormal(5 * MS, 0.5));
  near(adaptive.threshold_ns(), 5 * MS * Math.exp(0.5 * Z999), 0.02, 'p99.9');
});

test('bimodal: within 2 %, in either mode; equal delays are exact to a bucket of 1/64', () => {
  const random = new Random(5);
  const mixed = (): number => (random.uniform() < 0.95 ? random.logNormal(200e3, 0.3) : random.logNormal(20 * MS, 0.1));
  const { adaptive, run } = learner({ ...OPEN, quantile: 0.99 });
  run(61, 20_000, mixed);
  // P(X > x) = 0.01 lies in the slow mode, at its own 80 %.
  near(adaptive.threshold_ns(), 20 * MS * Math.exp(0.1 * 0.841621), 0.02);
  const fast = learner({ ...OPEN, quantile: 0.9 });
  fast.run(61, 20_000, mixed);
  near(fast.adaptive.threshold_ns(), 200e3 * Math.exp(0.3 * 1.62), 0.02);
  for (const equal_ns of [1_030_000, 4_000_000, 65_535, 777]) {
    const constant = learner({ ...OPEN, quantile: 0.99, train_ns: 1 * S });
    constant.run(2, 2000, () => equal_ns);
    near(constant.adaptive.threshold_ns(), equal_ns, 1 / 64);
  }
});

test('drifting: the learned quantile is that of half a window ago, within 2 %', () => {
  const random = new Random(6);
  const median_ns = (now_s: number): number => 5 * MS * 1.0005 ** now_s; // 3 % a minute
  const { adaptive, run } = learner({ ...OPEN, quantile: 0.99, hysteresis: 0 });
  run(60, 10_000, (s) => random.logNormal(median_ns(s), 0.5));
  for (let minute = 2; minute <= 5; minute++) {
    run(60, 10_000, (s) => random.logNormal(median_ns(s), 0.5));
    const learned_ns = adaptive.states()[0]!.quantile_ns;
    near(learned_ns, median_ns(minute * 60 - 30) * Math.exp(0.5 * Z99), 0.02, `minute ${minute}`);
    near(adaptive.threshold_ns(), learned_ns, 0.03, 'the threshold in force');
  }
});

test('false alarms: 1 - q of all with factor 1, the tail beyond with factor 2', () => {
  for (const { factor, sigma, rate } of [
    { factor: 1, sigma: 0.5, rate: 0.01 },
    // 2 x the 99 % quantile of sigma 0.5 lies at z = 2.3263 + ln 2 / 0.5 = 3.7126: 1 - Phi(z) = 1.026e-4
    { factor: 2, sigma: 0.5, rate: 1.026e-4 },
  ]) {
    const random = new Random(7);
    const { adaptive, run, changes } = learner({ ...OPEN, quantile: 0.99, factor });
    const next = (): number => random.logNormal(5 * MS, sigma);
    run(60, 10_000, next);
    let alarms = 0;
    run(300, 10_000, next, (value) => {
      if (value > adaptive.threshold_ns()) alarms++;
    });
    // The learned quantile is within 2 %, which moves the rate by at most 12 and 17 %; 306 expected alarms add noise.
    near(alarms / 3e6, rate, factor === 1 ? 0.12 : 0.35, `factor ${factor}`);
    assert.equal(changes.length, 1, 'steady load: the threshold does not flap');
  }
});

test('steady but sparse values: no flapping either', () => {
  const random = new Random(8);
  const { run, changes } = learner({ ...OPEN, quantile: 0.99 });
  run(1800, 20, () => random.logNormal(5 * MS, 1));
  assert.ok(changes.length <= 3, `${changes.length} changes in half an hour`);
});

test('a step is followed within the window and one update, up and down', () => {
  const random = new Random(9);
  const { adaptive, run, changes } = learner({ ...OPEN, quantile: 0.99 });
  const at = (median_ns: number) => () => random.logNormal(median_ns, 0.5);
  run(130, 5000, at(5 * MS));
  run(5, 5000, at(20 * MS));
  assert.ok(adaptive.threshold_ns() > 30 * MS, 'upwards it moves within seconds');
  run(61 - 5, 5000, at(20 * MS));
  near(adaptive.states()[0]!.quantile_ns, 20 * MS * Math.exp(0.5 * Z99), 0.02, 'up');
  near(adaptive.threshold_ns(), 20 * MS * Math.exp(0.5 * Z99), 0.12, 'up: in force');
  run(37, 5000, at(20 * MS)); // so that the step down is at another place in a slice
  run(61, 5000, at(2 * MS));
  near(adaptive.states()[0]!.quantile_ns, 2 * MS * Math.exp(0.5 * Z99), 0.02, 'down');
  near(adaptive.threshold_ns(), 2 * MS * Math.exp(0.5 * Z99), 0.12, 'down: in force');
  assert.ok(changes.length < 20);
});

test('rare values make the window longer, not emptier', () => {
  const random = new Random(10);
  const { adaptive, run } = learner({ ...OPEN, quantile: 0.99 });
  run(300, 2, () => random.logNormal(5 * MS, 0.1));
  assert.equal(adaptive.states()[0]!.state, 'training', '600 of 1000 values');
  run(3000, 2, () => random.logNormal(5 * MS, 0.1));
  assert.ok(adaptive.states()[0]!.count >= adaptive.needed);
  // Documented: 4/3 of the needed values after the step, here 667 s.
  run(670, 2, () => random.logNormal(50 * MS, 0.1));
  near(adaptive.threshold_ns(), 50 * MS * Math.exp(0.1 * Z99), 0.12);
});

test('floor, ceiling, and the initial threshold while training', () => {
  const { adaptive, run } = learner({ quantile: 0.99, floor_ns: 1 * MS, ceiling_ns: 10 * MS, initial_ns: 7 * MS });
  assert.equal(adaptive.threshold_ns(), 7 * MS);
  run(59, 1000, () => 5000);
  assert.equal(adaptive.threshold_ns(), 7 * MS);
  run(3, 1000, () => 5000);
  assert.equal(adaptive.threshold_ns(), 1 * MS);
  run(70, 1000, () => 8 * MS);
  assert.equal(adaptive.threshold_ns(), 10 * MS);
});

test('classes learn apart; what there is no room for is refused, counted, and gets in when another has gone', () => {
  const adaptive = new AdaptiveThreshold({ ...OPEN, quantile: 0.9, train_ns: 0, max_classes: 2 });
  for (let i = 0; i < 1000; i++) {
    adaptive.record(1 * MS, 'a');
    adaptive.record(4 * MS, 'b');
    adaptive.record(9 * MS, 'c');
  }
  adaptive.update(1 * S);
  near(adaptive.threshold_ns('a'), 1 * MS, 1 / 64);
  near(adaptive.threshold_ns('b'), 4 * MS, 1 / 64);
  assert.equal(adaptive.threshold_ns('c'), Number.POSITIVE_INFINITY);
  assert.equal(adaptive.refused, 1000);
  adaptive.record(1 * MS, 'a');
  adaptive.record(1 * MS, 'c');
  adaptive.update(62 * S);
  assert.notEqual(adaptive.class('c'), null, 'b was silent for a window');
});

test('kernel trackers: histograms of the base layout, within 2 % where the density is smooth', () => {
  const random = new Random(11);
  for (const sigma of [0.3, 0.5, 1]) {
    const adaptive = new AdaptiveThreshold({ ...OPEN, quantile: 0.99 });
    const total = new Histogram();
    let before = new Histogram();
    for (let s = 1; s <= 61; s++) {
      for (let i = 0; i < 10_000; i++) total.record(random.logNormal(7 * MS, sigma));
      adaptive.feed(total.since(before));
      before = new Histogram(total.counts.slice());
      adaptive.update(s * S);
    }
    near(adaptive.threshold_ns(), 7 * MS * Math.exp(sigma * Z99), 0.02, `sigma ${sigma}`);
  }
});

test('small deltas are spread over the finer buckets without a bias', () => {
  const recent = new RecentDelays();
  const one = new Histogram();
  one.record(1 * MS); // bucket 983040 .. 1015807
  for (let i = 0; i < 4000; i++) recent.add(one);
  assert.equal(recent.count, 4000);
  near(recent.quantile_ns(0.5), (983_040 + 1_015_808) / 2, 0.001);
  assert.equal(fineBucketOf(2 ** 42 - 1) + 1, fineBucketOf(2 ** 42));
});

test('a tracker learns from its own delays', () => {
  const random = new Random(12);
  const tracker = new LatencyTracker({ name: 'learn', threshold_ns: 500 * MS, timer: false });
  const { adaptive, update } = learnThreshold(tracker, { quantile: 0.99, factor: 2, floor_ns: 0 }, false);
  for (let s = 1; s <= 61; s++) {
    for (let i = 0; i < 2000; i++) {
      tracker.eventIn(i, 0);
      tracker.eventOut(i, random.logNormal(5 * MS, 0.3));
    }
    if (s < 60) assert.equal(tracker.threshold_ns, 500 * MS);
    update(s * S);
  }
  near(tracker.threshold_ns, 2 * 5 * MS * Math.exp(0.3 * Z99), 0.03);
  assert.equal(adaptive.states()[0]!.state, 'learned');
});

test('odd values and clocks do no harm; bad options are named', () => {
  const adaptive = new AdaptiveThreshold({ ...OPEN, quantile: 0.5, train_ns: 0 });
  for (const value of [Number.NaN, -1, Number.POSITIVE_INFINITY, 0, 1e300]) adaptive.record(value);
  for (const now_ns of [5e15, 0, Number.NaN, -5e15, 1]) {
    adaptive.record(5);
    adaptive.update(now_ns);
  }
  assert.equal(adaptive.class()!.ignored, 2);
  for (const name of [5, null, {}]) adaptive.record(5, name as string);
  assert.equal(adaptive.ignored, 3);
  for (const bad of [{ quantile: 1 }, { factor: 0 }, { floor_ns: -1 }, { hysteresis: 2 }, { max_classes: 0 }]) {
    assert.throws(() => new AdaptiveThreshold(bad), {
      code: 'TT_TRACKER_OPTION',
      message: new RegExp(Object.keys(bad)[0]!),
    });
  }
  assert.throws(() => new AdaptiveThreshold({ floor_ns: 2e9 }), /floor_ns is 2000000000; it is above/);
});

test('a value allocates nothing', () => {
  const module = new URL('./adaptive.js', import.meta.url).href;
  const script = `import { AdaptiveThreshold } from '${module}';
    const cls = new AdaptiveThreshold().class('x');
    const run = (n) => { for (let i = 0; i < n; i++) cls.record(i); };
    for (let i = 0; i < 20; i++) run(100_000);
    gc(); const before = process.memoryUsage().heapUsed; run(5e6);
    console.log((process.memoryUsage().heapUsed - before) / 5e6);`;
  const flags = ['--expose-gc', '--min-semi-space-size=512', '--max-semi-space-size=512', '--input-type=module', '-e'];
  const bytes = Number(execFileSync(process.execPath, [...flags, script], { encoding: 'utf8' }));
  assert.ok(bytes < 0.1, `${bytes} bytes a value`);
});
