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

/** Softirqs: lttng-analyses does not know the names that lttng-modules gives their events since 2.8. */
const isHard = (line) => !/ SoftIRQ /.test(line);

test('irqlog: the interrupts as lttng-analyses; softirqs besides', { skip }, () => {
  const lines = report('irqlog');
  assert.deepEqual(lines.filter(isHard), expected('irqlog'));
  assert.equal(lines.filter((line) => !isHard(line)).length, countOf('irq_softirq_exit'));
});

function countOf(name) {
  const events = openFolder(trace('A1')).events({ events: [name] });
  let count = 0;
  while (events.next() !== null) count++;
  return count;
}

test('irqstats and irqfreq: the interrupts as lttng-analyses', { skip }, () => {
  const until = (lines, text) => {
    const at = lines.findIndex((line) => line.startsWith(text));
    return lines
      .slice(0, at < 0 ? lines.length : at)
      .join('\n')
      .trim();
  };
  assert.equal(until(report('irqstats'), 'Soft IRQ'), expected('irqstats').join('\n').trim());
  const soft = 'Handler duration frequency distribution TIMER_SOFTIRQ';
  assert.equal(until(report('irqfreq'), soft), expected('irqfreq').join('\n').trim());
});

/** Rows of syscallstats by thread and call. */
function callRows(lines) {
  const rows = new Map();
  let tid = 0;
  for (const line of lines) {
    tid = Number(/TID: (\d+)\)/.exec(line)?.[1] ?? tid);
    const row = /^ - (\S+) +(\d+) +(\S+) +(\S+) +(\S+) +(\S+) +\{(.*)\}/.exec(line);
    if (row === null) continue;
    const [, name, count, min, mean, max, deviation, returned] = row;
    const values = Object.fromEntries(returned.split(', ').map((pair) => pair.split(': ')));
    rows.set(`${tid} ${name}`, { count: Number(count), min, mean, max, deviation, values });
  }
  return rows;
}

test('syscallstats: but for return values, deviations of two and nameless calls, as lttng-analyses', { skip }, () => {
  const ours = callRows(report('syscallstats'));
  const theirs = callRows(expected('syscallstats'));
  let nameless = 0;
  for (const [key, row] of theirs) {
    if (key.endsWith(' unknown')) {
      nameless += row.count;
      continue;
    }
    const { deviation, values, ...figures } = ours.get(key);
    const { deviation: theirDeviation, values: theirValues, ...theirFigures } = row;
    assert.deepEqual(figures, theirFigures, key);
    // They show no deviation of two calls, and count the first call of each outcome twice.
    if (row.count > 2) assert.equal(deviation, theirDeviation, key);
    for (const [outcome, count] of Object.entries(theirValues)) {
      assert.equal(Number(values[outcome]), Number(count) - 1, `${key} ${outcome}`);
    }
    ours.delete(key);
  }
  // What lttng-modules calls unknown has its name by its number.
  const left = [...ours].map(([key, { count }]) => ({ name: key.split(' ')[1], count }));
  assert.ok(left.every(({ name }) => ['rt_sigreturn', 'arch_prctl', 'getrandom', 'rseq', 'clone3'].includes(name)));
  assert.equal(
    left.reduce((sum, { count }) => sum + count, 0),
    nameless,
  );
  const totals = (lines) => lines.filter((line) => line.startsWith('Total'));
  assert.deepEqual(totals(report('syscallstats')), totals(expected('syscallstats')));
});

test('memtop: as lttng-analyses', { skip }, () => {
  assert.deepEqual(report('memtop'), expected('memtop'));
});
