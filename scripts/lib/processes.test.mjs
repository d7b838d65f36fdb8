import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { run } from './processes.mjs';

test('status and output of a program, stdout and stderr in one', async () => {
  const { code, output } = await run('sh', ['-c', 'echo out; echo err >&2; exit 3']);
  assert.equal(code, 3);
  assert.deepEqual(output.trim().split('\n').sort(), ['err', 'out']);
});

test('a program that is not there is status 127, not an exception', async () => {
  const { code, output } = await run('no-such-program-here', []);
  assert.equal(code, 127);
  assert.match(output, /ENOENT/);
});

test('the time limit ends the program and its children', async () => {
  const began = Date.now();
  // The child keeps our pipe open: if it lived on, this would take 20 s.
  const { code, output } = await run('sh', ['-c', 'sleep 20 & sleep 20'], { timeoutMs: 200 });
  assert.equal(code, 124);
  assert.match(output, /stopped after/);
  assert.ok(Date.now() - began < 10_000);
});

test('lines on file descriptor 3 come one by one, and the log has what was printed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-test-'));
  try {
    const lines = [];
    const logFile = join(folder, 'log');
    const onStatus = (line) => lines.push(line);
    await run('sh', ['-c', 'printf "a:1\\nb" >&3; printf ":2\\n" >&3; echo printed'], { onStatus, logFile });
    assert.deepEqual(lines, ['a:1', 'b:2']);
    assert.match(readFileSync(logFile, 'utf8'), /^\$ sh .*printed\n$/s);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
