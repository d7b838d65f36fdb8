import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { isLiveUrl, parseLiveUrl, sessionUrl } from './url.ts';

test('relays and sessions, as babeltrace2 takes them', () => {
  for (const [url, expected] of [
    ['net://relay', { host: 'relay', port: 5344, family: 0, tls: false }],
    ['net://relay/', { host: 'relay', port: 5344 }],
    ['net4://10.0.0.7:1234', { host: '10.0.0.7', port: 1234, family: 4 }],
    ['net6://[::1]:15344', { host: '::1', port: 15344, family: 6 }],
    ['tcp://relay:1/host/h/s', { host: 'relay', port: 1, hostname: 'h', session: 's' }],
    ['tls://relay/host/server 1/auto-20261123/', { tls: true, hostname: 'server 1', session: 'auto-20261123' }],
  ] as const) {
    assert.ok(isLiveUrl(url));
    assert.deepEqual({ ...parseLiveUrl(url), ...expected }, parseLiveUrl(url));
  }
});

test('what is no URL of a relay is refused', () => {
  for (const url of ['net://', 'net://:5344', 'net://a:0', 'net://a:65536', 'net://::1', 'net://[::1', 'http://a']) {
    assert.throws(() => parseLiveUrl(url), /TT_LIVE_URL|'/, url);
  }
  assert.throws(() => parseLiveUrl('net6://127.0.0.1'), /127\.0\.0\.1 is no IPv6 address/);
  assert.throws(() => parseLiveUrl('net4://[::1]:5344'), /::1 is no IPv4 address/);
  for (const path of ['/host', '/host/h', '/host//s', '/host/h/s/t', '/x/h/s']) {
    assert.throws(() => parseLiveUrl(`net://a${path}`), /is not \/host\/NAME\/SESSION/, path);
  }
  assert.equal(isLiveUrl('folder/net://x'), false);
});

test('the URL of a session leads to it', () => {
  const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !/[/\n\r\u2028\u2029]/.test(text));
  fc.assert(
    fc.property(name, name, fc.constantFrom('net://a', 'net6://[fe80::1]:7', 'tls://b/'), (hostname, session, url) => {
      const again = parseLiveUrl(sessionUrl(parseLiveUrl(url), hostname, session));
      assert.deepEqual({ ...again, hostname, session }, again);
    }),
  );
});

test('any text: an address or an error', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      try {
        parseLiveUrl(`net://${text}`);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'TT_LIVE_URL');
      }
    }),
  );
});
