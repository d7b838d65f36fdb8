/** Settings that cannot work are refused before the relay listens: a coded error that names them, status 1. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { RelayProcess } from './relay-process.mjs';

const TAILTRAP = fileURLToPath(new URL('../../bin/tailtrap', import.meta.url));
const ANY = ['-C', '-D', '-L'].flatMap((option) => [option, 'tcp://127.0.0.1:0']);

/** @returns what it wrote to stderr */
function refused(...options) {
  const { status, stderr } = spawnSync(process.execPath, [TAILTRAP, 'relay', ...ANY, ...options], {
    encoding: 'utf8',
    timeout: 10_000,
    killSignal: 'SIGKILL',
  });
  assert.equal(status, 1, stderr);
  assert.doesNotMatch(stderr, /listens|TT_INTERNAL/);
  return stderr;
}

test('an output folder that cannot be written', () => {
  for (const folder of ['/etc/passwd', '/proc/nope', '/dev/null/x']) {
    const errors = refused('-o', folder);
    assert.match(errors, /error TT_RELAY_FOLDER: cannot write into the output folder/);
    assert.ok(errors.includes(`at ${folder}`), errors);
  }
});

test('an output folder that can: it is there, and nothing is in it', async () => {
  const relay = await RelayProcess.start();
  try {
    assert.ok(existsSync(relay.output));
    assert.deepEqual(readdirSync(relay.output), []);
  } finally {
    await relay.close();
  }
});

test('a certificate or key that is none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-refused-'));
  try {
    const bad = join(folder, 'bad.pem');
    writeFileSync(bad, 'no PEM\n');
    const errors = refused('-o', join(folder, 'out'), '--tls-cert', bad, '--tls-key', bad);
    assert.match(errors, /error TT_RELAY_TLS: \S+bad\.pem is no certificate/);
    assert.match(errors, /next: look at --tls-cert/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('addresses that cannot be listened at: the reason decides what to do', async () => {
  const none = ['--no-output'];
  assert.match(
    refused(...none, '-C', 'tcp://nosuch.invalid:0'),
    /TT_RELAY_LISTEN[\s\S]*next: this host name is not known/,
  );
  assert.match(refused(...none, '-C', 'tcp://203.0.113.1:0'), /TT_RELAY_LISTEN[\s\S]*next: this machine has no such/);
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const taken = `tcp://127.0.0.1:${server.address().port}`;
    assert.match(refused(...none, '-C', taken), /TT_RELAY_LISTEN[\s\S]*next: is another relay running/);
  } finally {
    server.close();
  }
});
