import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { UsageError } from './errors.ts';
import { formatBytes, formatDuration, MAX_DURATION_NS, NS_PER, parseDuration, parseSize } from './units.ts';

const DURATIONS: [string, number][] = [
  ['0', 0],
  ['00', 0],
  ['0s', 0],
  ['1ns', 1],
  ['250us', 250_000],
  ['250µs', 250_000],
  ['10ms', 10_000_000],
  ['1.5s', 1_500_000_000],
  ['2m', 120e9],
  ['1h', 3600e9],
  ['100d', MAX_DURATION_NS],
  [' 10 ms ', 10_000_000],
  ['0.4ns', 0],
];

for (const [text, ns] of DURATIONS) {
  test(`parseDuration('${text}') is ${ns} ns`, () => assert.equal(parseDuration(text), ns));
}

for (const text of ['', '10', '-1ms', '1 year', 'ms', '1e3ms', '10msx', '1..5s', 'NaN', '101d', '10MS']) {
  test(`parseDuration('${text}') is refused with what to write`, () => {
    assert.throws(
      () => parseDuration(text, '--threshold'),
      (error: unknown) => {
        assert.ok(error instanceof UsageError);
        assert.equal(error.code, 'TT_BAD_DURATION');
        assert.match(error.message, /--threshold/);
        assert.notEqual(error.next, '');
        return true;
      },
    );
  });
}

test('whole numbers of every unit are read exactly, up to the longest duration', () => {
  const unit = fc.constantFrom(...(Object.keys(NS_PER) as (keyof typeof NS_PER)[]));
  fc.assert(
    fc.property(unit, fc.double({ min: 0, max: 1, noNaN: true }), (name, share) => {
      const count = Math.floor((MAX_DURATION_NS / NS_PER[name]) * share);
      assert.equal(parseDuration(`${count}${name}`), count * NS_PER[name]);
    }),
  );
  assert.ok(Number.isSafeInteger(MAX_DURATION_NS));
});

test('formatDuration shows three digits at most behind the leading one, and parseDuration reads it back', () => {
  const shown: [number, string][] = [
    [0, '0 ns'],
    [999, '999 ns'],
    [1000, '1.00 us'],
    [12_345, '12.3 us'],
    [123_456, '123 us'],
    [1_230_000, '1.23 ms'],
    [-1_230_000, '-1.23 ms'],
    [61e9, '61.0 s'],
    [599e9, '599 s'],
    [600e9, '10.0 m'],
    [7200e9, '2.00 h'],
    [3_456_000e9, '40.0 d'],
    [MAX_DURATION_NS, '100 d'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ];
  for (const [ns, text] of shown) assert.equal(formatDuration(ns), text);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAX_DURATION_NS }), (ns) => {
      const back = parseDuration(formatDuration(ns));
      assert.ok(Math.abs(back - ns) <= ns * 0.0051, `${ns} -> ${formatDuration(ns)} -> ${back}`);
    }),
  );
});

test('sizes: binary units by default, decimal ones when written so', () => {
  assert.equal(parseSize('4096'), 4096);
  assert.equal(parseSize('8MiB'), 8 * 2 ** 20);
  assert.equal(parseSize('8M'), 8 * 2 ** 20);
  assert.equal(parseSize('8MB'), 8_000_000);
  assert.equal(parseSize('1.5k'), 1536);
  assert.equal(parseSize('2 GiB'), 2 * 2 ** 30);
  for (const text of ['', 'MiB', '-1', '1TiX', '1e9', '99999999999GiB']) {
    assert.throws(() => parseSize(text, '--buffer'), { code: 'TT_BAD_SIZE' });
  }
});

test('formatBytes', () => {
  assert.equal(formatBytes(0), '0 B');
  assert.equal(formatBytes(1023), '1023 B');
  assert.equal(formatBytes(8 * 2 ** 20), '8.0 MiB');
  assert.equal(formatBytes(5 * 2 ** 50), '5120.0 TiB');
});
