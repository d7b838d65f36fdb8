/** Far more outliers than anyone can read: every one is delivered or counted, memory stays, the machine goes on. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { needProgram, needRoot, sleep, TAILTRAP } from './lib.mjs';

const skip = needRoot() || needProgram('perl');
const MAX_RSS_MB = 200;

/** System calls as fast as one CPU makes them: a few hundred thousand a second. */
const CALLER = `$0 = 'tt-flood'; my $end = time + 4; while (time < $end) { getppid for 1 .. 1000 }`;

const rssMb = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

test('flood: with threshold 0 every outlier is delivered or counted', { skip }, async (t) => {
  const args = ['watch', 'syscall', '--threshold', '0', '-c', 'tt-flood', '--json', '--stats'];
  const watch = spawn(process.execPath, [TAILTRAP, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => watch.kill('SIGKILL'));
  let lines = 0;
  let stderr = '';
  watch.stdout.on('data', (chunk) => {
    for (const byte of chunk) if (byte === 10) lines++;
  });
  watch.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  const closed = new Promise((resolve) => watch.on('close', resolve));
  while (!stderr.includes('watching')) await sleep(20);

  const flood = spawn('perl', ['-e', CALLER], { stdio: 'ignore' });
  let peak = 0;
  let late_ms = 0;
  const done = new Promise((resolve) => flood.on('close', resolve));
  let running = true;
  done.then(() => {
    running = false;
  });
  while (running) {
    const due = performance.now() + 20;
    await sleep(20);
    late_ms = Math.max(late_ms, performance.now() - due);
    peak = Math.max(peak, rssMb(watch.pid));
  }
  await sleep(500);
  watch.kill('SIGINT');
  await closed;

  const stats = JSON.parse(/^stats (.*)$/m.exec(stderr)[1]).find((s) => s.tracker === 'syscall');
  t.diagnostic(`offered ${stats.outliers}, delivered ${lines}, lost to a full ring and counted ${stats.ring_full}`);
  t.diagnostic(`memory ${peak.toFixed(0)} MB, a 20 ms sleep was at most ${late_ms.toFixed(0)} ms late`);
  assert.ok(stats.outliers > 200_000, `a flood: ${stats.outliers}`);
  assert.equal(lines + stats.ring_full + stats.limited, stats.outliers, 'delivered + counted = offered');
  assert.ok(peak < MAX_RSS_MB, `${peak} MB`);
  assert.ok(late_ms < 1000, 'the machine answers');
});
