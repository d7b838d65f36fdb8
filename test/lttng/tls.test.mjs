/** Viewing through TLS and with a token: `tailtrap relay --tls-cert --token`, `tls://`, TAILTRAP_TOKEN. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { Watcher } from './cat-live.mjs';
import { RelayProcess } from './relay-process.mjs';

const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed';

test('sessions through TLS and with a token; without, an error that says what to do', { skip }, async () => {
  const keys = mkdtempSync(join(tmpdir(), 'tailtrap-keys-'));
  const [cert, key, token] = ['cert.pem', 'key.pem', 'token'].map((name) => join(keys, name));
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  const made = spawnSync('openssl', [
    ...request,
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  assert.equal(made.status, 0, String(made.stderr));
  writeFileSync(token, 'open sesame\n');
  const relay = await RelayProcess.start(['--tls-cert', cert, '--tls-key', key, '--token', `@${token}`]);
  try {
    const ask = async (scheme, env, host = 'localhost') => {
      const list = Watcher.tailtrap({ ...env }, 'sessions', `${scheme}://${host}:${relay.ports.live}`);
      return [await list.end(), list.errors];
    };
    const trusted = { NODE_EXTRA_CA_CERTS: cert };
    assert.deepEqual(await ask('tls', { ...trusted, TAILTRAP_TOKEN: 'open sesame' }), [0, '']);
    // No warning of Node that addresses are no server names either.
    assert.deepEqual(await ask('tls', { ...trusted, TAILTRAP_TOKEN: 'open sesame' }, '127.0.0.1'), [0, '']);
    for (const [scheme, env, message] of [
      ['net4', {}, /TT_LIVE_REFUSED.*wants TLS/],
      ['tls', trusted, /TT_LIVE_REFUSED.*or a token/],
      [
        'tls',
        { ...trusted, TAILTRAP_TOKEN: 'close' },
        /TT_LIVE_CONNECTION.*closed the connection[\s\S]*next: .*TAILTRAP_TOKEN/,
      ],
      ['tls', {}, /TT_LIVE_CONNECTION.*self.signed[\s\S]*NODE_EXTRA_CA_CERTS/],
    ]) {
      const [status, errors] = await ask(scheme, env);
      assert.equal(status, 1);
      assert.match(errors, message);
    }
  } finally {
    await relay.close();
    rmSync(keys, { recursive: true });
  }
});
