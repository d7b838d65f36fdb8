/** Cases of tasks: a program that times its own waits is the independent clock. */
import assert from 'node:assert/strict';
import { assertDelay, assertStack, PATIENCE_MS, pendingAndEnded, stop, TABLES, TIMEOUT } from '../harness.mjs';
import { lateWakeUp, sleeper } from '../provoke.mjs';

export async function wakeup(t) {
  for (const table of TABLES) {
    const watched = await t.watch('wakeup', '-c', 'tt-timing', ...table);
    const { late_ns } = await lateWakeUp(t);
    const ended = await watched.waitFor((o) => o.kind === 'threshold', PATIENCE_MS);
    assertDelay(ended, late_ns);
    assert.equal(ended.comm, 'tt-timing');
    assert.equal(ended.details.cause, 'woken');
    assert.equal(ended.details.priority, 49, 'real-time 50');
    assert.equal(typeof ended.details.waker.tid, 'number');
    const { ran_meanwhile, previous } = ended.details;
    assert.equal(previous.comm, 'tt-hog');
    assert.ok(
      ran_meanwhile.some(({ comm, ran_ns }) => comm === 'tt-hog' && ran_ns > 400e6),
      JSON.stringify(ran_meanwhile),
    );
    await stop(watched);
  }
}

export async function offcpu(t) {
  for (const table of TABLES) {
    const watched = await t.watch('offcpu', '--timeout', TIMEOUT, '-c', 'tt-sleeper', ...table);
    const { ns, tid } = await sleeper(t, 'vfork');
    const { pending, ended } = await pendingAndEnded(watched, (o) => o.tid === tid);
    assertDelay(ended, ns);
    const { details } = ended;
    assert.equal(ended.comm, 'tt-sleeper');
    assert.equal(details.class, 'disk');
    assert.match(details.state, /^disk/);
    assert.equal(details.blocked_ns + details.wait_ns, ended.delay_ns);
    assertStack(details.stack, /clone|fork/);
    assert.equal(details.waker.comm, 'tt-sleeper');
    assert.notEqual(details.waker.tid, tid);
    assertStack(details.waker.stack, /exit/);
    assertStack(pending.details.stack, /clone|fork/);
    await stop(watched);
  }
}

export async function syscall(t) {
  for (const table of TABLES) {
    const watched = await t.watch('syscall', '--timeout', TIMEOUT, '-c', 'tt-sleeper', ...table);
    const { ns, tid, ret } = await sleeper(t, 'write');
    const { pending, ended } = await pendingAndEnded(watched, (o) => o.tid === tid);
    assertDelay(ended, ns);
    assert.deepEqual(ended.key, { tid, syscall: 'write' });
    assert.equal(ended.details.args.length, 6);
    assert.equal(ended.details.args[2], '0x1', 'one byte was written');
    assert.equal(ended.details.ret, ret);
    assertStack(pending.details.stack, /pipe/);
    await stop(watched);
  }
}
