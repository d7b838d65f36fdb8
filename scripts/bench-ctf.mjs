#!/usr/bin/env node
/**
 * npm run bench:ctf: reading traces, beside babeltrace2. Needs `npx tsc` first, babeltrace2, and a trace.
 *
 *     node scripts/bench-ctf.mjs [--trace FOLDER] [--rounds N] [--quick] [--times N]
 *
 * The trace is T1 of ../shared/traces, unpacked for the run, and the same N (10) times over with later times: start-up
 * and compilation hide the decoder on small traces. Each line is a whole process, the contenders in turn; shown is the
 * median of the time on the clock, of the processor time (user and system; on a shared machine the clock also measures
 * the neighbours), and the largest resident memory.
 *
 *   full    every field of every event, a checksum over all values and all bytes of texts; beside sink.utils.dummy
 *   count   every event, no field
 *   next    the same through the iterator
 *   five    five selected events, all their fields
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { timesTrace } from './bench/ctf-times.mjs';
import { ROOT } from './lib/files.mjs';

const { values } = parseArgs({
  options: {
    trace: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    times: { type: 'string', default: '10' },
    quick: { type: 'boolean', default: false },
  },
});
const rounds = values.quick ? 1 : Number(values.rounds);
const CHILD = fileURLToPath(new URL('bench/ctf-child.mjs', import.meta.url));
const MODES = ['full', 'count', 'next', 'five'];
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** Runs a command under a shell that tells the processor time of its children. */
function measured(command) {
  const began = performance.now();
  const { stdout, stderr, status } = spawnSync(
    'sh',
    ['-c', '"$@"; code=$?; echo; times; exit $code', 'sh', ...command],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    },
  );
  const wall_s = (performance.now() - began) / 1e3;
  if (status !== 0) throw new Error(`${command.join(' ')}\n${stderr}`);
  const lines = stdout.trimEnd().split('\n');
  const cpu_s = [...lines.at(-1).matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + m * 60 + Number(s), 0);
  return { wall_s, cpu_s, output: lines.slice(0, -2).join('\n').trim() };
}

function compare(path) {
  const commands = new Map(MODES.map((mode) => [mode, [process.execPath, CHILD, mode, path]]));
  commands.set('babeltrace2', ['babeltrace2', path, '-c', 'sink.utils.dummy']);
  const runs = new Map([...commands.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of commands) runs.get(name).push(measured(command));
  }
  const peer = summary(runs.get('babeltrace2'));
  const total = JSON.parse(runs.get('full')[0].output).events;
  for (const [name, measurements] of runs) {
    const { wall_s, cpu_s } = summary(measurements);
    const own = name === 'babeltrace2' ? null : JSON.parse(measurements.at(-1).output);
    const columns = [
      name.padEnd(12),
      String(own?.events ?? total).padStart(10),
      wall_s.toFixed(2).padStart(7),
      cpu_s.toFixed(2).padStart(7),
      (total / wall_s / 1e6).toFixed(1).padStart(8),
      `${(peer.wall_s / wall_s).toFixed(1)} x`.padStart(8),
      `${(peer.cpu_s / cpu_s).toFixed(1)} x`.padStart(8),
      (own === null ? '' : own.rss_mb.toFixed(0)).padStart(6),
    ];
    console.log(columns.join(' '));
  }
}

function summary(measurements) {
  return { wall_s: median(measurements.map((m) => m.wall_s)), cpu_s: median(measurements.map((m) => m.cpu_s)) };
}

function traceFolder(path) {
  if (existsSync(join(path, 'metadata'))) return path;
  const inner = readdirSync(path).find((name) => existsSync(join(path, name, 'metadata')));
  if (inner === undefined) throw new Error(`there is no trace in ${path}`);
  return join(path, inner);
}

const work = mkdtempSync(join(tmpdir(), 'tailtrap-bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
let trace = values.trace;
if (trace === undefined) {
  const archive = join(ROOT, '../shared/traces/kernel/T1.tar.xz');
  if (!existsSync(archive)) {
    console.error('there is no trace beside this checkout; what to type: npm run bench:ctf -- --trace FOLDER');
    process.exit(1);
  }
  execFileSync('tar', ['xf', archive, '-C', work]);
  trace = join(work, 'T1');
}
const long = join(work, 'long');
timesTrace(traceFolder(trace), long, Number(values.times));
const head = `${'what'.padEnd(12)} ${'events'.padStart(10)}  wall s   cpu s  M read/s   wall x    cpu x    MiB`;
console.log(`the trace, whole processes, median of ${rounds}\n${head}`);
compare(traceFolder(trace));
console.log(`\n${values.times} times the trace\n${head}`);
compare(long);
