#!/usr/bin/env node
/**
 * npm run bench:reports: whole processes of each report, beside lttng-analyses' recorded times and babeltrace2's reading.
 *
 *     node scripts/bench-reports.mjs [--rounds N] [--times N] [--only NAMES] [--write]
 *
 * Traces A1 and T1 lie beside the checkout (../shared/traces) and are unpacked for the run; `N x A1` is A1 N (10) times over
 * with later times. lttng-analyses needed 3.3 to 4.2 s for A1 on a like machine (its README): 3.3 s is taken, and N times
 * that for the long trace. Shown is the least time on the clock of all rounds, the processor time (on a shared machine the
 * clock also measures the neighbours), and the largest resident memory.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { timesTrace } from './bench/ctf-times.mjs';
import { table, writeSection } from './bench/table.mjs';
import { ROOT } from './lib/files.mjs';

/** Of lttng-analyses for A1, the fastest of its reports. */
const PEER_S = 3.3;
/** The shares of it that are to be reached, on A1 and on the long trace; megabytes. */
const SHARE = 15;
const LONG_SHARE = 60;
const MEMORY_MB = 150;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    times: { type: 'string', default: '10' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const times = Number(values.times);
const PERIOD =
  'run : $evt.$name == "sched_switch" && $evt.next_tid != 0 : $evt.$name == "sched_switch" && $evt.prev_tid == $begin.$evt.next_tid && $evt.cpu_id == $begin.$evt.cpu_id';
const { REPORTS } = await import('../dist/analyses/index.js').catch(() => {
  console.error('this checkout is not built; what to type: npm run build');
  process.exit(1);
});
const names = Object.keys(REPORTS).filter((name) => values.only === '' || values.only.split(',').includes(name));

const work = mkdtempSync(join(tmpdir(), 'tailtrap-bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
const MEMORY_HOOK = fileURLToPath(new URL('bench/peak-memory.cjs', import.meta.url));

function unpacked(name) {
  const archive = join(ROOT, `../shared/traces/kernel/${name}.tar.xz`);
  if (!existsSync(archive)) {
    console.error(`there is no trace ${name} beside this checkout: ${archive}`);
    process.exit(1);
  }
  execFileSync('tar', ['xf', archive, '-C', work]);
  return join(work, name);
}

/** Least times of some runs, its output thrown away. */
function measured(command, env = {}) {
  const runs = Array.from({ length: rounds }, () => {
    const began = performance.now();
    const shell = ['-c', '"$@" > /dev/null; code=$?; times; exit $code', 'sh', ...command];
    const { stdout, stderr, status } = spawnSync('sh', shell, { encoding: 'utf8', env: { ...process.env, ...env } });
    const wall_s = (performance.now() - began) / 1e3;
    if (status !== 0) throw new Error(`${command.join(' ')}\n${stderr}`);
    const last = stdout.trimEnd().split('\n').at(-1);
    const cpu_s = [...last.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + m * 60 + Number(s), 0);
    return { wall_s, cpu_s };
  });
  return { wall_s: Math.min(...runs.map((run) => run.wall_s)), cpu_s: Math.min(...runs.map((run) => run.cpu_s)) };
}

function reportOf(name, path) {
  const periods = name.startsWith('period') ? ['--period', PERIOD] : [];
  const command = [join(ROOT, 'bin/tailtrap'), 'report', name, path, '--no-progress', '--skip-validation', ...periods];
  const file = join(work, 'peak');
  const result = measured(command, { NODE_OPTIONS: `--require ${MEMORY_HOOK}`, TAILTRAP_BENCH_PEAK: file });
  return { ...result, memory_mb: Number(readFileSync(file, 'utf8')) / 1024 };
}

const A1 = unpacked('A1');
const T1 = unpacked('T1');
const long = join(work, 'long');
timesTrace(join(A1, 'kernel'), long, times);
const readers = new Map([
  ['A1', A1],
  ['T1', T1],
  ['long', long],
]);
const reading = new Map(
  [...readers].map(([name, path]) => [name, measured(['babeltrace2', path, '-c', 'sink.utils.dummy'])]),
);

const two = (value) => value.toFixed(2);
const rows = names.map((name) => {
  const [a1, t1, ten] = [A1, T1, long].map((path) => reportOf(name, path));
  const memory = Math.max(a1.memory_mb, t1.memory_mb, ten.memory_mb);
  const reached = [
    a1.wall_s <= PEER_S / SHARE,
    ten.wall_s <= (times * PEER_S) / LONG_SHARE,
    t1.wall_s < reading.get('T1').wall_s,
    memory <= MEMORY_MB,
  ];
  console.error(`${name}: ${two(a1.wall_s)} s, ${two(ten.wall_s)} s, ${two(t1.wall_s)} s, ${memory.toFixed(0)} MB`);
  return [
    name,
    `${two(a1.wall_s)} (${two(a1.cpu_s)})`,
    `${(PEER_S / a1.wall_s).toFixed(0)} x`,
    `${two(ten.wall_s)} (${two(ten.cpu_s)})`,
    `${((times * PEER_S) / ten.wall_s).toFixed(0)} x`,
    `${two(t1.wall_s)} (${two(t1.cpu_s)})`,
    `${(reading.get('T1').wall_s / t1.wall_s).toFixed(1)} x`,
    `${a1.memory_mb.toFixed(0)} / ${ten.memory_mb.toFixed(0)}`,
    reached.map((yes) => (yes ? 'yes' : '**no**')).join(' '),
  ];
});
const bt = (name) => `${two(reading.get(name).wall_s)} (${two(reading.get(name).cpu_s)})`;
rows.push(['babeltrace2 reads', bt('A1'), '', bt('long'), '', bt('T1'), '', '', '']);
const head = [
  'report',
  'A1 s (CPU)',
  'of 3.3 s',
  `${times} x A1 s`,
  `of ${times} x 3.3 s`,
  'T1 s',
  'babeltrace2',
  'MB',
  'reached',
];
const text = [
  '## Reports',
  '',
  `Whole processes, least of ${rounds}: seconds on the clock (and of the processor). To reach: 1/${SHARE} of lttng-analyses' time on A1,`,
  `1/${LONG_SHARE} on ${times} times A1, less than babeltrace2 takes to read T1, ${MEMORY_MB} MB. MB: of A1 and of ${times} times A1.`,
  '',
  table(head, rows),
].join('\n');
console.log(text);
if (values.write) writeSection(join(ROOT, 'docs/benchmarks.md'), 'reports', text, '# Benchmarks');
