/** Real LTTng daemons stream into `tailtrap relay`; babeltrace2 reads what it wrote: every event, none twice. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { countsIn, Lttng, noLttng } from './lttng.mjs';
import { RelayProcess } from './relay-process.mjs';

const skip = noLttng();
let lttng;
let relay;
before(async () => {
  if (skip) return;
  lttng = await Lttng.start();
  relay = await RelayProcess.start(['-v']);
});
after(async () => {
  await lttng?.close();
  await relay?.close();
});

const range = (from, count) => Array.from({ length: count }, (_, i) => from + i);
const create = (name, how = '') => lttng.run(`lttng create ${name} -U ${relay.url} ${how}`);
const count = (app, from, number, sleep_us = 0) => lttng.run(`${lttng.counter} ${app} ${from} ${number} ${sleep_us}`);

/** Session, channel, all events, start. */
async function begin(name, how, channel) {
  await create(name, how);
  await lttng.run(
    `lttng enable-channel -u ch ${channel} && lttng enable-event -u -c ch 'tailtrap_test:*' && lttng start`,
  );
}
/** The session's folder. */
function folderOf(name) {
  const [host] = readdirSync(relay.output);
  return join(
    relay.output,
    host,
    readdirSync(join(relay.output, host)).find((folder) => folder.startsWith(`${name}-`)),
  );
}
const faults = () => relay.log.split('\n').filter((line) => /cut off|broken|lost|never came|without their/.test(line));

test('per-UID buffers, live, two programs', { skip }, async () => {
  await begin('uid', '--live 200000', '--subbuf-size 16K --num-subbuf 8');
  await count(1, 0, 3000, 50);
  await count(2, 0, 500);
  await lttng.run('lttng destroy');
  const counts = countsIn(folderOf('uid'));
  assert.deepEqual(counts.get(1), range(0, 3000));
  assert.deepEqual(counts.get(2), range(0, 500));
});

test('per-PID buffers: programs come and go', { skip }, async () => {
  await begin('pid', '--live 200000', '--buffers-pid --subbuf-size 64K --num-subbuf 8');
  for (const app of [1, 2, 3]) await count(app, 0, 400);
  await lttng.run('lttng destroy');
  const counts = countsIn(folderOf('pid'));
  for (const app of [1, 2, 3]) assert.deepEqual(counts.get(app), range(0, 400));
});

test('rotations', { skip }, async () => {
  await begin('rotate', '', '--subbuf-size 16K --num-subbuf 16');
  for (const part of [0, 1, 2]) {
    await count(1, part * 1000, 1000);
    await lttng.run('lttng rotate');
  }
  await count(1, 3000, 1000);
  await lttng.run('lttng destroy');
  const archives = join(folderOf('rotate'), 'archives');
  const parts = readdirSync(archives).sort((a, b) => Number(a.split('-').at(-1)) - Number(b.split('-').at(-1)));
  const counts = parts.map((part) => countsIn(join(archives, part)).get(1));
  assert.deepEqual(
    counts,
    [0, 1, 2, 3].map((part) => range(part * 1000, 1000)),
  );
});

test('clear', { skip }, async () => {
  await begin('clear', '--live 200000', '--subbuf-size 16K --num-subbuf 16');
  await count(1, 0, 1000);
  await lttng.run('lttng clear');
  await count(1, 1000, 1000);
  await lttng.run('lttng destroy');
  assert.deepEqual(countsIn(folderOf('clear')).get(1), range(1000, 1000));
  assert.deepEqual(readdirSync(folderOf('clear')), ['ust']);
});

test('snapshots over the network', { skip }, async () => {
  await begin('snap', '--snapshot', '--subbuf-size 64K --num-subbuf 8');
  await count(1, 0, 1000);
  await lttng.run('lttng snapshot record --name first');
  await count(1, 1000, 500);
  await lttng.run('lttng snapshot record --name second');
  await lttng.run('lttng destroy');
  const folder = folderOf('snap');
  const of = (name) =>
    join(
      folder,
      readdirSync(folder).find((entry) => entry.startsWith(name)),
    );
  assert.deepEqual(countsIn(of('first')).get(1), range(0, 1000));
  assert.deepEqual(countsIn(of('second')).get(1), range(0, 1500));
  assert.equal(existsSync(join(of('first'), 'ust/uid/0/64-bit/index')), false);
});

test('a ring of trace files keeps the newest events', { skip }, async () => {
  await begin('ring', '', '--subbuf-size 16K --num-subbuf 16 --tracefile-size 32K --tracefile-count 3');
  await count(1, 0, 6000, 20);
  await lttng.run('lttng destroy');
  const folder = join(folderOf('ring'), 'ust/uid/0/64-bit');
  const files = readdirSync(folder).filter((name) => name.startsWith('ch_'));
  assert.ok(files.length <= 3 * 64 && files.every((name) => /^ch_\d+_[012]$/.test(name)), files.join(' '));
  const numbers = countsIn(folder).get(1);
  assert.equal(numbers.at(-1), 5999);
  assert.ok(numbers.length < 6000);
  assert.equal(new Set(numbers).size, numbers.length);
});

test('trace files with a size and no number: all that is needed', { skip }, async () => {
  await begin('endless', '--live 200000', '--subbuf-size 16K --num-subbuf 16 --tracefile-size 32K');
  await count(1, 0, 6000, 20);
  await lttng.run('lttng destroy');
  assert.deepEqual(countsIn(folderOf('endless')).get(1), range(0, 6000));
});

test('rotations with per-PID buffers: programs that ended, and one that goes on', { skip }, async () => {
  await begin('rotate-pid', '', '--buffers-pid --subbuf-size 64K --num-subbuf 8');
  await lttng.run(`${lttng.counter} 9 0 1500 1000 & echo $! >/run/goes-on`);
  for (const app of [1, 2]) {
    await count(app, 0, 400);
    await lttng.run('lttng rotate');
  }
  await count(3, 0, 400);
  await lttng.run('tail --pid $(cat /run/goes-on) -f /dev/null && lttng destroy');
  const archives = join(folderOf('rotate-pid'), 'archives');
  const counts = readdirSync(archives).map((part) => countsIn(join(archives, part)));
  const of = (app) => counts.flatMap((part) => part.get(app) ?? []).sort((a, b) => a - b);
  assert.deepEqual([1, 2, 3, 9].map(of), [range(0, 400), range(0, 400), range(0, 400), range(0, 1500)]);
  assert.equal(counts.filter((part) => part.has(9)).length, 3);
});

test('a path that is used again: what was recorded first stays', { skip }, async () => {
  const [host] = readdirSync(relay.output);
  for (const part of [0, 1]) {
    await lttng.run(`lttng create again -U ${relay.url}/nightly/web`);
    await lttng.run("lttng enable-event -u 'tailtrap_test:*' && lttng start");
    await count(1, part * 1000, 1000);
    await lttng.run('lttng destroy');
  }
  assert.deepEqual(countsIn(join(relay.output, host, 'nightly/web')).get(1), range(0, 1000));
  assert.deepEqual(countsIn(join(relay.output, host, 'nightly-2/web')).get(1), range(1000, 1000));
});

test('the folder of a session is removed while it records: what comes then can be read', { skip }, async () => {
  await begin('removed', '--live 200000', '--subbuf-size 16K --num-subbuf 16');
  await count(1, 0, 2000);
  rmSync(folderOf('removed'), { recursive: true });
  // It is looked for every 2 s.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  await count(1, 2000, 4000, 20);
  await lttng.run('lttng destroy');
  const numbers = countsIn(folderOf('removed')).get(1);
  assert.ok(numbers.length >= 4000 && numbers.length < 6000, `${numbers.length} events`);
  assert.deepEqual(numbers.slice(-4000), range(2000, 4000));
  assert.match(relay.log, /files of session removed in \S+ were removed while it records/);
});

test('nobody was cut off, nothing was lost', { skip }, () => {
  // One session's files were removed by a test.
  assert.deepEqual(
    faults().filter((line) => !/files of session removed in/.test(line)),
    [],
  );
});
