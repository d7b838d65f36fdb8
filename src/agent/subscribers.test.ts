import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Outlier } from '../base/outlier.ts';
import { ask } from './client.ts';
import { takeLock } from './lock.ts';
import { Reports } from './reports.ts';
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

/** All that comes until the connection ends. */
function answerTo(path: string, request: object): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ path }).on('error', () => {});
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    socket.on('close', () => resolve(text));
    socket.write(`${JSON.stringify(request)}\n`);
  });
}

test('more than 64 subscribers are refused and counted; the next gets in when one leaves', async (t) => {
  const { subscribers, path } = await listen(t);
  const sockets = Array.from({ length: 70 }, () => connect({ path }).on('error', () => {}));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (const socket of sockets) socket.write('{"subscribe":{}}\n');
  while (subscribers.refused < 6) await pause(5);
  assert.equal(subscribers.count, 64);
  for (let i = 0; i < 200; i++) assert.match(await answerTo(path, { subscribe: {} }), /TT_TOO_MANY_SUBSCRIBERS/);
  assert.equal(await answerTo(path, { status: true }), '{"pid":1}\n', 'others are answered meanwhile');
  sockets[0]!.destroy();
  while (subscribers.count === 64) await pause(5);
  const late = connect({ path }).on('error', () => {});
  sockets.push(late);
  late.write('{"subscribe":{}}\n');
  while (subscribers.count < 64) await pause(5);
});

test('any number of programs that come at once and go again: status is answered', async (t) => {
  const { path } = await listen(t);
  const code = `const fs = require('fs');
    const sockets = Array.from({ length: 200 }, () => require('net').connect(process.argv[1]));
    for (const socket of sockets) fs.writeSync(socket._handle.fd, '{"report":true}\\n');
    process.exit();`;
  // Synchronous: this process, the agent, finds all of them at once.
  assert.equal(spawnSync(process.execPath, ['-e', code, path]).status, 0);
  await pause(50);
  assert.equal(await answerTo(path, { status: true }), '{"pid":1}\n');
  for (const request of [{ status: true }, { snapshot: true }, { report: true }]) {
    assert.notEqual(await answerTo(path, request), '');
  }
});

test('128 programs that report at once all get in', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-unit-'));
  const path = join(folder, 'a.sock');
  const reports = new Reports('here', () => {});
  const answers = { snapshot: async () => ({}), status: () => ({}), report: reports.accept.bind(reports) };
  const subscribers = await Subscribers.listen(path, answers);
  const sockets = Array.from({ length: 128 }, () => connect({ path }).on('error', () => {}));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    reports.close();
    subscribers.close();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const socket of sockets) socket.write('{"report":true}\n');
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('data', resolve))));
  assert.equal(reports.count, 128);
  assert.equal(subscribers.refused, 0);
});

test('connections that ask nothing shut nobody out, and are let go after a second', async (t) => {
  const { subscribers, path } = await listen(t);
  const sockets = Array.from({ length: 300 }, () => connect({ path }).on('error', () => {}));
  const gone = Promise.all(sockets.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve))));
  assert.equal(await answerTo(path, { status: true }), '{"pid":1}\n');
  assert.ok(subscribers.refused >= 300 - 256, `${subscribers.refused}`);
  const began = performance.now();
  await gone;
  assert.ok(performance.now() - began < 10_000);
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
