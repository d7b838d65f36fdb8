import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { didYouMean, editDistance, nearest } from './nearest.ts';

const COMMANDS = ['doctor', 'trackers', 'watch', 'wait', 'hist', 'track', 'snapshot', 'run'];

test('slips, swapped letters and unfinished words find their names', () => {
  assert.deepEqual(nearest('wacth', COMMANDS), ['watch']);
  assert.deepEqual(nearest('docter', COMMANDS), ['doctor']);
  assert.deepEqual(nearest('snap', COMMANDS), ['snapshot']);
  assert.deepEqual(nearest('TRACK', COMMANDS), ['trackers', 'track']);
  assert.deepEqual(nearest('nonsense', COMMANDS), []);
  assert.deepEqual(nearest('', COMMANDS), []);
});

test('didYouMean reads like a sentence', () => {
  assert.equal(didYouMean('wat', COMMANDS), "did you mean 'watch' or 'wait'?");
  assert.equal(didYouMean('rum', COMMANDS), "did you mean 'run'?");
  assert.equal(didYouMean('zzz', COMMANDS), '');
});

test('the distance is symmetric, zero only for equal texts, and at most the longer length', () => {
  const text = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const distance = editDistance(a, b);
      assert.equal(distance, editDistance(b, a));
      assert.equal(distance === 0, a === b);
      assert.ok(distance <= Math.max(a.length, b.length) && distance >= Math.abs(a.length - b.length));
    }),
  );
});
