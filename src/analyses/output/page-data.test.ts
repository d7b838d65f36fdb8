import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClockText } from '../format/clock.ts';
import type { LogText, Report, Window, WindowSink } from '../report.ts';
import { type ResultTable, tableClass } from '../table.ts';
import { PageData } from './page-data.ts';

const CLASS = tableClass('log', 'Log', [
  ['ts', 'Time', 'timestamp'],
  ['latency', 'Latency', 'duration'],
]);
const REPORT = { name: 'test' } as Report;
const TEXT: LogText = { head: () => [], line: () => {} };

interface Shown {
  readonly tables: readonly { rows: [[string, number], [string, number]][]; total: number; title: string }[];
  readonly dropped: number;
}

function collected(fill: (open: (begin: number) => WindowSink) => void): Shown {
  const page = new PageData({ clock: new ClockText(0n, { gmt: true, date: false }) });
  fill((begin) => page.open(REPORT, { begin, end: Number.NaN, period: null } satisfies Window));
  return JSON.parse([...page.json()].join('')) as Shown;
}

test('a log has 20,000 of its rows, from all of its time, and says how many there were', () => {
  const { tables } = collected((open) => {
    const log = open(0).log(0, CLASS, TEXT);
    for (let i = 0; i < 100_000; i++) log.row([i, 1500]);
  });
  const [{ rows, total } = assert.fail('there is a table')] = tables;
  assert.equal(total, 100_000);
  assert.equal(rows.length, 20_000);
  assert.equal(new Set(rows.map(([[, time]]) => time)).size, 20_000, 'each row once at most');
  const late = rows.filter(([[, time]]) => time >= 50_000).length;
  // Half of them; 500 is seven deviations.
  assert.ok(Math.abs(late - 10_000) < 500, `${late} of the second half`);
  assert.deepEqual(rows[0]![1], ['1.500', 1500]);
});

test('other tables have their first rows', () => {
  const result: ResultTable = { class: CLASS, subtitle: null, rows: Array.from({ length: 25_000 }, (_, i) => [i, i]) };
  const { tables } = collected((open) => open(0).block(0, [result], () => []));
  assert.equal(tables[0]!.total, 25_000);
  assert.deepEqual(
    tables[0]!.rows.map(([[, time]]) => time),
    Array.from({ length: 20_000 }, (_, i) => i),
  );
});

test('many windows: 100,000 rows, then few for each, and 2000 tables', () => {
  const { tables, dropped } = collected((open) => {
    for (let window = 0; window < 2010; window++) {
      const log = open(window).log(0, CLASS, TEXT);
      for (let i = 0; i < 1000; i++) log.row([i, i]);
    }
  });
  assert.equal(dropped, 10);
  assert.equal(tables.length, 2000);
  const sizes = tables.map(({ rows }) => rows.length);
  assert.ok(sizes.slice(0, 100).every((size) => size === 1000));
  assert.ok(sizes.slice(100).every((size) => size === 100));
  assert.ok(tables.every(({ total }) => total === 1000));
});
