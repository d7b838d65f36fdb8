import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fixed, formatPriorities, formatSize, left, micros, right, rounded } from '../format/python.ts';
import { Distribution, ValueBudget } from './distribution.ts';
import { Summary } from './summary.ts';
import { Top } from './top.ts';

const values = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 200 });

test('Top: the k largest, of equal ones the first, largest first', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 0, max: 12 }), (keys, limit) => {
      const top = new Top<string>(limit);
      keys.forEach((key, i) => {
        top.add(key, `${key} ${i}`);
      });
      const all = keys.map((key, i) => ({ key, text: `${key} ${i}` })).toSorted((a, b) => b.key - a.key);
      assert.deepEqual(
        top.sorted(),
        all.slice(0, limit).map(({ text }) => text),
      );
    }),
  );
});

test('Summary: count, bounds, mean and sample deviation', () => {
  fc.assert(
    fc.property(values, (list) => {
      const summary = new Summary();
      for (const value of list) summary.add(value);
      const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
      const squares = list.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      assert.equal(summary.mean, mean);
      assert.equal(summary.min, Math.min(...list));
      assert.equal(summary.max, Math.max(...list));
      if (list.length === 1) assert.ok(Number.isNaN(summary.deviation));
      else assert.ok(Math.abs(summary.deviation - Math.sqrt(squares / (list.length - 1))) < 1e-6);
    }),
  );
});

test('Distribution: exact bins and ranks', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 30 }), (list, bins) => {
      const distribution = new Distribution(new ValueBudget());
      for (const value of list) distribution.add(value);
      const sorted = list.toSorted((a, b) => a - b);
      assert.equal(distribution.quantile(0.5), sorted[Math.ceil(list.length / 2) - 1]);
      const [low, high] = [sorted[0]!, sorted.at(-1)!];
      if (low < high) {
        const counts = distribution.bins(low, high, bins);
        assert.equal(
          counts.reduce((sum, count) => sum + count),
          list.length,
        );
        const binOf = (value: number): number => Math.trunc((value - low) / ((high - low) / bins));
        const first = list.filter((value) => Math.min(binOf(value), bins - 1) === 0).length;
        assert.equal(counts[0], first);
      }
      assert.ok(distribution.exact);
    }),
  );
});

test('Distribution: beyond the budget 0.8 % exact, and it says so', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 40, maxLength: 300 }), (list) => {
      const budget = new ValueBudget(20);
      const distribution = new Distribution(budget);
      for (const value of list) distribution.add(value);
      assert.equal(distribution.exact, false);
      assert.equal(distribution.count, list.length);
      assert.equal(budget.left, 20);
      const sorted = list.toSorted((a, b) => a - b);
      for (const q of [0.01, 0.5, 0.99, 1]) {
        const exact = sorted[Math.max(1, Math.ceil(q * list.length)) - 1]!;
        assert.ok(Math.abs(distribution.quantile(q) - exact) <= Math.max(1, exact / 128), `${q} of ${exact}`);
      }
    }),
  );
});

test('microseconds of whole nanoseconds', () => {
  fc.assert(
    fc.property(fc.oneof(fc.nat({ max: 5000 }), fc.nat(), fc.maxSafeNat()), (ns) => {
      assert.equal(micros(ns), fixed(ns / 1000, 3));
    }),
  );
  assert.equal(micros(-1500), '-1.500');
  assert.equal(micros(1234.5), '1.234');
});

test('numbers as Python prints them', () => {
  assert.equal(fixed(0.0625, 3), '0.062');
  assert.equal(fixed(0.1875, 3), '0.188');
  assert.equal(fixed(-0.0625, 3), '-0.062');
  assert.equal(fixed(12.125, 2), '12.12');
  assert.equal(fixed(12.375, 2), '12.38');
  assert.equal(fixed(2.675, 2), '2.67');
  assert.equal(rounded(60), '60.0');
  assert.equal(rounded(6.67), '6.67');
  assert.equal(formatSize(0), '0   B');
  assert.equal(formatSize(1023), '1023   B');
  assert.equal(formatSize(1024), '1.00 KiB');
  assert.equal(formatSize(12_687), '12.39 KiB');
  assert.equal(right('█', 3), '  █');
  assert.equal(right('😀', 3), '  😀');
  assert.equal(left('a😀b😀', 5), 'a😀b😀 ');
  assert.equal(left('longer than that', 3), 'longer than that');
  assert.equal(
    formatPriorities(
      new Map([
        [120, 1],
        [20, 2],
      ]),
    ),
    '[20 (2 times), 120]',
  );
});
