/**
 * The integration cases of lttng-analyses (tests/integration at 0c87b2d), with traces of our own writer. The figures are
 * theirs, but where a test says why they are not.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { run } from './a1.mjs';
import { WrittenTrace } from './written.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-reports-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function written(name, write) {
  const path = join(folder, name);
  const trace = new WrittenTrace(join(path, 'kernel'));
  write(trace);
  trace.finish();
  return path;
}

const report = (name, path, ...options) => run(name, path, '--gmt', ...options);
const lines = (...args) =>
  report(...args, '--no-intersection')
    .stdout.trimEnd()
    .split('\n');
const BAR = '█'.repeat(80);

test('cputop', () => {
  const path = written('cpu', (trace) => {
    trace.switch(1000, 5, 'swapper/5', 0, 'prog100pc-cpu5', 42);
    const alternate = (from, to, cpu, idle, name, tid) => {
      for (let at = from; at < to; at += 200) {
        trace.switch(at, cpu, idle, 0, name, tid);
        trace.switch(at + 100, cpu, name, tid, idle, 0);
      }
    };
    alternate(1100, 5000, 0, 'swapper/0', 'prog20pc-cpu0', 30664);
    alternate(5100, 10000, 1, 'swapper/1', 'prog25pc-cpu1', 30665);
    trace.switch(11000, 5, 'prog100pc-cpu5', 42, 'swapper/5', 0);
  });
  const label = (name, more) => `${name.padEnd(25)} ${'0'.padStart(10)}   ${more}`;
  // lttng-analyses has a row for swapper/5, and takes CPUs 0 and 1 for busy before they switched from swapper first:
  // 21 % and 66 %, 62.33 % in all.
  assert.deepEqual(lines('cputop', path), [
    'Timerange: [1970-01-01 00:00:01.000000000, 1970-01-01 00:00:11.000000000]',
    `Per-TID Usage${' '.repeat(77)}  ${'Process'.padEnd(25)} Migrations   Priorities`,
    '#'.repeat(80),
    `${BAR} 100.00 %   ${label('prog100pc-cpu5 (42)', '[20]')}`,
    `${'█'.repeat(20).padEnd(80)}  25.00 %   ${label('prog25pc-cpu1 (30665)', '[20]')}`,
    `${'█'.repeat(16).padEnd(80)}  20.00 %   ${label('prog20pc-cpu0 (30664)', '[20]')}`,
    '',
    'Per-CPU Usage',
    '#'.repeat(80),
    `${'█'.repeat(16).padEnd(80)}  20.00 % CPU 0`,
    `${'█'.repeat(20).padEnd(80)}  25.00 % CPU 1`,
    `${BAR} 100.00 % CPU 5`,
    '',
    '',
    'Total CPU Usage: 48.33%',
  ]);
});

function irqTrace(trace) {
  const soft = (at, cpu, vec, what) => trace.event(at, cpu, `softirq_${what}`, { vec });
  const sequence = [
    [1000, 1, 1, 'raise'],
    [1001, 3, 1, 'raise'],
    [1002, 1, 9, 'raise'],
    [1003, 0, 4, 'exit'],
    [1004, 3, 9, 'raise'],
    [1005, 3, 7, 'raise'],
    [1006, 3, 1, 'entry'],
    [1007, 1, 1, 'entry'],
    [1008, 1, 1, 'exit'],
    [1009, 3, 1, 'exit'],
    [1010, 1, 9, 'entry'],
    [1011, 3, 7, 'entry'],
    [1012, 1, 9, 'exit'],
    [1013, 3, 7, 'exit'],
    [1014, 3, 9, 'entry'],
    [1015, 3, 9, 'exit'],
  ];
  for (const [at, cpu, vec, what] of sequence) soft(at, cpu, vec, what);
  for (let at = 1016; at <= 1041; at += 5) {
    trace.event(at, 0, 'irq_handler_entry', { irq: 41, name: 'ahci' });
    soft(at + 1, 0, 4, 'raise');
    trace.event(at + 2, 0, 'irq_handler_exit', { irq: 41, ret: 1 });
    soft(at + 3, 0, 4, 'entry');
    soft(at + 4, 0, 4, 'exit');
  }
}

const SOFT_HEAD = [
  `${'Soft IRQ'.padEnd(52)} ${'Duration (us)'.padEnd(52)} Raise latency (us)`,
  '                       count          min          avg          max        stdev  |  count          min          avg          max        stdev',
  `${'-'.repeat(82)}|${'-'.repeat(60)}`,
];

test('irqstats', () => {
  assert.deepEqual(
    lines('irqstats', written('irq', irqTrace)).map((line) => line.trimEnd()),
    [
      'Timerange: [1970-01-01 00:00:01.000000000, 1970-01-01 00:00:01.045000000]',
      `${'Hard IRQ'.padEnd(52)} Duration (us)`,
      '                       count          min          avg          max        stdev',
      `${'-'.repeat(82)}|`,
      '41: <ahci>                 6     2000.000     2000.000     2000.000        0.000  |',
      '',
      ...SOFT_HEAD,
      '1:  <TIMER_SOFTIRQ>        2     1000.000     2000.000     3000.000     1414.214  |      2     5000.000     6000.000     7000.000     1414.214',
      '4:  <BLOCK_SOFTIRQ>        6     1000.000     1000.000     1000.000        0.000  |      6     2000.000     2000.000     2000.000        0.000',
      '7:  <SCHED_SOFTIRQ>        1     2000.000     2000.000     2000.000            ?  |      1     6000.000     6000.000     6000.000            ?',
      '9:  <RCU_SOFTIRQ>          2     1000.000     1500.000     2000.000      707.107  |      2     8000.000     9000.000    10000.000     1414.214',
    ],
  );
});

test('irqlog', () => {
  const shown = lines('irqlog', written('irqlog', irqTrace)).slice(2);
  const time = (ms) => `00:00:01.${String(ms).padStart(3, '0')}000000`;
  const row = (begin, end, cpu, type, nr, name, raised) =>
    `[${time(begin)}, ${time(end)}] ${`${end - begin}000.000`.replace(/^0+(?=\d{4}\.)/, '').padStart(15)} ${String(cpu).padStart(4)}  ${type.padEnd(9)} ${String(nr).padStart(4)}  ${name}${raised === undefined ? '' : ` (raised at ${time(raised)})`}`;
  const expected = [
    row(7, 8, 1, 'SoftIRQ', 1, 'TIMER_SOFTIRQ', 0),
    row(6, 9, 3, 'SoftIRQ', 1, 'TIMER_SOFTIRQ', 1),
    row(10, 12, 1, 'SoftIRQ', 9, 'RCU_SOFTIRQ', 2),
    row(11, 13, 3, 'SoftIRQ', 7, 'SCHED_SOFTIRQ', 5),
    row(14, 15, 3, 'SoftIRQ', 9, 'RCU_SOFTIRQ', 4),
  ];
  for (let at = 16; at <= 41; at += 5) {
    expected.push(row(at, at + 2, 0, 'IRQ', 41, 'ahci'), row(at + 3, at + 4, 0, 'SoftIRQ', 4, 'BLOCK_SOFTIRQ', at + 1));
  }
  assert.deepEqual(
    shown.map((line) => line.trimEnd()),
    expected,
  );
});

function ioTrace(trace) {
  trace.event(1000, 0, 'lttng_statedump_process_state', { tid: 99, pid: 99, name: 'app', ppid: 98 });
  trace.event(1001, 0, 'lttng_statedump_file_descriptor', { pid: 100, fd: 3, filename: 'testfile' });
  trace.switch(1002, 0, 'swapper/0', 0, 'app', 99);
  trace.call(1004, 0, 'write', { fd: 4, count: 10 }, 10);
  trace.switch(1006, 0, 'app', 99, 'app2', 100);
  trace.call(1008, 0, 'read', { fd: 3, count: 100 }, 100);
  trace.switch(1010, 0, 'app2', 100, 'app3', 101);
  trace.call(1012, 0, 'read', { fd: 3, count: 100 }, 42);
  const request = (at, dev, sector, nr_sector, tid, rwbs) => {
    trace.event(at, 0, 'block_rq_issue', { dev, sector, nr_sector, tid, rwbs });
    trace.event(at + 1, 0, 'block_rq_complete', { dev, sector, nr_sector, rwbs });
  };
  request(1015, 264241152, 33, 10, 99, 0);
  request(1017, 8388608, 33, 20, 101, 1);
  trace.event(1020, 2, 'net_dev_xmit', { len: 100, name: 'wlan0' });
  trace.event(1021, 1, 'netif_receive_skb', { len: 100, name: 'wlan1' });
  trace.event(1022, 1, 'netif_receive_skb', { len: 200, name: 'wlan0' });
  trace.call(1023, 0, 'open', { filename: 'test/open/file' }, 42);
}

test('iolatencytop', () => {
  const header =
    'Begin                End                  Name             Duration (usec)         Size  Proc                     PID      Filename';
  assert.deepEqual(
    lines('iolatencytop', written('io', ioTrace)).map((line) => line.trimEnd()),
    [
      'Timerange: [1970-01-01 00:00:01.000000000, 1970-01-01 00:00:01.024000000]',
      '',
      'Top system call latencies open (usec)',
      header,
      '[00:00:01.023000000, 00:00:01.024000000]  open                    1000.000          N/A  app3                     101      test/open/file (fd=42)',
      '',
      'Top system call latencies read (usec)',
      header,
      '[00:00:01.008000000, 00:00:01.009000000]  read                    1000.000      100   B  app2                     100      testfile (fd=3)',
      '[00:00:01.012000000, 00:00:01.013000000]  read                    1000.000       42   B  app3                     101      unknown (fd=3)',
      '',
      'Top system call latencies write (usec)',
      header,
      '[00:00:01.004000000, 00:00:01.005000000]  write                   1000.000       10   B  app                      99       unknown (fd=4)',
    ],
  );
});

test('iousagetop', () => {
  const head = (title, width, label) => [
    `${title}${' '.repeat(80 - title.length + 1 + width + 1)}${label}`.trimEnd(),
    '#'.repeat(80),
  ];
  const bar = (width, text, label) => `${'█'.repeat(width).padEnd(80)} ${text} ${label}`;
  const kinds = (name, unknown) =>
    `${name.padEnd(25)} ${'0   B'.padStart(10)} ${'0   B'.padStart(10)} ${unknown.padStart(10)}`;
  const processes = `${'Process'.padEnd(25)} ${'Disk'.padEnd(10)} ${'Net'.padEnd(10)} Unknown`;
  assert.deepEqual(
    lines('iousagetop', written('iousage', ioTrace)).map((line) => line.trimEnd()),
    [
      'Timerange: [1970-01-01 00:00:01.000000000, 1970-01-01 00:00:01.024000000]',
      ...head('Per-process I/O Read', 7, processes),
      bar(80, '100   B', kinds('app2 (100)', '100   B')),
      bar(33, ' 42   B', kinds('app3 (unknown (tid=101))', '42   B')),
      bar(0, '  0   B', kinds('app (99)', '0   B')),
      '',
      ...head('Per-process I/O Write', 6, processes),
      bar(80, '10   B', kinds('app (99)', '10   B')),
      bar(0, ' 0   B', kinds('app2 (100)', '0   B')),
      bar(0, ' 0   B', kinds('app3 (unknown (tid=101))', '0   B')),
      '',
      ...head('Per-file I/O Read', 7, 'Path'),
      bar(80, '100   B', 'testfile'),
      bar(33, ' 42   B', 'unknown (app3)'),
      '',
      ...head('Per-file I/O Write', 6, 'Path'),
      bar(80, '10   B', 'unknown (app)'),
      '',
      ...head('Block I/O Read', 8, 'Process'),
      bar(80, '5.00 KiB', 'app (pid=99)'),
      '',
      ...head('Block I/O Write', 9, 'Process'),
      bar(80, '10.00 KiB', 'app3 (pid=unknown (tid=101))'),
      '',
      ...head('Disk Requests Sector Count', 10, 'Disk'),
      bar(80, '20 sectors', '(8,0)'),
      bar(40, '10 sectors', '(252,0)'),
      '',
      ...head('Disk Request Count', 10, 'Disk'),
      bar(80, '1 requests', '(252,0)'),
      bar(80, '1 requests', '(8,0)'),
      '',
      ...head('Disk Request Average Latency', 7, 'Disk'),
      bar(80, '1.00 ms', '(252,0)'),
      bar(80, '1.00 ms', '(8,0)'),
      '',
      ...head('Network Received Bytes', 7, 'Interface'),
      bar(80, '200   B', 'wlan0'),
      bar(40, '100   B', 'wlan1'),
      '',
      ...head('Network Sent Bytes', 7, 'Interface'),
      bar(80, '100   B', 'wlan0'),
      bar(0, '  0   B', 'wlan1'),
    ],
  );
});

function apart(trace) {
  trace.event(1005, 3, 'softirq_raise', { vec: 1 });
  trace.event(1006, 3, 'softirq_entry', { vec: 1 });
  trace.event(1009, 3, 'softirq_exit', { vec: 1 });
  trace.newStream();
  trace.event(1010, 2, 'softirq_exit', { vec: 7 });
}

test('no intersection of the streams is an error, and --no-intersection the way out', () => {
  const path = written('apart', apart);
  const { status, stderr, stdout } = report('irqstats', path);
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /TT_NO_INTERSECTION.*\n.*--no-intersection/);
  assert.deepEqual(
    lines('irqstats', path).map((line) => line.trimEnd()),
    [
      'Timerange: [1970-01-01 00:00:01.005000000, 1970-01-01 00:00:01.010000000]',
      ...SOFT_HEAD,
      '1:  <TIMER_SOFTIRQ>        1     3000.000     3000.000     3000.000            ?  |      1     1000.000     1000.000     1000.000            ?',
    ],
  );
});

test('damage: what was read before it is reported, and the status says so', () => {
  const path = written('damaged', irqTrace);
  const stream = join(path, 'kernel/channel_0');
  truncateSync(stream, statSync(stream).size - 40);
  const { status, stdout, stderr } = report('irqstats', path, '--no-intersection');
  assert.equal(status, 1);
  assert.match(stderr, /TT_CTF_DAMAGED/);
  assert.match(stdout, /1: {2}<TIMER_SOFTIRQ> +2 /);
  const machine = run('irqstats', path, '--mi', '--no-intersection');
  assert.equal(machine.status, 0);
  assert.ok(JSON.parse(machine.stdout).results.length > 0);
});

test('a trace without the events of a report: told', () => {
  const { status, stderr } = report('cputop', written('without', irqTrace), '--no-intersection');
  assert.equal(status, 0);
  assert.match(stderr, /warning: cputop: the trace has none of the events sched_switch/);
});
