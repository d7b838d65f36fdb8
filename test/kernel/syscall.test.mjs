/** syscall: a program that times its own calls is the independent clock. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agrees, needProgram, needRoot, sleep, watch } from './lib.mjs';
import { SLEEPER, sleeper } from './sleeper.mjs';

const skip = needRoot() || needProgram('clang');

for (const mode of ['direct', 'hashed']) {
  test(`syscall: slow calls with arguments and result, none that waits by design (${mode} table)`, {
    skip,
  }, async (t) => {
    const run = await sleeper(t);
    const table = mode === 'hashed' ? ['--slots', '1024'] : [];
    const watched = watch('syscall', '--threshold', '60ms', '-c', SLEEPER, table);
    t.after(() => watched.stop());
    await watched.ready;
    const slow = await run('write', 150, 'write', 90, 'write', 210);
    await run('write', 20, 'write', 40, 'design', 150);
    await sleep(200);

    assert.equal(watched.outliers.length, slow.length, JSON.stringify(watched.outliers.map((o) => o.key)));
    for (const [i, { ns, tid, ret }] of slow.entries()) {
      const o = watched.outliers[i];
      assert.ok(agrees(o.delay_ns, ns), `${o.delay_ns} ns, by its own clock ${ns}`);
      assert.deepEqual(o.key, { tid, syscall: 'write' });
      assert.equal(o.comm, SLEEPER);
      assert.equal(o.details.abi, 'native');
      assert.equal(o.details.args.length, 6);
      assert.equal(o.details.args[2], '0x1', 'one byte was written');
      assert.equal(o.details.ret, ret);
    }
  });
}

test('syscall: a call that is stuck is told while it lasts, with its stack', { skip }, async (t) => {
  const run = await sleeper(t);
  const watched = watch('syscall', '--threshold', '1h', '--timeout', '100ms', '-c', SLEEPER);
  t.after(() => watched.stop());
  await watched.ready;
  const [{ ns, tid }] = await run('write', 500);
  await run('design', 250);
  await sleep(200);

  const [timeout, ended, ...more] = watched.outliers;
  assert.equal(more.length, 0, JSON.stringify(more));
  assert.equal(timeout.kind, 'timeout');
  assert.deepEqual(timeout.key, { tid, syscall: 'write' });
  assert.match(timeout.details.stack.join(' '), /pipe/);
  assert.equal(ended.kind, 'threshold', 'and once more when it is over');
  assert.ok(agrees(ended.delay_ns, ns), `${ended.delay_ns} ns, by its own clock ${ns}`);
});

test('syscall: 32-bit calls are told apart', { skip: skip || process.arch !== 'x64' }, async (t) => {
  const run = await sleeper(t);
  const watched = watch('syscall', '--threshold', '60ms', '-c', SLEEPER);
  t.after(() => watched.stop());
  await watched.ready;
  let calls;
  try {
    calls = await run('write32', 120);
  } catch {
    return t.skip('this kernel has no 32-bit calls');
  }
  await sleep(200);
  const [{ ns, tid }] = calls;
  assert.equal(watched.outliers.length, 1);
  const [o] = watched.outliers;
  assert.ok(agrees(o.delay_ns, ns), `${o.delay_ns} ns, by its own clock ${ns}`);
  assert.deepEqual(o.key, { tid, syscall: 'compat_4' }, 'write of the 32-bit table, not stat of the native one');
  assert.equal(o.details.abi, '32-bit');
  assert.equal(o.details.args[2], '0x1');
});
