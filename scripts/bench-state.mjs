#!/usr/bin/env node
/**
 * npm run bench:state: the live state system. Needs `npm run build` first.
 *
 *     node scripts/bench-state.mjs [--trace FOLDER] [--rounds N] [--live SECONDS] [--redis SECONDS] [--redis-only] [--write]
 *
 * Trace: T1 of ../shared/traces, unpacked for the run. Each measurement is a process of its own, one thread; shown is the
 * median of the rounds. `cpu` counts the helpers of the engine, too (compilation, collection).
 *
 *   all       every event of the trace is given to the state, all parts
 *   followed  the reader gives those that the parts follow; events/s counts all of the trace, which is what is kept up with
 *   warm      the same, best of three passes in one process: without compilation
 *   sched     the scheduler's part alone
 *
 * Live (as root): processor time of `tailtrap state` watching this machine with all its parts, beginning and end left out
 * (a long run minus a short one). Other load on the machine counts: the line tells the events it made.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchRedis, benchRedisLive } from './bench/state-redis.mjs';
import { writeSection } from './bench/table.mjs';
import { ROOT } from './lib/files.mjs';

const { values } = parseArgs({
  options: {
    trace: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    live: { type: 'string', default: '20' },
    redis: { type: 'string', default: '10' },
    'redis-only': { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const CHILD = fileURLToPath(new URL('bench/state-child.mjs', import.meta.url));
const TAILTRAP = join(ROOT, 'bin/tailtrap');
/** The first state system's rate on one CPU, as its successors measured it. */
const OTHERS = 110_000;
/** What is to be reached. */
const TARGET = 2_000_000;
const LIVE_TARGET = 1;
const REDIS_TARGET = 2;
const SHORT_S = 4;

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const rounds = Number(values.rounds);
const lines = [];
const say = (line = '') => {
  console.log(line);
  lines.push(line);
};

function trace() {
  if (values.trace !== undefined) return values.trace;
  const archive = join(ROOT, '../shared/traces/kernel/T1.tar.xz');
  if (!existsSync(archive)) {
    console.error('there is no trace beside this checkout; what to type: npm run bench:state -- --trace FOLDER');
    process.exit(1);
  }
  const work = mkdtempSync(join(tmpdir(), 'tailtrap-bench-'));
  process.on('exit', () => rmSync(work, { recursive: true, force: true }));
  execFileSync('tar', ['xf', archive, '-C', work]);
  return join(work, 'T1');
}

function babeltrace(path) {
  const began = performance.now();
  const { status } = spawnSync('babeltrace2', ['--component', 'sink.utils.dummy', path], { stdio: 'ignore' });
  return status === 0 ? (performance.now() - began) / 1e3 : null;
}

function speed(path) {
  const modes = ['all', 'followed', 'warm', 'sched'];
  const runs = new Map(modes.map((mode) => [mode, []]));
  const peer = [];
  for (let round = 0; round < rounds; round++) {
    for (const mode of modes) {
      runs.get(mode).push(JSON.parse(execFileSync(process.execPath, [CHILD, mode, path], { encoding: 'utf8' })));
    }
    const seconds = babeltrace(path);
    if (seconds !== null) peer.push(seconds);
  }
  const total = runs.get('all')[0].events;
  say(
    `T1, ${total.toLocaleString('en')} events; median of ${rounds}. To reach: ${TARGET.toLocaleString('en')} events/s.`,
  );
  say();
  say('| what | wall s | cpu s | events/s | events/s of cpu | of 110,000/s | met |');
  say('|---|--:|--:|--:|--:|--:|:-:|');
  for (const [mode, measured] of runs) {
    const wall_s = median(measured.map(({ seconds }) => seconds));
    const cpu_s = median(measured.map((run) => run.cpu_s));
    const rate = total / wall_s;
    const cells = [mode, wall_s.toFixed(2), cpu_s.toFixed(2), thousands(rate), thousands(total / cpu_s)];
    say(`| ${[...cells, `${(rate / OTHERS).toFixed(0)} x`, rate >= TARGET ? 'yes' : 'no'].join(' | ')} |`);
  }
  if (peer.length > 0) {
    say(`| babeltrace2, sink.utils.dummy | ${median(peer).toFixed(2)} | | ${thousands(total / median(peer))} | | | |`);
  }
  return runs.get('all').at(-1);
}

const thousands = (number) => Math.round(number).toLocaleString('en');
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

function memory(run) {
  say();
  say(
    `At the end: ${run.living} living entities, ${thousands(run.dead)} that died in the last 10 s, ` +
      `${thousands(run.changes)} changes of that time in ${megabytes(run.journal_bytes)}, texts ${megabytes(run.texts_bytes)}, ` +
      `all ${megabytes(run.bytes)}; the process ${megabytes(run.rss)}.`,
  );
  say(
    `Bytes of an entity: ${run.kinds.map(({ kind, row_bytes }) => `${kind} ${row_bytes}`).join(', ')}; of a change 34.`,
  );
}

/** Processor seconds of a run, its events, and its wall time. */
function live(seconds) {
  const began = performance.now();
  const command = `"$0" "$1" state --for ${seconds}s --show counters --json; times`;
  const { stdout, status } = spawnSync('sh', ['-c', command, process.execPath, TAILTRAP], { encoding: 'utf8' });
  if (status !== 0) return null;
  const cpu_s = [
    ...stdout
      .trimEnd()
      .split('\n')
      .at(-1)
      .matchAll(/(\d+)m([\d.]+)s/g),
  ].reduce((sum, [, m, s]) => sum + m * 60 + Number(s), 0);
  const counters = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  const of = (name) => counters.find(({ counter }) => counter === name)?.value ?? 0;
  return { cpu_s, events: of('events'), lost: of('lost'), wall_s: (performance.now() - began) / 1e3 };
}

function liveMachine(seconds) {
  say();
  if (process.getuid() !== 0) {
    say('Live: skipped, it needs root.');
    return;
  }
  const short = live(SHORT_S);
  const long = live(SHORT_S + seconds);
  if (short === null || long === null) {
    say('Live: skipped, tailtrap state does not run here (see tailtrap doctor).');
    return;
  }
  const percent = ((long.cpu_s - short.cpu_s) / seconds) * 100;
  const rate = (long.events - short.events) / seconds;
  say(
    `Live, scheduler, all system calls, disks, interrupts and network of this machine for ${seconds} s: ` +
      `${percent.toFixed(2)}% of a CPU at ${thousands(rate)} events/s ` +
      `(${((percent * 1e4) / Math.max(1, rate)).toFixed(1)} us an event), ${long.lost} lost. ` +
      `To reach on an idle machine: ${LIVE_TARGET}%.`,
  );
}

const write = (name, title, text) => {
  if (values.write)
    writeSection(join(ROOT, 'docs/benchmarks.md'), name, `${title}\n\n${text.join('\n').trim()}`, '# Benchmarks');
};

if (!values['redis-only']) {
  memory(speed(trace()));
  if (Number(values.live) > 0) liveMachine(Number(values.live));
  write('bench:state', '## State', lines);
}
if (Number(values.redis) > 0) {
  const begin = lines.length;
  await benchRedis(say, Number(values.redis));
  if (Number(values.live) > 0) await benchRedisLive(say, Number(values.live), REDIS_TARGET);
  write('bench:state redis', '## State in Redis', lines.slice(begin));
}
