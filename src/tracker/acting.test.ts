/**
 * Callbacks that act: from any report (of poll, eventOut, unique replacement, collection) they end and begin events, clear,
 * switch off, change thresholds and ages, poll, iterate duplicates, and throw. The tracker against the model, as in
 * oracle.test.ts: the same program of actions runs on both, and leaves the same reports, answers and statistics.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrackerEvent } from './event.ts';
import { MORE } from './helper.test.ts';
import type { Key } from './key.ts';
import { compare, line, Oracle } from './model.test.ts';
import { Random } from './random.test.data.ts';
import { LatencyTracker } from './tracker.ts';

/** What a callback may do, on the tracker and on the model alike. */
interface Acting {
  in(key: Key, at_ns: number, unique: boolean): number;
  out(key: Key, at_ns: number): number;
  endEach(key: Key, between: () => void): void;
  clear(): number;
  disable(clear: boolean): void;
  threshold(value_ns: number): void;
  ages(timeout_ns: number, gc_age_ns: number): void;
  poll(): void;
}

const KEYS = 7;
const CAPACITY = 12;

class Side {
  readonly log: string[] = [];
  readonly random: Random;
  readonly done: Record<string, number> = {};
  private events = 0;
  constructor(seed: number) {
    this.random = new Random(seed);
  }
  int(n: number): number {
    return Math.floor(this.random.uniform() * n);
  }
  /** Names an event: both sides count alike. */
  nextData(): number {
    return ++this.events;
  }
  /** In a callback for an event of this key and begin. */
  act(on: Acting, key: Key, begin_ns: number, now_ns: number, unit_ns: number, depth: number): void {
    const kind = this.int(depth > 1 ? NAMES.length + 2 : 2 * NAMES.length); // deep ones go deeper
    const name = NAMES[kind];
    if (name === undefined) return;
    this.done[name] = (this.done[name] ?? 0) + 1;
    const other = this.int(KEYS);
    const answers: unknown[] = [name];
    if (name === 'again')
      answers.push(on.out(key, now_ns), on.in(key, begin_ns, false)); // the old begin
    else if (name === 'clear and again') answers.push(on.clear(), on.in(key, begin_ns, false));
    else if (name === 'twins') answers.push(on.in(key, begin_ns, false), on.in(key, begin_ns, false));
    else if (name === 'replace')
      answers.push(on.in(key, begin_ns, false), on.in(key, now_ns, true)); // reports within
    else if (name === 'unique') answers.push(on.in(key, now_ns, true));
    else if (name === 'begin another') answers.push(on.in(other, now_ns - this.int(30 * unit_ns), this.int(2) === 0));
    else if (name === 'end another') answers.push(on.out(other, now_ns + this.int(unit_ns)));
    else if (name === 'end each') on.endEach(other, () => answers.push(on.in(other, begin_ns, false)));
    else if (name === 'threshold') on.threshold(this.int(5 * unit_ns));
    else if (name === 'ages') on.ages(this.int(4) === 0 ? 0 : this.int(40 * unit_ns), this.int(3) * 100 * unit_ns);
    else if (name === 'off' && this.int(4) === 0) on.disable(this.int(2) === 0);
    else if (name === 'poll') on.poll();
    this.log.push(answers.join(' '));
    if (name === 'throw') throw new Error('mine');
  }
}

const NAMES = ['again', 'clear and again', 'twins', 'unique', 'begin another', 'end another', 'end each'].concat([
  'threshold',
  'ages',
  'off',
  'poll',
  'throw',
  ...Array(8).fill('replace'),
]);

function trackerSide(side: Side, tracker: LatencyTracker): Acting {
  return {
    in: (key, at_ns, unique) => tracker.eventIn(key, at_ns, side.nextData(), unique),
    out: (key, at_ns) => tracker.eventOut(key, at_ns),
    endEach: (key, between) => {
      for (const handle of tracker.duplicates(key)) {
        tracker.eventOutHandle(handle);
        between();
      }
    },
    clear: () => tracker.clear(),
    disable: (clear) => tracker.disable(clear),
    threshold: (value_ns) => {
      tracker.threshold_ns = value_ns;
    },
    ages: (timeout_ns, gc_age_ns) => {
      tracker.timeout_ns = timeout_ns;
      tracker.gc_age_ns = gc_age_ns;
    },
    poll: () => tracker.poll(),
  };
}

/** @param tick_ns of the tracker, with the new ages: the model has no opinion on how fine it is */
function oracleSide(side: Side, oracle: Oracle, now_ns: () => number, tick_ns: (ages: number[]) => number): Acting {
  return {
    in: (key, at_ns, unique) => oracle.in(key, at_ns, side.nextData(), unique),
    out: (key, at_ns) => oracle.out(key, at_ns, 0, -1),
    endEach: (key, between) => {
      for (const event of [...(oracle.events.get(key) ?? [])]) {
        if (!oracle.isPending(event)) continue;
        if (oracle.on) oracle.out(key, now_ns(), 0, oracle.events.get(key)!.indexOf(event));
        between();
      }
    },
    clear: () => oracle.clear(),
    disable: (clear) => {
      oracle.on = false;
      if (clear) oracle.clear();
    },
    threshold: (value_ns) => {
      oracle.threshold_ns = value_ns;
    },
    ages: (timeout_ns, gc_age_ns) => {
      oracle.setDeadlines(timeout_ns, oracle.gc_age_ns, tick_ns([timeout_ns, oracle.gc_age_ns]), now_ns());
      oracle.setDeadlines(timeout_ns, gc_age_ns, tick_ns([timeout_ns, gc_age_ns]), now_ns());
    },
    poll: () => oracle.poll(now_ns()),
  };
}

/** The documented tick: the largest power of two within 1/16 of the shorter age, 1 to 134 ms. */
function documentedTick(ages: number[]): number {
  const on = ages.filter((age) => age > 0);
  return on.length === 0
    ? 2 ** 20
    : Math.min(2 ** 27, Math.max(2 ** 20, 2 ** Math.floor(Math.log2(Math.min(...on) / 16))));
}

const STEPS = 60_000 * MORE;

for (const [seed, worst, unit_ns] of [
  [1, false, 1e6],
  [2, true, 1e5],
  [3, false, 1e8],
] as const) {
  test(`callbacks that act do as the model: ${STEPS} steps, a unit of ${unit_ns} ns`, { timeout: 60_000 }, () => {
    run(seed, worst, unit_ns);
  });
}

function run(seed: number, worst: boolean, unit_ns: number): void {
  const outer = new Random(seed);
  const int = (n: number): number => Math.floor(outer.uniform() * n);
  const [mine, model] = [new Side(seed), new Side(seed)];
  let now_ns = 1e9;
  let depth = 0;
  let told: unknown[] | null = null;
  const callback = (e: TrackerEvent): void => {
    mine.log.push(line(e.flag, e.key, e.begin_ns, e.end_ns, e.out_id, e.threshold_ns, e.data));
    if (depth === 0) told?.push(e.data);
    const { key, begin_ns } = e;
    depth++;
    try {
      mine.act(trackerActs, key, begin_ns, now_ns, unit_ns, depth);
    } finally {
      depth--;
    }
    assert.equal(e.begin_ns, begin_ns, 'reports within this one leave it as it is');
  };
  const ages = { timeout_ns: 20 * unit_ns, gc_age_ns: 100 * unit_ns };
  const fixed = { name: 't', capacity: CAPACITY, worst, timer: false, clock_ns: () => now_ns, threshold_ns: 0 };
  const tracker = new LatencyTracker({ ...fixed, ...ages, callback });
  const oracle = new Oracle(CAPACITY, worst);
  Object.defineProperty(oracle, 'log', { value: model.log });
  oracle.setDeadlines(ages.timeout_ns, ages.gc_age_ns, documentedTick(Object.values(ages)), now_ns);
  const trackerActs = trackerSide(mine, tracker);
  const oracleActs = oracleSide(model, oracle, () => now_ns, documentedTick);
  oracle.act = (e) => {
    model.act(oracleActs, e.key, e.begin_ns, now_ns, unit_ns, oracle.depth);
  };
  const both = (what: (on: Acting) => unknown): void => {
    const answer = what(trackerActs);
    assert.deepEqual(what(oracleActs), answer);
  };
  const step = (dice: number): void => {
    const key = int(KEYS);
    const at_ns = now_ns - (int(4) === 0 ? int(20 * unit_ns) : 0);
    const unique = int(3) === 0;
    if (dice < 45) both((on) => on.in(key, at_ns, unique));
    else if (dice < 65) both((on) => on.out(key, at_ns));
    else if (dice < 94) {
      now_ns += int(3 * unit_ns) * (int(300) === 0 ? 1000 : 1);
      if (int(2000) === 0) now_ns -= 500 * unit_ns; // the clock leaps back
      told = [];
      tracker.poll();
      oracle.poll(now_ns, told);
      told = null;
    } else {
      tracker.enable();
      oracle.on = true;
      const [timeout_ns, gc_age_ns] = [int(30 * unit_ns), int(2) * 100 * unit_ns];
      both((on) => on.ages(timeout_ns, gc_age_ns));
    }
  };
  for (let i = 0; i < STEPS; i++) {
    step(int(100));
    assert.deepEqual(mine.log, model.log);
    mine.log.length = 0;
    model.log.length = 0;
    if (i % 5000 === 0) compare(tracker, oracle);
  }
  compare(tracker, oracle);
  for (const name of NAMES) assert.ok((mine.done[name] ?? 0) > 50, `${name}: only ${mine.done[name]} times`);
  const { nested, callback_errors, timed_out, collected, replaced } = tracker.statistics();
  for (const [name, count] of Object.entries({ nested, callback_errors, timed_out, collected, replaced })) {
    assert.ok(count > 10, `${name}: only ${count}`);
  }
}
