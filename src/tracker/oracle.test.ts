/**
 * The tracker against a model that a reader can check: a Map of arrays, no pool, no wheel, no hash. Random steps with
 * an injected clock; after each step the same answer and the same callbacks, now and then the same statistics.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketOf } from '../base/histogram.ts';
import type { TrackerEvent } from './event.ts';
import type { Key } from './key.ts';
import { Flag, Result } from './result.ts';
import { LatencyTracker } from './tracker.ts';

interface Pending {
  readonly key: Key;
  readonly begin_ns: number;
  readonly data: unknown;
  timedOut: boolean;
  /** The tick at which a poll looks at it. */
  due: number;
}

class Oracle {
  readonly events: Map<Key, Pending[]> = new Map();
  readonly log: string[] = [];
  readonly counts = { tracked: 0, skipped: 0, matched: 0, unmatched: 0, timed_out: 0, collected: 0, replaced: 0 };
  readonly more = { cleared: 0, negative: 0, over_threshold: 0, refused: 0 };
  readonly delays_ns: number[] = [];
  threshold_ns = 0;
  timeout_ns = 0;
  gc_age_ns = 0;
  tick_ns = 1;
  on = true;
  private polled = 0;
  private readonly capacity: number;
  private readonly worst: boolean;

  constructor(capacity: number, worst: boolean) {
    this.capacity = capacity;
    this.worst = worst;
  }

  get all(): Pending[] {
    return [...this.events.values()].flat();
  }

  private arm(event: Pending): void {
    const ages = [event.timedOut ? 0 : this.timeout_ns, this.gc_age_ns].filter((age) => age > 0);
    const due = Math.ceil((event.begin_ns + Math.min(...ages)) / this.tick_ns);
    event.due = ages.length === 0 ? Number.POSITIVE_INFINITY : Math.max(due, this.polled + 1);
  }

  setDeadlines(timeout_ns: number, gc_age_ns: number, tick_ns: number, now_ns: number): void {
    this.timeout_ns = timeout_ns;
    this.gc_age_ns = gc_age_ns;
    this.tick_ns = tick_ns;
    this.polled = Math.floor(now_ns / tick_ns);
    for (const event of this.all) this.arm(event);
  }

  private report(flag: number, event: Pending, end_ns: number, out_id: number, threshold_ns: number): void {
    this.log.push(line(flag, event.key, event.begin_ns, end_ns, out_id, threshold_ns, event.data));
  }

  in(key: Key, at_ns: number, data: unknown, unique: boolean): number {
    if (!this.on) return Result.disabled;
    if (unique) {
      for (const old of this.events.get(key) ?? []) {
        this.counts.replaced++;
        this.report(Flag.unique, old, at_ns, 0, this.threshold_ns);
      }
      this.events.delete(key);
    }
    if (this.all.length >= this.capacity) {
      this.counts.skipped++;
      return Result.full;
    }
    this.counts.tracked++;
    const event = { key, begin_ns: at_ns, data, timedOut: false, due: 0 };
    this.arm(event);
    if (!this.events.has(key)) this.events.set(key, []);
    this.events.get(key)!.push(event);
    return Result.ok;
  }

  /** @param nth of the duplicates only this one; -1: all */
  out(key: Key, at_ns: number, out_id: number, nth: number): number {
    if (!this.on) return Result.disabled;
    const list = this.events.get(key) ?? [];
    if (list.length === 0) {
      this.counts.unmatched++;
      return Result.notFound;
    }
    const ended = nth < 0 ? list.splice(0) : list.splice(nth, 1);
    if (list.length === 0) this.events.delete(key);
    for (const event of ended) this.end(event, at_ns, out_id);
    return Result.ok;
  }

  private end(event: Pending, at_ns: number, out_id: number): void {
    const delay_ns = at_ns - event.begin_ns;
    const threshold_ns = this.threshold_ns;
    this.counts.matched++;
    if (delay_ns < 0) this.more.negative++;
    else this.delays_ns.push(delay_ns);
    if (delay_ns > threshold_ns) {
      this.more.over_threshold++;
      if (this.worst) this.threshold_ns = delay_ns;
    }
    if (delay_ns > threshold_ns || event.timedOut) this.report(Flag.normal, event, at_ns, out_id, threshold_ns);
  }

  poll(now_ns: number): void {
    const target = Math.floor(now_ns / this.tick_ns);
    if (!this.on || this.timeout_ns + this.gc_age_ns === 0 || target <= this.polled) return;
    this.polled = target;
    const isOver = (event: Pending, age_ns: number): boolean =>
      age_ns > 0 && Math.ceil((event.begin_ns + age_ns) / this.tick_ns) <= target;
    for (const event of this.all.filter((e) => e.due <= target)) {
      if (!event.timedOut && isOver(event, this.timeout_ns)) {
        event.timedOut = true;
        this.counts.timed_out++;
        this.report(Flag.timeout, event, now_ns, 0, this.threshold_ns);
      }
      if (isOver(event, this.gc_age_ns)) {
        this.counts.collected++;
        this.report(Flag.collected, event, now_ns, 0, this.threshold_ns);
        const rest = this.events.get(event.key)!.filter((e) => e !== event);
        if (rest.length > 0) this.events.set(event.key, rest);
        else this.events.delete(event.key);
      } else {
        this.arm(event);
      }
    }
  }

  clear(): number {
    const cleared = this.all.length;
    this.more.cleared += cleared;
    this.events.clear();
    return cleared;
  }
}

function line(
  flag: number,
  key: Key,
  begin_ns: number,
  end_ns: number,
  out_id: number,
  threshold_ns: number,
  data: unknown,
): string {
  return `${flag} ${typeof key}:${key} ${begin_ns}..${end_ns} out=${out_id} threshold=${threshold_ns} data=${data}`;
}

/** Mulberry32: small, seeded, good enough to shuffle steps. */
function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

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
    steps: 1_000_000,
    capacity: 16,
    keys: 20,
    keyOf: NUMBERS,
    worst: false,
    uniqueShare: 0.3,
    unit_ns: 1e5,
  },
  {
    name: 'many numbers',
    steps: 300_000,
    capacity: 300,
    keys: 400,
    keyOf: NUMBERS,
    worst: false,
    uniqueShare: 0.1,
    unit_ns: 1e6,
  },
  {
    name: 'mixed keys',
    steps: 500_000,
    capacity: 60,
    keys: 140,
    keyOf: MIXED,
    worst: false,
    uniqueShare: 0.5,
    unit_ns: 3e7,
  },
  {
    name: 'worst so far',
    steps: 300_000,
    capacity: 30,
    keys: 30,
    keyOf: MIXED,
    worst: true,
    uniqueShare: 0.2,
    unit_ns: 1e4,
  },
  {
    name: 'duplicates only',
    steps: 500_000,
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
  const rnd = random(seed);
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
      if (oracle.on) oracle.more.refused += 2;
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

function compare(tracker: LatencyTracker, oracle: Oracle): void {
  const s = tracker.statistics();
  assert.equal(tracker.threshold_ns, oracle.threshold_ns);
  assert.equal(s.pending, oracle.all.length);
  assert.equal(s.tracked, s.matched + s.replaced + s.collected + s.cleared + s.pending);
  for (const [name, count] of Object.entries({ ...oracle.counts, ...oracle.more })) {
    assert.equal(s[name as keyof typeof s], count, name);
  }
  let min_ns = Number.POSITIVE_INFINITY;
  let max_ns = Number.NEGATIVE_INFINITY;
  let sum_ns = 0;
  const counts = new Map<number, number>();
  for (const delay_ns of oracle.delays_ns) {
    min_ns = Math.min(min_ns, delay_ns);
    max_ns = Math.max(max_ns, delay_ns);
    sum_ns += delay_ns;
    counts.set(bucketOf(delay_ns), (counts.get(bucketOf(delay_ns)) ?? 0) + 1);
  }
  if (oracle.delays_ns.length === 0) {
    assert.ok(Number.isNaN(s.min_ns) && Number.isNaN(s.max_ns) && Number.isNaN(s.mean_ns));
    return;
  }
  assert.equal(s.min_ns, min_ns);
  assert.equal(s.max_ns, max_ns);
  assert.ok(Math.abs(s.mean_ns / (sum_ns / oracle.delays_ns.length) - 1) < 1e-9 || sum_ns === 0);
  tracker.histogram().counts.forEach((count, bucket) => {
    assert.equal(count, counts.get(bucket) ?? 0);
  });
}
