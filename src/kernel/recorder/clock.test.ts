import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleClockOffset } from './clock.ts';

test('the offset is bracketed by the edges of a millisecond clock', () => {
  const offset = 1_795_413_753_123_456_789n;
  let now = 5_000_000_400n;
  const monotonic = (): bigint => {
    now += 300n;
    return now;
  };
  const epoch_ms = (): number => {
    now += 100n;
    return Number((now + offset) / 1_000_000n);
  };
  const sample = sampleClockOffset(monotonic, epoch_ms);
  const error = Number(sample.offset_ns - offset);
  assert.ok(Math.abs(error) <= sample.error_ns, `${error} of ${sample.error_ns}`);
  assert.ok(sample.error_ns < 1000);
});

test('a clock that stands still ends the wait', () => {
  let now = 0n;
  const monotonic = (): bigint => {
    now += 100_000n;
    return now;
  };
  assert.equal(typeof sampleClockOffset(monotonic, () => 42).error_ns, 'number');
});
