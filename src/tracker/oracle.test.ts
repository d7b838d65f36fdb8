/**
 * The tracker against a model (model.test.ts). Random steps with
 * an injected clock; after each step the same answer and the same callbacks, now and then the same statistics.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrackerEvent } from './event.ts';
import { MORE } from './helper.test.ts';
import type { Key } from './key.ts';
import { compare, line, Oracle } from './model.test.ts';
import { Random } from './random.test.data.ts';
import { Result } from './result.ts';
import { LatencyTracker } from './tracker.ts';

const NUMBERS = (n: number): Key => n;
const MIXED = (n: number): Key =>
  [n, n / 7 - 3, `key ${n}`, BigInt(n) << BigInt(n % 80), -n * 2 ** 33, 'x'.repeat(n), `${n}`][n % 7]!;

interface Scenario {
  readonly name: string;
  readonly steps: number;
  readonly capacity: number;
  readonly keys: number;
  readonly keyOf: (n: number) => Key;
  readonly worst: boolean;
  readonly uniqueShare: number;
  readonly unit_ns: number;
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'few numbers',
    steps: 400_000 * MORE,
    capacity: 16,
    keys: 20,
    keyOf: NUMBERS,
    worst: false,
    uniqueShare: 0.3,
    unit_ns: 1e5,
  },
  {
    name: 'many numbers',
    steps: 100_000 * MORE,
    capacity: 300,
    keys: 400,
    keyOf: NUMBERS,
    worst: false,
    uniqueShare: 0.1,
    unit_ns: 1e6,
  },
  {
    name: 'mixed keys',
    steps: 200_000 * MORE,
    capacity: 60,
    keys: 140,
    keyOf: MIXED,
    worst: false,
    uniqueShare: 0.5,
    unit_ns: 3e7,
  },
  {
    name: 'worst so far',
    steps: 100_000 * MORE,
    capacity: 30,
    keys: 30,
    keyOf: MIXED,
    worst: true,
    uniqueShare: 0.2,
    unit_ns: 1e4,
  },
  {
    name: 'duplicates only',
    steps: 200_000 * MORE,
    capacity: 8,
    keys: 5,
    keyOf: MIXED,
    worst: false,
    uniqueShare: 0,
    unit_ns: 1e8,
  },
];

for (const [index, scenario] of SCENARIOS.entries()) {
  test(`as the oracle: ${scenario.name}, ${scenario.steps} steps`, () => run(scenario, 1000 + index));
}

function run(scenario: Scenario, seed: number): void {
  const random = new Random(seed);
  const rnd = (): number => random.uniform();
  const int = (n: number): number => Math.floor(rnd() * n);
  let now_ns = 1e9;
  const log: string[] = [];
  const callback = (e: TrackerEvent): void => {
    assert.equal(e.delay_ns, e.end_ns - e.begin_ns);
    log.push(line(e.flag, e.key, e.begin_ns, e.end_ns, e.out_id, e.threshold_ns, e.data));
  };
  const { capacity, worst, unit_ns } = scenario;
  const clock_ns = (): number => now_ns;
  const tracker = new LatencyTracker({ name: 't', capacity, worst, callback, clock_ns, timer: false, threshold_ns: 0 });
  const oracle = new Oracle(capacity, worst);

  const step = (): void => {
    const key = scenario.keyOf(int(scenario.keys));
    const dice = rnd();
    let inPoll = false;
    if (dice < 0.4) {
      const at_ns = rnd() < 0.2 ? now_ns - int(20 * unit_ns) : now_ns;
      const data = rnd() < 0.3 ? { toString: () => `d${at_ns}` } : undefined;
      const unique = rnd() < scenario.uniqueShare;
      const given = at_ns === now_ns && rnd() < 0.5 ? undefined : at_ns;
      assert.equal(tracker.eventIn(key, given, data, unique), oracle.in(key, at_ns, data, unique));
    } else if (dice < 0.7) {
      const at_ns = rnd() < 0.1 ? now_ns - int(5 * unit_ns) : now_ns;
      const id = int(3);
      assert.equal(tracker.eventOut(key, at_ns, id), oracle.out(key, at_ns, id, -1));
    } else if (dice < 0.8) {
      const handles = [...tracker.duplicates(key)];
      assert.equal(handles.length, oracle.events.get(key)?.length ?? 0);
      const nth = int(Math.max(1, handles.length));
      assert.equal(tracker.eventOutHandle(handles[nth] ?? 0, now_ns, 7), oracle.out(key, now_ns, 7, nth));
    } else if (dice < 0.84) {
      const begin_ns = now_ns - int(20 * unit_ns);
      const end_ns = rnd() < 0.1 ? begin_ns - int(unit_ns) : now_ns;
      const data = rnd() < 0.3 ? { toString: () => `o${begin_ns}` } : undefined;
      assert.equal(tracker.observe(key, begin_ns, end_ns, data, 2), oracle.observe(key, begin_ns, end_ns, data, 2));
    } else if (dice < 0.99) {
      now_ns += int(unit_ns) * (rnd() < 0.01 ? 1000 : 1);
      if (rnd() < 0.3) {
        inPoll = true;
        tracker.poll();
        oracle.poll(now_ns);
      }
    } else {
      control(int(400));
    }
    if (inPoll) {
      log.sort();
      oracle.log.sort();
    }
    assert.deepEqual(log, oracle.log);
    log.length = 0;
    oracle.log.length = 0;
  };

  const control = (choice: number): void => {
    if (choice < 2) assert.equal(tracker.clear(), oracle.clear());
    else if (choice < 4) {
      const clear = choice === 2;
      tracker.disable(clear);
      oracle.on = false;
      if (clear) oracle.clear();
    } else if (choice < 100) {
      tracker.enable();
      oracle.on = true;
    } else if (choice < 130) {
      oracle.threshold_ns = tracker.threshold_ns = int(10 * unit_ns);
    } else if (choice < 150) {
      tracker.timeout_ns = rnd() < 0.2 ? 0 : 1 + int(100 * unit_ns);
      oracle.setDeadlines(tracker.timeout_ns, tracker.gc_age_ns, tracker.tick_ns, now_ns);
    } else if (choice < 170) {
      tracker.gc_age_ns = rnd() < 0.2 ? 0 : 1 + int(300 * unit_ns);
      oracle.setDeadlines(tracker.timeout_ns, tracker.gc_age_ns, tracker.tick_ns, now_ns);
    } else if (choice < 180) {
      assert.equal(tracker.eventIn(Number.NaN, now_ns), oracle.on ? Result.badKey : Result.disabled);
      assert.equal(tracker.eventOut(1, Number.NaN), oracle.on ? Result.badTime : Result.disabled);
      assert.equal(tracker.observe(Number.NaN, now_ns, now_ns), oracle.on ? Result.badKey : Result.disabled);
      assert.equal(tracker.observe(1, now_ns, Number.NaN), oracle.on ? Result.badTime : Result.disabled);
      assert.equal(tracker.observe(1, undefined as never, now_ns), oracle.on ? Result.badTime : Result.disabled);
      if (oracle.on) oracle.more.refused += 5;
    }
  };

  for (let i = 0; i < scenario.steps; i++) {
    step();
    if (i % 5000 === 0) compare(tracker, oracle);
  }
  compare(tracker, oracle);
  for (const [name, count] of Object.entries(oracle.counts)) {
    // A run that never came by a case proves nothing about it.
    if (name !== 'replaced' || scenario.uniqueShare > 0) assert.ok(count > 50, `${name}: only ${count}`);
  }
}
