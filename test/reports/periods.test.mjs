/** Period reports on traces: against other reports of A1, and on a small trace of our own. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { run, skip, trace } from './a1.mjs';
import { WrittenTrace } from './written.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-periods-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const IRQ =
  'irq : $evt.$name == "irq_handler_entry" : $evt.$name == "irq_handler_exit" && $evt.irq == $begin.$evt.irq && $evt.cpu_id == $begin.$evt.cpu_id';
const SWITCH =
  'run : $evt.$name == "sched_switch" && $evt.next_tid != 0 : $evt.$name == "sched_switch" && $evt.prev_tid == $begin.$evt.next_tid && $evt.cpu_id == $begin.$evt.cpu_id';
const OPEN =
  'call(run) : $evt.$name == "syscall_entry_open" && $evt.cpu_id == $parent.$begin.$evt.cpu_id : $evt.$name == "syscall_exit_open" && $evt.cpu_id == $begin.$evt.cpu_id';

const ranges = (lines, pattern = /./) =>
  lines.filter((line) => /^\[/.test(line) && pattern.test(line)).map((line) => line.slice(0, 56));

test('A1: interrupts as periods are those of irqlog', { skip }, () => {
  const periods = ranges(run('periodlog', trace('A1'), '--gmt', '--period', IRQ).lines);
  const log = ranges(run('irqlog', trace('A1'), '--gmt').lines, / IRQ /);
  assert.ok(periods.length > 7000);
  assert.deepEqual(periods.toSorted(), log.toSorted());
  // By begin, not by end as interrupts are.
  assert.deepEqual(periods, periods.toSorted());
});

test('A1: waits for a CPU as periods are those of schedtop', { skip }, () => {
  const wait =
    'wait : $evt.$name == "sched_waking" || $evt.$name == "sched_wakeup_new" : $evt.$name == "sched_switch" && $evt.next_tid == $begin.$evt.$payload.tid';
  const periods = ranges(run('periodtop', trace('A1'), '--gmt', '--limit', '3', '--period', wait).lines);
  assert.deepEqual(periods, ranges(run('schedtop', trace('A1'), '--gmt', '--limit', '3').lines));
});

test('A1: places of fields: the context has the thread that wakes, the payload the one that is woken', { skip }, () => {
  const count = (condition) =>
    run('periodlog', trace('A1'), '--period', `w : $evt.$name == "sched_waking" && ${condition}`).lines.filter((line) =>
      line.startsWith('['),
    ).length;
  const all = count('$evt.$payload.tid >= 0');
  const own = count('$evt.$stream_ctx.tid == $evt.$payload.tid');
  const other = count('$evt.$stream_ctx.tid != $evt.$payload.tid');
  assert.ok(all > 7000 && other > 5000, `${other} of ${all}`);
  // The last of each does not end.
  assert.equal(own + other + 1, all);
  assert.equal(count('$evt.$ctx.tid >= 0'), 0);
  assert.equal(count('$evt.$stream_ctx.procname =* "*"'), all);
  assert.equal(count('$evt.$pkt_ctx.cpu_id >= 0'), all);
});

test('A1: cputop of periods', { skip }, () => {
  const { lines } = run(
    'cputop',
    trace('A1'),
    '--gmt',
    '--period',
    `${SWITCH.replace('run', 'rt').replace('next_tid != 0', 'next_comm == "stress-ng-cpu" && $evt.next_prio < 0')}`,
  );
  const windows = lines.filter((line) => line.startsWith('Timerange'));
  assert.ok(windows.length > 1);
  // The thread that the period is about is the only one on its CPU.
  assert.ok(lines.filter((line) => / 100\.00 % CPU /.test(line)).length >= windows.length - 1);
});

const path = join(folder, 'small');
const small = new WrittenTrace(join(path, 'kernel'));
const thread = (at, tid, comm, calls) => {
  small.switch(at, 0, 'swapper/0', 0, comm, tid);
  calls.forEach((name, i) => {
    small.event(at + 10 * i + 1, 0, 'syscall_entry_open', { filename: name });
    small.event(at + 10 * i + 3 + i, 0, 'syscall_exit_open', { ret: i });
  });
  small.switch(at + 100, 0, comm, tid, 'swapper/0', 0);
};
thread(1000, 7, 'one', ['/etc/passwd', '/tmp/x']);
thread(1200, 8, 'two', []);
thread(1400, 7, 'one', ['/tmp/x']);
small.finish();

const report = (name, ...options) =>
  run(name, path, '--gmt', '--no-intersection', '--period', SWITCH, '--period', OPEN, ...options)
    .stdout.trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
const CAPTURES = [
  '--period-captures',
  'call : file = $evt.filename : ret = $evt.ret',
  '--period-captures',
  'run : comm = $evt.next_comm',
];

test('periodlog by time and by hierarchy', () => {
  const names = (...options) =>
    report('periodlog', ...options)
      .filter((line) => line.startsWith('['))
      .map((line) => line.slice(42, 95).trim());
  const byTime = [
    '100000.000 run',
    '2000.000 run/call',
    '3000.000 run/call',
    '100000.000 run',
    '100000.000 run',
    '2000.000 run/call',
  ];
  assert.deepEqual(names(), byTime);
  assert.deepEqual(names('--order-by', 'hierarchy'), byTime);
  assert.deepEqual(names('--min-duration', '2.5ms', '--max-duration', '50000'), ['3000.000 run/call']);
});

test('captures, one a line', () => {
  const lines = report('periodlog', ...CAPTURES, '--max-duration', '2500');
  assert.deepEqual(
    lines.slice(4).map((line) => line.slice(42).trim().replaceAll(/ +/g, ' ')),
    ['2000.000 run/call file = /etc/passwd ret = 0', '2000.000 run/call file = /tmp/x ret = 0'],
  );
});

test('a slash in a text is part of it', () => {
  const own = OPEN.replace('"syscall_entry_open"', '"syscall_entry_open" && $evt.filename == "/etc/passwd"');
  const { lines } = run('periodlog', path, '--no-intersection', '--period', SWITCH, '--period', own);
  assert.equal(lines.filter((line) => line.includes('run/call')).length, 1);
});

test('!= of a field that is not there is false', () => {
  const { lines } = run('periodlog', path, '--no-intersection', '--period', 'a : $evt.nothing != 1');
  assert.equal(lines.filter((line) => line.startsWith('[')).length, 0);
});

test('periodstats: alone, by parent, globally', () => {
  const lines = report('periodstats').map((line) => line.replaceAll(/ +/g, ' '));
  const behind = (title, which) => {
    const at = lines.findIndex((line, i) => line === title && lines[i + 1] === which);
    return lines[at + 3];
  };
  assert.ok(lines.includes('run 3 100000.000 100000.000 100000.000 0.000 300000.000'));
  assert.ok(lines.includes('run/call 3 2000.000 2333.333 3000.000 577.350 7000.000'));
  const duration = 'Per-parent period duration statistics (us)';
  assert.equal(behind(duration, 'With active children'), 'run/call run 2000.000 3500.000 5000.000 2121.320');
  assert.equal(behind(duration, 'Globally'), 'run/call run 0.000 2333.333 5000.000 2516.611');
  assert.equal(behind('Per-parent duration ratio (%)', 'With active children'), 'run/call run 2 3.500 5 2.121');
  assert.equal(behind('Per-parent period count statistics', 'Globally'), 'run/call run 0 1.000 2 1.000');
});

test('--group-by: once more for each combination', () => {
  const lines = report('periodstats', ...CAPTURES, '--group-by', 'call.file').map((line) =>
    line.replaceAll(/ +/g, ' '),
  );
  const groups = lines.filter((line) => line.startsWith('###'));
  assert.deepEqual(groups, ['### Group: call.file = /etc/passwd ###', '### Group: call.file = /tmp/x ###']);
  const second = lines.slice(lines.indexOf(groups[1]));
  assert.ok(second.includes('run/call 2 2000.000 2500.000 3000.000 707.107 5000.000'), second.join('\n'));
  // Two of the three runs opened it.
  assert.ok(second.includes('run/call run 0.000 1666.667 3000.000 1527.525'), second.join('\n'));
});

test('--select and --aggregate-by: what was in each parent', () => {
  const lines = report('periodlog', ...CAPTURES, '--select', 'call', '--aggregate-by', 'run');
  const rows = lines
    .filter((line) => line.startsWith('['))
    .map((line) =>
      line
        .replaceAll(/ +/g, ' ')
        .split('|')
        .map((part) => part.trim()),
    );
  assert.equal(lines[3], 'Aggregation of (call) by run');
  assert.deepEqual(rows[0].slice(1), ['run/call 2', '2000.000 2500.000 3000.000 707.107 5000.000', 'run.comm = one']);
  assert.equal(rows.length, 2);
});

test('--select alone: only these, in each order', () => {
  const names = (...options) =>
    report('periodlog', ...options)
      .filter((line) => line.startsWith('['))
      .map((line) => line.split(']')[1].trim().split(/ +/)[1]);
  const all = names();
  const calls = all.filter((name) => name === 'run/call');
  assert.ok(calls.length > 0 && calls.length < all.length, all.join());
  assert.deepEqual(names('--select', 'call'), calls);
  assert.deepEqual(names('--select', 'call', '--order-by', 'hierarchy'), calls);
});

test('periodfreq: every period is in a bin', () => {
  const lines = report('periodfreq');
  const [, calls] = lines.join('\n').split('Duration of period: run/call (us)');
  const counts = [...calls.split('\n\n')[0].matchAll(/ (\d+)$/gm)].map(([, count]) => Number(count));
  assert.equal(counts.length, 20);
  assert.deepEqual([counts[0], counts[19]], [2, 1]);
});

test('wrong use is told', () => {
  assert.match(run('periodlog', path).stderr, /periodlog needs periods/);
  assert.match(
    run('cputop', path, '--period', SWITCH, '--refresh', '1s', '--no-intersection').stderr,
    /exclude each other/,
  );
  assert.match(run('periodlog', path, '--period', 'a : $evt.x ~').stderr, /TT_BAD_PERIOD.*\n.*column 12/);
});

test('keys and values of the old form go by pairs', () => {
  const old = ['--period-begin', 'sched_switch'];
  for (const [options, expected] of [
    [['--period-key-value', '1,2'], /--period-key-value has 2 entries for 1 fields/],
    [['--period-begin-key', 'a,b', '--period-end-key', 'c'], /--period-end-key has 1 entries for 2 fields/],
  ]) {
    const { status, stderr } = run('periodlog', path, ...old, ...options);
    assert.equal(status, 2);
    assert.match(stderr, expected);
  }
});

test('periods that never began are named: a misspelled event, a field that is none', () => {
  const warnings = (...periods) =>
    run('periodlog', path, '--no-intersection', ...periods.flatMap((text) => ['--period', text])).stderr.trim();
  assert.equal(warnings(SWITCH, OPEN), '');
  assert.equal(
    warnings(SWITCH, 'x(run) : $evt.$name == "sched_swtch"'),
    "warning: the period 'run/x' never began: the trace has no event of that name",
  );
  assert.equal(
    warnings(': $evt.$name == "sched_switch" && $evt.next_pid == 7'),
    'warning: the period without name never began: no event was what it begins with',
  );
});

test('--group-by: spaces around a name mean nothing', () => {
  const grouped = (by) =>
    run('periodstats', path, '--period', SWITCH, '--period-captures', 'run : comm = $evt.next_comm', '--group-by', by);
  assert.equal(grouped('run . comm').stdout, grouped('run.comm').stdout);
  assert.match(grouped('run. comm').stdout, /Group/);
});
