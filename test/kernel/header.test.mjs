/** bpf/tailtrap.h, run in the kernel with keys and times of our own, against a plain Map that does the same. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bucketOf } from '../../dist/base/histogram.js';
import { OutlierRecord } from '../../dist/kernel/abi.js';
import { needProgram, needRoot, temporaryFolder } from './lib.mjs';

const skip = needRoot() || needProgram('clang');
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const [IN, OUT, SCAN] = [0, 1, 2];
const [REPLACE, KEEP, DUPLICATE] = [0, 1, 2];
const PROBES = 8;
const RING_BYTES = 65536;
const OP = { key: 0, at_ns: 8, cookie: 16, kind: 24, mode: 28, answer: 32, bytes: 40, first: 8, max: 8 };

const spec = {
  name: 'header',
  classes: ['delay'],
  threshold_ns: 100,
  timeout_ns: 0,
  gc_ns: 0,
  slots: 1024,
  data_bytes: 8,
  extra_bytes: 8,
  filters: [],
  decode: () => ({ key: {}, details: {} }),
};

/** The header's test object, loaded; `turn(ops)` runs operations, `records()` are the outliers since the last call. */
async function load(t, { slots = 1024, threshold_ns = 100, timeout_ns = 0, gc_ns = 0 } = {}) {
  const { TrackerObject } = await import('../../dist/kernel/object.js');
  const { RingReader } = await import('../../dist/kernel/ring.js');
  const folder = temporaryFolder(t);
  const triplet = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch];
  const target = { x64: 'x86', arm64: 'arm64' }[process.arch];
  const flags = ['-O2', '-g', '-target', 'bpf', '-mcpu=v3', `-D__TARGET_ARCH_${target}`, `-I${join(ROOT, 'bpf')}`];
  const source = join(ROOT, 'test/kernel/header.bpf.c');
  const clang = ['-idirafter', `/usr/include/${triplet}`, '-c', source, '-o', join(folder, 'header.bpf.o')];
  const compiled = spawnSync('clang', [...flags, ...clang], { encoding: 'utf8' });
  assert.equal(compiled.status, 0, compiled.stderr);
  const sizes = { cpus: 64, pid_max: 4096, ring_bytes: RING_BYTES, slots };
  const object = TrackerObject.load(spec, { folder, ...sizes });
  t.after(() => object.close());
  Object.assign(object.config, { threshold_ns, timeout_ns, gc_ns });
  object.config.setRate(0, 1);
  const ring = RingReader.map(object.mapFd('tt_ring'), RING_BYTES);
  t.after(() => ring.close());
  const view = new DataView(object.memory('ops', OP.first + OP.max * OP.bytes));

  const turn = (ops) => {
    view.setUint32(0, ops.length, true);
    ops.forEach((op, i) => {
      const at = OP.first + i * OP.bytes;
      view.setBigUint64(at + OP.key, BigInt(op.key), true);
      view.setBigUint64(at + OP.at_ns, BigInt(op.at_ns), true);
      view.setBigUint64(at + OP.cookie, BigInt(op.cookie ?? 0), true);
      view.setUint32(at + OP.kind, op.kind, true);
      view.setUint32(at + OP.mode, op.mode ?? 0, true);
    });
    assert.equal(object.run('tt_ops'), 0);
    return ops.map((_, i) => view.getUint32(OP.first + i * OP.bytes + OP.answer, true));
  };
  const records = () => {
    const found = [];
    const take = (raw) => {
      const r = new OutlierRecord(raw, object.layout);
      const [key, begin, end] = [Number(r.key), Number(r.begin_ns), Number(r.end_ns)];
      found.push({ kind: r.timeout ? 'timeout' : 'threshold', key, begin, end, cookie: Number(r.data.u64(0)) });
    };
    while (ring.drain(take, 100) > 0);
    return found;
  };
  return { object, turn, records };
}

/** What the header promises, the plain way. One list of pending operations; nothing is ever full. */
class Oracle {
  pending = [];
  outliers = [];
  delays = [];
  unmatched = 0;
  replaced = 0;
  collected = 0;
  constructor({ threshold_ns, timeout_ns, gc_ns }) {
    Object.assign(this, { threshold_ns, timeout_ns, gc_ns });
  }
  turn({ kind, key, at_ns, cookie, mode }) {
    if (kind === IN) return this.in(key, at_ns, cookie, mode);
    if (kind === OUT) return this.out(key, at_ns);
    this.scan(at_ns);
    return null;
  }
  in(key, at_ns, cookie, mode) {
    const old = this.pending.find((p) => p.key === key);
    if (old !== undefined && mode === KEEP) return 0;
    if (old !== undefined && mode === REPLACE) {
      this.replaced++;
      Object.assign(old, { begin: at_ns, cookie, late: false });
      return 1;
    }
    this.pending.push({ key, begin: at_ns, cookie, late: false });
    return 1;
  }
  out(key, at_ns) {
    const ended = this.pending.filter((p) => p.key === key);
    this.pending = this.pending.filter((p) => p.key !== key);
    for (const { begin, cookie, late } of ended) {
      this.delays.push(at_ns - begin);
      if (at_ns - begin > this.threshold_ns || late)
        this.outliers.push({ kind: 'threshold', key, begin, end: at_ns, cookie });
    }
    if (ended.length === 0) this.unmatched++;
    return ended.length;
  }
  scan(at_ns) {
    for (const p of [...this.pending]) {
      const age = at_ns - p.begin;
      if (this.gc_ns > 0 && age > this.gc_ns && p.key % 2 === 1) {
        this.pending.splice(this.pending.indexOf(p), 1);
        this.collected++;
      } else if (this.timeout_ns > 0 && age > this.timeout_ns && !p.late) {
        p.late = true;
        this.outliers.push({ kind: 'timeout', key: p.key, begin: p.begin, end: at_ns, cookie: p.cookie });
      }
    }
  }
}

/** Numbers that are the same in every run (mulberry32). */
function random(seed) {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) % n;
  };
}

const byPlace = (a, b) => a.key - b.key || a.begin - b.begin || a.cookie - b.cookie || (a.kind < b.kind ? 1 : -1);

test('header: 40,000 random operations answer as a plain map does', { skip }, async (t) => {
  const limits = { threshold_ns: 300, timeout_ns: 800, gc_ns: 4000 };
  const { object, turn, records } = await load(t, limits);
  const oracle = new Oracle(limits);
  const below = random(20261123);
  let now = 1000;
  let cookie = 0;
  for (let round = 0; round < 5000; round++) {
    const ops = [];
    const duplicates = new Map();
    for (let i = 0; i < OP.max; i++) {
      now += below(100);
      const key = 1 + below(40);
      const kind = below(20) === 0 ? SCAN : below(2);
      // A key fills its eight probes with duplicates; what is full is the next test's subject.
      const held = oracle.pending.filter((p) => p.key === key).length + (duplicates.get(key) ?? 0);
      const mode = held === 0 ? below(3) : held < 3 && below(2) === 0 ? DUPLICATE : KEEP;
      if (kind === IN) duplicates.set(key, (duplicates.get(key) ?? 0) + 1);
      ops.push({ kind, key, at_ns: now, cookie: ++cookie, mode: held === 1 && below(3) === 0 ? REPLACE : mode });
    }
    const expected = ops.map((op) => oracle.turn(op));
    const answers = turn(ops);
    expected.forEach((answer, i) => {
      if (answer !== null) assert.equal(answers[i], answer, `round ${round}: ${JSON.stringify(ops[i])}`);
    });
    const found = records().sort(byPlace);
    assert.deepEqual(found, oracle.outliers.splice(0).sort(byPlace), `outliers of round ${round}`);
  }
  const { counters } = object.stats();
  assert.equal(counters.full, 0);
  assert.equal(counters.unmatched, oracle.unmatched);
  assert.equal(counters.replaced, oracle.replaced);
  assert.equal(counters.collected, oracle.collected);
  assert.ok(oracle.collected > 50 && oracle.replaced > 50, 'all of it happened');
  const buckets = new Map();
  for (const delay of oracle.delays) buckets.set(bucketOf(delay), (buckets.get(bucketOf(delay)) ?? 0) + 1);
  object.histogram().counts.forEach((count, bucket) => {
    assert.equal(count, buckets.get(bucket) ?? 0, `bucket ${bucket}`);
  });
});

test('header: the histogram has the layout of src/base/histogram.ts at every magnitude', { skip }, async (t) => {
  const { object, turn } = await load(t, { threshold_ns: 2 ** 50 });
  const expected = new Map();
  for (let exponent = 0; exponent <= 45; exponent++) {
    for (const delay of [2 ** exponent - 1, 2 ** exponent, 2 ** exponent + 1, Math.floor(2 ** exponent * 1.7)]) {
      turn([
        { kind: IN, key: 2, at_ns: 1, mode: REPLACE },
        { kind: OUT, key: 2, at_ns: 1 + delay },
      ]);
      expected.set(bucketOf(delay), (expected.get(bucketOf(delay)) ?? 0) + 1);
    }
  }
  object.histogram().counts.forEach((count, bucket) => {
    assert.equal(count, expected.get(bucket) ?? 0, `bucket ${bucket}`);
  });
});

test('header: a full table refuses and counts, loses nothing that it took, and is usable again', {
  skip,
}, async (t) => {
  const { object, turn } = await load(t, { slots: 64 });
  const taken = [];
  let refused = 0;
  for (let key = 1; key <= 200; key++) {
    const [answer] = turn([{ kind: IN, key, at_ns: 10, mode: REPLACE }]);
    if (answer === 1) taken.push(key);
    else refused++;
  }
  assert.equal(object.stats().counters.full, refused);
  assert.ok(taken.length > 40 && taken.length <= 64, `${taken.length} of 64 slots`);
  for (const key of taken) assert.deepEqual(turn([{ kind: OUT, key, at_ns: 20 }]), [1], `key ${key}`);
  assert.deepEqual(turn([{ kind: IN, key: 1, at_ns: 30, mode: REPLACE }]), [1]);
});

test('header: duplicates beyond the probes are refused and counted; an out ends those that are there', {
  skip,
}, async (t) => {
  const { object, turn } = await load(t);
  for (let i = 0; i < 12; i++) turn([{ kind: IN, key: 6, at_ns: i + 1, mode: DUPLICATE }]);
  assert.equal(object.stats().counters.full, 12 - PROBES);
  assert.deepEqual(turn([{ kind: OUT, key: 6, at_ns: 100 }]), [PROBES]);
});

test('header: a clock that goes backwards is counted and not shown', { skip }, async (t) => {
  const { object, turn, records } = await load(t);
  turn([
    { kind: IN, key: 4, at_ns: 1000, mode: REPLACE },
    { kind: OUT, key: 4, at_ns: 500 },
  ]);
  assert.equal(object.stats().counters.negative, 1);
  assert.deepEqual(records(), []);
});

test('header: the token bucket lets a burst and then the rate through, and never falls silent', { skip }, async (t) => {
  const { object, turn, records } = await load(t, { threshold_ns: 1 });
  object.config.setRate(10, 5); // one in 100 ms on average, after five at once
  const second = 1e9;
  const outlierAt = (at_ns) =>
    turn([
      { kind: IN, key: 8, at_ns: at_ns - 1000, mode: REPLACE },
      { kind: OUT, key: 8, at_ns },
    ]);
  for (let i = 0; i < 1000; i++) outlierAt(second + i * 1e6); // a thousand in one second
  const burst = records().length;
  assert.ok(burst >= 14 && burst <= 16, `${burst}: five, then ten a second`);
  assert.equal(object.stats().counters.limited, 1000 - burst);
  outlierAt(60 * second);
  assert.equal(records().length, 1, 'after a quiet minute the next one comes through');
});
