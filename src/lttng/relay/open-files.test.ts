import assert from 'node:assert/strict';
import test from 'node:test';
import { DEFAULT_LIMITS } from './limits.ts';
import { fittingFiles, openFilesLimit } from './open-files.ts';

test('streams and connections leave files for what comes next', () => {
  const few = fittingFiles(DEFAULT_LIMITS, 20_000, true);
  assert.deepEqual([few.streams, few.connections], [6000, 2000]);
  assert.equal(fittingFiles(DEFAULT_LIMITS, 20_000, false).streams, DEFAULT_LIMITS.streams);
  assert.deepEqual(fittingFiles(DEFAULT_LIMITS, Number.POSITIVE_INFINITY, true), DEFAULT_LIMITS);
  assert.ok(openFilesLimit() >= 256);
});
