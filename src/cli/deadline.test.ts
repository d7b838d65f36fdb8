import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { deadline, untilAborted, untilEither } from './deadline.ts';

test('fractions of a millisecond round up, and nothing throws', async () => {
  const began = performance.now();
  await untilAborted(deadline(1_500_000));
  assert.ok(performance.now() - began >= 1);
});

test('a hundred days are not over at once', async () => {
  const end = deadline(100 * 86400e9);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(end.aborted, false);
});

test('without a time only the signal ends it', async () => {
  const controller = new AbortController();
  assert.equal(untilEither(controller.signal, undefined), controller.signal);
  const either = untilEither(controller.signal, 3600e9);
  controller.abort();
  assert.equal(either.aborted, true);
});

test('a process that waits for nothing else stays until the deadline', () => {
  const module = new URL('./deadline.js', import.meta.url).href;
  const script = `import { deadline, untilAborted } from '${module}'; await untilAborted(deadline(3e8)); process.exitCode = 7;`;
  assert.equal(spawnSync(process.execPath, ['--input-type=module', '-e', script]).status, 7);
});
