/** tailtrap/node and the agent together: a slow request of a Node program comes with what the kernel did meanwhile. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { PRELUDE, ROOT } from '../node/app.mjs';
import { needProgram, needRoot, run, sleep, start, temporaryFolder } from './lib.mjs';

const skip = needRoot();
/** Program and agent each find out for themselves what time it is. */
const CLOCKS_APART_S = 0.002;

/** An agent whose only outliers are those of programs: nobody is called like its filter. */
async function startAgent(t, trackers = '  wakeup: {threshold: 1s, filter: {comm: tt-nobody}}') {
  const folder = temporaryFolder(t);
  const config = join(folder, 'tailtrap.yaml');
  const socket = join(folder, 'agent.sock');
  writeFileSync(
    config,
    `trackers:\n${trackers}
recorder: {directory: ${folder}/snapshots, buffer: 32MiB, after: 20ms, cooldown: 0s}
socket: ${socket}
`,
  );
  const agent = start(['run', '--config', config]);
  t.after(() => agent.child.kill('SIGKILL'));
  await agent.ready;
  return { agent, socket };
}

/** One request to the agent's socket, its answer as an object. */
function ask(path, text) {
  return new Promise((resolve, reject) => {
    const socket = connect({ path }).on('error', reject).setEncoding('utf8');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.write(text);
  });
}
const status = async (path) => JSON.parse(await ask(path, '{"status":true}\n'));

test('a slow HTTP request: the agent takes a snapshot with it inside', { skip }, async (t) => {
  const { agent, socket } = await startAgent(t);
  const waiting = start(['wait', 'http.server', '--agent', '--socket', socket, '--for', '20s']);
  t.after(() => waiting.child.kill('SIGKILL'));
  await sleep(700); // it has subscribed
  const app = spawn(
    process.execPath,
    [
      '--import',
      'tailtrap/node',
      '--input-type=module',
      '-e',
      `${PRELUDE} routes['/slow'] = () => sleep(600); await get('/fast'); await get('/slow'); done();`,
    ],
    {
      cwd: ROOT,
      env: { ...process.env, TAILTRAP_SOCKET: socket, TAILTRAP_TRACK: 'http.server', TAILTRAP_THRESHOLD: '400ms' },
      stdio: 'inherit',
    },
  );
  const exited = new Promise((resolve) => app.on('close', resolve));
  const outlier = await agent.waitFor((record) => record.tracker === 'http.server', 10_000);
  const snapshot = await agent.waitFor((record) => record.outliers?.includes(outlier.id), 10_000);
  assert.deepEqual(outlier.key, { method: 'GET', route: '/slow' });
  assert.equal(outlier.details.status, 200);
  assert.equal(outlier.pid, app.pid);
  assert.equal(await exited, 0, 'and the program ends');
  assert.equal(await waiting.exited, 0);
  assert.equal(waiting.outliers[0].snapshot, snapshot.snapshot, 'the waiting script gets the path');
  const { reported, losses } = await status(socket);
  assert.equal(reported, 1);
  assert.deepEqual(losses, {});
  assert.equal(await agent.stop(), 0);

  if (needProgram('babeltrace2')) return t.diagnostic(needProgram('babeltrace2'));
  const { stdout } = await run('babeltrace2', ['--clock-seconds', snapshot.snapshot]);
  const lines = stdout.split('\n');
  const own = lines.find((line) => line.includes('tailtrap_outlier') && line.includes(outlier.id));
  assert.match(own, /tracker = "http\.server"/);
  // The window is covered: the kernel's events of this very thread, between the request's begin and end.
  const time = (line) => Number(/^\[(\d+\.\d+)\]/.exec(line)?.[1]);
  const [begin, end] = [Number(outlier.begin_ns) / 1e9, Number(outlier.end_ns) / 1e9 + CLOCKS_APART_S];
  const within = lines.filter((line) => time(line) > begin && time(line) < end);
  // Its system calls, its turns on the CPU ... (A single switch may be missing: see docs/trackers/offcpu.md, Limits.)
  const ofThread = new RegExp(`\\btid = ${outlier.tid}\\b|\\bnext_tid = ${outlier.tid}\\b`);
  const own_events = within.filter((line) => ofThread.test(line) && !line.includes('statedump'));
  assert.ok(
    own_events.length >= 3,
    `${own_events.length} of ${within.length} events in the window are of thread ${outlier.tid}`,
  );
});

test('hostile lines are refused and counted; the agent goes on', { skip }, async (t) => {
  const { agent, socket } = await startAgent(t);
  const answers = await Promise.all([
    ask(socket, `{"report":true}\n${'nonsense\n'.repeat(20)}`),
    ask(socket, `{"report":true}\n${JSON.stringify({ tracker: 'block', id: 'x' })}\n${'{}\n'.repeat(10)}`),
    ask(socket, `{"report":true}\n${'x'.repeat(100_000)}`),
    ask(socket, '{"report":"yes"}\n'),
  ]);
  assert.match(answers[0], /TT_BAD_REPORT/);
  assert.match(answers[2], /TT_BAD_REPORT/);
  assert.match(answers[3], /TT_BAD_REQUEST/);
  const { losses, reported, reporters } = await status(socket);
  assert.equal(losses['reports.refused'], 10 + 10 + 1);
  assert.equal(reported, 0);
  assert.equal(reporters, 0);
  assert.deepEqual(agent.outliers, []);
  assert.equal(await agent.stop(), 0);
});

test('a kernel tracker learns its threshold: status and log tell it', { skip }, async (t) => {
  const learn = '{quantile: 0.9, factor: 2, floor: 1us, train: 2s, window: 4s}';
  const { agent, socket } = await startAgent(t, `  wakeup: {threshold: 1s, learn: ${learn}}`);
  const before = (await status(socket)).trackers[0];
  assert.equal(before.threshold_ns, 1e9);
  assert.equal(before.learned.state, 'training');
  let now = before;
  for (let i = 0; i < 60 && now.learned.state === 'training'; i++) {
    await new Promise((resolve) => setTimeout(resolve, 250)); // and so make wake-ups
    now = (await status(socket)).trackers[0];
  }
  assert.equal(now.learned.state, 'learned', JSON.stringify(now));
  assert.ok(now.threshold_ns < 1e9 && now.threshold_ns >= 1000, `${now.threshold_ns}`);
  assert.match(agent.stderr, /wakeup: learned threshold [\d.]+ [mu]?s: 90 % of its operations/);
  assert.equal(await agent.stop(), 0);
});
