import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RateLimiter } from './limiter.ts';

const S = 1e9;

test('a burst passes at once, then one per interval', () => {
  const limiter = new RateLimiter({ per_second: 2, burst: 3 });
  assert.deepEqual(
    [0, 0, 0, 0].map((t) => limiter.allow(t)),
    [true, true, true, false],
  );
  assert.equal(limiter.allow(0.4 * S), false);
  assert.equal(limiter.allow(0.5 * S), true);
  assert.equal(limiter.allow(0.6 * S), false);
  assert.equal(limiter.takeSuppressed(), 3);
  assert.equal(limiter.takeSuppressed(), 0);
  assert.deepEqual([limiter.allowed, limiter.limited], [4, 3]);
});

test('predecessor fault 1.8#6: a steady stream that is too fast is not silenced', () => {
  const limiter = new RateLimiter({ per_second: 1 });
  let passed = 0;
  for (let t = 0; t < 100 * S; t += 0.5 * S) if (limiter.allow(t)) passed++;
  assert.equal(passed, 100);
});

test('a clock that leaps back silences for one interval at most', () => {
  const limiter = new RateLimiter({ per_second: 1, burst: 5 });
  assert.equal(limiter.allow(1e15), true);
  assert.equal(limiter.allow(0), false);
  assert.equal(limiter.allow(1 * S), true);
  const other = new RateLimiter({ per_second: 1 });
  other.allow(1e15);
  assert.equal(other.allow(5), false);
  assert.equal(other.allow(5 + S), true);
});

test('any clock: in any window never more than burst + rate * window; after an interval of quiet always one', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 1000, noNaN: true }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 0, max: 3e9 }), { minLength: 1, maxLength: 200 }),
      (per_second, burst, gaps_ns) => {
        const limiter = new RateLimiter({ per_second, burst });
        const passes: number[] = [];
        let now_ns = 1e12;
        for (const gap_ns of gaps_ns) {
          now_ns += gap_ns;
          const passed = limiter.allow(now_ns);
          if (gap_ns >= 1e9 / per_second + 1) assert.ok(passed);
          if (passed) passes.push(now_ns);
        }
        for (let i = 0; i < passes.length; i++) {
          for (let j = i; j < passes.length; j++) {
            const most = burst + ((passes[j]! - passes[i]!) / 1e9) * per_second;
            assert.ok(j - i + 1 <= most + 1e-6 * (j - i + 1) + 0.01);
          }
        }
        assert.equal(limiter.allowed + limiter.limited, gaps_ns.length);
      },
    ),
    { numRuns: 300 },
  );
});

test('NaN is refused and does no harm; bad numbers are refused at creation', () => {
  const limiter = new RateLimiter({ per_second: 1 });
  assert.equal(limiter.allow(Number.NaN), false);
  assert.equal(limiter.allow(1), true);
  for (const per_second of [0, -1, Number.NaN, 2e9])
    assert.throws(() => new RateLimiter({ per_second }), /per_second is/);
  for (const burst of [0, 1.5, 1e7]) assert.throws(() => new RateLimiter({ per_second: 1, burst }), /burst is/);
});
