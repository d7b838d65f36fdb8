/** Cases of commands that are no single tracker: doctor, track, the agent with its snapshot. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { needProgram, tailtrap } from '../../kernel/lib.mjs';
import { assertDelay, LATENCY_MS, need, PATIENCE_MS, pendingAndEnded, stop, THRESHOLD, TIMEOUT } from '../harness.mjs';
import { lateWakeUp } from '../provoke.mjs';
import { checkSnapshot, OUTLIER_FILE, SNAPSHOT_FOLDER } from '../snapshot.mjs';

export async function doctor() {
  const { code, stdout, stderr } = await tailtrap('doctor', '--json');
  assert.equal(code, 0, stderr);
  const checks = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const bad = checks.filter(({ needed, status }) => needed && status !== 'ok');
  assert.deepEqual(bad, []);
  const kernel = checks.find(({ name }) => name === 'kernel');
  assert.ok(kernel.detail.includes(release()), kernel.detail);
}

export async function track(t) {
  const path = t.program('tracked');
  const us = String(LATENCY_MS * 1000);
  for (const [mode, from, to, key] of [
    ['sleep', 'syscalls:sys_enter_nanosleep', 'syscalls:sys_exit_nanosleep', 'tid'],
    ['calls', `uprobe:${path}:work`, `uretprobe:${path}:work`, 'tid'],
    ['calls', `usdt:${path}:tracked:begin`, `usdt:${path}:tracked:finish`, 'arg0,arg1'],
  ]) {
    const ends = ['--in', from, '--out', to, '--key', key, '-c', 'tracked'];
    const watched = await t.tailtrap('track', ...ends, '--threshold', THRESHOLD, '--timeout', TIMEOUT);
    const [, begin_ns, end_ns] = (await t.output(path, [mode, us])).split(' ').map(Number);
    const { ended } = await pendingAndEnded(watched, () => true);
    assertDelay(ended, end_ns - begin_ns);
    assert.equal(ended.comm, 'tracked');
    assert.equal(ended.details.in, from);
    assert.equal(ended.details.out_tid, ended.tid);
    if (key === 'tid') assert.deepEqual(ended.key, { tid: ended.tid });
    else assert.deepEqual(ended.key, { arg0: 1, arg1: 1 });
    await stop(watched);
  }
}

export async function agent(t) {
  const folder = t.folder();
  const config = join(folder, 'tailtrap.yaml');
  writeFileSync(
    config,
    `trackers: {wakeup: {threshold: ${THRESHOLD}, rate: 0, filter: {comm: tt-timing}}}
recorder: {directory: ${folder}/snapshots, buffer: 16MiB, after: 100ms, cooldown: 0s}
socket: ${folder}/agent.sock
`,
  );
  let agent;
  try {
    agent = await t.tailtrap('run', '--config', config);
  } catch (error) {
    need(error.message.includes('TT_AGENT_RUNS') && 'another agent runs on this machine');
    throw error;
  }
  const { late_ns } = await lateWakeUp(t);
  const isEnd = (o) => o.tracker === 'wakeup' && o.kind === 'threshold';
  const outlier = await agent.waitFor(isEnd, PATIENCE_MS);
  assertDelay(outlier, late_ns);
  const report = await agent.waitFor((o) => o.outliers?.includes(outlier.id), PATIENCE_MS);
  assert.ok(report.snapshot, report.error);
  assert.equal(await agent.stop(), 0, agent.stderr);
  const copy = process.env.TAILTRAP_TEST_SNAPSHOT;
  if (copy !== undefined) {
    mkdirSync(copy, { recursive: true });
    cpSync(report.snapshot, join(copy, SNAPSHOT_FOLDER), { recursive: true });
    writeFileSync(join(copy, OUTLIER_FILE), JSON.stringify(outlier));
  } else if (!needProgram('babeltrace2')) {
    await checkSnapshot(report.snapshot, outlier);
  }
}
