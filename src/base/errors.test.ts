import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { errnoName, messageOf, TailtrapError, UsageError } from './errors.ts';

test('an error shows its code, its place and the next step, each on a line', () => {
  const error = new TailtrapError('TT_BAD_CONFIG', "unknown key 'treshold'", {
    where: 'tailtrap.yaml:3',
    next: "write 'threshold'",
  });
  assert.equal(
    error.format(),
    "error TT_BAD_CONFIG: unknown key 'treshold'\n  at tailtrap.yaml:3\n  next: write 'threshold'",
  );
});

test('place and next step are left out when there are none', () => {
  assert.equal(new TailtrapError('TT_X', 'broken').format(), 'error TT_X: broken');
});

test('the cause is kept, and absent when there is none', () => {
  const cause = new Error('inner');
  assert.equal(new TailtrapError('TT_X', 'outer', { cause }).cause, cause);
  assert.equal('cause' in new TailtrapError('TT_X', 'outer'), false);
  assert.ok(new UsageError('TT_USAGE', 'x') instanceof TailtrapError);
});

test('errnoName and messageOf take anything that was thrown', () => {
  try {
    readFileSync('/nowhere/at/all');
  } catch (error) {
    assert.equal(errnoName(error), 'ENOENT');
  }
  for (const thrown of [null, undefined, 'text', 5, { code: 7 }]) assert.equal(errnoName(thrown), '');
  assert.equal(messageOf('text'), 'text');
  assert.equal(messageOf(new Error('inner')), 'inner');
});
