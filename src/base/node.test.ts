import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolders } from './node.ts';

test('makes what is missing, is content with what is there', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-unit-'));
  t.after(() => rmSync(folder, { recursive: true }));
  makeFolders(join(folder, 'a/b/c'));
  makeFolders(join(folder, 'a/b/c'));
  assert.ok(existsSync(join(folder, 'a/b/c')));
});

test('a file in the way, and a file system that makes no folders, are errors at once', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-unit-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => makeFolders(join(folder, 'file')), { code: 'EEXIST' });
  assert.throws(() => makeFolders(join(folder, 'file/below')), { code: /ENOTDIR|EEXIST/ });
  assert.throws(() => makeFolders('/proc/tailtrap-test/a'), { code: /ENOENT|EPERM|EACCES/ });
});
