import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as digits from './digits.ts';
import { formatG } from './float.ts';

const view = new DataView(new ArrayBuffer(64));
const written = (end: number): string => Buffer.from(view.buffer, 0, end).toString('latin1');
const u64 = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 1n),
  fc.nat(70).map((n) => BigInt.asUintN(64, 10n ** BigInt(n % 20) - BigInt(n % 3))),
);

test('64-bit integers in decimal and hexadecimal', () => {
  fc.assert(
    fc.property(u64, fc.nat(63), (value, shift) => {
      const n = value >> BigInt(shift);
      const [low, high] = [Number(n & 0xffffffffn), Number(n >> 32n)];
      assert.equal(written(digits.unsignedWide(view, 0, low, high)), String(n));
      assert.equal(written(digits.signedWide(view, 0, low, high | 0)), String(BigInt.asIntN(64, n)));
      assert.equal(written(digits.hexadecimalWide(view, 0, low, high)), n.toString(16).toUpperCase());
    }),
    { seed: 1, numRuns: 20_000 },
  );
});

test('numbers up to 2^53, nine digits', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(999_999_999), (n, ns) => {
      assert.equal(written(digits.unsigned(view, 0, n)), String(n));
      assert.equal(written(digits.signed(view, 0, -n)), n === 0 ? '0' : `-${n}`);
      assert.equal(written(digits.nine(view, 0, ns)), String(ns).padStart(9, '0'));
    }),
    { seed: 2, numRuns: 20_000 },
  );
});

test("floats as C's %g", () => {
  const cases: [number, string][] = [
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [0.1, '0.1'],
    [-1.5, '-1.5'],
    [100000, '100000'],
    [1e6, '1e+06'],
    [123456789, '1.23457e+08'],
    [999999.5, '1e+06'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1e100, '1e+100'],
    [5e-324, '4.94066e-324'],
    // Exact halves go to the even digit.
    [100000.5, '100000'],
    [100001.5, '100002'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
    [Number.NaN, 'nan'],
  ];
  for (const [value, text] of cases) assert.equal(formatG(value), text);
});
