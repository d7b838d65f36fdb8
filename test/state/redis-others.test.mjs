/** What others do to our keys: wrong types, garbage, lost times to live, clocks that are set; providers of one name. */
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { Provider } from './redis-provider.mjs';
import { RedisServer, skipReason } from './redis-server.mjs';

const skip = skipReason();
const key = (name) => `tailtrap:{web1}:${name}`;

async function withProvider(options, run) {
  const server = await RedisServer.start([]);
  const provider = new Provider(server.url, 'web1', { window_ns: 1e9, announce_ms: 100, ...options });
  try {
    assert.ok(await provider.works(), provider.log.join('\n'));
    await run(server, provider);
  } finally {
    await provider.close();
    await server.stop();
  }
}

const HARMS = {
  'another type is in the meta data': (cli) => [cli('DEL', key('meta')), cli('SET', key('meta'), 'x')],
  'another type is in the log': (cli) => [cli('DEL', key('log')), cli('SET', key('log'), 'x')],
  'another type is in a base': (cli) =>
    ['task', 'disk'].flatMap((kind) => [cli('DEL', key(`base:${kind}`)), cli('RPUSH', key(`base:${kind}`), 'x')]),
  'the meta data lack something': (cli) => [cli('HDEL', key('meta'), 'kinds', 'origin_ns')],
  'the kinds are no JSON': (cli) => [cli('HSET', key('meta'), 'kinds', '{{', 'sequence', 'x')],
  'garbage is in the log': (cli) => [cli('LPUSH', key('log'), 'garbage', ''), cli('RPUSH', key('log'), '\x92\x01')],
  'garbage is in a base': (cli) => [cli('HSET', key('base:task'), 'x', 'garbage', '7777', 'garbage', '7778', '')],
  'the list of hosts is another type': (cli) => [cli('DEL', 'tailtrap:hosts'), cli('SET', 'tailtrap:hosts', 'x')],
  'names that cannot be are in the list': (cli) => [cli('ZADD', 'tailtrap:hosts', '9e15', 'a b}', '9e15', '')],
  'another host is not ours': (cli) => [
    cli('ZADD', 'tailtrap:hosts', '9e15', 'x'),
    cli('SET', 'tailtrap:{x}:meta', ''),
  ],
  'another program changed the functions': (cli) => [
    cli(
      'FUNCTION',
      'LOAD',
      'REPLACE',
      "#!lua name=tailtrap\nredis.register_function('tailtrap_version', function() end)",
    ),
  ],
};

describe("the provider's state is there again, and others can be asked, when", { skip, concurrency: true }, () => {
  for (const [what, harm] of Object.entries(HARMS))
    test(what, async () => {
      await withProvider({}, async (server, provider) => {
        for (const answer of harm((...words) => server.cli(...words))) assert.doesNotMatch(answer, /ERR/);
        assert.ok(await provider.works(), provider.log.join('\n'));
        // Past the next collection.
        const end = performance.now() + 2500;
        assert.ok(await provider.until(() => performance.now() > end));
        assert.ok(await provider.works(), provider.log.join('\n'));
        await provider.publisher.close();
        assert.deepEqual(await provider.store.list('web1', 'task'), provider.own());
        assert.deepEqual(await provider.store.list('web1', 'disk'), []);
        assert.deepEqual(
          (await provider.store.hosts()).map(({ host }) => host),
          ['web1'],
        );
      });
    });
});

test('every key of a host has a time to live, from its first moment on, and it is renewed', { skip }, async () => {
  const retention_ms = 4000;
  await withProvider({ window_ns: 3600e9, retention_ms }, async (server, provider) => {
    const times = () => {
      const keys = server.cli('KEYS', 'tailtrap:*').trim().split('\n');
      return keys.map((name) => [name, Number(server.cli('PTTL', name))]);
    };
    assert.ok(times().some(([name]) => name === key('log')));
    for (const [name, left] of times()) assert.ok(left > 0 && left <= retention_ms, `${name}: ${left}`);
    // Its window is longer than the retention: nothing leaves it, and nothing may be forgotten.
    const end = performance.now() + 1.5 * retention_ms;
    assert.ok(await provider.until(() => performance.now() > end));
    assert.equal(provider.publisher.counters.resynchronised, 0);
    for (const [name, left] of times()) assert.ok(left > retention_ms / 2, `${name}: ${left}`);
    await provider.publisher.close();
    assert.deepEqual(await provider.store.list('web1', 'task'), provider.own());
  });
});

test('the clock of the server was set back: a host that told later than now is stale', { skip }, async () => {
  await withProvider({}, async (server, provider) => {
    await provider.publisher.close();
    const stale = async () => (await provider.store.hosts())[0].stale;
    assert.equal(await stale(), false);
    server.cli('HSET', key('meta'), 'told_ms', `${Date.now() + 3_600_000}`);
    assert.equal(await stale(), true);
  });
});

test('two providers of one name tell everything in turns, ever slower, and say so', { skip }, async () => {
  await withProvider({}, async (server, first) => {
    const second = new Provider(server.url, 'web1');
    const providers = [first, second];
    try {
      const end = performance.now() + 6000;
      while (performance.now() < end) {
        for (const provider of providers) provider.step();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const full = providers.map(({ publisher }) => publisher.counters.full);
      // A delta each 50 ms: without pauses every second one of each would tell everything.
      assert.ok(
        full.every((count) => count >= 2 && count <= 12),
        `${full}`,
      );
      for (const { log } of providers) assert.match(log.join(), /lost what was told of 'web1' 3 times/);
    } finally {
      await second.close();
    }
  });
});
