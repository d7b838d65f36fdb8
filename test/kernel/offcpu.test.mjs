/** offcpu: a program that times its own sleeps is the independent clock. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agrees, needProgram, needRoot, sleep, watch } from './lib.mjs';
import { SLEEPER, sleeper } from './sleeper.mjs';

const skip = needRoot() || needProgram('clang');

/** The first stack of a run waits for the kernel's symbols to be read. */
const DELIVERED_MS = 1500;

for (const mode of ['direct', 'hashed']) {
  test(`offcpu: uninterruptible sleeps, with sleeper, waker and their stacks (${mode} table)`, { skip }, async (t) => {
    const run = await sleeper(t);
    const table = mode === 'hashed' ? ['--slots', '256'] : [];
    const watched = watch('offcpu', '--threshold', '60ms', '-c', SLEEPER, table);
    t.after(() => watched.stop());
    await watched.ready;
    const slow = await run('vfork', 150, 'vfork', 90, 'vfork', 220);
    await run('vfork', 20, 'vfork', 30, 'design', 100); // too short; and sleeps that wait by design
    await sleep(DELIVERED_MS);

    // Outliers of its children's own sleeps would be interruptible: those do not count by default.
    assert.equal(watched.outliers.length, slow.length, JSON.stringify(watched.outliers.map((o) => o.details)));
    for (const [i, { ns, tid }] of slow.entries()) {
      const o = watched.outliers[i];
      assert.ok(agrees(o.delay_ns, ns), `${o.delay_ns} ns, by its own clock ${ns}`);
      assert.equal(o.kind, 'threshold');
      assert.equal(o.comm, SLEEPER);
      assert.equal(o.key.tid, tid);
      const { details } = o;
      assert.equal(details.class, 'disk');
      assert.match(details.state, /^disk/);
      assert.equal(details.blocked_ns + details.wait_ns, o.delay_ns);
      assert.ok(agrees(details.blocked_ns, ns), 'nearly all of it asleep');
      assert.ok(details.stack.length > 1, 'a stack');
      assert.match(details.stack.join(' '), /clone|fork/, 'the stack of the sleeper, not of who left the CPU for it');
      assert.equal(details.waker.comm, SLEEPER);
      assert.notEqual(details.waker.tid, tid);
      assert.match(details.waker.stack.join(' '), /exit/, 'the child ended the sleep when it died');
      assert.doesNotMatch(details.waker.stack[0], /bpf/);
    }
  });
}

test('offcpu: a task that is pre-empted for long', { skip }, async (t) => {
  const run = await sleeper(t);
  const watched = watch('offcpu', '--threshold', '60ms', '-c', SLEEPER);
  t.after(() => watched.stop());
  await watched.ready;
  const [{ ns, tid }] = await run('preempted', 120);
  await sleep(DELIVERED_MS);

  const o = watched.outliers.find((one) => one.key.tid === tid);
  assert.ok(o, 'caught');
  assert.ok(agrees(o.delay_ns, ns), `${o.delay_ns} ns, by its own clock ${ns}`);
  assert.equal(o.details.class, 'runnable');
  assert.equal(o.details.state, 'preempted');
  assert.equal(o.details.blocked_ns, 0);
  assert.equal(o.details.waker, null);
});

test('offcpu: a sleep without end is told while it lasts, with its stack', { skip }, async (t) => {
  const run = await sleeper(t);
  const watched = watch('offcpu', '--threshold', '1h', '--timeout', '100ms', '-c', SLEEPER);
  t.after(() => watched.stop());
  await watched.ready;
  const [{ ns, tid }] = await run('vfork', 500);
  await sleep(DELIVERED_MS);

  const [timeout, ended, ...more] = watched.outliers;
  assert.equal(more.length, 0);
  assert.equal(timeout.kind, 'timeout');
  assert.equal(timeout.tid, tid);
  assert.equal(timeout.comm, SLEEPER);
  assert.ok(timeout.delay_ns >= 100e6 && timeout.delay_ns < 300e6, `${timeout.delay_ns}`);
  assert.match(timeout.details.stack.join(' '), /clone|fork/);
  assert.equal(ended.kind, 'threshold', 'and once more when it is over');
  assert.ok(agrees(ended.delay_ns, ns), `${ended.delay_ns} ns, by its own clock ${ns}`);
});
