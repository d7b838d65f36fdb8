/** LAMI 1.0 as Trace Compass calls it, and `--json`. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { REPORTS } from '../../dist/analyses/index.js';
import { run } from './a1.mjs';
import { WrittenTrace } from './written.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-machine-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const trace = new WrittenTrace(join(folder, 'kernel'));
trace.event(1000, 0, 'lttng_statedump_process_state', { tid: 99, pid: 99, name: 'app' });
trace.event(1000.5, 0, 'lttng_statedump_block_device', { dev: 8388608, diskname: 'sda' });
for (let at = 1001; at < 2000; at += 20) {
  trace.event(at + (at % 3) / 10, 1, 'sched_waking', { comm: 'app', tid: 99, prio: 20, target_cpu: 0 });
  trace.switch(at + 1, 0, 'swapper/0', 0, 'app', 99);
  trace.call(at + 2, 0, 'open', { filename: '/tmp/file' }, 5);
  trace.call(at + 4 + (at % 7) / 10, 0, 'write', { fd: 5, count: 10 }, at % 40 === 1 ? -11 : 10);
  trace.event(at + 6, 0, 'block_rq_issue', { dev: 8388608, sector: at, nr_sector: 8, tid: 99, rwbs: 1 });
  trace.event(at + 7 + (at % 3), 0, 'block_rq_complete', { dev: 8388608, sector: at, nr_sector: 8, rwbs: 1 });
  trace.event(at + 11, 0, 'softirq_raise', { vec: 4 });
  trace.event(at + 12, 0, 'softirq_entry', { vec: 4 });
  trace.event(at + 12 + (at % 3) / 10 + 0.1, 0, 'softirq_exit', { vec: 4 });
  trace.event(at + 13, 0, 'irq_handler_entry', { irq: 9, name: 'sda' });
  trace.event(at + 13 + (at % 3) / 10 + 0.1, 0, 'irq_handler_exit', { irq: 9, ret: 1 });
  trace.event(at + 14, 0, 'mm_page_alloc', { order: 2 });
  trace.event(at + 14, 0, 'net_dev_xmit', { len: 100, name: 'lo' });
  trace.switch(at + 15, 0, 'app', 99, 'swapper/0', 0);
}
trace.finish();

const NEEDED = {
  process: ['tid'],
  'time-range': ['begin', 'end'],
  syscall: ['name'],
  path: ['path'],
  fd: ['fd'],
  irq: ['hard', 'nr'],
  cpu: ['id'],
  disk: ['name'],
  netif: ['name'],
};

/** Checks cells against the columns that the metadata promises. */
function checkTable(table, classes) {
  const inherited = typeof table.class === 'string' ? table.class : table.class.inherit;
  const described = inherited === undefined ? table.class : classes[inherited];
  assert.ok(described !== undefined, `the metadata describes ${inherited}`);
  assert.equal(table['time-range'].class, 'time-range');
  const columns = described['column-descriptions'];
  assert.ok(table.data.length > 0);
  for (const row of table.data) {
    assert.equal(row.length, columns.length);
    row.forEach((cell, i) => {
      if (cell === null || cell.class === 'unknown') return;
      assert.equal(cell.class, columns[i].class, JSON.stringify(cell));
      for (const key of NEEDED[cell.class] ?? ['value']) assert.ok(cell[key] !== undefined, JSON.stringify(cell));
    });
  }
}

for (const name of Object.keys(REPORTS).filter((report) => !report.startsWith('period'))) {
  test(`${name}: metadata and results fit`, () => {
    const described = run(name, '--metadata');
    assert.equal(described.status, 0);
    const metadata = JSON.parse(described.stdout);
    assert.deepEqual(metadata['mi-version'], { major: 1, minor: 0 });
    assert.ok(metadata.tags.includes('lttng-analyses'));
    const { stdout, status } = run(name, folder, '--mi', '--no-intersection');
    assert.equal(status, 0);
    const { results } = JSON.parse(stdout);
    assert.ok(results.length > 0);
    for (const table of results) checkTable(table, metadata['table-classes']);
  });
}

test('versions, compatibility and errors', () => {
  assert.equal(run('cputop', '--mi-version').stdout, '1.0\n');
  assert.equal(run('cputop', folder, '--test-compatibility').status, 0);
  const none = run('cputop', join(folder, 'nothing'), '--test-compatibility');
  assert.equal(none.status, 1);
  assert.equal(typeof JSON.parse(none.stdout)['error-message'], 'string');
});

test('progress comes before the results', () => {
  const lines = run('cputop', folder, '--mi', '--output-progress', '--no-intersection').stdout.trim().split('\n');
  assert.ok(lines.length >= 3);
  for (const line of lines.slice(0, -1)) assert.match(line, /^(\*|0|1|0\.\d+|1\.0+)( .*)?$/);
  assert.ok(JSON.parse(lines.at(-1)).results.length > 0);
});

test('several windows: tables of each, and a summary of their totals', () => {
  const { results } = JSON.parse(run('memtop', folder, '--mi', '--refresh', '250ms', '--no-intersection').stdout);
  const totals = results.filter((table) => table.class === 'total');
  const [summary] = results.filter((table) => table.class === 'summary');
  assert.equal(totals.length, 4);
  assert.deepEqual(
    summary.data.map(([, allocated]) => allocated.value),
    totals.map(({ data }) => data[0][0].value),
  );
  // Fifty allocations of four pages.
  assert.equal(
    summary.data.reduce((sum, [, allocated]) => sum + allocated.value, 0),
    200,
  );
});

test('the wanted range', () => {
  const range = ['--begin', '1500000000', '--end', '1700000000', '--no-intersection'];
  const { results } = JSON.parse(run('schedlog', folder, '--mi', ...range).stdout);
  for (const [, switched] of results[0].data) {
    assert.ok(switched.value >= 1_500_000_000 && switched.value <= 1_700_000_000);
  }
  assert.equal(results[0].data.length, 10);
});

test('--limit: rows of a top, or all of them', () => {
  const rows = (limit) =>
    JSON.parse(run('schedtop', folder, '--mi', '--limit', limit, '--no-intersection').stdout).results[0].data.length;
  assert.deepEqual([rows('3'), rows('unlimited'), rows('0')], [3, 50, 50]);
  assert.equal(run('schedtop', folder, '--limit', 'many').status, 2);
});

test('--json: a line for each row, with units in the keys', () => {
  const rows = run('iolatencytop', folder, '--json', '--limit', '2', '--no-intersection')
    .stdout.trim()
    .split('\n')
    .map(JSON.parse);
  assert.deepEqual(
    rows.map(({ of }) => of),
    ['open', 'open', 'write', 'write'],
  );
  const { window, duration_ns, process, ...rest } = rows[0];
  assert.deepEqual(window, { begin_ns: '1000000000', end_ns: '1996000000' });
  assert.equal(duration_ns, 1_000_000);
  assert.deepEqual(process, { name: 'app', tid: 99 });
  assert.equal(rest.path, '/tmp/file');
});

test('several reports in one reading are what they are alone', () => {
  const both = run('cputop,irqlog,schedtop', folder, '--gmt', '--no-intersection').stdout;
  const alone = ['cputop', 'irqlog', 'schedtop'].map((name) => run(name, folder, '--gmt', '--no-intersection').stdout);
  assert.equal(both, alone.join(''));
});

test('an option that none of the reports takes is refused', () => {
  const { status, stderr } = run('cputop', folder, '--irq', '9');
  assert.equal(status, 2);
  assert.match(stderr, /--irq means nothing to cputop/);
});
