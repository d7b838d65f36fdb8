import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../base/histogram.ts';
import { percentileRecord } from './percentiles.ts';

test('a record has whole nanoseconds, and null for all where nothing was counted', () => {
  const histogram = new Histogram();
  for (const ns of [100, 101, 5000]) histogram.record(ns);
  const record = percentileRecord({ tracker: 'block', class: 'queue', histogram, sum_ns: 5201 }, 1e9) as Record<
    string,
    unknown
  >;
  assert.equal(record.count, 3);
  assert.equal(record.mean_ns, 1734);
  assert.equal(record.max_ns, histogram.quantile(1));
  assert.ok((record.max_ns as number) >= 5000);
  for (const [key, value] of Object.entries(record)) if (key.endsWith('_ns')) assert.ok(Number.isInteger(value), key);
  const none = percentileRecord({ tracker: 'block', class: 'queue', histogram: new Histogram(), sum_ns: 0 }, 1e9);
  assert.deepEqual(none, {
    tracker: 'block',
    class: 'queue',
    interval_ns: 1e9,
    count: 0,
    mean_ns: null,
    p50_ns: null,
    p90_ns: null,
    p99_ns: null,
    p99_9_ns: null,
    p99_99_ns: null,
    max_ns: null,
  });
});
