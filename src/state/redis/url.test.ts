import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { hostKeys } from './keys.ts';
import { isRedisUrl, parseRedisUrl, safeUrl } from './url.ts';

const node = (host: string, port = 6379): object => ({ host, port });

test('servers, clusters, sockets', () => {
  assert.deepEqual(parseRedisUrl('redis://db1').nodes, [node('db1')]);
  assert.deepEqual(parseRedisUrl('redis://').nodes, [node('127.0.0.1')]);
  assert.deepEqual(parseRedisUrl('redis://a:1,b,[::1]:3').nodes, [node('a', 1), node('b'), node('::1', 3)]);
  const secured = parseRedisUrl('rediss://me:p%40ss:w%2Ford@db1:7000/3?ca=/etc/ca.pem');
  assert.deepEqual(
    [secured.tls, secured.user, secured.password, secured.database, secured.options.ca],
    [true, 'me', 'p@ss:w/ord', 3, '/etc/ca.pem'],
  );
  assert.deepEqual(parseRedisUrl('redis://:only@db1').password, 'only');
  const socket = parseRedisUrl('unix:///run/my%20redis.sock?db=2&user=me');
  assert.deepEqual([socket.socket, socket.nodes, socket.database, socket.user], ['/run/my redis.sock', [], 2, 'me']);
});

test('what is wrong is told, and never the password', () => {
  const wrong = [
    'ftp://:secret@db1',
    'redis://:secret@db1:99999',
    'redis://:secret@db1/x',
    'redis://:secret@db1?colour=red',
    'unix://db1/x',
    'redis://:secret%@db1',
    'redis://:secret@a:b:c',
  ];
  for (const url of wrong) {
    assert.throws(() => parseRedisUrl(url), { code: 'TT_REDIS_URL' }, url);
    try {
      parseRedisUrl(url);
    } catch (error) {
      assert.doesNotMatch(String(error), /secret/, url);
    }
  }
  assert.equal(safeUrl('rediss://me:secret@db1/3'), 'rediss://***@db1/3');
  assert.ok(isRedisUrl('redis://x') && isRedisUrl('unix:///x') && !isRedisUrl('net://x/host/y/z'));
});

test('names of hosts: what would break out of the braces is refused, the rest has its own keys', () => {
  for (const name of ['', 'a}b', '{a}', 'a b', 'a\n', 'a*', 'x'.repeat(254), 'ü']) {
    assert.throws(() => hostKeys(name), { code: 'TT_STATE_HOST_NAME' }, name);
  }
  fc.assert(
    fc.property(fc.string(), (name) => {
      try {
        assert.equal(hostKeys(name).meta, `tailtrap:{${name}}:meta`);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'TT_STATE_HOST_NAME');
      }
    }),
  );
});
