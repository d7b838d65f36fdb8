/** What must not get through: hostile arguments, too much of everything, wrong passwords, unknown certificates. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { openRedisStore } from '../../dist/state/redis/index.node.js';
import { Provider } from './redis-provider.mjs';
import { freePort, RedisServer, skipReason } from './redis-server.mjs';

const skip = skipReason();

/** The functions with any arguments; what the server says. */
function caller(store) {
  // The port is the store's own way to the server.
  const port = store.port;
  return async (name, keys, words) => {
    try {
      return await port.command(keys[0], false, ['FCALL', name, String(keys.length), ...keys, ...words]);
    } catch (error) {
      return String(error.message);
    }
  };
}

test('arguments of any kind are refused or stored, never run; the server answers on', { skip }, async () => {
  const server = await RedisServer.start([]);
  const provider = new Provider(server.url, 'web1');
  try {
    assert.ok(await provider.works());
    await provider.publisher.close();
    const expected = provider.own();
    server.cli('SET', 'canary', 'alive');
    const call = caller(provider.store);
    const keys = ['tailtrap:{web1}:meta', 'tailtrap:{web1}:log', 'tailtrap:{web1}:base:task'];
    const word = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.integer().map(String),
      fc.constantFrom(
        '',
        'now',
        '-1',
        'task',
        '{}',
        '[]',
        '[[0,0,[]]]',
        '[[1,1,1,1]]',
        '[[1,1,1e308,1]]',
        '{"tid":1}',
        'nan',
        '1e999',
      ),
      fc.constantFrom(
        ']]..redis.call("FLUSHALL")..[[',
        '"}\r\n*1\r\n$8\r\nFLUSHALL\r\n',
        "');redis.call('DEL','canary')--",
      ),
    );
    const functions = ['apply', 'load', 'commit', 'collect', 'leave', 'info', 'list', 'changes', 'announce'];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...functions), fc.array(word, { maxLength: 12 }), async (name, words) => {
        // Another host's keys: what is written there is that host's.
        const own =
          name === 'list' || name === 'changes' || name === 'info'
            ? keys
            : keys.map((key) => key.replace('web1', 'evil'));
        await call(`tailtrap_${name}`, own, words);
      }),
      { numRuns: 1500 },
    );
    assert.equal(server.cli('GET', 'canary').trim(), 'alive');
    assert.deepEqual(await provider.store.list('web1', 'task'), expected);
    const others = server
      .cli('KEYS', '*')
      .trim()
      .split('\n')
      .filter((key) => !/^tailtrap:\{(web1|evil)\}:|^canary$|^tailtrap:hosts$/.test(key));
    assert.deepEqual(others, []);
  } finally {
    await provider.close();
    await server.stop();
  }
});

test('rows that a provider got wrong are skipped, not half applied', { skip }, async () => {
  const server = await RedisServer.start([]);
  const provider = new Provider(server.url, 'web1');
  try {
    assert.ok(await provider.works());
    await provider.publisher.close();
    const call = caller(provider.store);
    const [meta, log] = ['tailtrap:{web1}:meta', 'tailtrap:{web1}:log'];
    const { sequence } = await provider.store.host('web1');
    const [id, now] = server.cli('HMGET', meta, 'provider', 'now').trim().split('\n');
    const apply = (...words) => call('tailtrap_apply', [meta, log], [id, String(sequence + 1), ...words]);
    assert.match(await apply('x', 'y', '', '{}', '3', ''), /TT_STATE_BATCH/);
    assert.match(await apply('1', '1', '', '{}', '3', ''), /TT_STATE_BATCH.*forward/);
    assert.match(await apply(now, '1e9', '', '{}', '3', '{"UPPER":[]}'), /TT_STATE_BATCH/);
    assert.match(await apply(now, '1e9', '', '{}', '3', '', 'task'), /TT_STATE_BATCH.*pairs/);
    assert.match(await apply(now, '1e9', '', '{}', '3', '', 'Task', '[]'), /TT_STATE_BATCH/);
    assert.match(
      await apply(now, '1e10', '', '{}', '3', '', 'task', 'x'.repeat(9 * 2 ** 20)),
      /TT_STATE_BATCH.*longer/,
    );
    assert.equal(await apply(now, '1e10', '', '{}', '3', '', 'task', 'no rows'), 'applied');
    assert.deepEqual(await provider.store.list('web1', 'task'), provider.own());
  } finally {
    await provider.close();
    await server.stop();
  }
});

test('a log that nobody folds is bounded: the provider has to begin anew', { skip }, async () => {
  const server = await RedisServer.start([]);
  const provider = new Provider(server.url, 'web1');
  try {
    assert.ok(await provider.works());
    await provider.publisher.close();
    const call = caller(provider.store);
    const [meta, log] = ['tailtrap:{web1}:meta', 'tailtrap:{web1}:log'];
    const [id, now] = server.cli('HMGET', meta, 'provider', 'now').trim().split('\n');
    const { sequence } = await provider.store.host('web1');
    const rows = JSON.stringify([[1e6, 0, ['x'.repeat(1e6)]]]);
    const answers = [];
    for (let i = 1; answers.at(-1) !== 'resynchronise' && i < 30; i++) {
      answers.push(
        await call(
          'tailtrap_apply',
          [meta, log],
          [id, `${sequence + i}`, now, '1e10', '', '{}', '3', '', 'other', rows],
        ),
      );
    }
    assert.deepEqual([...new Set(answers)], ['applied', 'collect', 'resynchronise']);
    assert.ok(answers.length < 20, `${answers.length} MB`);
    // Folding makes room before the window has passed; that is counted, and the window is shorter.
    assert.equal(
      await call('tailtrap_collect', [meta, log, 'tailtrap:{web1}:base:other'], [id, '100', 'other']),
      'done',
    );
    const info = await provider.store.host('web1');
    assert.ok(info.shortened > 0 && info.bytes < 10 * 2 ** 20, `${info.shortened} batches, ${info.bytes} bytes`);
    assert.equal(info.begin_ns, info.now_ns);
  } finally {
    await provider.close();
    await server.stop();
  }
});

test('passwords: in the URL, in a file; wrong ones are told', { skip }, async () => {
  const server = await RedisServer.start(['--requirepass', 's3cret/@:'], { port: await freePort() });
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-redis-'));
  writeFileSync(join(folder, 'password'), 's3cret/@:\n');
  const at = `127.0.0.1:${server.port}`;
  try {
    for (const url of [`redis://:s3cret%2F%40%3A@${at}`, `redis://${at}?password-file=${folder}/password`]) {
      const store = openRedisStore(url);
      assert.deepEqual(await store.hosts(), []);
      await store.close();
    }
    const missing = openRedisStore(`redis://${at}?password-file=${folder}/none`);
    await assert.rejects(missing.hosts(), { code: 'TT_REDIS_URL' });
    await missing.close();
    for (const url of [`redis://${at}`, `redis://:wrong@${at}`]) {
      const store = openRedisStore(url);
      await assert.rejects(store.hosts(), { code: 'TT_REDIS_DENIED' });
      await store.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
    await server.stop();
  }
});

test('TLS: with the right certificate only', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-redis-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  const made = spawnSync('openssl', [
    ...'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext'.split(' '),
    'subjectAltName=IP:127.0.0.1',
    ...['-keyout', key, '-out', cert],
  ]);
  const port = await freePort();
  const args = `--port 0 --tls-port ${port} --tls-cert-file ${cert} --tls-key-file ${key} --tls-ca-cert-file ${cert} --tls-auth-clients no`;
  const server = new RedisServer(args.split(' '), { port });
  try {
    if (made.status !== 0) return t.skip('openssl makes no certificate here');
    await server.start().catch(() => {});
    if (server.child.exitCode !== null) return t.skip('this redis-server is built without TLS');
    const trusting = openRedisStore(`rediss://127.0.0.1:${port}?ca=${cert}`);
    assert.deepEqual(await trusting.hosts(), []);
    await trusting.close();
    const strict = openRedisStore(`rediss://127.0.0.1:${port}`);
    await assert.rejects(strict.hosts(), { code: 'TT_REDIS_AWAY', message: /certificate/ });
    await strict.close();
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
});
