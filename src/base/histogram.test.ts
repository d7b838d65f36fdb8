import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { BUCKETS, bucketHigh, bucketLow, bucketOf, Histogram, MAX_EXPONENT } from './histogram.ts';

const LIMIT = 2 ** MAX_EXPONENT;

/** Whole numbers of every magnitude alike, not mostly huge ones. */
const anyMagnitude: fc.Arbitrary<number> = fc
  .tuple(fc.integer({ min: 0, max: 52 }), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }))
  .map(([exponent, share]) => Math.floor(2 ** exponent * (1 + share)));

/** One below, at and above each power of two: where exponents change, 2^32 and 2^42 among them. */
const edges: number[] = Array.from({ length: 53 }, (_, exponent) => 2 ** exponent).flatMap((value) => [
  value - 1,
  value,
  value + 1,
]);

test('buckets tile the line: each begins one above the end of the one before', () => {
  assert.equal(bucketLow(0), 0);
  for (let bucket = 0; bucket + 1 < BUCKETS; bucket++) assert.equal(bucketHigh(bucket) + 1, bucketLow(bucket + 1));
  assert.equal(bucketLow(BUCKETS - 1), LIMIT);
  assert.equal(bucketHigh(BUCKETS - 1), Number.POSITIVE_INFINITY);
});

test('a value lies within its bucket, at all powers of two', () => {
  for (const value of edges) assertInside(value);
});

test('a value lies within its bucket, at any magnitude', () => {
  fc.assert(fc.property(anyMagnitude, assertInside), { numRuns: 2000 });
});

test('lower and upper end of every bucket fall into that bucket', () => {
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    assert.equal(bucketOf(bucketLow(bucket)), bucket);
    if (bucket < BUCKETS - 1) assert.equal(bucketOf(bucketHigh(bucket)), bucket);
  }
});

test('no bucket is wider than a sixteenth of its lower end', () => {
  for (let bucket = 1; bucket < BUCKETS - 1; bucket++) {
    const width = bucketHigh(bucket) - bucketLow(bucket);
    assert.ok(width <= bucketLow(bucket) / 16, `bucket ${bucket}`);
  }
});

test('what cannot be placed goes to the ends', () => {
  assert.equal(bucketOf(-1), 0);
  assert.equal(bucketOf(LIMIT - 1), BUCKETS - 2);
  assert.equal(bucketOf(LIMIT), BUCKETS - 1);
  assert.equal(bucketOf(Number.MAX_SAFE_INTEGER), BUCKETS - 1);
  assert.equal(bucketOf(Number.POSITIVE_INFINITY), BUCKETS - 1);
});

test('a quantile is never below the true one and at most 1/16 above it', () => {
  const samples = fc.array(
    anyMagnitude.filter((value) => value < LIMIT),
    { minLength: 1, maxLength: 200 },
  );
  fc.assert(
    fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
      const histogram = new Histogram();
      for (const value of values) histogram.record(value);
      const sorted = values.toSorted((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!;
      const shown = histogram.quantile(q);
      assert.ok(shown >= exact && shown <= exact * (1 + 1 / 16), `q ${q}: ${shown}, exact ${exact}`);
    }),
  );
});

test('an empty histogram has no quantiles; the last bucket stands for its lower end', () => {
  assert.ok(Number.isNaN(new Histogram().quantile(0.5)));
  const histogram = new Histogram();
  histogram.record(LIMIT * 4);
  assert.equal(histogram.quantile(0.5), LIMIT);
});

test('adding is merging, and since() undoes it', () => {
  const a = new Histogram();
  const b = new Histogram();
  for (const value of [1, 100, 10_000]) a.record(value);
  for (const value of [100, 5_000_000]) b.record(value);
  const both = new Histogram().add(a).add(b);
  assert.equal(both.total(), 5);
  assert.deepEqual(both.since(a).counts, b.counts);
  // A counter that went backwards (the kernel's table was reset in between) must not give negative counts.
  assert.equal(a.since(both).total(), 0);
});

function assertInside(value: number): void {
  const bucket = bucketOf(value);
  assert.ok(Number.isInteger(bucket) && bucket >= 0 && bucket < BUCKETS, `bucket ${bucket} of ${value}`);
  assert.ok(bucketLow(bucket) <= value && value <= bucketHigh(bucket), `${value} is not in bucket ${bucket}`);
}
