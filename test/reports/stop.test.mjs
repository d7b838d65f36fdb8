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
