import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BUCKETS, bucketHigh, bucketLow, bucketOf, MAX_EXPONENT } from '../base/histogram.ts';
import { fastBucketOf } from './statistics.ts';

test('fastBucketOf is bucketOf: at all bounds (predecessor fault 1.8#10), and anywhere', () => {
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const low = bucketLow(bucket);
    const high = bucketHigh(bucket);
    for (const value of [low, low + 0.5, high, low - 1, low - 0.25]) {
      if (value >= 0 && value < 2 ** 53) assert.equal(fastBucketOf(value), bucketOf(value), `${value}`);
    }
  }
  for (const value of [0, 1, 2 ** MAX_EXPONENT, 2 ** 53, Number.POSITIVE_INFINITY]) {
    assert.equal(fastBucketOf(value), bucketOf(value));
  }
  fc.assert(fc.property(fc.double({ min: 0, max: 2 ** 44, noNaN: true }), (v) => fastBucketOf(v) === bucketOf(v)));
});
