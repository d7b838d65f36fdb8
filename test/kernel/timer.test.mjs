/**
 * timer: interrupts held off for 3 ms by a BPF program, so that the timers of a sleeping program come late; it measures
 * its own lateness. And every expiry of a period compared with the kernel's own trace.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { burner } from './burner.mjs';
import { disagreeing, ftrace, monotonicBegin, needFtrace, ofInit, pairUp } from './ftrace.mjs';
import { agrees, needProgram, needRoot, sleep, watch } from './lib.mjs';
import { timingProgram } from './timing.mjs';

const TIMER_SOFTIRQ = 1;
const PERIOD_US = 500;
/** This long before it is due, a sleep has begun. */
const ASLEEP_NS = 450e3;
const skip = needRoot() || needProgram('clang', 'gcc');

test('timer: late timers, all of them and no other', { skip }, async (t) => {
  const timing = timingProgram(t);
  // The tick raises this softirq with interrupts disabled: what burns there holds off every timer of its CPU.
  const burn = burner(t, { event: 'softirq_raise', only_arg0: TIMER_SOFTIRQ, burn_ns: 3e6, every_ns: 60e6 });
  const watching = watch('timer', '--threshold', '1500us');
  t.after(() => watching.stop());
  await watching.ready;
  burn.attach();
  const sleeps = (await Promise.all([0, 1].map((cpu) => timing('sleep', cpu, PERIOD_US, 2000).catch(() => [])))).map(
    (times, cpu) => times.map(([due_ns, awake_ns]) => ({ cpu, due_ns, awake_ns, late_ns: awake_ns - due_ns })),
  );
  burn.detach();
  await sleep(300);
  assert.equal(await watching.stop(), 0);

  // Late because of a burn that began while it slept: what makes a sleeper late otherwise need not be its timer.
  const burns = burn.burns();
  const held = (one) => (b) => b.cpu === one.cpu && one.due_ns - ASLEEP_NS < b.begin_ns && b.begin_ns < one.due_ns;
  const late = sleeps.flat().filter((one) => one.late_ns > 2e6 && burns.some(held(one)));
  assert.ok(late.length > 0, 'no sleep was late');
  for (const { cpu, due_ns, late_ns } of late) {
    const due = (outlier) => Math.abs(monotonicBegin(outlier) - due_ns) < 100;
    const found = watching.outliers.filter((o) => o.cpu === cpu && o.details.function === 'hrtimer_wakeup' && due(o));
    assert.equal(found.length, 1, `a sleep until ${due_ns} came ${late_ns} ns late`);
    const [outlier] = found;
    assert.ok(agrees(outlier.delay_ns, late_ns), `${outlier.delay_ns} ns reported, ${late_ns} ns measured`);
    assert.equal(outlier.details.clock, 'monotonic');
    assert.equal(outlier.details.context, 'interrupt');
    assert.equal(outlier.details.late_ns, outlier.delay_ns);
  }
  for (const outlier of watching.outliers) assert.ok(outlier.delay_ns > 1.5e6, JSON.stringify(outlier));
  t.diagnostic(`${late.length} late timers`);
});

test('timer: slack, and a time gone by, are not lateness', { skip }, async (t) => {
  const timing = timingProgram(t);
  const watching = watch('timer', '--threshold', '50us');
  t.after(() => watching.stop());
  await watching.ready;
  const [[due_ns, awake_ns]] = await timing('slack', 40);
  const [[past_ns, fired_ns]] = await timing('past');
  await sleep(300);
  assert.equal(await watching.stop(), 0);
  t.diagnostic(`woke ${(awake_ns - due_ns) / 1e6} ms after the time that was asked for`);
  assert.ok(fired_ns - past_ns > 1e9);
  for (const outlier of watching.outliers) assert.ok(outlier.delay_ns < 20e6, JSON.stringify(outlier));
});

test("timer: every expiry, as in the kernel's own trace", {
  skip: skip || needFtrace('timer/hrtimer_start'),
}, async (t) => {
  const timing = timingProgram(t);
  const trace = ftrace(t, ['timer/hrtimer_start', 'timer/hrtimer_expire_entry']);
  const watching = watch('timer', '--threshold', '0', '--ring', '8MiB');
  t.after(() => watching.stop());
  await watching.ready;
  trace.start();
  await timing('sleep', 0, 500, 1000);
  const events = trace.stop();
  await sleep(300);
  assert.equal(await watching.stop(), 0);

  const due = new Map();
  const traced = [];
  for (const { cpu, tid, ns, event, text } of events) {
    const address = /hrtimer=(\S+)/.exec(text)[1];
    if (event === 'hrtimer_start') {
      due.set(address, { expires_ns: Number(/ expires=(\d+)/.exec(text)[1]), started_ns: ns });
      continue;
    }
    // The kernel moves the tick of a CPU that goes idle, and that is not always traced.
    if (/function=tick_/.test(text)) continue;
    const { expires_ns, started_ns } = due.get(address) ?? {};
    due.delete(address);
    // `now` is of the timer's clock: it tells which timers are on the monotonic one, as the trace is.
    const monotonic = Math.abs(Number(/now=(\d+)/.exec(text)[1]) - ns) < 1e9;
    if (!monotonic || expires_ns === undefined || expires_ns < started_ns || expires_ns > ns) continue;
    const where = `${cpu} ${/function=(\S+)/.exec(text)[1]}`;
    traced.push({ where, hidden: ofInit(tid), ns: expires_ns, delay_ns: ns - expires_ns });
  }
  assert.ok(traced.length > 100, `${traced.length} expiries traced`);
  const reported = watching.outliers.map((outlier) => {
    const where = `${outlier.cpu} ${outlier.details.function}`;
    return { where, ns: monotonicBegin(outlier), outlier };
  });
  const { pairs, unseen } = pairUp(traced, reported);
  assert.deepEqual(unseen, []);
  assert.deepEqual(disagreeing(pairs), []);
  t.diagnostic(`${pairs.length} expiries compared`);
});
