/** Ctrl-C in the middle of a trace: results of what was read, and nobody takes them for the whole. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Watcher } from '../lttng/cat-live.mjs';
import { run, skip, trace } from './a1.mjs';

const usage = (text) => /Total CPU Usage: .*/.exec(text)?.[0];

test('Ctrl-C: what was read until then, with a warning and its own status', { skip }, async () => {
  const report = Watcher.tailtrap('report', 'iolog,cputop', trace('T1'), '--no-progress');
  await report.has(1000);
  report.child.kill('SIGINT');
  assert.equal(await report.end(), 130, report.errors);
  const [, time] = /^warning: stopped: the results are those until (\S+)$/m.exec(report.errors);
  // As if the trace had ended there: whoever ran then is not counted on.
  assert.equal(usage(report.text), usage(run('cputop', trace('T1'), '--end', time).stdout));
  assert.notEqual(usage(report.text), usage(run('cputop', trace('T1')).stdout));
});

test('Ctrl-C whenever: nothing, or a warning and its status, or all there is', { skip }, async () => {
  const args = ['report', 'irqstats,cputop', trace('T1'), '--no-progress'];
  const began = performance.now();
  const whole = run(...args.slice(1)).stdout;
  const took_ms = performance.now() - began;
  let told = 0;
  // Where the machine does other work, another round: at least one is to come in the middle.
  const shares = [0.1, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.2];
  for (let i = 0; i < shares.length || (told === 0 && i < 5 * shares.length); i++) {
    const delay_ms = shares[i % shares.length] * took_ms;
    const report = Watcher.tailtrap(...args);
    await new Promise((resolve) => setTimeout(resolve, delay_ms));
    report.child.kill('SIGINT');
    const status = await report.end();
    const [, until] =
      /^warning: stopped(: the results are those until \S+| before the first event)/m.exec(report.errors) ?? [];
    if (status === 'SIGINT') assert.equal(report.text, '');
    else if (status === 0) assert.equal(report.text, whole);
    else {
      assert.deepEqual([status, until === undefined], [130, false], report.errors);
      assert.equal(report.text === '', until === ' before the first event');
      told++;
    }
  }
  assert.ok(told > 0);
});

test('SIGTERM has its own status', { skip }, async () => {
  for (const name of ['iolog', 'track-process']) {
    const report = Watcher.tailtrap('report', name, trace('T1'), '--no-progress');
    await report.has(100);
    report.child.kill('SIGTERM');
    assert.equal(await report.end(), 143, report.errors);
    assert.match(report.errors, /^warning: stopped/m);
  }
});
