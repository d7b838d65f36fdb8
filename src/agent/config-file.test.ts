import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { UsageError } from '../base/errors.ts';
import { readConfigFile } from './config-file.ts';

test('only a regular file of at most 1 MiB is a configuration; all else is wrong usage', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tt-config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  assert.equal(readConfigFile(file('a', 'ring: 1MiB # µ\n')), 'ring: 1MiB # µ\n');
  assert.equal(readConfigFile(file('full', '#'.repeat(1024 * 1024))).length, 1024 * 1024);
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  for (const [path, why] of [
    [fifo, /not a regular file/],
    ['/dev/zero', /not a regular file/],
    [folder, /not a regular file/],
    [join(folder, 'none'), /ENOENT/],
    [file('large', '#'.repeat(1024 * 1024 + 1)), /larger than 1048576 bytes/],
  ] as const) {
    assert.throws(
      () => readConfigFile(path),
      (error) => error instanceof UsageError && error.code === 'TT_CONFIG' && why.test(error.message),
      path,
    );
  }
});
