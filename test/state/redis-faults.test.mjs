/** Redis goes away, forgets, is slow, is full, loses a node: the provider goes on, what it tells comes back, counters tell. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Provider } from './redis-provider.mjs';
import { freePort, RedisServer, skipReason, startCluster } from './redis-server.mjs';

const skip = skipReason();
/** A tick never waits: this is what it may do itself. */
const TICK_MS = 100;

/** The store has what the provider knows. */
async function isTold(provider) {
  await provider.publisher.close();
  assert.deepEqual(await provider.store.list(provider.host, 'task'), provider.own());
}

async function withServer(args, run) {
  const server = await RedisServer.start(args);
  const provider = new Provider(server.url, 'web1');
  try {
    assert.ok(await provider.works(), provider.log.join('\n'));
    await run(server, provider);
    assert.ok(provider.longest_ms < TICK_MS, `a tick took ${provider.longest_ms} ms`);
  } finally {
    await provider.close();
    await server.stop();
  }
}

test('killed and restarted empty', { skip }, async () => {
  await withServer([], async (server, provider) => {
    await server.kill();
    assert.ok(await provider.until(({ failed }) => failed >= 2));
    const { failed, stale_ms } = provider.publisher.counters;
    assert.ok(stale_ms > 100, `${stale_ms}`);
    await server.start();
    assert.ok(await provider.works(), provider.log.join('\n'));
    await isTold(provider);
    const { counters } = provider.publisher;
    assert.ok(counters.failed >= failed && counters.full >= 2, JSON.stringify(counters));
    // In turns: a machine that is busy may make it seem away once more.
    assert.ok(provider.log.length >= 2);
    for (const [i, line] of provider.log.entries()) {
      assert.match(line, i % 2 === 0 ? /warning: going on without the store/ : /the store is back/);
    }
    // The functions were lost, too.
    assert.equal(provider.store.counters.loaded, 2);
  });
});

test('emptied while it runs: told everything again', { skip }, async () => {
  await withServer([], async (server, provider) => {
    server.cli('FLUSHALL');
    server.cli('FUNCTION', 'FLUSH');
    assert.ok(await provider.until(({ resynchronised }) => resynchronised >= 1));
    assert.ok(await provider.works());
    await isTold(provider);
    assert.equal(provider.publisher.counters.failed, 0);
  });
});

test('stopped for a while: nothing waits, the next one tells everything', { skip }, async () => {
  await withServer([], async (server, provider) => {
    server.signal('SIGSTOP');
    assert.ok(await provider.until(({ failed, delayed }) => failed >= 2 && delayed >= 2));
    server.signal('SIGCONT');
    assert.ok(await provider.works(), provider.log.join('\n'));
    await isTold(provider);
  });
});

test('paused for less than the time limit: delays are counted, nothing is lost', { skip }, async () => {
  await withServer([], async (server, provider) => {
    const { full } = provider.publisher.counters;
    server.cli('CLIENT', 'PAUSE', '250', 'ALL');
    assert.ok(await provider.until(({ delayed }) => delayed >= 1));
    assert.ok(await provider.works());
    await isTold(provider);
    assert.equal(provider.publisher.counters.full, full);
    assert.equal(provider.publisher.counters.failed, 0);
  });
});

test('full: refused, counted, and told when there is room', { skip }, async () => {
  await withServer(['--maxmemory-policy', 'noeviction'], async (server, provider) => {
    server.cli('CONFIG', 'SET', 'maxmemory', '1mb');
    assert.ok(await provider.until(({ storeFull }) => storeFull >= 2), JSON.stringify(provider.publisher.counters));
    // Who only asks is answered from what there is.
    assert.ok((await provider.store.list('web1', 'task')).length > 0);
    server.cli('CONFIG', 'SET', 'maxmemory', '0');
    assert.ok(await provider.works(), provider.log.join('\n'));
    await isTold(provider);
  });
});

test('a provider that goes is stale at once; two of one host do not mix', {
  skip,
}, async () => {
  await withServer([], async (server, provider) => {
    const info = async () => (await provider.store.hosts())[0];
    assert.equal((await info()).stale, false);
    const second = new Provider(server.url, 'web1');
    assert.ok(await second.works());
    assert.ok(await provider.until(({ resynchronised }) => resynchronised >= 1));
    await second.close();
    assert.ok(await provider.works());
    await isTold(provider);
    await provider.store.leave('web1');
    assert.equal((await info()).stale, true);
    assert.deepEqual(await provider.store.list('web1', 'task'), provider.own());
  });
});

test('a node of a cluster is lost and comes back empty: other hosts notice nothing', { skip }, async () => {
  const nodes = await startCluster(3);
  const url = `redis://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  const hosts = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'];
  const nodeOfKey = (key) => {
    const slot = Number(nodes[0].cli('CLUSTER', 'KEYSLOT', key));
    return nodes.findIndex((_, i) => slot < Math.floor((16_384 * (i + 1)) / 3));
  };
  const places = new Map(hosts.map((host) => [host, nodeOfKey(`tailtrap:{${host}}:meta`)]));
  const providers = hosts.map((host) => new Provider(url, host, { announce_ms: 300 }));
  try {
    for (const provider of providers) assert.ok(await provider.works(), provider.log.join('\n'));
    assert.equal(new Set(places.values()).size, 3, 'the hosts are on all nodes');
    assert.deepEqual(
      (await providers[0].store.hosts()).map(({ host }) => host),
      hosts.toSorted(),
    );
    // The one with the list of hosts, which all announce themselves to.
    const lost = nodeOfKey('tailtrap:hosts');
    await nodes[lost].kill();
    const hit = providers.filter(({ host }) => places.get(host) === lost);
    const others = providers.filter((provider) => !hit.includes(provider));
    for (const provider of hit) assert.ok(await provider.until(({ failed }) => failed >= 1));
    for (const provider of others) assert.ok(await provider.works(), `${provider.host}: ${provider.log.join('\n')}`);
    await nodes[lost].start();
    for (const provider of hit) {
      assert.ok(await provider.works(), `${provider.host}: ${provider.log.join('\n')}`);
      await isTold(provider);
    }
    const [first] = others;
    const isListed = async () => (await first.store.hosts()).length >= hit.length + 1;
    assert.ok(await first.until(isListed), 'hosts are in the list again');
    assert.ok(first.store.counters.unannounced > 0);
  } finally {
    await Promise.all(providers.map((provider) => provider.close()));
    await Promise.all(nodes.map((node) => node.stop()));
  }
});

test('no Redis at all: told with its address, without password', { skip }, async () => {
  const provider = new Provider(`redis://me:secret@127.0.0.1:${await freePort()}`, 'web1');
  assert.ok(await provider.until(({ failed }) => failed >= 2));
  assert.match(provider.log[0], /no answer from redis:\/\/\*\*\*@127.0.0.1:\d+: .*ECONNREFUSED/);
  assert.equal(provider.log.length, 1);
  await provider.close();
});
