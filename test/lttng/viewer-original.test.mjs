/** `tailtrap cat net://...` of real lttng-relayd, fed by real traced programs: what babeltrace2 reads afterwards. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import test, { after, before } from 'node:test';
import { sessionsOf, Watcher, watched } from './cat-live.mjs';
import { countsOf, Lttng, noLttng } from './lttng.mjs';

const skip = noLttng();
let lttng;
let ports;
let url;
before(async () => {
  if (skip) return;
  lttng = await Lttng.start();
  ports = await freePorts(3);
  url = `net://127.0.0.1:${ports[2]}`;
  await startRelay();
});
after(() => lttng?.close());

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const numbers = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return numbers;
}

const startRelay = () =>
  lttng.run(
    `lttng-relayd -b -C tcp://127.0.0.1:${ports[0]} -D tcp://127.0.0.1:${ports[1]} -L tcp://127.0.0.1:${ports[2]} -o $HOME/out`,
  );

async function begin(name, channel = '--subbuf-size 16K --num-subbuf 8') {
  await lttng.run(
    `lttng create ${name} --live 200000 -C tcp://127.0.0.1:${ports[0]} -D tcp://127.0.0.1:${ports[1]} &&
     lttng enable-channel -u ch ${channel} && lttng enable-event -u -c ch 'tailtrap_test:*' &&
     lttng add-context -u -c ch -t vpid -t procname && lttng start`,
  );
  const entry = (await sessionsOf(url)).find(({ session }) => session === name);
  assert.equal(entry.live_timer_us, 200000);
  return entry.url;
}
const count = (app, from, number, sleep_us = 0) => lttng.run(`${lttng.counter} ${app} ${from} ${number} ${sleep_us}`);
const recorded = (name, options = '') => lttng.run(`babeltrace2 ${options} $HOME/out/*/${name}-*`);
const range = (from, number) => Array.from({ length: number }, (_, i) => from + i);

test('per-UID buffers: the text of babeltrace2, byte by byte', { skip }, async () => {
  const session = await begin('uid');
  const cat = Watcher.tailtrap('cat', session);
  await watched(url, 'uid');
  await count(1, 0, 3000, 50);
  await count(2, 0, 500);
  await cat.has(3500);
  await lttng.run('lttng destroy');
  assert.equal(await cat.end(), 0);
  assert.equal(cat.errors, '');
  assert.equal(cat.text, await recorded('uid'));
});

test('per-PID buffers: in order, none twice, all that the relay gives', { skip }, async (t) => {
  const session = await begin('pid', '--buffers-pid --subbuf-size 64K --num-subbuf 8');
  const cat = Watcher.tailtrap('cat', session, '--no-delta');
  await watched(url, 'pid');
  for (const app of [1, 2, 3]) await count(app, 0, 400, 1500);
  await lttng.run('lttng destroy');
  assert.equal(await cat.end(), 0);
  const all = await recorded('pid', '--no-delta');
  // What a process wrote last 2.13.9 gives only to a viewer that asks within some 20 ms.
  const lines = new Set(all.split('\n'));
  const ours = cat.text.split('\n').filter((line) => line !== '');
  assert.ok(ours.every((line) => lines.has(line)));
  assert.equal(new Set(ours).size, ours.length);
  t.diagnostic(`${ours.length} of 1200 events`);
  assert.ok(ours.length > 0);
});

test('from now on', { skip }, async () => {
  const session = await begin('now');
  await count(1, 0, 100);
  await new Promise((resolve) => setTimeout(resolve, 600));
  const cat = Watcher.tailtrap('cat', session, '--begin', 'now');
  await watched(url, 'now');
  await count(1, 100, 50);
  await cat.has(50);
  await lttng.run('lttng destroy');
  assert.equal(await cat.end(), 0);
  assert.deepEqual(countsOf(cat.text), new Map([[1, range(100, 50)]]));
});

test('a session that babeltrace2 watches: waits until it is free', { skip }, async () => {
  const session = await begin('held');
  const holder = Watcher.babeltrace(session);
  await watched(url, 'held');
  const cat = Watcher.tailtrap('cat', session);
  await count(1, 0, 200, 1000);
  while (!cat.errors.includes('another viewer watches session held')) {
    assert.equal(cat.child.exitCode, null, cat.errors);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(cat.text, '');
  holder.child.kill('SIGKILL');
  await cat.has(200);
  await lttng.run('lttng destroy');
  assert.equal(await cat.end(), 0);
  assert.deepEqual(countsOf(cat.text), new Map([[1, range(0, 200)]]));
});

test('Ctrl-C: what was received is printed, and the session is free again', { skip }, async () => {
  const session = await begin('stopped');
  const cat = Watcher.tailtrap('cat', session, '--json');
  await watched(url, 'stopped');
  await count(1, 0, 100);
  await cat.has(100);
  cat.child.kill('SIGINT');
  assert.equal(await cat.end(2000), 0);
  assert.deepEqual(
    cat.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line).fields.number),
    range(0, 100),
  );
  const [entry] = (await sessionsOf(url)).filter(({ session: name }) => name === 'stopped');
  assert.equal(entry.clients, 0);
  await lttng.run('lttng destroy');
});

test('the relay is killed, and another comes: what was received is printed, then an error', { skip }, async () => {
  const session = await begin('lost');
  const cat = Watcher.tailtrap('cat', session);
  await watched(url, 'lost');
  await count(1, 0, 300);
  await cat.has(300);
  await lttng.run('kill -KILL $(pgrep lttng-relayd)');
  await startRelay();
  assert.equal(await cat.end(), 1);
  assert.deepEqual(countsOf(cat.text), new Map([[1, range(0, 300)]]));
  assert.match(cat.errors, /connecting again/);
  assert.match(cat.errors, /TT_LIVE_NO_SESSION/);
});

test('no relay, no session: what to do next', { skip }, async () => {
  const none = Watcher.tailtrap('cat', `${url}/host/nobody/nothing`);
  assert.equal(await none.end(), 1);
  assert.match(none.errors, /TT_LIVE_NO_SESSION.*nothing of host nobody/);
  const [port] = await freePorts(1);
  const closed = Watcher.tailtrap('sessions', `net://127.0.0.1:${port}`);
  assert.equal(await closed.end(), 1);
  assert.match(closed.errors, /TT_LIVE_CONNECTION: cannot connect.*ECONNREFUSED/);
});
