/**
 * irq: handlers held up for 3 ms by a BPF program at their entry, which says when (the independent clock of the slow
 * ones), and every interrupt of a period compared with the kernel's own trace.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertHeldUp, burner } from './burner.mjs';
import { disagreeing, ftrace, monotonicBegin, needFtrace, ofInit, pairUp } from './ftrace.mjs';
import { needProgram, needRoot, run, sleep, temporaryFolder, watch } from './lib.mjs';

/** Direct reads and writes: an interrupt of the disk each, if the disk has interrupts. */
async function makeInterrupts(folder, seconds) {
  const job = ['--name=irq', `--filename=${folder}/data`, '--size=16m', '--rw=randrw', '--bs=4k', '--direct=1'];
  await run('fio', [...job, '--ioengine=psync', '--time_based', `--runtime=${seconds}`]);
}

test('irq: slow handlers, all of them and no other', { skip: needRoot() || needProgram('clang', 'fio') }, async (t) => {
  const burn = burner(t, { event: 'irq_handler_entry', burn_ns: 3e6, every_ns: 50e6 });
  const watching = watch('irq', '--threshold', '2ms');
  t.after(() => watching.stop());
  await watching.ready;
  burn.attach();
  await makeInterrupts(temporaryFolder(t), 1.5);
  burn.detach();
  await sleep(300);
  assert.equal(await watching.stop(), 0);
  const burns = burn.burns();
  if (burns.length === 0) return t.skip('no interrupt came: none of the disk, none of the network');

  const held = [];
  for (const { cpu, arg0, begin_ns, burn_ns } of burns) {
    const near = (outlier) => Math.abs(monotonicBegin(outlier) - begin_ns) < 500e3;
    const found = watching.outliers.filter((outlier) => outlier.cpu === cpu && near(outlier));
    assert.equal(found.length, 1, `burn at ${begin_ns}`);
    const [outlier] = found;
    assert.deepEqual(outlier.key, { cpu, irq: arg0 });
    assert.equal(outlier.kind, 'threshold');
    held.push({ delay_ns: outlier.delay_ns, burn_ns });
    assert.notEqual(outlier.details.handler, '');
  }
  assertHeldUp(held);
  for (const outlier of watching.outliers) assert.ok(outlier.delay_ns > 2e6, JSON.stringify(outlier));
  t.diagnostic(`${burns.length} slow handlers`);
});

const skip = needRoot() || needProgram('fio') || needFtrace('irq/irq_handler_entry');

test("irq: every interrupt, as in the kernel's own trace", { skip }, async (t) => {
  const trace = ftrace(t, ['irq/irq_handler_entry', 'irq/irq_handler_exit']);
  const watching = watch('irq', '--threshold', '0', '--ring', '8MiB');
  t.after(() => watching.stop());
  await watching.ready;
  trace.start();
  await makeInterrupts(temporaryFolder(t), 1);
  const events = trace.stop();
  await sleep(300);
  assert.equal(await watching.stop(), 0);

  const traced = [];
  const open = new Map();
  for (const { cpu, tid, ns, event, text } of events) {
    const where = `${cpu} ${/irq=(\d+)/.exec(text)[1]}`;
    const entry = open.get(where);
    if (event === 'irq_handler_entry')
      open.set(where, { where, hidden: ofInit(tid), ns, handler: /name=(.*)$/.exec(text)[1] });
    else if (entry !== undefined) traced.push({ ...entry, delay_ns: ns - entry.ns });
  }
  if (traced.length === 0) return t.skip('no interrupt came: none of the disk, none of the network');
  const reported = watching.outliers.map((outlier) => {
    const { cpu, irq } = outlier.key;
    return { where: `${cpu} ${irq}`, ns: monotonicBegin(outlier), outlier };
  });
  const { pairs, unseen, invented } = pairUp(traced, reported);
  assert.deepEqual(invented, []);
  assert.deepEqual(unseen, []);
  assert.deepEqual(disagreeing(pairs), []);
  for (const [{ handler }, { outlier }] of pairs) assert.equal(outlier.details.handler, handler);
  t.diagnostic(`${pairs.length} interrupts compared`);
});
