import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundsBy, timeBounds } from './time-bounds.ts';

/** 2023-11-14 22:13:20 GMT. */
const FIRST = 1_700_000_000_500_000_000n;
const none = { begin: undefined, end: undefined, timerange: undefined };
const begin = (text: string): bigint | undefined => timeBounds({ ...none, begin: text }, true, () => FIRST).begin_ns;

test('seconds, dates and times of day', () => {
  assert.equal(begin('1700000001.25'), 1_700_000_001_250_000_000n);
  assert.equal(begin('-5.000000001'), -5_000_000_001n);
  assert.equal(begin('2023-11-14 22:13:21.5'), 1_700_000_001_500_000_000n);
  assert.equal(begin('2023-11-14'), 1_699_920_000_000_000_000n);
  assert.equal(begin('22:14'), 1_700_000_040_000_000_000n);
  assert.equal(begin('22:13:20.000000009'), 1_700_000_000_000_000_009n);
});

test('a range, with and without brackets', () => {
  for (const timerange of ['22:13:21,22:13:22', '[22:13:21,22:13:22]']) {
    const bounds = timeBounds({ ...none, timerange }, true, () => FIRST);
    assert.deepEqual(bounds, { begin_ns: 1_700_000_001_000_000_000n, end_ns: 1_700_000_002_000_000_000n });
  }
  assert.deepEqual(
    timeBounds(none, true, () => FIRST),
    {},
  );
});

test('what is wrong is told', () => {
  assert.throws(() => begin('noon'), /'noon' is not a time/);
  assert.throws(() => begin('1:2'), /is not a time/);
  for (const text of ['99999999999999999999', '-99999999999999999999', '9223372037']) {
    assert.throws(() => begin(text), /is beyond every trace/);
  }
  assert.equal(begin('9223372036.854775807'), 2n ** 63n - 1n);
  assert.throws(() => timeBounds({ ...none, begin: '5', end: '4' }, true, () => FIRST), /after the end/);
  assert.throws(() => timeBounds({ ...none, timerange: '5' }, true, () => FIRST), /not BEGIN,END/);
  assert.throws(() => timeBounds({ begin: '5', end: undefined, timerange: '1,2' }, true, () => FIRST), /stands for/);
});

test('the local time zone, unless GMT is wanted', () => {
  const local = timeBounds({ ...none, begin: '2023-06-01 12:00' }, false, () => FIRST).begin_ns;
  assert.equal(local, BigInt(new Date(2023, 5, 1, 12).getTime()) * 1_000_000n);
});

test('lttng-analyses: bare numbers are nanoseconds; no time without date in a trace of several days', () => {
  const rules = { gmt: true, bare: 'ns', firstTime: () => FIRST, lastTime: () => FIRST + 10n } as const;
  assert.equal(boundsBy({ ...none, begin: '1700000001250000000' }, rules).begin_ns, 1_700_000_001_250_000_000n);
  assert.equal(boundsBy({ ...none, begin: '2023-11-14T22:13:21.5' }, rules).begin_ns, 1_700_000_001_500_000_000n);
  assert.deepEqual(boundsBy({ ...none, timerange: '[ 22:13:21, 22:13:22 ]' }, rules), {
    begin_ns: 1_700_000_001_000_000_000n,
    end_ns: 1_700_000_002_000_000_000n,
  });
  const days = { ...rules, lastTime: () => FIRST + 86_400_000_000_000n };
  assert.throws(() => boundsBy({ ...none, end: '22:13:21' }, days), { code: 'TT_USAGE' });
  assert.throws(() => boundsBy({ ...none, end: '1.5' }, rules), { code: 'TT_USAGE' });
});
