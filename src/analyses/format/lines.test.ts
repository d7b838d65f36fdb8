import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ClockText } from './clock.ts';
import { Lines, linesText } from './lines.ts';
import { left, micros, right } from './python.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 3000 }),
  fc.string({ unit: 'grapheme', minLength: 9000, maxLength: 9000 }),
);
const anyNumber = fc.oneof(fc.integer(), fc.nat(2000), fc.maxSafeInteger(), fc.double());

test('lines are what the same texts, padded and joined, are', () => {
  const clock = new ClockText(1_795_408_663_770_514_890n, { gmt: true, date: true });
  const part = fc.oneof(
    anyText.map((text): [string, (out: Lines) => void] => [text, (out) => out.text(text)]),
    fc.tuple(anyText, fc.nat(60)).map(([text, columns]): [string, (out: Lines) => void] => [
      left(text, columns) + right(text, columns),
      (out) => {
        out.left(text, columns);
        out.right(text, columns);
      },
    ]),
    fc.tuple(anyNumber, fc.nat(20)).map(([value, columns]): [string, (out: Lines) => void] => [
      right(value, columns) + left(value, columns) + right(micros(value), columns),
      (out) => {
        out.number(value, columns);
        out.numberLeft(value, columns);
        out.micros(value, columns);
      },
    ]),
    fc
      .integer({ min: -1e15, max: 1e15 })
      .map((time): [string, (out: Lines) => void] => [clock.text(time), (out) => out.time(clock, time)]),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      // Lone surrogates are U+FFFD in bytes.
      const expected = Buffer.from(parts.map(([text]) => text).join(''));
      const written: Buffer[] = [];
      const out = new Lines((bytes) => written.push(Buffer.from(bytes)));
      for (const [, write] of parts) write(out);
      out.flush();
      assert.ok(Buffer.concat(written).equals(expected));
      const text = linesText((lines) => {
        for (const [, write] of parts) write(lines);
      });
      assert.equal(text, expected.toString());
    }),
  );
});

test('a log of any length goes out in pieces', () => {
  let [bytes, largest] = [0, 0];
  const out = new Lines((piece) => {
    bytes += piece.length;
    largest = Math.max(largest, piece.length);
  });
  for (let i = 0; i < 100_000; i++) out.left('x'.repeat(i % 2000), 30);
  out.flush();
  const expected = Array.from({ length: 100_000 }, (_, i) => Math.max(30, i % 2000)).reduce((a, b) => a + b, 0);
  assert.equal(bytes, expected);
  assert.ok(largest < 100_000);
});
