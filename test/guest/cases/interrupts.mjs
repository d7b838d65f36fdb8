/** Cases of what interrupts tasks: a BPF program that holds a CPU says for how long. And work items. */
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { monotonicBegin } from '../../kernel/ftrace.mjs';
import { sleep } from '../../kernel/lib.mjs';
import { assertDelay, HOG_MS, need, PATIENCE_MS, stop } from '../harness.mjs';
import { burnt, hog, refresh, sleepOn, writeDirectly } from '../provoke.mjs';

export async function irq(t) {
  const watched = await t.watch('irq');
  const { burn, here } = await burnt(t, 'irq', () => writeDirectly(t));
  const outlier = await watched.waitFor(here, PATIENCE_MS);
  assertDelay(outlier, burn.burn_ns);
  assert.deepEqual(outlier.key, { cpu: burn.cpu, irq: burn.arg0 });
  assert.notEqual(outlier.details.handler, '');
  assert.match(outlier.details.result, /^(none|handled|wake_thread)$/);
  await stop(watched);
}

export async function softirq(t) {
  t.keepBusy();
  for (const phase of ['raise', 'run']) {
    const watched = await t.watch('softirq');
    const { burn, here } = await burnt(t, `softirq-${phase}`, () => {});
    const outlier = await watched.waitFor((o) => here(o) && o.details.class === phase, PATIENCE_MS);
    assertDelay(outlier, burn.burn_ns);
    assert.deepEqual(outlier.key, { cpu: burn.cpu, vector: 'TIMER' });
    assert.equal(outlier.details[`${phase}_ns`], outlier.delay_ns);
    assert.equal(typeof outlier.details[phase === 'run' ? 'raise_ns' : 'run_ns'], 'number', 'the other delay too');
    await stop(watched);
  }
}

export async function timer(t) {
  t.keepBusy();
  const watched = await t.watch('timer');
  const cpus = Array.from({ length: availableParallelism() }, (_, cpu) => cpu);
  const sleeping = Promise.all(cpus.map((cpu) => sleepOn(t, cpu, 300)));
  sleeping.catch(() => {}); // reported where it is waited for
  await sleep(1000); // so that they sleep by now
  // The tick raises this softirq with interrupts disabled: what burns there holds off every timer of its CPU.
  const { burn } = await burnt(t, 'softirq-raise', () => {});
  const sleeps = (await sleeping)[burn.cpu];
  const held = sleeps.find(({ due_ns }) => due_ns > burn.begin_ns && due_ns < burn.end_ns);
  assert.ok(held && held.late_ns > burn.burn_ns / 2, `a sleeper was held up: ${JSON.stringify({ held, burn })}`);
  const due = (o) => Math.abs(monotonicBegin(o) - held.due_ns) < 1000 && o.details.function === 'hrtimer_wakeup';
  const outlier = await watched.waitFor((o) => o.cpu === burn.cpu && due(o), PATIENCE_MS);
  assertDelay(outlier, held.late_ns);
  assert.equal(outlier.details.clock, 'monotonic');
  assert.equal(outlier.details.context, 'interrupt');
  assert.equal(outlier.details.late_ns, outlier.delay_ns);
  await stop(watched);
}

export async function workqueue(t) {
  const lastCpu = availableParallelism() - 1;
  need(lastCpu === 0 && 'needs two CPUs: one to keep busy, one to measure on');
  const watched = await t.watch('workqueue');
  const busy = hog(t, lastCpu, HOG_MS);
  await sleep(100);
  const [begin_ns, end_ns] = (await t.output(t.program('tt-timing'), ['refresh', '0'])).split(' ').map(Number);
  await busy;
  const waited = (o) => o.details.function === 'refresh_vm_stats' && o.details.class === 'queued';
  const ended = await watched.waitFor(waited, PATIENCE_MS);
  assertDelay(ended, end_ns - begin_ns);
  assert.equal(ended.cpu, lastCpu);
  assert.equal(ended.details.req_cpu, lastCpu);
  assert.match(ended.comm, /^kworker\//);
  assert.match(ended.details.workqueue, /^events/);
  await stop(watched);

  const again = await t.watch('workqueue');
  const { burn, here } = await burnt(t, 'workqueue', refresh);
  const ran = await again.waitFor((o) => here(o) && o.details.class === 'run', PATIENCE_MS);
  assertDelay(ran, burn.burn_ns);
  assert.equal(ran.details.run_ns, ran.delay_ns);
  await stop(again);
}
