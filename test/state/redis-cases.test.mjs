/** The Redis store passes the cases that every store must pass, on one server and on a cluster. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { openRedisStore } from '../../dist/state/redis/index.node.js';
import { storeCases } from '../../dist/state/store-cases.test.data.js';
import { RedisServer, skipReason } from './redis-server.mjs';

const skip = skipReason();
let server;
before(async () => {
  if (!skip) server = await RedisServer.start([]);
});
after(() => server?.stop());

async function make(clock) {
  server.cli('FLUSHALL');
  return openRedisStore(server.url, { now_ms: () => clock.now_ms });
}

for (const { name, run } of storeCases(make, assert)) test(name, { skip }, run);
