/** Reports on this machine: recorded to disk and live, against what a program of ours does. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../../scripts/lib/files.mjs';
import { needRoot, temporaryFolder } from './lib.mjs';

const skip = needRoot();
const TAILTRAP = join(ROOT, 'bin/tailtrap');
/** Writes 100 times 1000 bytes, then sleeps; again until it is ended. */
const WRITER = `
  const fs = require('node:fs');
  const fd = fs.openSync(process.argv[1], 'w');
  process.title = 'tt-writer';
  const data = Buffer.alloc(1000);
  setInterval(() => { for (let i = 0; i < 100; i++) fs.writeSync(fd, data); }, 50);
`;

async function writing(t, folder) {
  const child = spawn(process.execPath, ['-e', WRITER, join(folder, 'written')], { stdio: 'ignore' });
  t.after(() => child.kill());
  await once(child, 'spawn');
  await new Promise((resolve) => setTimeout(resolve, 500));
  return child.pid;
}

const rowsOf = (text) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('record, then report: the bytes that a program wrote', { skip, timeout: 60_000 }, async (t) => {
  const folder = temporaryFolder(t);
  const pid = await writing(t, folder);
  const out = join(folder, 'trace');
  const recorded = spawnSync(TAILTRAP, ['record', 'iousagetop', '--for', '1500ms', '--out', out, '--with', 'ftrace'], {
    encoding: 'utf8',
  });
  assert.equal(recorded.status, 0, recorded.stderr);
  assert.equal(recorded.stdout.trim(), out);
  const report = spawnSync(TAILTRAP, ['report', 'iousagetop,iolatencystats', out, '--json', '--limit', '0'], {
    encoding: 'utf8',
  });
  assert.equal(report.status, 0, report.stderr);
  const rows = rowsOf(report.stdout);
  const file = rows.find(
    (row) => row.table === 'per-file-top' && row.of === 'written' && row.path === join(folder, 'written'),
  );
  assert.ok(file !== undefined, 'the file was open before the recording: the state dump names it');
  // Bursts of 100 kB, twenty a second; the machine may be busy.
  assert.ok(file.size_bytes >= 100_000 && file.size_bytes % 1000 === 0, `${file.size_bytes} bytes`);
  const process = rows.find(
    (row) => row.table === 'per-process-top' && row.of === 'written' && row.process.pid === pid,
  );
  assert.ok(process.disk_size_bytes >= file.size_bytes);
});

test('live: results for every interval until the signal', { skip, timeout: 60_000 }, async (t) => {
  const folder = temporaryFolder(t);
  const pid = await writing(t, folder);
  const child = spawn(TAILTRAP, [
    'report',
    'syscallstats,schedstats',
    'live',
    '--refresh',
    '1s',
    '--tid',
    String(pid),
    '--json',
  ]);
  let text = '';
  let errors = '';
  child.stderr.on('data', (data) => {
    errors += data;
  });
  for await (const data of child.stdout) {
    text += data;
    const windows = new Set(rowsOf(text.slice(0, text.lastIndexOf('\n'))).map(({ window }) => window.begin_ns));
    if (windows.size >= 2) child.kill('SIGINT');
  }
  const rows = rowsOf(text);
  const writes = rows.filter((row) => row.table === 'per-tid' && row.syscall === 'write');
  assert.ok(writes.length >= 2, errors);
  assert.ok(
    writes.some(({ count }) => count >= 100),
    JSON.stringify(writes),
  );
  const waits = rows.filter((row) => row.table === 'per_tid_stats');
  assert.ok(waits.length >= 1 && waits.every(({ process }) => process.tid === pid));
});

test('record: where nothing can be written, and when the disk is full', { skip, timeout: 60_000 }, (t) => {
  const folder = temporaryFolder(t);
  const record = (line) => spawnSync('bash', ['-c', line], { encoding: 'utf8' });
  const none = record(`"${TAILTRAP}" record --with ftrace --for 100ms --out /proc/none`);
  assert.equal(none.status, 1);
  assert.match(none.stderr, /TT_WRITE: ENOENT.*\n.*\/proc\/none\n.*make the folder/);
  const large = record(`"${TAILTRAP}" record --with ftrace --buffer 1000GiB --for 1s --out "${folder}/large"`);
  assert.match(large.stderr, /smaller buffer/);
  assert.equal(existsSync(join(folder, 'large')), false);
  // In units of 1 KiB: more than the state dump of one CPU, less than what a busy program makes.
  const busy = `while :; do :; done & p=$!; (while /bin/true; do :; done) & q=$!; trap "kill $p $q" EXIT`;
  const full = record(`${busy}; ulimit -f 400; "${TAILTRAP}" record --with ftrace --for 20s --out "${folder}/full"`);
  assert.equal(full.status, 1, full.stderr);
  assert.match(full.stderr, /TT_WRITE: EFBIG/);
});

test('record until a signal is a whole trace', { skip, timeout: 60_000 }, async (t) => {
  const out = join(temporaryFolder(t), 'trace');
  const child = spawn(TAILTRAP, ['record', 'cputop', '--with', 'ftrace', '--out', out]);
  let errors = '';
  for await (const text of child.stderr.setEncoding('utf8')) {
    errors += text;
    if (!errors.includes('recording with ftrace') || child.killed) continue;
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.kill('SIGTERM');
  }
  const [status] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  assert.equal(status, 0, errors);
  const report = spawnSync(TAILTRAP, ['report', 'cputop', out, '--json', '--limit', '0'], { encoding: 'utf8' });
  assert.equal(report.status, 0, report.stderr);
  assert.ok(rowsOf(report.stdout).length > 2);
});
