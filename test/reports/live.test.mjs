/** Reports of a live session are those of the folder that it is recorded in. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { Watcher } from '../lttng/cat-live.mjs';
import { run, skip, trace } from './a1.mjs';
import { WrittenTrace } from './written.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-live-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const written = new WrittenTrace(join(folder, 'kernel'));
for (let at = 1000; at < 3000; at += 20) {
  written.event(at, 1, 'sched_waking', { comm: 'app', tid: 7, prio: 20, target_cpu: 0 });
  written.switch(at + 1 + (at % 3), 0, 'swapper/0', 0, 'app', 7);
  written.call(at + 5, 0, 'open', { filename: '/tmp/x' }, 3);
  written.switch(at + 10, 0, 'app', 7, 'swapper/0', 0);
}
written.finish();

const REPORTS = 'schedstats,syscallstats,iolatencystats,irqstats';
/** Without windows: a live session's begins with the first event that is needed. */
const rowsOf = (text) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ ...JSON.parse(line), window: null }));

async function live(path, ...options) {
  const server = Watcher.tailtrap('replay', '--live', '--port', '0', '--session', 's', '--speed', 'max', path);
  await server.has(1);
  const report = Watcher.tailtrap('report', REPORTS, server.text.trim(), '--json', ...options);
  assert.equal(await report.end(), 0, report.errors);
  assert.equal(await server.end(5000), 0, server.errors);
  return report.text;
}

const byText = (rows) => rows.map((row) => JSON.stringify(row)).toSorted();

test('a small session', async () => {
  const expected = rowsOf(run(REPORTS, folder, '--json', '--no-intersection').stdout);
  assert.ok(expected.length >= 7);
  assert.deepEqual(byText(rowsOf(await live(folder))), byText(expected));
});

test('every --refresh: the windows add up', async () => {
  const calls = (rows) => rows.filter(({ table }) => table === 'total').reduce((sum, { count }) => sum + count, 0);
  const text = await live(folder, '--refresh', '500ms');
  const windows = new Set(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).window.begin_ns),
  );
  assert.equal(windows.size, 4);
  assert.equal(calls(rowsOf(text)), 100);
});

test('a real kernel session', { skip }, async () => {
  const expected = rowsOf(run(REPORTS, trace('T2'), '--json', '--no-intersection').stdout);
  assert.deepEqual(byText(rowsOf(await live(trace('T2')))), byText(expected));
});

test('what a live report cannot have is refused', () => {
  assert.match(run('cputop', 'net://127.0.0.1:1/host/h/s', '--begin', '1').stderr, /no --begin/);
});

test('--html of a live session is the page of its folder', async () => {
  const page = join(folder, 'live.html');
  const server = Watcher.tailtrap('replay', '--live', '--port', '0', '--session', 's', '--speed', 'max', folder);
  await server.has(1);
  const report = Watcher.tailtrap('report', REPORTS, server.text.trim(), '--html', page, '--gmt');
  assert.equal(await report.end(), 0, report.errors);
  assert.equal(await server.end(5000), 0, server.errors);
  assert.equal(report.text, '');
  const tablesOf = (file) => {
    const [, json] = /id="data">(.*?)<\/script>/s.exec(readFileSync(file, 'utf8'));
    return JSON.parse(json).tables.map(({ title, rows }) => [title.replace(/ *\[.*/, ''), rows.length]);
  };
  const recorded = join(folder, 'recorded.html');
  run(REPORTS, folder, '--html', recorded, '--gmt', '--no-intersection');
  const tables = tablesOf(page);
  assert.ok(tables.length >= 5, JSON.stringify(tables));
  assert.deepEqual(tables, tablesOf(recorded));
});
