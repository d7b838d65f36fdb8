/** Reports of a live session are those of the folder that it is recorded in. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { Watcher, watched } from '../lttng/cat-live.mjs';
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
/** Without windows: a live session's begin and end with its packets, a folder's with events. */
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

test('the first window begins with the session, and each is as long as asked, whether something happens or not', async () => {
  const path = join(folder, 'quiet');
  const quiet = new WrittenTrace(path);
  quiet.switch(1000, 0, 'swapper/0', 0, 'app', 7);
  quiet.event(2600, 0, 'irq_handler_entry', { irq: 1, name: 'i8042' });
  quiet.event(2601, 0, 'irq_handler_exit', { irq: 1, ret: 1 });
  quiet.switch(3200, 0, 'app', 7, 'swapper/0', 0);
  quiet.finish();
  const server = Watcher.tailtrap('replay', '--live', '--port', '0', '--session', 's', '--speed', 'max', path);
  await server.has(1);
  const report = Watcher.tailtrap('report', 'irqstats', server.text.trim(), '--gmt', '--refresh', '500ms');
  assert.equal(await report.end(), 0, report.errors);
  assert.equal(await server.end(5000), 0, server.errors);
  const windows = report.text.split('Timerange: ').slice(1);
  const times = windows.map((text) =>
    /^\[1970-01-01 00:00:(\S+), 1970-01-01 00:00:(\S+)\]/.exec(text).slice(1).map(Number),
  );
  assert.deepEqual(times, [
    [1, 1.5],
    [1.5, 2],
    [2, 2.5],
    [2.5, 3],
    [3, 3.2],
  ]);
  assert.deepEqual(
    windows.map((text) => text.includes('i8042')),
    [false, false, false, true, false],
  );
});

test('Ctrl-C before the first event: it is said, with the status of an interrupt', async () => {
  const server = Watcher.tailtrap('replay', '--live', '--port', '0', '--session', 's', folder);
  await server.has(1);
  const page = join(folder, 'none.html');
  const report = Watcher.tailtrap('report', 'irqstats', server.text.trim(), '--html', page);
  await watched(server.text.trim().replace(/\/host\/.*/, ''), 's');
  report.child.kill('SIGINT');
  assert.equal(await report.end(), 130, report.errors);
  assert.match(report.errors, /^warning: stopped: there was no event, so there are no results$/m);
  assert.equal(existsSync(page), false);
  assert.equal(await server.end(10_000), 0, server.errors);
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
