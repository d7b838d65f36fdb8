/** The access lists of docs/state-redis.md, word by word: enough for a provider and for a client, and for nothing more. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { openRedisStore } from '../../dist/state/redis/index.node.js';
import { ROOT } from '../../scripts/lib/files.mjs';
import { Provider } from './redis-provider.mjs';
import { freePort, RedisServer, skipReason, startCluster } from './redis-server.mjs';

const skip = skipReason();
const document = readFileSync(join(ROOT, 'docs/state-redis.md'), 'utf8');
const lines = [...document.matchAll(/^ {4}(ACL SETUSER .*)$/gm)].map(([, line]) => line.replace('PASSWORD', 's3cret'));

function allow(node) {
  assert.equal(lines.length, 2);
  for (const line of lines) assert.equal(node.cli(...line.split(' ')).trim(), 'OK');
}

const as = (user, { port }) => `redis://${user}:s3cret@127.0.0.1:${port}`;

async function providerWorks(provider) {
  assert.ok(await provider.works(), provider.log.join('\n'));
  // Long enough that batches are folded, which other commands do: a window of a second.
  assert.ok(await provider.until(({ deltas }) => deltas >= 60), provider.log.join('\n'));
  const { failed, resynchronised } = provider.publisher.counters;
  assert.deepEqual([failed, resynchronised, provider.store.counters.unannounced], [0, 0, 0], provider.log.join('\n'));
}

async function clientWorks(client) {
  const [info] = await client.hosts();
  assert.equal(info.host, 'web1');
  assert.ok((await client.list('web1', 'task', { recent: true })).length > 0);
  await client.changes('web1', 'task', { from_ns: info.now_ns - 100_000_000n });
  await assert.rejects(client.remove('web1'), { code: 'TT_REDIS_DENIED' });
}

test('the access lists of docs/state-redis.md, of a server', { skip }, async () => {
  const server = await RedisServer.start([], { port: await freePort() });
  allow(server);
  const provider = new Provider(as('web1', server), 'web1', { window_ns: 1e9, announce_ms: 100 });
  const other = new Provider(as('web1', server), 'web2');
  const client = openRedisStore(as('viewer', server));
  try {
    await providerWorks(provider);
    await clientWorks(client);
    // Its own machine only.
    assert.ok(await other.until(({ failed }) => failed >= 1));
    assert.match(other.log[0], /NOPERM/);
    // What redis-cli may do with it.
    const cli = (user, ...words) =>
      spawnSync(
        'redis-cli',
        ['-p', `${server.port}`, '--user', user, '--pass', 's3cret', '--no-auth-warning', ...words],
        {
          encoding: 'utf8',
        },
      ).stdout;
    for (const user of ['web1', 'viewer']) {
      for (const words of ['FLUSHALL', 'KEYS *', 'CONFIG GET *', 'SET tailtrap:{web1}:meta x', 'GET canary']) {
        assert.match(cli(user, ...words.split(' ')), /NOPERM/, `${user}: ${words}`);
      }
    }
    assert.match(cli('viewer', 'FCALL_RO', 'tailtrap_info', '1', 'tailtrap:{web1}:meta'), /"now_ns"/);
    assert.match(cli('viewer', 'FCALL', 'tailtrap_leave', '1', 'tailtrap:{web1}:meta', 'x'), /NOPERM/);
    // After a restart it has to load the functions again; the client may not, and says what is missing.
    await provider.publisher.close();
    server.cli('FUNCTION', 'FLUSH');
    await assert.rejects(client.list('web1', 'task'), { code: 'TT_REDIS_FUNCTIONS' });
    assert.ok(await provider.works(), provider.log.join('\n'));
    await provider.publisher.close();
    await provider.store.remove('web1');
  } finally {
    await Promise.all([provider.close(), other.close(), client.close()]);
    await server.stop();
  }
});

test('the same of a cluster', { skip }, async () => {
  const nodes = await startCluster(3);
  for (const node of nodes) allow(node);
  const provider = new Provider(as('web1', nodes[0]), 'web1', { window_ns: 1e9, announce_ms: 100 });
  const client = openRedisStore(as('viewer', nodes[1]));
  try {
    await providerWorks(provider);
    await clientWorks(client);
  } finally {
    await Promise.all([provider.close(), client.close()]);
    await Promise.all(nodes.map((node) => node.stop()));
  }
});
