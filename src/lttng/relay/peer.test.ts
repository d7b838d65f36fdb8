import assert from 'node:assert/strict';
import test from 'node:test';
import { hostOf } from './peer.ts';

test('a host has one spelling', () => {
  for (const address of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])
    assert.equal(hostOf(address), '127.0.0.1');
  assert.equal(hostOf('::ffff:10.0.0.7'), '10.0.0.7');
  for (const address of ['10.0.0.7', '2001:db8::127.0', 'fe80::1%eth0']) assert.equal(hostOf(address), address);
});
