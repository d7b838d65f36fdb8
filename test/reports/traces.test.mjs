/** Every report on every trace beside the checkout, against counts by nothing but the events themselves. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { openFolder } from '../../dist/ctf/folder.node.js';
import { run, skip, trace } from './a1.mjs';

const TRACES = {
  T1: ['T1', 'T1'],
  T2: ['T2', 'T2'],
  'T3 first': ['T3', 'T3/snapshot-1-20261123-041211-0'],
  'T3 second': ['T3', 'T3/snapshot-1-20261123-041213-1'],
  'T4 live': ['T4', 'T4/live1-20261123-041615'],
  'T4 chunks': ['T4', 'T4/stream1-20261123-041634'],
  'T4 snapshot': ['T4', 'T4/snapnet-20261123-041641'],
  ...Object.fromEntries(
    ['T10', 'T6', 'T6b', 'T6c', 'T7', 'T8', 'T9'].map((name) => [name, ['variety', `bonus/${name}`]]),
  ),
};
const REPORTS = 'cputop,irqstats,memtop,schedstats,syscallstats,iolatencystats,iousagetop';

/** Each kind of figure counted anew, with as little code as it takes. */
function counted(path) {
  const events = openFolder(path).events();
  const current = [];
  const begun = new Map();
  const woken = new Map();
  const running = new Set();
  const hard = new Map();
  const issued = new Map();
  const counts = {
    first: null,
    last: null,
    hard: 0,
    calls: 0,
    waits: 0,
    requests: 0,
    sent: 0,
    received: 0,
    pages: 0,
    cpus: [],
  };
  for (let event = events.next(); event !== null; event = events.next()) {
    const { name, cpu, time } = event;
    counts.first ??= time;
    counts.last = time;
    if (name === 'sched_switch') {
      const [prev, next] = [event.number('prev_tid'), event.number('next_tid')];
      counts.cpus[cpu] ??= { busy: 0, since: prev === 0 ? null : counts.first };
      const use = counts.cpus[cpu];
      if (use.since !== null) use.busy += time - use.since;
      use.since = next === 0 ? null : time;
      if (current[cpu] !== undefined) running.delete(current[cpu]);
      running.delete(prev);
      if (woken.delete(next)) counts.waits++;
      current[cpu] = next;
      if (next !== 0) running.add(next);
    } else if (/^sched_wak/.test(name)) {
      const tid = event.number('tid');
      if (!running.has(tid)) woken.set(tid, time);
    } else if (name === 'irq_handler_entry') hard.set(cpu, event.number('irq'));
    else if (name === 'irq_handler_exit') {
      if (hard.get(cpu) === event.number('irq')) counts.hard++;
      hard.delete(cpu);
    } else if (/^(compat_)?syscall_entry_/.test(name)) {
      if (current[cpu] > 0) begun.set(current[cpu], name);
    } else if (/^(compat_)?syscall_exit_/.test(name)) {
      if (begun.delete(current[cpu])) counts.calls++;
    } else if (/^block_rq_(issue|complete)$/.test(name)) {
      const key = `${event.number('dev')} ${event.number('sector')}`;
      const sectors = event.number('nr_sector');
      if (name === 'block_rq_issue') {
        if (sectors > 0) issued.set(key, sectors);
      } else if (issued.get(key) === sectors) {
        issued.delete(key);
        counts.requests++;
      }
    } else if (name === 'net_dev_xmit') counts.sent += event.number('len');
    else if (/^net_?if_receive_skb$/.test(name)) counts.received += event.number('len');
    else if (name === 'kmem_mm_page_alloc' && current[cpu] > 0) counts.pages += 2 ** event.number('order');
  }
  return counts;
}

for (const [name, [archive, place]] of Object.entries(TRACES)) {
  test(`${name}: figures agree with an independent count`, { skip }, () => {
    const path = trace(archive, place);
    const { status, stdout, stderr } = run(
      REPORTS,
      path,
      '--json',
      '--limit',
      '0',
      '--total',
      '--no-intersection',
      '--skip-validation',
    );
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /^(?!warning: (\w+: the trace has none of the events|only \S+ to \S+ is read)).+/m);
    const rows = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
    const of = (report, table) => rows.filter((row) => row.report === report && row.table === table);
    const sum = (list, key) => list.reduce((all, row) => all + row[key], 0);
    const counts = counted(path);
    assert.equal(sum(of('irqstats', 'hard-stats'), 'count'), counts.hard, 'interrupts');
    assert.equal(sum(of('syscallstats', 'total'), 'count'), counts.calls, 'system calls');
    assert.equal(sum(of('schedstats', 'total_stats'), 'count'), counts.waits, 'waits');
    assert.equal(sum(of('iolatencystats', 'disk-latency-stats'), 'count'), counts.requests, 'disk requests');
    assert.equal(sum(of('memtop', 'total'), 'allocd'), counts.pages, 'pages');
    const netif = of('iousagetop', 'per-netif-top');
    assert.equal(
      sum(
        netif.filter((row) => row.of === 'sent'),
        'size_bytes',
      ),
      counts.sent,
      'bytes sent',
    );
    assert.equal(
      sum(
        netif.filter((row) => row.of === 'received'),
        'size_bytes',
      ),
      counts.received,
      'bytes received',
    );
    const usage = of('cputop', 'per-cpu');
    counts.cpus.forEach(({ busy, since }, cpu) => {
      const share = (busy + (since === null ? 0 : counts.last - since)) / (counts.last - counts.first);
      const row = usage.find((one) => one.cpu === cpu);
      assert.ok(Math.abs(row.usage - share) < 1e-9, `CPU ${cpu}: ${row.usage}, not ${share}`);
    });
  });
}

test('T1 has no contexts: threads have their names all the same', { skip }, () => {
  const { lines } = run('iolatencytop', trace('T1'), '--gmt', '--limit', '3');
  const rows = lines.filter((line) => line.startsWith('['));
  assert.equal(rows.length, 12);
  for (const row of rows) assert.doesNotMatch(row, / {2}unknown {2}/);
});

test('lost events are told, unless told not to', { skip }, () => {
  const told = run('cputop', trace('variety', 'bonus/T7'));
  const lost = [...told.stderr.matchAll(/Tracer discarded (\d+) events/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  assert.equal(lost, 117_018);
  assert.equal(run('cputop', trace('variety', 'bonus/T7'), '--skip-validation').stderr, '');
});

test('--refresh: windows follow each other, and their calls add up', { skip }, () => {
  const rows = (...options) =>
    run('syscallstats', trace('T2'), '--json', ...options)
      .stdout.split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
      .filter(({ table }) => table === 'total');
  const windows = [...new Set(rows('--refresh', '500ms').map(({ window }) => `${window.begin_ns} ${window.end_ns}`))];
  assert.ok(windows.length >= 7);
  for (const [i, window] of windows.slice(1).entries()) assert.equal(window.split(' ')[0], windows[i].split(' ')[1]);
  const sum = (list) => list.reduce((all, { count }) => all + count, 0);
  assert.equal(sum(rows('--refresh', '500ms')), sum(rows()));
});
