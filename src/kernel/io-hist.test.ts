import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../base/histogram.ts';
import { filledRows, IO_COLUMNS, IO_ROWS, IoHistory, IoReader, type IoReading, ioRows, MINUTE_NS } from './io-hist.ts';
import { IO_CLASSES } from './trackers/io.ts';

/** A reading whose first column has these delays. */
function reading(...delays_ns: number[]): IoReading {
  const histograms = IO_COLUMNS.map(() => new Histogram());
  for (const delay of delays_ns) histograms[0]!.record(delay);
  return histograms;
}

const total = (of: IoReading): number => of[0]!.total();

test('columns are the classes of the BPF object, in its order', () => {
  assert.deepEqual(
    IO_COLUMNS.map(({ layer, operation }) => `${layer} ${operation}`),
    [...IO_CLASSES],
  );
});

test('rows are powers of two, with both ends', () => {
  const rows = ioRows(reading(0, 1, 2, 3, 4, 1023, 1024, 2 ** 40 - 1, 2 ** 40, 2 ** 41, 2 ** 50));
  assert.equal(rows.length, IO_ROWS);
  const counts = new Map(rows.map((row) => [row.low_ns, row.counts[0]]));
  assert.equal(counts.get(0), 2);
  assert.equal(counts.get(2), 2);
  assert.equal(counts.get(4), 1);
  assert.equal(counts.get(512), 1);
  assert.equal(counts.get(1024), 1);
  assert.equal(counts.get(2 ** 39), 1);
  assert.equal(counts.get(2 ** 40), 3);
  assert.equal(rows.at(-1)!.high_ns, Number.POSITIVE_INFINITY);
  for (let i = 1; i < IO_ROWS; i++) assert.equal(rows[i]!.low_ns, rows[i - 1]!.high_ns);
});

test('every delay is in the row of its bounds', () => {
  for (let exponent = 1; exponent < 40; exponent++) {
    for (const delay of [2 ** exponent, Math.floor(1.5 * 2 ** exponent), 2 ** (exponent + 1) - 1]) {
      const [row, ...others] = ioRows(reading(delay)).filter(({ counts }) => counts[0]! > 0);
      assert.equal(others.length, 0);
      assert.ok(row!.low_ns <= delay && delay < row!.high_ns, `${delay} in ${row!.low_ns} .. ${row!.high_ns}`);
    }
  }
});

test('only rows between the first and the last that is filled', () => {
  assert.deepEqual(
    filledRows(ioRows(reading(300, 5000))).map(({ low_ns }) => low_ns),
    [256, 512, 1024, 2048, 4096],
  );
  assert.deepEqual(filledRows(ioRows(reading())), []);
});

test('reading resets', () => {
  const reader = new IoReader(reading(10, 10));
  assert.equal(total(reader.read(reading(10, 10, 20))), 1);
  assert.equal(total(reader.read(reading(10, 10, 20))), 0);
  assert.equal(total(reader.read(reading(10, 10, 20, 30, 40))), 2);
});

test('history: minutes, merged, bounded', () => {
  const history = new IoHistory(reading(), 0);
  const delays: number[] = [];
  assert.equal(history.last(1), null);
  for (let minute = 1; minute <= 20; minute++) {
    for (let i = 0; i < minute; i++) delays.push(1000); // the n-th minute has n operations
    history.observe(reading(...delays), minute * MINUTE_NS);
  }
  assert.equal(total(history.last(1)!.reading), 20);
  assert.equal(total(history.last(5)!.reading), 20 + 19 + 18 + 17 + 16);
  assert.equal(total(history.last(15)!.reading), (15 * (6 + 20)) / 2);
  assert.equal(total(history.last(100)!.reading), (15 * (6 + 20)) / 2, 'no more than 15 are kept');
  assert.equal(history.last(15)!.length_ns, 15 * MINUTE_NS);
});

test('history: an incomplete minute is not told, a late one is as long as it was', () => {
  const history = new IoHistory(reading(), 5e9);
  history.observe(reading(1), 5e9 + MINUTE_NS - 1);
  assert.equal(history.last(1), null);
  assert.equal(history.due_ns, 5e9 + MINUTE_NS);
  history.observe(reading(1, 2, 3), 5e9 + 3 * MINUTE_NS);
  assert.deepEqual([history.last(1)!.length_ns, total(history.last(1)!.reading)], [3 * MINUTE_NS, 3]);
  assert.equal(history.last(5)!.length_ns, 3 * MINUTE_NS, 'fewer minutes than asked for');
  assert.equal(history.due_ns, 5e9 + 4 * MINUTE_NS);
});

test('history and reader do not disturb each other', () => {
  const first = reading(1);
  const reader = new IoReader(first);
  const history = new IoHistory(first, 0);
  reader.read(reading(1, 2));
  history.observe(reading(1, 2, 3), MINUTE_NS);
  assert.equal(total(history.last(1)!.reading), 2);
  assert.equal(total(reader.read(reading(1, 2, 3))), 1);
});
