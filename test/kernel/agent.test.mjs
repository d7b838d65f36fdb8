/** The agent as a person runs it: snapshots, actions, reload, a second one, SIGKILL, a full disk. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { onCpu0 } from '../../scripts/lib/children.mjs';
import { needProgram, needRoot, run, sleep, start, tailtrap, temporaryFolder } from './lib.mjs';

const skip = needRoot() || needProgram('chrt', 'taskset', 'perl');
const INSTANCES = '/sys/kernel/tracing/instances';

/** Kernel things that an agent must not leave behind. */
function kernelState(pid) {
  const instances = existsSync(INSTANCES) ? readdirSync(INSTANCES).filter((name) => name === `tailtrap-${pid}`) : [];
  return { instances };
}

/** A configuration in a folder of its own; wake-ups of `tt-sleeper` on CPU 0 are the only outliers. */
function configure(t, extra = '', recorder = '') {
  const folder = temporaryFolder(t);
  const config = join(folder, 'tailtrap.yaml');
  const content = (threshold, more = extra) => `
trackers:
  wakeup: {threshold: ${threshold}, rate: 0, filter: {comm: tt-sleeper}}
recorder: {directory: ${folder}/snapshots, buffer: 4MiB, after: 20ms, cooldown: 0s${recorder}}
socket: ${folder}/agent.sock
${more}`;
  writeFileSync(config, content('10ms'));
  return { folder, config, socket: `${folder}/agent.sock`, content, snapshots: `${folder}/snapshots` };
}

const SLEEPER = `use Time::HiRes 'usleep'; $0 = 'tt-sleeper'; usleep(5000) for 1 .. 30;`;
const HOG = `use Time::HiRes qw(usleep time); usleep(50000); my $end = time + 0.03; while (time < $end) {}`;
/** One late wake-up of about 30 ms. */
const lateWakeUp = () => Promise.all([run(...onCpu0(1, SLEEPER)), run(...onCpu0(50, HOG))]);

async function startAgent(t, config) {
  const agent = start(['run', '--config', config]);
  t.after(() => agent.child.kill('SIGKILL'));
  await agent.ready;
  return agent;
}

/** Ids of the BPF programs that a process holds; none where bpftool is not installed. */
function programIds(pid) {
  if (needProgram('bpftool')) return [];
  const programs = JSON.parse(execFileSync('bpftool', ['prog', 'show', '-j'], { encoding: 'utf8' }));
  return programs.filter(({ pids }) => pids?.some((holder) => holder.pid === pid)).map(({ id }) => id);
}

/** Sends SIGHUP and waits until the agent says what came of it. */
async function reread(agent) {
  const answers = () => agent.stderr.match(/configuration read again|the old configuration stays/g)?.length ?? 0;
  const before = answers();
  agent.child.kill('SIGHUP');
  for (let i = 0; i < 500 && answers() === before; i++) await sleep(20);
  assert.ok(answers() > before, 'the agent has read its configuration again');
}

const isOutlier = (record) => record.tracker === 'wakeup';
const isSnapshot = (record) => Array.isArray(record.outliers);

test('agent: outlier, snapshot with the outlier inside, exec, webhook and waiting script', { skip }, async (t) => {
  const posted = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      posted.push(JSON.parse(body));
      response.end();
    });
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.on('listening', resolve));
  const out = join(temporaryFolder(t), 'exec.json');
  const actions = `actions: [snapshot, wake, {exec: {command: [tee, ${out}]}}, {webhook: {url: "http://127.0.0.1:${server.address().port}/"}}]`;
  const { config, socket } = configure(t, actions);
  const agent = await startAgent(t, config);
  const waiting = start(['wait', 'wakeup', '--agent', '--socket', socket, '--for', '20s']);
  await sleep(500);
  await lateWakeUp();

  const outlier = await agent.waitFor(isOutlier);
  const snapshot = await agent.waitFor(isSnapshot);
  assert.ok(outlier.delay_ns > 10e6 && outlier.delay_ns < 60e6, `${outlier.delay_ns}`);
  assert.ok(snapshot.outliers.includes(outlier.id));
  assert.equal(await waiting.exited, 0);
  assert.equal(waiting.outliers[0].snapshot, snapshot.snapshot, 'the waiting script gets the path');
  await sleep(500);
  assert.equal(JSON.parse(readFileSync(out, 'utf8')).tracker, 'wakeup', 'exec got it on stdin');
  assert.equal(posted[0]?.id, outlier.id);
  assert.equal(posted[0]?.snapshot, snapshot.snapshot);
  assert.equal(await agent.stop(), 0);

  if (needProgram('babeltrace2')) return t.diagnostic(needProgram('babeltrace2'));
  const { stdout, stderr } = await run('babeltrace2', ['--clock-seconds', snapshot.snapshot]);
  assert.equal(stderr, '', 'babeltrace2 has nothing to complain about');
  const line = stdout.split('\n').find((l) => l.includes('tailtrap_outlier') && l.includes(outlier.id));
  assert.ok(line, "the outlier's own event is in its trace");
  const seconds = outlier.end_ns.replace(/(\d{9})$/, '.$1');
  assert.ok(line.startsWith(`[${seconds}]`), `${line.slice(0, 30)} at its own time ${seconds}`);
  assert.match(stdout, /sched_switch: .*next_comm = "tt-sleeper"/);
});

test('agent: a second one is refused with the reason', { skip }, async (t) => {
  const { config } = configure(t);
  const agent = await startAgent(t, config);
  const second = await tailtrap('run', '--config', configure(t).config);
  assert.equal(second.code, 1);
  assert.match(second.stderr, /TT_AGENT_RUNS.*process \d+[\s\S]*next: /);
  assert.equal(await agent.stop(), 0);
});

test('agent: after SIGKILL the next one finds a clean machine', { skip }, async (t) => {
  const { config } = configure(t);
  const first = await startAgent(t, config);
  first.child.kill('SIGKILL');
  await first.exited;
  const next = await startAgent(t, config);
  assert.deepEqual(kernelState(first.child.pid), { instances: [] });
  assert.equal(await next.stop(), 0);
  assert.deepEqual(kernelState(next.child.pid), { instances: [] });
  if (!needProgram('bpftool')) {
    await sleep(200);
    const pids = JSON.parse(execFileSync('bpftool', ['prog', 'show', '-j'], { encoding: 'utf8' })).flatMap(
      (p) => p.pids ?? [],
    );
    assert.ok(!pids.some(({ pid }) => pid === first.child.pid || pid === next.child.pid), 'no program is left');
  }
});

test('agent: SIGHUP takes over a new threshold, and keeps the old configuration when the new one is wrong', {
  skip,
}, async (t) => {
  const { config, content } = configure(t);
  writeFileSync(config, content('10s'));
  const agent = await startAgent(t, config);
  await lateWakeUp();
  assert.equal(agent.outliers.filter(isOutlier).length, 0);
  writeFileSync(config, content('10ms'));
  await reread(agent);
  await lateWakeUp();
  await agent.waitFor(isOutlier);

  // Off and on again, without loading anything anew; what was pending meanwhile is forgotten.
  const programs = programIds(agent.child.pid);
  writeFileSync(config, content('10ms').replace('{threshold', '{enabled: false, threshold'));
  await reread(agent);
  const seen = agent.outliers.length;
  await lateWakeUp();
  assert.equal(agent.outliers.slice(seen).filter(isOutlier).length, 0, 'off');
  writeFileSync(config, content('10ms'));
  await reread(agent);
  await lateWakeUp();
  await agent.waitFor((record) => isOutlier(record) && agent.outliers.indexOf(record) >= seen);
  assert.deepEqual(programIds(agent.child.pid), programs, 'the same programs');

  writeFileSync(config, 'trackers: {wakup: {}}\n');
  await reread(agent);
  assert.match(agent.stderr, /the old configuration stays[\s\S]*:1:12: .*did you mean wakeup/);
  assert.equal(await agent.stop(), 0);
});

test('agent: a full disk costs the snapshot, not the agent', { skip }, async (t) => {
  const { config, snapshots } = configure(t);
  execFileSync('mkdir', ['-p', snapshots]);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', snapshots]);
  try {
    await fullDisk(t, config, snapshots);
  } finally {
    execFileSync('umount', ['-l', snapshots]); // before the folder itself is removed
  }
});

async function fullDisk(t, config, snapshots) {
  const agent = await startAgent(t, config);
  await lateWakeUp();
  const failed = await agent.waitFor(isSnapshot);
  assert.equal(failed.snapshot, null);
  assert.match(failed.error, /ENOSPC|no space|full/i);
  assert.deepEqual(readdirSync(snapshots), [], 'nothing half-written is left');
  const before = agent.outliers.filter(isOutlier).length;
  await lateWakeUp();
  await sleep(300);
  assert.ok(agent.outliers.filter(isOutlier).length > before, 'it goes on catching');
  assert.equal(await agent.stop(), 0);
}
