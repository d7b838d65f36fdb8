/**
 * workqueue: /proc/sys/vm/stat_refresh queues a work item on every CPU and waits for them all, so the time of that write
 * is the independent clock; a SCHED_FIFO busy loop keeps the worker of one CPU from running its item.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assertHeldUp, burner } from './burner.mjs';
import { disagreeing, ftrace, monotonicBegin, needFtrace, ofInit, pairUp } from './ftrace.mjs';
import { agrees, needProgram, needRoot, sleep, watch } from './lib.mjs';
import { timingProgram } from './timing.mjs';

const online = readFileSync('/sys/devices/system/cpu/online', 'utf8').trim();
const lastCpu = Number(/(\d+)$/.exec(online)[1]);
const oneCpu = lastCpu === 0 && 'needs two CPUs: one to keep busy, one to measure on';

/** Queues an item on every CPU and waits until all have run. */
const refresh = () => writeFileSync('/proc/sys/vm/stat_refresh', '1');

test('workqueue: items that wait for a CPU, with timeout', {
  skip: needRoot() || oneCpu || needProgram('gcc'),
}, async (t) => {
  const timing = timingProgram(t);
  const watching = watch('workqueue', '--threshold', '50ms', '--timeout', '100ms');
  t.after(() => watching.stop());
  await watching.ready;
  const waits = [];
  for (let i = 0; i < 3; i++) {
    const hog = timing('hog', lastCpu, 300);
    await pause(50);
    const [[begin_ns, end_ns]] = await timing('refresh', 0);
    waits.push({ begin_ns, wait_ns: end_ns - begin_ns });
    await hog;
    await pause(100);
  }
  await sleep(300);
  assert.equal(await watching.stop(), 0);

  assert.ok(
    waits.some(({ wait_ns }) => wait_ns > 100e6),
    `no item waited: ${JSON.stringify(waits)}`,
  );
  for (const { begin_ns, wait_ns } of waits.filter((one) => one.wait_ns > 110e6)) {
    const found = watching.outliers.filter(
      (o) =>
        o.details.function === 'refresh_vm_stats' &&
        Math.abs(monotonicBegin(o) - begin_ns) < 10e6 &&
        o.details.run_ns === null,
    );
    assert.deepEqual(found.map(({ kind }) => kind).sort(), ['threshold', 'timeout'], JSON.stringify(found));
    const done = found.find(({ kind }) => kind === 'threshold');
    const timeout = found.find(({ kind }) => kind === 'timeout');
    assert.ok(agrees(done.delay_ns, wait_ns), `${done.delay_ns} ns reported, ${wait_ns} ns measured`);
    assert.ok(timeout.delay_ns >= 100e6 && timeout.delay_ns <= done.delay_ns);
    assert.equal(timeout.key.work, done.key.work);
    assert.equal(timeout.details.state, 'queued');
    assert.equal(timeout.details.workqueue, done.details.workqueue);
    assert.equal(done.details.class, 'queued');
    assert.equal(done.details.req_cpu, lastCpu);
    assert.equal(done.cpu, lastCpu);
    assert.match(done.comm, /^kworker\//);
    assert.match(done.details.workqueue, /^events/);
  }
  for (const o of watching.outliers.filter(({ kind }) => kind === 'threshold')) {
    assert.ok(o.delay_ns > 50e6, JSON.stringify(o));
  }
});

test('workqueue: items that run long', { skip: needRoot() || needProgram('clang') }, async (t) => {
  // 10 ms, of which 5 % are more than the item itself takes (some 100 us, more where another machine takes the CPU away).
  const burn = burner(t, { event: 'workqueue_execute_start', burn_ns: 10e6, every_ns: 60e6 });
  const watching = watch('workqueue', '--threshold', '2ms');
  t.after(() => watching.stop());
  await watching.ready;
  burn.attach();
  for (let i = 0; i < 20; i++) {
    refresh();
    await pause(40);
  }
  burn.detach();
  await sleep(300);
  assert.equal(await watching.stop(), 0);
  const burns = burn.burns();
  assert.ok(burns.length > 5, `${burns.length} items held up`);
  const held = [];
  for (const { cpu, begin_ns, burn_ns } of burns) {
    const near = (outlier) => Math.abs(monotonicBegin(outlier) - begin_ns) < 500e3;
    const found = watching.outliers.filter((o) => o.cpu === cpu && o.details.class === 'run' && near(o));
    assert.equal(found.length, 1, `burn at ${begin_ns}`);
    const [outlier] = found;
    if (outlier.details.function === 'refresh_vm_stats') held.push({ delay_ns: outlier.delay_ns, burn_ns });
    assert.equal(outlier.details.run_ns, outlier.delay_ns);
  }
  for (const outlier of watching.outliers) assert.ok(outlier.delay_ns > 2e6, JSON.stringify(outlier));
  assertHeldUp(held);
  t.diagnostic(`${burns.length} long items`);
});

test("workqueue: all, as in the kernel's own trace", {
  skip: needRoot() || needFtrace('workqueue/workqueue_queue_work'),
}, async (t) => {
  const names = ['workqueue_queue_work', 'workqueue_execute_start', 'workqueue_execute_end'];
  const trace = ftrace(
    t,
    names.map((name) => `workqueue/${name}`),
  );
  const watching = watch('workqueue', '--threshold', '0', '--ring', '4MiB');
  t.after(() => watching.stop());
  await watching.ready;
  trace.start();
  for (let i = 0; i < 100; i++) {
    refresh();
    await pause(5);
  }
  const events = trace.stop();
  await sleep(300);
  assert.equal(await watching.stop(), 0);

  const queued = new Map();
  const started = new Map();
  const traced = [];
  for (const { tid, ns, event, text } of events) {
    const work = /work struct[= ](\S+?):?( |$)/.exec(text)[1];
    const fn = /function[= ](\S+)/.exec(text)?.[1];
    const hidden = ofInit(tid);
    if (event === names[0]) queued.set(work, { ns, fn, hidden });
    else if (event === names[1]) {
      const before = queued.get(work);
      queued.delete(work);
      started.set(`${work} ${tid}`, { ns, fn });
      if (before !== undefined) {
        traced.push({ ...before, where: `${before.fn} queued`, delay_ns: ns - before.ns });
      }
    } else {
      const begin = started.get(`${work} ${tid}`);
      started.delete(`${work} ${tid}`);
      if (begin !== undefined) traced.push({ ...begin, where: `${begin.fn} run`, delay_ns: ns - begin.ns, hidden });
    }
  }
  assert.ok(traced.length > 100, `${traced.length} delays traced`);
  const reported = watching.outliers.map((outlier) => {
    const where = `${outlier.details.function} ${outlier.details.class}`;
    return { where, ns: monotonicBegin(outlier), outlier };
  });
  const { pairs, unseen, invented } = pairUp(traced, reported);
  assert.deepEqual(unseen, []);
  assert.deepEqual(invented, []);
  t.diagnostic(`${pairs.length} delays compared`);
  assert.deepEqual(disagreeing(pairs), []);
});
