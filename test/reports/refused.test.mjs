/** What a report cannot do is told before it reads: an empty table or a file in the wrong form would say less. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { ROOT } from '../../scripts/lib/files.mjs';
import { run } from './a1.mjs';
import { WrittenTrace } from './written.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-refused-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'kernel');
const written = new WrittenTrace(path);
for (let at = 1000; at < 1200; at += 20) {
  written.switch(at, 0, 'swapper/0', 0, 'app', 7);
  written.call(at + 2, 0, 'read', { fd: 0, count: 10 }, 10);
  written.switch(at + 9, 0, 'app', 7, 'swapper/0', 0);
}
written.finish();

const PERIOD = ['--period', 'run : $evt.$name == "sched_switch"', '--period-captures', 'run : comm = $evt.next_comm'];

const USAGE = [
  [['cputop', '--chart', '--json'], /--chart and --json exclude each other/],
  [['cputop', '--html', join(folder, 'x.html'), '--chart'], /--chart and --html exclude each other/],
  [['schedtop', '--min', '10', '--max', '5us'], /--min '10' is more than --max '5us'/],
  [['iolog', '--minsize', '1KiB', '--maxsize', '1000'], /--minsize '1KiB' is more than/],
  [['periodlog', ...PERIOD, '--min-duration', '2ms', '--max-duration', '1ms'], /--min-duration '2ms' is more/],
  [['periodlog', ...PERIOD, '--select', 'rum'], /there is no period 'rum'/],
  [['periodstats', ...PERIOD, '--aggregate-by', 'x'], /there is no period 'x'/],
  [['periodlog', ...PERIOD, '--aggregate-by', 'run'], /needs --select/],
  [['periodstats', ...PERIOD, '--group-by', 'run.com'], /nothing called 'com' is captured/],
  [['cputop', '--begin', '25:00:00'], /'25:00:00' is not a time/],
  [['cputop', '--end', '2026-02-30 10:00:00'], /'2026-02-30 10:00:00' is not a time/],
  [['cputop', '--timerange', '[1,2'], /is not BEGIN,END/],
  [['cputop,track-process'], /track-process is no table/],
  [['track-process', '--html', join(folder, 'x.html')], /--html means nothing to track-process/],
  [['track-process', '--limit', '5'], /--limit means nothing to track-process/],
  [['cputop', '--cpu', '0,1-x'], /--cpu: '1-x' \(entry 2 of 2\) is not a whole number and not a range/],
  [['cputop', '--limit', '-1'], /--limit unlimited/],
];

test('options that fit nothing', () => {
  for (const [[name, ...options], expected] of USAGE) {
    const { status, stdout, stderr } = run(name, path, ...options);
    assert.deepEqual([status, stdout], [2, ''], stderr);
    assert.match(stderr, expected);
  }
  assert.equal(existsSync(join(folder, 'x.html')), false);
});

test('a machine reads why, also of two forms at once', () => {
  const { 'error-message': message } = JSON.parse(run('cputop', path, '--mi', '--json').stdout);
  assert.match(message, /exclude each other/);
  assert.match(run('cputop,schedtop', '--metadata').stdout, /"error-message":.*one report/);
});

test('--html: where nothing can be written, it is told with a code', () => {
  for (const [file, expected] of [
    [join(folder, 'none/x.html'), /TT_WRITE.*\n.*none\/x\.html\n.*make the folder/],
    [folder, /TT_WRITE: EISDIR/],
    ['/dev/full', /TT_WRITE: ENOSPC/],
  ]) {
    const { status, stderr } = run('cputop', path, '--html', file);
    assert.equal(status, 1);
    assert.match(stderr, expected);
  }
});

test('--html: a full disk leaves the page that was there, and nothing else', () => {
  const own = mkdtempSync(join(folder, 'disk-'));
  const page = join(own, 'page.html');
  writeFileSync(page, 'before');
  const command = `ulimit -f 8; exec "${join(ROOT, 'bin/tailtrap')}" report cputop,schedlog "${path}" --html "${page}"`;
  const { status, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /TT_WRITE: EFBIG/);
  assert.deepEqual([readFileSync(page, 'utf8'), readdirSync(own)], ['before', ['page.html']]);
});

test('--html: a page is replaced with its permissions, behind a link too, and a pipe is written to', () => {
  const own = mkdtempSync(join(folder, 'page-'));
  const page = join(own, 'page.html');
  writeFileSync(page, 'before', { mode: 0o600 });
  symlinkSync('page.html', join(own, 'link'));
  assert.equal(run('cputop', path, '--html', join(own, 'link')).status, 0);
  assert.match(readFileSync(page, 'utf8'), /^<!doctype html>/i);
  assert.equal(statSync(page).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(own).sort(), ['link', 'page.html']);
  assert.equal(readlinkSync(join(own, 'link')), 'page.html');
  const command = `"${join(ROOT, 'bin/tailtrap')}" report cputop "${path}" --html /dev/stdout | cat`;
  assert.match(spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout, /^<!doctype html>/i);
});

test('a report that lacks one of the events it needs says which', () => {
  const { stderr } = run('schedtop,cputop', path);
  assert.equal(
    stderr,
    'warning: schedtop: the trace has none of the events sched_waking, sched_wakeup, sched_wakeup_new\n',
  );
});

test('a full disk behind stdout is told once, to programs too', () => {
  for (const form of ['', '--json', '--mi']) {
    const command = `"${join(ROOT, 'bin/tailtrap')}" report cputop "${path}" ${form} > /dev/full`;
    const { status, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
    assert.equal(status, 1);
    assert.equal(stderr.match(/TT_STDOUT/g)?.length, 1, stderr);
  }
});

test('track-process: without TRACE, of what is live, of nobody', () => {
  assert.match(run('track-process').stderr, /TRACE is missing/);
  assert.match(run('track-process', 'live').stderr, /reads folders only/);
  const { status, stderr } = run('track-process', path, '--procname', 'nobody');
  assert.deepEqual([status, stderr], [0, 'warning: there is no event of such a thread\n']);
});
