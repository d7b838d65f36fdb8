/**
 * softirq: held up for 3 ms by a BPF program, after the raise (interrupts disabled: nothing else can run it sooner) or
 * after the entry; it says when. And every softirq of a period compared with the kernel's own trace.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertHeldUp, burner } from './burner.mjs';
import { disagreeing, ftrace, monotonicBegin, needFtrace, ofInit, pairUp } from './ftrace.mjs';
import { needProgram, needRoot, run, sleep, watch } from './lib.mjs';

const TIMER = 1;

/** Work on every CPU for so long: ticks, and with them TIMER softirqs, come to busy CPUs only. */
const keepBusy = (seconds) => run('stress-ng', ['--cpu', '0', '--timeout', String(seconds)]);

/** So many datagrams over loopback: one NET_RX softirq each. */
const sendDatagrams = (count) => run('stress-ng', ['--udp', '1', '--udp-ops', String(count), '--timeout', '5']);

const skip = needRoot() || needProgram('clang', 'stress-ng');

for (const [event, cls] of [
  ['softirq_raise', 'raise'],
  ['softirq_entry', 'run'],
]) {
  test(`softirq: long from ${event} on, all of them and no other`, { skip }, async (t) => {
    const burn = burner(t, { event, only_arg0: TIMER, burn_ns: 3e6, every_ns: 100e6 });
    const watching = watch('softirq', '--threshold', '2ms');
    t.after(() => watching.stop());
    await watching.ready;
    burn.attach();
    await keepBusy(2);
    burn.detach();
    await sleep(300);
    assert.equal(await watching.stop(), 0);

    const burns = burn.burns();
    assert.ok(burns.length > 5, `${burns.length} softirqs held up`);
    const held = [];
    for (const { cpu, begin_ns, burn_ns } of burns) {
      const near = (outlier) => Math.abs(monotonicBegin(outlier) - begin_ns) < 500e3;
      const found = watching.outliers.filter(
        (o) => o.cpu === cpu && o.key.vector === 'TIMER' && o.details.class === cls && near(o),
      );
      assert.equal(found.length, 1, `burn at ${begin_ns} on CPU ${cpu}`);
      const [outlier] = found;
      held.push({ delay_ns: outlier.delay_ns, burn_ns });
      assert.equal(outlier.details[`${cls}_ns`], outlier.delay_ns);
      assert.equal(typeof outlier.details[cls === 'run' ? 'raise_ns' : 'run_ns'], 'number', 'the other delay too');
    }
    assertHeldUp(held);
    for (const outlier of watching.outliers) assert.ok(outlier.delay_ns > 2e6, JSON.stringify(outlier));
    t.diagnostic(`${burns.length} slow softirqs`);
  });
}

test("softirq: all, as in the kernel's own trace", { skip: skip || needFtrace('irq/softirq_raise') }, async (t) => {
  const trace = ftrace(t, ['irq/softirq_raise', 'irq/softirq_entry', 'irq/softirq_exit']);
  const watching = watch('softirq', '--threshold', '0', '--ring', '16MiB');
  t.after(() => watching.stop());
  await watching.ready;
  trace.start();
  await Promise.all([keepBusy(1), sendDatagrams(2000)]);
  const events = trace.stop();
  await sleep(300);
  assert.equal(await watching.stop(), 0);

  const raised = new Map();
  const entered = new Map();
  const traced = [];
  for (const { cpu, tid, ns, event, text } of events) {
    const where = `${cpu} ${/action=(\w+)/.exec(text)[1]}`;
    const before = raised.get(where);
    if (event === 'softirq_raise') {
      if (before === undefined) raised.set(where, { ns, hidden: ofInit(tid) });
      else before.hidden ||= ofInit(tid); // which raise the tracker saw first is not known
    } else if (event === 'softirq_entry') {
      if (before !== undefined) {
        const hidden = before.hidden || ofInit(tid);
        traced.push({ where: `${where} raise`, hidden, ns: before.ns, delay_ns: ns - before.ns });
      }
      raised.delete(where);
      entered.set(where, ns);
    } else if (entered.has(where)) {
      const begin_ns = entered.get(where);
      entered.delete(where);
      traced.push({ where: `${where} run`, hidden: ofInit(tid), ns: begin_ns, delay_ns: ns - begin_ns });
    }
  }
  assert.ok(traced.length > 100, `${traced.length} delays traced`);
  const reported = watching.outliers.map((outlier) => {
    const where = `${outlier.key.cpu} ${outlier.key.vector} ${outlier.details.class}`;
    return { where, ns: monotonicBegin(outlier), outlier };
  });
  const { pairs, unseen, invented } = pairUp(traced, reported);
  assert.deepEqual(
    unseen.filter(({ where }) => where.endsWith('run')),
    [],
  );
  // An interrupt between two probes of an entry may raise the vector anew: for one probe before the entry, where it adds
  // nothing, for the other after it.
  assert.ok(unseen.length <= pairs.length / 500, JSON.stringify(unseen));
  assert.deepEqual(invented, []);
  assert.deepEqual(disagreeing(pairs), []);
  t.diagnostic(`${pairs.length} delays compared`);
});
