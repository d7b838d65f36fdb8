#!/usr/bin/env node
/**
 * npm run bench:tracker: what an event in and its event out cost, beside a Map that does the same, and a Map with
 * perf_hooks.createHistogram. Needs `npx tsc` first.
 *
 * Each line runs in a process of its own (the compiler must not learn from its neighbours), the contenders in turn,
 * several rounds; shown is the median over all rounds of the CPU time of the process (on a shared machine the clock on
 * the wall also measures the neighbours). `--quick`: fewer rounds. `--write`: into docs/tracker.md.
 *
 * Bytes per pair: growth of the used heap over 10 M pairs with a new space so large that nothing is collected
 * meanwhile; so it counts all that was allocated, garbage too.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { createHistogram } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { LatencyTracker } from '../dist/tracker/index.js';
import { fastBucketOf } from '../dist/tracker/statistics.js';

const KEYS = 2 ** 21; // distinct, so more than in flight at any time
const THRESHOLD_NS = 1e12;
/** They are short, and compared with each other. */
const CLOCK_TURNS = 7;
/** Bytes for each of 10 M pairs that the compiler and Node leave on the heap meanwhile. A boxed number is 16. */
const STRAY_BYTES = 0.5;

function trackerPeer(capacity) {
  const t = new LatencyTracker({ name: 'bench', capacity, threshold_ns: THRESHOLD_NS, timer: false });
  return { in: (key, at) => t.eventIn(key, at), out: (key, at) => t.eventOut(key, at), tracker: t };
}

/** The same semantics on a Map: capacity, duplicates, private data, threshold, counters, histogram. */
class MapTracker {
  constructor(capacity, threshold_ns) {
    this.capacity = capacity;
    this.threshold_ns = threshold_ns;
    this.events = new Map();
    this.pending = this.tracked = this.skipped = this.matched = this.unmatched = this.negative = this.over = 0;
    this.sum = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    this.buckets = new Float64Array(700);
  }
  eventIn(key, at_ns, data) {
    if (!(Math.abs(at_ns) <= 2 ** 53)) return 3;
    if (this.pending >= this.capacity) {
      this.skipped++;
      return 1;
    }
    const event = { begin_ns: at_ns, data, next: null, timedOut: false };
    const first = this.events.get(key);
    if (first === undefined) this.events.set(key, event);
    else {
      let last = first;
      while (last.next !== null) last = last.next;
      last.next = event;
    }
    this.pending++;
    this.tracked++;
    return 0;
  }
  eventOut(key, at_ns) {
    if (!(Math.abs(at_ns) <= 2 ** 53)) return 3;
    const first = this.events.get(key);
    if (first === undefined) {
      this.unmatched++;
      return 5;
    }
    this.events.delete(key);
    for (let event = first; event !== null; event = event.next) {
      const delay = at_ns - event.begin_ns;
      this.matched++;
      this.pending--;
      if (delay < 0) {
        this.negative++;
        continue;
      }
      this.sum += delay;
      if (delay < this.min) this.min = delay;
      if (delay > this.max) this.max = delay;
      this.buckets[fastBucketOf(delay)]++;
      if (delay > this.threshold_ns) this.over++;
    }
    return 0;
  }
}

const peers = {
  tailtrap: trackerPeer,
  map: (capacity) => {
    const t = new MapTracker(capacity, THRESHOLD_NS);
    return { in: (key, at) => t.eventIn(key, at), out: (key, at) => t.eventOut(key, at) };
  },
  /** Only key -> begin, and no statistics at all: the least that can match two calls. */
  bare: () => {
    const events = new Map();
    let over = 0;
    return {
      in: (key, at) => events.set(key, at),
      out: (key, at) => {
        const begin = events.get(key);
        if (begin === undefined) return;
        events.delete(key);
        if (at - begin > THRESHOLD_NS) over++;
        return over;
      },
    };
  },
  perf_hooks: () => {
    const events = new Map();
    const histogram = createHistogram();
    return {
      in: (key, at) => events.set(key, at),
      out: (key, at) => {
        const begin = events.get(key);
        if (begin === undefined) return;
        events.delete(key);
        histogram.record(at - begin);
      },
    };
  },
};

function makeKeys(kind) {
  const numbers = Int32Array.from({ length: KEYS }, (_, i) => Math.imul(i, 0x9e3779b1) & 0x7fffffff);
  // Made once and flat (a joined string is copied when first read), so that their own allocation is not measured.
  // In the Maps' favour: V8 keeps the hash in the string, and each string comes by several times.
  return kind === 'number' ? numbers : Array.from(numbers, (n) => Buffer.from(`request-${n}`).toString('latin1'));
}

/** First in, first out, `flight` pending; times are given. The loop and its keys cost the same for all. */
function makeRun(peer, keys, flight) {
  let base = 0;
  const mask = KEYS - 1;
  for (let i = 0; i < flight; i++) peer.in(keys[i], 5e9 + i * 50);
  return (pairs) => {
    const end = base + pairs;
    for (let i = base; i < end; i++) {
      const now_ns = 5e9 + i * 50;
      peer.in(keys[(i + flight) & mask], now_ns);
      peer.out(keys[i & mask], now_ns + 25);
    }
    base = end;
  };
}

/** The same with the clock read inside (tracker), or only two reads of the clock. */
function makeClockRun(name) {
  if (name === 'clock') {
    let sum = 0;
    return (pairs) => {
      for (let i = 0; i < pairs; i++) sum += performance.now() - performance.now();
      return sum;
    };
  }
  const t = new LatencyTracker({ name: 'bench', capacity: 10_001, threshold_ns: THRESHOLD_NS, timer: false });
  for (let i = 0; i < 10_000; i++) t.eventIn(-1 - i);
  let base = 0;
  return (pairs) => {
    for (let i = base; i < base + pairs; i++) {
      t.eventIn(i);
      t.eventOut(i);
    }
    base += pairs;
  };
}

function child([what, kind, flight, pairs, rounds]) {
  const keys = what.startsWith('clock') ? null : makeKeys(kind);
  const run = keys === null ? makeClockRun(what) : makeRun(peers[what](flight + 1), keys, flight);
  run(300_000);
  run(300_000);
  globalThis.gc();
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    run(pairs);
    const used = process.cpuUsage(before);
    times.push(((used.user + used.system) * 1e3) / pairs);
  }
  process.stdout.write(JSON.stringify(times));
}

function bytesChild([what, kind, flight, pairs]) {
  const run = makeRun(peers[what](flight + 1), makeKeys(kind), flight);
  for (let i = 0; i < 40; i++) run(100_000); // compiled, before the heap is read
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  run(pairs);
  process.stdout.write(JSON.stringify([(process.memoryUsage().heapUsed - before) / pairs]));
}

const script = fileURLToPath(import.meta.url);
const spawn = (flags, mode, args) =>
  JSON.parse(execFileSync(process.execPath, ['--expose-gc', ...flags, script, mode, JSON.stringify(args)]).toString());
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

function measure(kind, flight, pairs, turns) {
  const names = Object.keys(peers);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let turn = 0; turn < turns; turn++) {
    for (const name of names) times[name].push(...spawn([], '--child', [name, kind, flight, pairs, 5]));
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])]));
}

/** What the tracker is to reach: a number of this run, and its bound. */
const TARGETS = [
  ['M pairs/s, number keys, 10,000 in flight', 'rate', (value) => value >= 20, 'at least 20'],
  ['times as fast as the Map of the same semantics, same row', 'ratio', (value) => value >= 3, 'at least 3'],
  ['bytes allocated per pair, number keys', 'bytes_number', (value) => value < STRAY_BYTES, '0'],
  ['bytes allocated per pair, string keys', 'bytes_string', (value) => value < STRAY_BYTES, '0'],
  ['times two clock reads, with the clock read inside', 'clock', (value) => value <= 1.5, 'at most 1.5'],
];

function main(quick) {
  const reached = {};
  const turns = quick ? 1 : 3;
  const lines = [];
  const say = (line) => {
    lines.push(line);
    console.log(line);
  };
  say(`Node ${process.version}, ${cpus()[0].model}, ${cpus().length} CPUs. Nanoseconds of CPU time per pair, medians.`);
  say('');
  say('| keys | in flight | tailtrap | M pairs/s | Map, same semantics | ratio | Map, bare | Map + createHistogram |');
  say('|---|---:|---:|---:|---:|---:|---:|---:|');
  for (const kind of ['number', 'string']) {
    for (const [flight, pairs] of [
      [1, 1e6],
      [10_000, 1e6],
      [1_000_000, quick ? 3e5 : 6e5],
    ]) {
      const t = measure(kind, flight, pairs, turns);
      const ns = (name) => t[name].toFixed(1);
      const rate = (1e3 / t.tailtrap).toFixed(1);
      const ratio = `${(t.map / t.tailtrap).toFixed(2)} x`;
      if (kind === 'number' && flight === 10_000) {
        reached.rate = 1e3 / t.tailtrap;
        reached.ratio = t.map / t.tailtrap;
      }
      say(
        `| ${kind} | ${flight} | ${ns('tailtrap')} | ${rate} | ${ns('map')} | ${ratio} | ${ns('bare')} | ${ns('perf_hooks')} |`,
      );
    }
  }
  say('');
  say('Bytes allocated per pair, 10,000 in flight (tailtrap: over 10 M pairs, Map: over 2 M):');
  say('');
  say('| keys | tailtrap | Map, same semantics |');
  say('|---|---:|---:|');
  for (const kind of ['number', 'string']) {
    const bytes = (name, pairs) => {
      const flags = ['--min-semi-space-size=1024', '--max-semi-space-size=1024'];
      return spawn(flags, '--bytes', [name, kind, 10_000, pairs])[0];
    };
    const own = bytes('tailtrap', 1e7);
    reached[`bytes_${kind}`] = own;
    say(`| ${kind} | ${own.toFixed(2)} | ${bytes('map', 2e6).toFixed(2)} |`);
  }
  say('');
  const clock = [];
  const inside = [];
  const ratios = []; // of neighbours in time: what disturbs the machine for a while disturbs both
  for (let turn = 0; turn < CLOCK_TURNS; turn++) {
    clock.push(median(spawn([], '--child', ['clock', '', 0, 5e5, 5])));
    inside.push(median(spawn([], '--child', ['clockInside', '', 0, 5e5, 5])));
    ratios.push(inside.at(-1) / clock.at(-1));
  }
  const [two, pair] = [median(clock), median(inside)];
  reached.clock = median(ratios);
  say(
    `Clock read inside, 10,000 in flight: ${pair.toFixed(1)} ns per pair, two clock reads ${two.toFixed(1)} ns: ${reached.clock.toFixed(2)} x.`,
  );
  say('');
  say('| to reach | bound | this run | |');
  say('|---|---:|---:|---|');
  for (const [what, name, isReached, bound] of TARGETS) {
    say(`| ${what} | ${bound} | ${reached[name].toFixed(2)} | ${isReached(reached[name]) ? 'reached' : 'missed'} |`);
  }
  return lines;
}

const [mode, args] = process.argv.slice(2);
if (mode === '--child') child(JSON.parse(args));
else if (mode === '--bytes') bytesChild(JSON.parse(args));
else {
  const lines = main(process.argv.includes('--quick'));
  if (process.argv.includes('--write')) {
    const file = new URL('../docs/tracker.md', import.meta.url);
    const text = readFileSync(file, 'utf8');
    const section = /(<!-- bench:begin -->\n)[\s\S]*(<!-- bench:end -->)/;
    writeFileSync(
      file,
      text.replace(section, (_, begin, end) => `${begin}${lines.join('\n')}\n${end}`),
    );
  }
}
