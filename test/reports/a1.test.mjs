/** Text of the reports for trace A1 against what lttng-analyses prints; each difference has a test of its own. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { openFolder } from '../../dist/ctf/folder.node.js';
import { expected, namesByThread, run, skip, trace } from './a1.mjs';

/** Replaces `name (tid)`, which `pattern` finds as groups 2 and 3, by the tid, and collects the names. */
function withoutNames(lines, pattern) {
  const names = [];
  const bare = lines.map((line) =>
    line.replace(pattern, (_, before, ...groups) => {
      for (let i = 0; i + 1 < groups.length - 2; i += 2) names.push({ name: groups[i], tid: Number(groups[i + 1]) });
      return [before, ...groups.filter((_, i) => i % 2 === 1 && i < groups.length - 2)].join(' ');
    }),
  );
  return { bare, names };
}

const report = (name, ...options) => run(name, trace('A1'), '--gmt', ...options).lines;

/** Share of the time in which a thread was on each CPU, by sched_switch alone. */
function usageByCpu(path) {
  const cpus = [];
  const events = openFolder(path).events();
  const first = events.next().time;
  let last = first;
  for (let event = events.next(); event !== null; event = events.next()) {
    last = event.time;
    if (event.name !== 'sched_switch') continue;
    cpus[event.cpu] ??= { busy: 0, since: event.number('prev_tid') === 0 ? null : first };
    const cpu = cpus[event.cpu];
    if (cpu.since !== null) cpu.busy += event.time - cpu.since;
    cpu.since = event.number('next_tid') === 0 ? null : event.time;
  }
  return cpus.map(({ busy, since }) => ((busy + (since === null ? 0 : last - since)) / (last - first)) * 100);
}

test('cputop: but for the names and CPU 0, as lttng-analyses', { skip }, () => {
  const pattern = /(% {3})(\S.*?) \((\d+)\) +/;
  const ours = withoutNames(report('cputop'), pattern);
  // CPU 0 was idle until its first switch: lttng-analyses counts that time as busy.
  const usage = usageByCpu(trace('A1'));
  const theirs = withoutNames(expected('cputop'), pattern).bare.map((line) =>
    line
      .replace('92.34 % CPU 0', `${usage[0].toFixed(2)} % CPU 0`)
      .replace('90.39%', `${((usage[0] + usage[1]) / 2).toFixed(2)}%`),
  );
  const bar = /^█+ +(?=88\.43 % CPU 1)/;
  assert.deepEqual(
    ours.bare.map((line) => line.replace(bar, '')),
    theirs.map((line) => line.replace(bar, '')),
  );
  assert.equal(ours.names.length, 10);
  const names = namesByThread(trace('A1'));
  for (const { name, tid } of ours.names) assert.equal(name, names.get(tid).at(-1).name, `the last name of ${tid}`);
});

test('schedfreq: as lttng-analyses', { skip }, () => {
  assert.deepEqual(report('schedfreq'), expected('schedfreq'));
});

test('schedlog and schedtop: but for the names, as lttng-analyses', { skip }, () => {
  const pattern = /^(\[.*?\] +\S+ +\S+ +\d+) {3}(\S.*?) \((\d+)\) +(\S.*?) \((\d+|N\/A)\) *$/;
  const names = namesByThread(trace('A1'));
  for (const name of ['schedlog', 'schedtop']) {
    const ours = withoutNames(report(name), pattern);
    assert.deepEqual(ours.bare, withoutNames(expected(name), pattern).bare);
    // Every name is one that the thread really had.
    for (const { name: shown, tid } of ours.names) {
      if (Number.isNaN(tid)) continue;
      const known = names.get(tid);
      assert.ok(known === undefined || known.some((n) => n.name === shown), `${shown} (${tid})`);
    }
  }
});

test('schedstats: but for the names and so the order, as lttng-analyses', { skip }, () => {
  const pattern = /^()(\S.*?) \((\d+)\) +/;
  const ours = withoutNames(report('schedstats'), pattern);
  assert.deepEqual(ours.bare.toSorted(), withoutNames(expected('schedstats'), pattern).bare.toSorted());
  const shown = ours.names.map(({ name }) => name.toLowerCase());
  assert.deepEqual(
    shown,
    shown.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
  );
});
