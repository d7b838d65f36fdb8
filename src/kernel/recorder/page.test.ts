import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as linux618 from './fixtures/linux-6-18.test.data.ts';
import { parsePageFormat } from './format.ts';
import { MISSED_UNKNOWN, PageCursor } from './page.ts';

const format = parsePageFormat(linux618.HEADER_PAGE);
const SEED = 20261123;

/** A page of the given records; each is its 32-bit words. */
function page(timestamp: bigint, words: readonly number[], flags = 0, after: readonly number[] = []): Uint8Array {
  const bytes = new Uint8Array(format.data + (words.length + after.length) * 4);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(format.timestamp, timestamp, true);
  view.setUint32(format.commit, ((words.length * 4) | flags) >>> 0, true);
  [...words, ...after].forEach((word, i) => {
    view.setUint32(format.data + i * 4, word >>> 0, true);
  });
  return bytes;
}

function records(bytes: Uint8Array): { time: bigint; length: number }[] {
  const cursor = new PageCursor(format, bytes);
  assert.ok(cursor.open(0, bytes.length));
  const found: { time: bigint; length: number }[] = [];
  while (cursor.next()) {
    found.push({ time: (BigInt(cursor.timeHigh) << 32n) | BigInt(cursor.timeLow), length: cursor.end - cursor.start });
  }
  return found;
}

/** type_len and time_delta. */
const head = (type: number, delta: number): number => (type | (delta << 5)) >>> 0;

test('small and big records, and a time that carries into the upper half', () => {
  const found = records(page(0xffff_fffen, [head(1, 1), 7, head(0, 3), 12, 1, 2]));
  assert.deepEqual(found, [
    { time: 0xffff_ffffn, length: 4 },
    { time: 0x1_0000_0002n, length: 8 },
  ]);
});

test('time extend adds 59 bits, an absolute time replaces the low 59 bits', () => {
  const high = 0x0800_0000_0000_0000n;
  const found = records(page(high, [head(30, 5), 2, head(1, 1), 0, head(31, 9), 64, head(1, 1), 0]));
  assert.deepEqual(
    found.map((r) => r.time),
    [high + 5n + (2n << 27n) + 1n, high + 9n + (64n << 27n) + 1n],
  );
});

test('padding ends a page; a discarded event is skipped and its time counts', () => {
  const found = records(page(100n, [head(29, 4), 8, 0, head(1, 1), 7, head(29, 0), head(1, 1), 7]));
  assert.deepEqual(found, [{ time: 105n, length: 4 }]);
});

test('missed events: counted, or known to be unknown', () => {
  const cursor = new PageCursor(format, new Uint8Array(0));
  const open = (bytes: Uint8Array): number => {
    cursor.bytes = bytes;
    cursor.view = new DataView(bytes.buffer);
    cursor.open(0, bytes.length);
    return cursor.missed;
  };
  assert.equal(open(page(1n, [head(1, 1), 7])), 0);
  assert.equal(open(page(1n, [head(1, 1), 7], 0x80000000)), MISSED_UNKNOWN);
  assert.equal(open(page(1n, [head(1, 1), 7], 0xc0000000, [42, 0])), 42);
});

test('a recorded page gives as many records, at the times, as the kernel wrote as text', () => {
  const lines = linux618.TEXT.split('\n');
  const times_us = lines.map((line) => Number(/ (\d+\.\d{6}): /.exec(line)![1]) * 1e6);
  const found = linux618.PAGES.flatMap((text) => records(new Uint8Array(Buffer.from(text, 'base64'))));
  assert.equal(found.length, lines.length);
  found.forEach((record, i) => {
    // The text rounds to microseconds.
    assert.ok(Math.abs(Number(record.time) / 1000 - times_us[i]!) <= 1, lines[i]);
  });
});

test('any bytes: the cursor ends, stays inside the page, and never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(700), fc.nat(700), (bytes, offset, length) => {
      const cursor = new PageCursor(format, bytes);
      if (!cursor.open(offset, length)) return;
      let steps = 0;
      while (cursor.next()) {
        assert.ok(cursor.start >= offset + format.data && cursor.end <= Math.min(bytes.length, offset + length));
        assert.ok(cursor.start <= cursor.end);
        assert.ok(++steps <= bytes.length);
      }
    }),
    { seed: SEED, numRuns: 5000 },
  );
});

test('damaged recorded pages: the same', () => {
  const recorded = linux618.PAGES.map((text) => new Uint8Array(Buffer.from(text, 'base64')));
  const damage = fc.array(fc.tuple(fc.nat(4095), fc.nat(255)), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.nat(recorded.length - 1), damage, (which, changes) => {
      const bytes = recorded[which]!.slice();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      const cursor = new PageCursor(format, bytes);
      if (!cursor.open(0, bytes.length)) return;
      for (let steps = 0; cursor.next(); steps++) assert.ok(cursor.end <= bytes.length && steps < bytes.length);
    }),
    { seed: SEED, numRuns: 2000 },
  );
});
