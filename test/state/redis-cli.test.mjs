/** `tailtrap state redis://...`: asks what machines told; and what is wrong is told. As a provider: test/kernel/state-redis. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { ROOT } from '../../scripts/lib/files.mjs';
import { Provider } from './redis-provider.mjs';
import { RedisServer, skipReason } from './redis-server.mjs';

const skip = skipReason();
let server;
let providers = [];

before(async () => {
  if (skip) return;
  server = await RedisServer.start([]);
  providers = ['web1', 'web2'].map((host) => new Provider(server.url, host));
  for (const provider of providers) assert.ok(await provider.works());
});
after(async () => {
  for (const provider of providers) await provider.close();
  await server?.stop();
});

/** The command beside this process, whose providers go on. */
async function tailtrap(...args) {
  const child = spawn(process.execPath, [join(ROOT, 'bin/tailtrap'), 'state', ...args]);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].on('data', (data) => {
      texts[name] += data;
    });
  }
  const timer = setInterval(() => {
    for (const provider of providers) provider.step();
  }, 50);
  const status = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  return {
    status,
    ...texts,
    records: () =>
      texts.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

test('several hosts: their list; one of them: its tables', { skip }, async () => {
  const { records, status, stderr } = await tailtrap(server.url, '--json');
  assert.equal(status, 0, stderr);
  assert.deepEqual(
    records().map(({ table, host, stale }) => [table, host, stale]),
    [
      ['hosts', 'web1', false],
      ['hosts', 'web2', false],
    ],
  );
  const asked = await tailtrap(server.url, '--host', 'web2', '--show', 'threads,changes,counters', '--json');
  assert.equal(asked.status, 0, asked.stderr);
  const tables = new Set(asked.records().map(({ table }) => table));
  assert.deepEqual([...tables], ['threads', 'changes', 'counters']);
  const thread = asked.records().find(({ table, tid }) => table === 'threads' && tid === 2);
  assert.deepEqual([thread.name, thread.state, thread.pid], ['c2', 'unknown', 2]);
  const births = asked.records().filter(({ table, property }) => table === 'changes' && property === 'born');
  assert.ok(births.some(({ what }) => /^thread \d+ \(c\d+\)$/.test(what)));
});

test('--ago and --watch', { skip }, async () => {
  const { stdout, status, stderr } = await tailtrap(
    server.url,
    '--host',
    'web1',
    '--ago',
    '200ms',
    '--show',
    'processes',
  );
  assert.equal(status, 0, stderr);
  assert.match(stdout, /\n +2 +1 +c2 /);
  const args = ['--host', 'web1', '--show', 'cpus', '--watch', '150ms', '--for', '2s'];
  const watched = await tailtrap(server.url, ...args);
  assert.ok(watched.stdout.match(/state at /g).length >= 2, watched.stdout);
});

test('--at after the last that a host told: a warning; before 1970 there is nothing', { skip }, async () => {
  const later = await tailtrap(server.url, '--host', 'web1', '--at', '9000000000', '--show', 'cpus');
  assert.equal(later.status, 0, later.stderr);
  assert.match(later.stderr, /^warning: --at is \d\S* d after the last that web1 told of/m);
  const before = await tailtrap(server.url, '--host', 'web1', '--at', '-0.000000001', '--show', 'cpus');
  assert.match(before.stderr, /TT_STATE_OUTSIDE_WINDOW/);
});

for (const [args, code] of [
  [['--host', 'web9'], 'TT_STATE_NO_HOST'],
  [['--host', 'we{b'], 'TT_STATE_HOST_NAME'],
  [['--host', 'web1', '--ago', '1h'], 'TT_STATE_OUTSIDE_WINDOW'],
  [['--host', 'web1', '--ago', '1s', '--at', '12:00'], 'TT_USAGE'],
  [['--show', 'host'], 'TT_USAGE'],
]) {
  test(`tailtrap state redis://... ${args.join(' ')}: ${code}`, { skip }, async () => {
    const { status, stderr } = await tailtrap(server.url, ...args);
    assert.equal(status, 2, stderr);
    assert.match(stderr, new RegExp(code));
  });
}

test('no Redis: told, with what to do', async () => {
  const { status, stderr } = await tailtrap('unix:///nowhere/redis.sock');
  assert.equal(status, 1, stderr);
  assert.match(stderr, /TT_REDIS_AWAY: no answer from unix:\/\/\/nowhere\/redis.sock: .*ENOENT/);
  const wrong = await tailtrap('redis://a:b:c');
  assert.equal(wrong.status, 2, wrong.stderr);
  assert.match(wrong.stderr, /TT_REDIS_URL/);
});

test('--redis with a recorded trace is refused', async () => {
  const { status, stderr } = await tailtrap('trace', '--redis', 'redis://db1');
  assert.equal(status, 2, stderr);
  assert.match(stderr, /--redis tells what happens now/);
});

test('--redis-functions is a library that loads', { skip }, async () => {
  const { stdout } = await tailtrap('--redis-functions');
  assert.match(stdout, /^#!lua name=tailtrap\n/);
  assert.equal(server.cli('FUNCTION', 'LOAD', 'REPLACE', stdout.trimEnd()).trim(), 'tailtrap');
});
