/** Real LTTng daemons, `tailtrap relay`, and viewers of both sides at once: everybody sees every event. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { sessionsOf, Watcher, watched } from './cat-live.mjs';
import { countsOf, Lttng, noLttng } from './lttng.mjs';
import { RelayProcess } from './relay-process.mjs';

const skip = noLttng();
let lttng;
let relay;
let url;
before(async () => {
  if (skip) return;
  lttng = await Lttng.start();
  relay = await RelayProcess.start(['-v']);
  url = `net://127.0.0.1:${relay.ports.live}`;
});
after(async () => {
  await lttng?.close();
  await relay?.close();
});

async function begin(name, channel = '--subbuf-size 16K --num-subbuf 8') {
  await lttng.run(
    `lttng create ${name} --live 200000 -U ${relay.url} &&
     lttng enable-channel -u ch ${channel} && lttng enable-event -u -c ch 'tailtrap_test:*' &&
     lttng add-context -u -c ch -t vpid -t procname && lttng start`,
  );
  return (await sessionsOf(url)).find(({ session }) => session === name).url;
}
const count = (app, from, number, sleep_us = 0) => lttng.run(`${lttng.counter} ${app} ${from} ${number} ${sleep_us}`);
const range = (from, number) => Array.from({ length: number }, (_, i) => from + i);

function recorded(name) {
  const [host] = readdirSync(relay.output);
  const folder = readdirSync(join(relay.output, host)).find((entry) => entry.startsWith(`${name}-`));
  const path = join(relay.output, host, folder);
  return spawnSync('babeltrace2', [path], { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' }, maxBuffer: 2 ** 28 })
    .stdout;
}

for (const buffers of ['uid', 'pid']) {
  test(`per-${buffers.toUpperCase()} buffers: two babeltrace2 and two of ours watch at once`, { skip }, async () => {
    const session = await begin(buffers, `--buffers-${buffers} --subbuf-size 64K --num-subbuf 8`);
    const cats = [1, 2].map(() => Watcher.tailtrap('cat', session));
    const babeltraces = [1, 2].map(() => Watcher.babeltrace(session));
    await watched(url, buffers, 4);
    await count(1, 0, 1000, 100);
    await count(2, 0, 300);
    await count(3, 0, 300);
    await lttng.run('lttng destroy');
    for (const viewer of [...cats, ...babeltraces]) assert.equal(await viewer.end(), 0, viewer.errors);
    const all = recorded(buffers);
    for (const viewer of [...cats, ...babeltraces]) assert.equal(viewer.text, all);
    assert.equal(all.split('\n').length - 1, 1600);
  });
}

test('clear while viewers watch: nothing twice, and all that comes after', { skip }, async () => {
  const session = await begin('clear');
  const viewers = [Watcher.tailtrap('cat', session), Watcher.babeltrace(session)];
  await watched(url, 'clear', 2);
  for (const part of [0, 1, 2]) {
    await count(1, part * 1000, 500, 100);
    await lttng.run('lttng clear');
  }
  await count(1, 3000, 500, 100);
  await lttng.run('lttng destroy');
  for (const viewer of viewers) {
    assert.equal(await viewer.end(), 0, viewer.errors);
    const numbers = countsOf(viewer.text).get(1);
    assert.equal(new Set(numbers).size, numbers.length);
    assert.deepEqual(numbers.slice(-500), range(3000, 500));
  }
});

test('a viewer that reads slowly: bounded memory on both sides, and in the end every event', { skip }, async (t) => {
  const session = await begin('slow', '--subbuf-size 256K --num-subbuf 16');
  const before_bytes = residentBytes(relay.child.pid);
  const cat = Watcher.tailtrap('cat', session);
  await watched(url, 'slow');
  cat.child.stdout.pause();
  for (const part of range(0, 10)) await count(1, part * 20_000, 20_000, 0);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const grown_bytes = residentBytes(relay.child.pid) - before_bytes;
  t.diagnostic(`relay grew by ${grown_bytes >> 20} MiB, cat is ${residentBytes(cat.child.pid) >> 20} MiB`);
  assert.ok(residentBytes(cat.child.pid) < 400 * 2 ** 20);
  assert.ok(grown_bytes < 150 * 2 ** 20);
  await lttng.run('lttng destroy');
  cat.child.stdout.resume();
  assert.equal(await cat.end(), 0);
  assert.deepEqual(countsOf(cat.text), countsOf(recorded('slow')));
});

test('a viewer that is killed harms nobody', { skip }, async () => {
  const session = await begin('killed');
  const [stays, goes] = [Watcher.tailtrap('cat', session), Watcher.tailtrap('cat', session)];
  await watched(url, 'killed', 2);
  await count(1, 0, 100);
  await goes.has(100);
  goes.child.kill('SIGKILL');
  await count(1, 100, 100);
  await lttng.run('lttng destroy');
  assert.equal(await stays.end(), 0);
  assert.deepEqual(countsOf(stays.text), new Map([[1, range(0, 200)]]));
});

function residentBytes(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}
