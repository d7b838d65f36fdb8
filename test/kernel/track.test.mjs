/** track: the clock of the program that is tracked, and for block requests the kernel's own trace, are the witnesses. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SlowDisk } from '../../scripts/lib/slow-disk.mjs';
import { ftrace, needFtrace } from './ftrace.mjs';
import { agrees, needProgram, needRoot, run, sleep, start, tailtrap, temporaryFolder } from './lib.mjs';

const skip = needRoot() || needProgram('gcc') || needFtrace('syscalls/sys_enter_nanosleep', 'sched/sched_switch');
const SOURCE = fileURLToPath(new URL('./tracked.c', import.meta.url));
const NANOSLEEP = ['--in', 'syscalls:sys_enter_nanosleep', '--out', 'syscalls:sys_exit_nanosleep'];

/** Compiles tracked.c; `run` resolves with `{ id, delay_ns }` per operation. */
function trackedProgram(t) {
  const path = `${temporaryFolder(t)}/tracked`;
  const compiled = spawnSync('gcc', ['-O2', '-Wall', '-pthread', SOURCE, '-o', path], { encoding: 'utf8' });
  assert.equal(compiled.status, 0, compiled.stderr);
  return {
    path,
    async run(...args) {
      const { code, stdout, stderr } = await run(path, args.map(String));
      assert.equal(code, 0, stderr);
      const lines = stdout.trim().split('\n');
      return lines
        .map((line) => line.split(' ').map(Number))
        .map(([id, begin, end]) => ({ id, delay_ns: end - begin }));
    },
  };
}

async function track(t, ...args) {
  const tracking = start(['track', ...args]);
  t.after(() => tracking.stop());
  await tracking.ready;
  return tracking;
}

/** Every operation that took longer than the threshold is an outlier, in order, and its delay is right. */
function assertCaught(outliers, operations, threshold_ns) {
  const late = operations.filter(({ delay_ns }) => delay_ns > threshold_ns);
  assert.equal(outliers.length, late.length, JSON.stringify({ outliers: outliers.map((o) => o.delay_ns), late }));
  for (const [i, { delay_ns }] of late.entries()) {
    assert.ok(agrees(outliers[i].delay_ns, delay_ns), `${outliers[i].delay_ns} ns, by its own clock ${delay_ns} ns`);
  }
}

const SLEEPS_US = [5000, 300, 8000, 300, 12_000, 300, 300, 20_000, 5000];

for (const key of ['tid', 'common_pid', 'common_pid=tid,pid']) {
  test(`track: a system call by ${key}, as long as the program's own clock says`, { skip }, async (t) => {
    const program = trackedProgram(t);
    const tracking = await track(
      t,
      ...NANOSLEEP,
      '--key',
      key,
      '--threshold',
      '2500us',
      '-c',
      'tracked',
      '--name',
      'nap',
    );
    const operations = await program.run('sleep', ...SLEEPS_US);
    await sleep(300);
    assertCaught(tracking.outliers, operations, 2.5e6);
    const [first] = tracking.outliers;
    assert.equal(first.tracker, 'nap');
    assert.equal(first.comm, 'tracked');
    assert.equal(Object.values(first.key)[0], first.tid);
    assert.equal(first.details.in, 'syscalls:sys_enter_nanosleep');
    assert.equal(first.details.out_tid, first.tid);
  });
}

test('track: block requests by device and sector, as the kernel traces them', { skip }, async (t) => {
  let disk;
  try {
    disk = new SlowDisk();
  } catch (error) {
    return t.skip(`no loop device here: ${error.message}`);
  }
  t.after(() => disk.remove());
  const events = ['--in', 'block:block_rq_issue', '--out', 'block:block_rq_complete'];
  const tracking = await track(t, ...events, '--key', 'dev,sector', '--threshold', '0', '-c', 'dd');
  const kernel = ftrace(t, ['block/block_rq_issue', 'block/block_rq_complete']);
  kernel.start();
  const dd = ['if=/dev/zero', `of=${disk.device}`, 'bs=4k', 'count=100', 'oflag=direct'];
  assert.equal((await run('dd', dd)).code, 0);
  await sleep(300);
  const { rdev } = statSync(disk.device);
  const traced = tracedRequests(kernel.stop(), `${rdev >> 8},${rdev & 0xff}`);
  assert.equal(traced.length, 100);
  const ours = tracking.outliers.filter((o) => `/dev/${o.key.dev}` === disk.device);
  assert.equal(ours.length, 100, tracking.stderr);
  for (const { sector, delay_ns } of traced) {
    const found = ours.find((o) => o.key.sector === sector);
    assert.ok(
      found && agrees(found.delay_ns, delay_ns),
      `sector ${sector}: ${found?.delay_ns} ns, traced ${delay_ns} ns`,
    );
    assert.equal(found.comm, 'dd');
  }
});

function tracedRequests(events, dev) {
  const issued = new Map();
  const requests = [];
  for (const { ns, event, text } of events) {
    const match = /^(\S+) \S+ (?:\d+ )?\(.*?\) (\d+) \+/.exec(text);
    if (match === null || match[1] !== dev) continue;
    const sector = Number(match[2]);
    if (event === 'block_rq_issue') issued.set(sector, ns);
    else if (issued.has(sector)) requests.push({ sector, delay_ns: ns - issued.get(sector) });
  }
  return requests;
}

test('track: texts in the key, and one event as both ends', { skip }, async (t) => {
  const program = trackedProgram(t);
  const event = 'sched:sched_switch';
  const key = 'prev_comm=next_comm,prev_pid=next_pid';
  const tracking = await track(
    t,
    '--in',
    event,
    '--out',
    event,
    '--key',
    key,
    '--threshold',
    '2500us',
    '-c',
    'tracked',
  );
  const operations = await program.run('sleep', 6000, 9000, 14_000);
  await sleep(300);
  const off = tracking.outliers.filter((o) => o.delay_ns > 5e6);
  assert.equal(off.length, 3);
  for (const [i, { delay_ns }] of operations.entries()) assert.ok(off[i].delay_ns <= delay_ns);
  assert.deepEqual(off[0].key, { prev_comm: 'tracked', prev_pid: off[0].tid });
});

test('track: a function from its call to its return', { skip }, async (t) => {
  const program = trackedProgram(t);
  const events = ['--in', `uprobe:${program.path}:work`, '--out', `uretprobe:${program.path}:work`];
  const tracking = await track(t, ...events, '--key', 'tid', '--threshold', '2500us', '--hist');
  const operations = await program.run('calls', ...SLEEPS_US);
  await sleep(300);
  assertCaught(tracking.outliers, operations, 2.5e6);
  assert.equal(await tracking.stop(), 0);
  const last = tracking.outliers.at(-1);
  assert.equal(last.count, SLEEPS_US.length);
  assert.ok(last.p99_9_ns >= 20e6 && last.p99_9_ns < 40e6);
});

test('track: two functions by their arguments, ended by another thread', { skip }, async (t) => {
  const program = trackedProgram(t);
  const events = ['--in', `uprobe:${program.path}:begin`, '--out', `uprobe:${program.path}:finish`];
  const tracking = await track(t, ...events, '--key', 'arg0=arg1,pid', '--threshold', '5ms');
  const operations = await program.run('overlap', 20, 12);
  await sleep(300);
  assertCaught(tracking.outliers, operations, 5e6);
  assert.deepEqual(
    tracking.outliers.map((o) => o.key.arg0),
    operations.map(({ id }) => id),
  );
  const [first] = tracking.outliers;
  assert.equal(first.details.out_pid, first.pid);
  assert.notEqual(first.details.out_tid, first.tid);
});

test('track: USDT probes with semaphores, arguments in a register and in memory', { skip }, async (t) => {
  const program = trackedProgram(t);
  const events = ['--in', `usdt:${program.path}:tracked:begin`, '--out', `usdt:${program.path}:tracked:finish`];
  const tracking = await track(t, ...events, '--key', 'arg0,arg1', '--threshold', '2500us');
  const operations = await program.run('calls', ...SLEEPS_US);
  await sleep(300);
  assertCaught(tracking.outliers, operations, 2.5e6);
  assert.deepEqual(tracking.outliers[1].key, { arg0: 3, arg1: 3 });
});

test('track: the last in event counts, or the first, or all', { skip }, async (t) => {
  const program = trackedProgram(t);
  const events = ['--in', `uprobe:${program.path}:begin`, '--out', `uprobe:${program.path}:finish`];
  const all = await Promise.all(
    [[], ['--keep-first'], ['--duplicates']].map((mode) =>
      track(t, ...events, '--key', 'arg0=arg1', '--threshold', '2500us', ...mode),
    ),
  );
  const [outer, inner] = await program.run('nested', 10);
  await sleep(300);
  const [replace, keep, duplicates] = all.map(({ outliers }) => outliers);
  assertCaught(replace, [inner], 2.5e6);
  assertCaught(keep, [outer], 2.5e6);
  const byDelay = duplicates.toSorted((a, b) => b.delay_ns - a.delay_ns);
  assertCaught(byDelay, [outer, inner], 2.5e6);
});

test('track: an in event without its out event times out, and ends late', { skip }, async (t) => {
  const program = trackedProgram(t);
  const limits = ['--timeout', '200ms', '--threshold', '1h', '-c', 'tracked'];
  const tracking = await track(t, ...NANOSLEEP, '--key', 'tid', ...limits);
  const began = performance.now();
  const sleeping = program.run('sleep', 900_000);
  const late = await tracking.waitFor((o) => o.kind === 'timeout');
  assert.ok(performance.now() - began < 800, 'it is told while it still sleeps');
  assert.ok(late.delay_ns > 200e6 && late.delay_ns < 300e6, `${late.delay_ns} ns`);
  assert.equal(late.details.out_tid, undefined);
  const [operation] = await sleeping;
  const ended = await tracking.waitFor((o) => o.kind === 'threshold');
  assert.ok(agrees(ended.delay_ns, operation.delay_ns));
});

test('track: probes of one process leave the others alone', { skip }, async (t) => {
  const program = trackedProgram(t);
  const child = spawn(program.path, ['calls', '2000000', '5000', '8000'], { stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  const ended = new Promise((resolve) => child.on('close', resolve));
  const events = ['--in', `uprobe:${program.path}:begin`, '--out', `uprobe:${program.path}:finish`];
  const tracking = await track(t, ...events, '--key', 'arg0=arg1,tid', '--threshold', '0', '-p', String(child.pid));
  await program.run('calls', 3000);
  await ended;
  await sleep(200);
  assert.deepEqual(
    tracking.outliers.map((o) => [o.pid, o.key.arg0]),
    [
      [child.pid, 2],
      [child.pid, 3],
    ],
    'what it did after its long first call, and nothing of the other process',
  );
});

const WRONG = [
  [['block:block_rq_isue', 'block:block_rq_complete', 'dev'], 'TT_NO_TRACEPOINT', 'block:block_rq_issue'],
  [['ftrace:function', 'block:block_rq_complete', 'cpu'], 'TT_NO_TRACEPOINT', 'cannot be traced by BPF'],
  [['block:block_rq_issue', 'block:block_rq_complete', 'dev,setcor'], 'TT_NO_FIELD', "'sector'"],
  [['block:block_rq_issue', 'block:block_rq_complete', 'rwbs=sector'], 'TT_FIELD_TYPES', 'char'],
  [['sched:sched_waking', 'sched:sched_waking', 'pid'], 'TT_SAME_EVENT', 'another event'],
  [['uprobe:PROGRAM:begn', 'uprobe:PROGRAM:finish', 'tid'], 'TT_NO_SYMBOL', 'begin'],
  [['usdt:PROGRAM:tracked:begn', 'uprobe:PROGRAM:finish', 'tid'], 'TT_NO_USDT', 'tracked:begin'],
];

test('track: what does not exist is refused with the nearest names', { skip }, async (t) => {
  const { path } = trackedProgram(t);
  for (const [[from, to, key], code, hint] of WRONG) {
    const named = (event) => event.replace('PROGRAM', path);
    const result = await tailtrap('track', '--in', named(from), '--out', named(to), '--key', key);
    assert.equal(result.code, 2, result.stderr);
    assert.match(result.stderr, new RegExp(`error ${code}: `));
    assert.ok(result.stderr.includes(hint), result.stderr);
  }
  const [from, to] = [`uprobe:${path}:begin`, `uprobe:${path}:finish`];
  const gone = await tailtrap('track', '--in', from, '--out', to, '--key', 'tid', '-p', '4194304');
  assert.match(gone.stderr, /^error TT_NO_PROCESS: /);
});

/** Examples of docs/track.md that look into this kernel: `$ tailtrap track ...` (a `\` at the end goes on), without a trace. */
function documented() {
  const text = readFileSync(new URL('../../docs/track.md', import.meta.url), 'utf8').replaceAll('\\\n', ' ');
  const lines = [...text.matchAll(/^ +\$ tailtrap (track .*)$/gm)].map(([, line]) => line.trim().split(/\s+/));
  return lines.filter((args) => !/^net:|\/$/.test(args.at(-1))); // the others: test/track-trace.test.mjs
}

test('track: every example of the manual runs', { skip }, async (t) => {
  const examples = documented();
  assert.ok(examples.length >= 6);
  for (const example of examples) {
    const file = example.map((arg) => /^\w+:(\/[^:]+):/.exec(arg)?.[1]).find((path) => path && !existsSync(path));
    if (file !== undefined) {
      t.diagnostic(`left out, ${file} is not here: ${example.join(' ')}`);
      continue;
    }
    const args = example.flatMap((arg, i) => (example[i - 1] === '-p' ? [String(process.pid)] : [arg]));
    const { code, stderr } = await tailtrap(args, '--for', '300ms');
    assert.equal(code, 0, `${example.join(' ')}\n${stderr}`);
  }
});
