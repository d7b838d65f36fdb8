import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Outlier } from '../base/outlier.ts';
import { ask } from './client.ts';
import { takeLock } from './lock.ts';
import { parseRequest, Subscribers } from './subscribers.ts';

async function listen(t: TestContext): Promise<{ subscribers: Subscribers; path: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-unit-'));
  const path = join(folder, 'a.sock');
  const subscribers = await Subscribers.listen(path, {
    snapshot: async () => ({ path: '/snap' }),
    status: () => ({ pid: 1 }),
    report: (socket, text) => socket.end(`taken: ${text}`),
  });
  t.after(() => {
    subscribers.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { subscribers, path };
}

const outlier = (tracker: string, delay_ns: number): Outlier =>
  ({ tracker, delay_ns, kind: 'threshold', id: 'x' }) as Outlier;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('a subscriber gets the outliers it asked for, above its own threshold', async (t) => {
  const { subscribers, path } = await listen(t);
  const got: unknown[] = [];
  const stop = new AbortController();
  const asked = ask(
    path,
    { subscribe: { trackers: ['block'], threshold_ns: 100 } },
    (line) => got.push(line),
    stop.signal,
  );
  while (subscribers.count === 0) await pause(5);
  subscribers.publish(outlier('wakeup', 1000));
  subscribers.publish(outlier('block', 100));
  subscribers.publish(outlier('block', 101));
  while (got.length < 2) await pause(5);
  stop.abort();
  await asked;
  assert.deepEqual(got, [{ subscribed: true }, outlier('block', 101)]);
});

test('one that does not read is let go and counted, others go on', async (t) => {
  const { subscribers, path } = await listen(t);
  const socket: Socket = connect({ path });
  socket.pause();
  socket.write('{"subscribe":{}}\n');
  socket.on('error', () => {});
  while (subscribers.count === 0) await pause(5);
  const large = { ...outlier('block', 5), details: { text: 'x'.repeat(100_000) } };
  for (let i = 0; i < 100 && subscribers.dropped === 0; i++) subscribers.publish(large);
  assert.equal(subscribers.dropped, 1);
  assert.equal(subscribers.count, 0);
  socket.destroy();
});

test('what is not a request is refused, however long or odd', async (t) => {
  const { path } = await listen(t);
  for (const request of ['nonsense\n', '[]\n', 'null\n', '{"subscribe":7}\n', 'x'.repeat(10_000)]) {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect({ path });
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      socket.on('close', () => resolve(text));
      socket.write(request);
    });
    assert.match(answer, /TT_BAD_REQUEST/, request.slice(0, 20));
  }
});

test('more than 64 connections are refused and counted', async (t) => {
  const { subscribers, path } = await listen(t);
  const sockets = Array.from({ length: 70 }, () => connect({ path }).on('error', () => {}));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (const socket of sockets) socket.write('{"subscribe":{}}\n');
  while (subscribers.refused < 6) await pause(5);
  assert.equal(subscribers.count, 64);
});

/** What a program of nobody, in this group, gets when it connects. */
function reach(path: string, gid: number): Promise<string> {
  const code = `require('net').connect(${JSON.stringify(path)}, () => end('in')).on('error', (e) => end(e.code));
    function end(word) { process.stdout.write(word, () => process.exit()); }`;
  const options = { uid: 65534, gid, cwd: '/', timeout: 10_000 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['-e', code], options, (error, out) => (error ? reject(error) : resolve(out)));
  });
}

test('the socket is for its owner and one group', { skip: process.getuid?.() !== 0 && 'not root' }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-unit-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const answers = { snapshot: async () => ({}), status: () => ({}), report: () => {} };
  for (const [given, gid] of [
    [undefined, process.getgid!()],
    [12345, 12345],
  ] as const) {
    const path = join(folder, `${gid}.sock`);
    const subscribers = await Subscribers.listen(path, answers, given);
    const { gid: has, uid, mode } = statSync(path);
    assert.deepEqual([has, uid, mode & 0o777], [gid, 0, 0o660]);
    assert.equal(await reach(path, 12345), gid === 12345 ? 'in' : 'EACCES');
    assert.equal(await reach(path, 54321), 'EACCES');
    subscribers.close();
  }
  await assert.rejects(Subscribers.listen(join(folder, 'b.sock'), answers, -5), {
    code: 'TT_SOCKET',
    where: join(folder, 'b.sock'),
    next: /socket_group/,
  });
});

test('requests are read leniently where that is harmless', () => {
  assert.deepEqual(parseRequest('{"subscribe":{}}'), { subscribe: { trackers: null, threshold_ns: 0 } });
  assert.deepEqual(parseRequest('{"subscribe":{"trackers":["a",1]}}'), {
    subscribe: { trackers: ['a'], threshold_ns: 0 },
  });
  assert.deepEqual(parseRequest('{"status":true}'), { status: true });
  assert.deepEqual(parseRequest('{"report":true}'), { report: true });
  assert.equal(parseRequest('{"report":1}'), null);
});

test('the lock is for one; it is free again after release', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-unit-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'agent.lock');
  const lock = takeLock(path);
  assert.throws(() => takeLock(path), { code: 'TT_AGENT_RUNS', message: new RegExp(`process ${process.pid}`) });
  lock.release();
  lock.release();
  takeLock(path).release();
});
