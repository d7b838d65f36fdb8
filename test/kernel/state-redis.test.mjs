/** This machine as a provider: what it tells a Redis is what happens here. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openRedisStore } from '../../dist/state/redis/index.node.js';
import { ROOT } from '../../scripts/lib/files.mjs';
import { RedisServer, skipReason } from '../state/redis-server.mjs';
import { needRoot, sleep } from './lib.mjs';

const skip = needRoot() || skipReason();

test('tailtrap state --redis tells of a program that starts and ends; stopped, the machine is stale', {
  skip,
}, async () => {
  const server = await RedisServer.start([]);
  const store = openRedisStore(server.url);
  const agent = spawn(process.execPath, [join(ROOT, 'bin/tailtrap'), 'state', '--redis', server.url, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // It may end by itself, before it is told to.
  const ended = new Promise((resolve) => agent.once('close', resolve));
  let text = '';
  agent.stdout.on('data', (data) => {
    text += data;
  });
  const host = hostname();
  const until = async (ask) => {
    for (let i = 0; i < 150; i++) {
      const found = await ask().catch((error) => {
        if (error.code !== 'TT_STATE_NO_HOST') throw error;
      });
      if (found !== undefined) return found;
      await sleep(100);
    }
    throw new Error('it is not told');
  };
  try {
    await until(async () => (await store.host(host)).sequence > 2 || undefined);
    const program = spawn('sleep', ['30']);
    const where = { tid: program.pid };
    const alive = await until(async () => {
      const [task] = await store.list(host, 'task', { where });
      return task?.values.state === 'sleeping' && task.values.name === 'sleep' ? task : undefined;
    });
    assert.equal(alive.values.syscall, 'clock_nanosleep');
    program.kill();
    const dead = await until(async () => {
      const [task] = await store.list(host, 'task', { where, recent: true });
      return task?.values.died === null ? undefined : task;
    });
    assert.equal(dead.uid, alive.uid);
    // Before it ended it slept: asked now, of then.
    const { origin_ns } = await store.host(host);
    const then = await store.list(host, 'task', {
      where,
      at_ns: origin_ns + BigInt(Math.round(alive.values.state_since)) + 1000n,
    });
    assert.equal(then[0].values.state, 'sleeping');
  } finally {
    agent.kill('SIGINT');
    await ended;
  }
  const told = JSON.parse(text.trim().split('\n').at(-1));
  assert.ok(told.table === 'redis' && told.deltas > 3 && told.failed === 0, text);
  assert.equal((await store.host(host)).stale, true);
  await store.close();
  await server.stop();
});

test('a provider that could tell nothing fails; one that is refused leaves no recorder behind', { skip }, () => {
  const run = (...args) =>
    spawnSync(process.execPath, [join(ROOT, 'bin/tailtrap'), 'state', ...args], { encoding: 'utf8' });
  const away = run('--redis', 'unix:///nowhere/redis.sock', '--for', '1s', '--json');
  assert.equal(away.status, 1, away.stderr);
  assert.match(away.stderr, /going on without the store/);
  assert.equal(JSON.parse(away.stdout).deltas, 0);
  const instances = () => readdirSync('/sys/kernel/tracing/instances').length;
  const before = instances();
  for (const wrong of [
    ['--redis', 'redis://a:b:c'],
    ['--redis', 'redis://a', '--host', 'a b'],
    ['--redis', 'redis://a', '--host', 'a}b'],
    ['--redis', 'redis://a', '--host', 'a\nb'],
  ]) {
    const { status, stderr } = run(...wrong, '--for', '1s');
    assert.equal(status, 2, stderr);
    assert.match(stderr, /TT_REDIS_URL|TT_STATE_HOST_NAME/);
  }
  assert.equal(instances(), before);
});
