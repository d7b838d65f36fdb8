/** Replicas: asked, promoted while a provider writes, demoted under it; and the same in a cluster. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedisStore } from '../../dist/state/redis/index.node.js';
import { Provider } from './redis-provider.mjs';
import { freePort, RedisServer, skipReason, startCluster } from './redis-server.mjs';

const skip = skipReason();
const at = ({ port }) => `127.0.0.1:${port}`;

async function within(limit_ms, done, what) {
  const end = performance.now() + limit_ms;
  while (!(await done())) {
    assert.ok(performance.now() < end, what);
    await sleep(50);
  }
}

const isSynced = (replica) => replica.cli('INFO', 'replication').includes('master_link_status:up');

async function startPair() {
  const master = await RedisServer.start(['--repl-diskless-sync-delay', '0'], { port: await freePort() });
  const replica = await RedisServer.start(['--replicaof', '127.0.0.1', `${master.port}`], { port: await freePort() });
  await within(10_000, () => isSynced(replica), 'the replica is in step');
  return { master, replica };
}

test('a replica answers what the master was told; to tell it is refused', { skip }, async () => {
  const { master, replica } = await startPair();
  const provider = new Provider(`redis://${at(master)}`, 'web1', { window_ns: 1e9 });
  const client = openRedisStore(`redis://${at(replica)}`);
  const wrong = new Provider(`redis://${at(replica)}`, 'web2');
  try {
    // Past a collection.
    assert.ok(await provider.until(({ deltas }) => deltas >= 50), provider.log.join('\n'));
    await provider.publisher.close();
    const told = JSON.stringify(provider.own());
    const asked = async () => JSON.stringify(await client.list('web1', 'task'));
    await within(5000, async () => (await asked()) === told, 'the replica says the same');
    const [{ host, stale, now_ns }] = await client.hosts();
    assert.deepEqual([host, stale], ['web1', false]);
    assert.ok(Array.isArray(await client.changes('web1', 'task', { from_ns: now_ns - 500_000_000n })));
    assert.ok(await wrong.until(({ failed }) => failed >= 2));
    assert.match(wrong.log[0], /replica/);
    assert.deepEqual(
      (await client.hosts()).map((info) => info.host),
      ['web1'],
    );
  } finally {
    await Promise.all([provider.close(), wrong.close(), client.close()]);
    await Promise.all([replica.stop(), master.stop()]);
  }
});

test('the master dies, the replica is promoted: a provider that has both addresses goes on there', {
  skip,
}, async () => {
  const { master, replica } = await startPair();
  const provider = new Provider(`redis://${at(master)},${at(replica)}`, 'web1');
  try {
    assert.ok(await provider.works(), provider.log.join('\n'));
    await within(5000, () => replica.cli('LLEN', 'tailtrap:{web1}:log').trim() !== '0', 'the replica has some of it');
    await master.kill();
    assert.ok(await provider.until(({ failed }) => failed >= 2));
    // Of the dead one's replica the state can be asked meanwhile.
    assert.ok((await provider.store.list('web1', 'task')).length > 0);
    replica.cli('REPLICAOF', 'NO', 'ONE');
    assert.ok(await provider.works(), provider.log.join('\n'));
    // The old one is back, as the replica of the new one: it is the first of the two addresses.
    await master.start();
    master.cli('REPLICAOF', '127.0.0.1', `${replica.port}`);
    await within(10_000, () => isSynced(master), 'the old master follows');
    assert.ok(await provider.works(), provider.log.join('\n'));
    // They change places, both alive.
    replica.cli('CLIENT', 'PAUSE', '50', 'WRITE');
    master.cli('REPLICAOF', 'NO', 'ONE');
    replica.cli('REPLICAOF', '127.0.0.1', `${master.port}`);
    assert.ok(await provider.until(({ failed }) => failed >= 3), JSON.stringify(provider.publisher.counters));
    assert.ok(await provider.works(), provider.log.join('\n'));
    await provider.publisher.close();
    assert.deepEqual(await provider.store.list('web1', 'task'), provider.own());
  } finally {
    await provider.close();
    await Promise.all([replica.stop(), master.stop()]);
  }
});

test('a cluster promotes a replica: the state of its hosts comes back', { skip }, async () => {
  const nodes = await startCluster(3);
  const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', '--cluster-require-full-coverage', 'no'];
  let port = await freePort();
  while (port > 55_000) port = await freePort();
  const replica = await RedisServer.start(args, { port });
  const [first] = nodes;
  replica.cli('CLUSTER', 'MEET', '127.0.0.1', `${first.port}`);
  const id = first.cli('CLUSTER', 'MYID').trim();
  await within(10_000, () => replica.cli('CLUSTER', 'REPLICATE', id).trim() === 'OK', 'it replicates');
  await within(10_000, () => isSynced(replica), 'the replica is in step');
  await within(10_000, () => nodes.every((node) => node.cli('CLUSTER', 'NODES').includes('slave')), 'all know of it');
  // A name whose keys are in the first third of the slots.
  const host = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].find(
    (name) => Number(first.cli('CLUSTER', 'KEYSLOT', `tailtrap:{${name}}:meta`)) < 5000,
  );
  const provider = new Provider(`redis://${nodes.map(at).join(',')}`, host);
  try {
    assert.ok(await provider.works(), provider.log.join('\n'));
    await first.kill();
    assert.ok(await provider.until(({ failed }) => failed >= 1), 'it notices');
    await within(20_000, () => replica.cli('ROLE').startsWith('master'), 'the replica is promoted');
    assert.ok(await provider.works(), provider.log.join('\n'));
    await provider.publisher.close();
    assert.deepEqual(await provider.store.list(host, 'task'), provider.own());
    assert.match(provider.log.join('\n'), /warning: going on without the store[\s\S]*the store is back/);
  } finally {
    await provider.close();
    await Promise.all([...nodes, replica].map((node) => node.stop()));
  }
});
