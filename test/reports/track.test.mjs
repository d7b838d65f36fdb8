/** track-process, against the contexts that say who had the CPU. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { openFolder } from '../../dist/ctf/folder.node.js';
import { run, skip, trace } from './a1.mjs';

/** Events by the thread in whose context they happened. */
function eventsOf(tid) {
  let count = 0;
  const events = openFolder(trace('A1')).events();
  const reader = new Map();
  for (let event = events.next(); event !== null; event = events.next()) {
    const { type } = event;
    if (!reader.has(type)) reader.set(type, type.fieldNames.includes('tid') ? null : type.numberField('tid'));
    if (reader.get(type)?.(event) === tid) count++;
  }
  return count;
}

test('all events of a thread, each with its thread before it', { skip }, () => {
  const { lines } = run('track-process', trace('A1'), '--tid', '211', '--gmt');
  const shown = lines.filter((line) => line !== '');
  // Context and CPU agree, but for the payloads that have a `tid` of their own.
  const own = shown.filter((line) => line.includes('tid = 211, procname'));
  assert.ok(own.length >= eventsOf(211) && eventsOf(211) > 1000);
  for (const line of shown) {
    assert.match(line, /^\[ {0,5}\d+\] \[04:37:\d\d\.\d{9}\] qguest \S+: \{ cpu_id = [01] \}/);
    // It is about the thread, or happened while it had the CPU; an exit to another thread is shown, too.
    assert.ok(line.startsWith('[   211]') || / (prev_)?tid = 211\b/.test(line), line);
  }
});

test('by name, with and without children', { skip }, () => {
  const threads = (...options) => {
    const { lines } = run('track-process', trace('A1'), '--procname', 'stress-ng', '--gmt', ...options);
    return new Set(lines.map((line) => /^\[ *(\d+)\]/.exec(line)?.[1]).filter((tid) => tid !== undefined));
  };
  const alone = threads();
  const all = threads('--follow-child');
  assert.ok(alone.has('198') && alone.has('201'));
  for (const tid of alone) assert.ok(all.has(tid));
});

test('everything where nothing is chosen', { skip }, () => {
  const { lines } = run('track-process', trace('A1'), '--end', '2026-11-23 04:37:45.300', '--gmt');
  const events = openFolder(trace('A1')).events({ end_ns: 1_795_408_665_300_000_000n });
  let count = 0;
  while (events.next() !== null) count++;
  assert.equal(lines.length - 1, count);
});
