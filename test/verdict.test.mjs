/** npm run bench:node says what its runs prove, and no more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { medianOf, verdict } from '../scripts/bench/verdict.mjs';

test('a median comes with the ranks between which the true one lies with 95 %', () => {
  const values = Array.from({ length: 32 }, (_, i) => (i * 7) % 32); // 0 .. 31 in another order
  assert.deepEqual(medianOf(values), { middle: 15.5, low: 10, high: 21 }); // ranks 11 and 22: 1 - 2 P(Bin(32, 1/2) <= 10) = 0.95
  assert.deepEqual(medianOf([5, 1, 3]), { middle: 3, low: 1, high: 5 });
});

test('no verdict when the controls are not quiet, or the bound lies within the interval', () => {
  const quiet = [['bare again', 0.004]];
  const lost = (low, middle, high) => ({ low, middle, high });
  assert.equal(verdict(lost(0.01, 0.02, 0.03), 0.03, quiet), 'reached');
  assert.equal(verdict(lost(0.031, 0.04, 0.05), 0.03, quiet), 'missed');
  assert.match(verdict(lost(0.02, 0.029, 0.031), 0.03, quiet), /^no verdict: the bound/);
  for (const noise of [0.016, -0.016]) {
    assert.match(verdict(lost(0, 0, 0), 0.03, [...quiet, ['off', noise]]), /^no verdict: .*\(off -?1\.6 %\)/);
  }
});
