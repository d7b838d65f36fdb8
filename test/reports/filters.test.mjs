/** What is counted on each CPU, or of each thread, adds up to what is counted without a choice. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { run, skip, trace } from './a1.mjs';

const rows = (name, ...options) => {
  const { stdout, stderr, status } = run(name, trace('A1'), '--json', '--limit', '0', ...options);
  assert.deepEqual([status, stderr], [0, '']);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
};

/** `count` of the rows of some tables, by what they are about. */
function counts(name, tables, ...options) {
  const sums = new Map();
  for (const row of rows(name, ...options)) {
    if (!tables.includes(row.table)) continue;
    const key = JSON.stringify(row.irq ?? row.process?.tid ?? row.table);
    sums.set(key, (sums.get(key) ?? 0) + row.count);
  }
  return sums;
}

const CASES = [
  ['irqstats', ['hard-stats', 'soft-stats']],
  ['syscallstats', ['total']],
  ['schedstats', ['per_tid_stats']],
];

for (const [name, tables] of CASES) {
  test(`${name}: CPUs add up, and a range is all of them`, { skip }, () => {
    const all = counts(name, tables);
    const alone = ['0', '1'].map((cpu) => counts(name, tables, '--cpu', cpu));
    assert.ok(all.size > 5);
    for (const part of alone) assert.ok(part.size > 0 && part.size <= all.size);
    const sum = new Map(all);
    for (const key of sum.keys()) sum.set(key, (alone[0].get(key) ?? 0) + (alone[1].get(key) ?? 0));
    assert.deepEqual(sum, all);
    assert.deepEqual(rows(name, '--cpu', '0-1'), rows(name));
    assert.equal(counts(name, tables, '--cpu', '2-9').size, 0);
  });
}

test('cputop: a CPU has the same use alone, and its threads no more than it', { skip }, () => {
  const usage = (list, table) => list.filter((row) => row.table === table);
  const all = usage(rows('cputop'), 'per-cpu');
  for (const { cpu, usage: used } of all) {
    const alone = rows('cputop', '--cpu', String(cpu));
    assert.deepEqual(
      usage(alone, 'per-cpu').map((row) => [row.cpu, row.usage]),
      [[cpu, used]],
    );
    const threads = usage(alone, 'per-process').reduce((sum, row) => sum + row.usage, 0);
    assert.ok(Math.abs(threads - used) < 1e-6, `${threads} of ${used}`);
  }
});

test('--tid: the rows of these threads, unchanged', { skip }, () => {
  for (const [name, table] of [
    ['syscallstats', 'total'],
    ['schedtop', 'top'],
  ]) {
    const tidOf = (row) => (row.process ?? row.wakee_proc).tid;
    const wanted = rows(name).filter((row) => row.table === table && tidOf(row) >= 197 && tidOf(row) <= 203);
    const chosen = rows(name, '--tid', '197-203').filter((row) => row.table === table);
    assert.ok(wanted.length > 3, `${name} ${wanted.length}`);
    assert.deepEqual(chosen, wanted);
  }
});
