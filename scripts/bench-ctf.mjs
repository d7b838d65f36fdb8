#!/usr/bin/env node
/**
 * npm run bench:ctf: reading traces, beside babeltrace2. Needs a build, babeltrace2, and a trace.
 *
 *     node scripts/bench-ctf.mjs [--write] [--trace FOLDER] [--rounds N] [--quick] [--times N] [--only NAME,...]
 *
 *   --write   also into docs/benchmarks.md
 *   --trace   an LTTng trace of less than 21 s; default T1 of ../shared/traces
 *   --times   how long the long trace is; default 10. Start-up and compilation hide the decoder on a short one
 *   --quick   one round
 *
 *   full             every field of every event, a checksum over all values and all bytes of texts
 *   full by stream   the same, one stream after the other, for sums need no order
 *   count            every event, no field
 *   five             five selected events, all their fields
 *   text             tailtrap cat to /dev/null, beside babeltrace2 to /dev/null
 *   full on threads  as full, on as many threads as there are processors
 *   text on threads  tailtrap cat --threads N
 *
 * Whole processes in turn with babeltrace2's, medians. On a machine that others use the processor time tells more than the
 * clock. The programs of full, count and five are bundled into one file with V8's code cache, as the tailtrap command is.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { timesTrace } from './bench/ctf-times.mjs';
import { number, table, writeSection } from './bench/table.mjs';
import { wholeProcess } from './bench/whole-process.mjs';
import { bundle } from './lib/build-bundle.mjs';
import { ROOT } from './lib/files.mjs';

const { values } = parseArgs({
  options: {
    trace: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    times: { type: 'string', default: '10' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const rounds = values.quick ? 1 : Number(values.rounds);
const PASSES = 6;
const CHILD = fileURLToPath(new URL('bench/ctf-child.mjs', import.meta.url));
const TAILTRAP = join(ROOT, 'bin/tailtrap');
const MEMORY_MB = 100;
const threads = String(Math.max(2, availableParallelism()));
/** With what it is compared, and how many times as fast it is to be: on the trace, and on the long one. */
const ROWS = {
  full: { peer: 'dummy', targets: [3.5, 10] },
  'full by stream': { peer: 'dummy', mode: 'streams' },
  count: { peer: 'dummy' },
  five: { peer: 'dummy', targets: [5, 15] },
  text: { peer: 'text', targets: [5, 10] },
  'full on threads': { peer: 'dummy', mode: 'threads' },
  'text on threads': { peer: 'text', cat: ['--threads', threads] },
};
const names = Object.keys(ROWS).filter((name) => values.only === undefined || values.only.split(',').includes(name));
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

const work = mkdtempSync(join(tmpdir(), 'tailtrap-bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));

function commandOf(name, path) {
  const { mode = name, cat = [] } = ROWS[name];
  if (mode.startsWith('text')) return [process.execPath, TAILTRAP, 'cat', ...cat, path];
  return [process.execPath, join(work, 'run.cjs'), mode, path];
}

function peerOf(peer, path) {
  return peer === 'text' ? ['babeltrace2', path] : ['babeltrace2', path, '-c', 'sink.utils.dummy'];
}

/** All contenders in each round: what disturbs one disturbs the others. */
async function measure(path) {
  const runs = new Map();
  const add = async (key, command, keep) => {
    const run = await wholeProcess(command, keep);
    runs.set(key, [...(runs.get(key) ?? []), run]);
  };
  for (let round = 0; round < rounds; round++) {
    for (const peer of new Set(names.map((name) => ROWS[name].peer)))
      await add(`peer ${peer}`, peerOf(peer, path), false);
    for (const name of names) {
      await add(name, commandOf(name, path), !name.startsWith('text'));
      process.stderr.write('.');
    }
  }
  return runs;
}

/** Nanoseconds of processor time for an event, when everything is compiled. */
async function inProcess(name, path, events) {
  const { mode = name } = ROWS[name];
  if (mode === 'text on threads') return Number.NaN;
  const passes = values.quick ? 2 : PASSES;
  const { output } = await wholeProcess([process.execPath, join(work, 'run.cjs'), mode, path, String(passes)], true);
  const { cpu_ms } = JSON.parse(output);
  return (median(cpu_ms.slice(1)) * 1e6) / events;
}

function summary(runs) {
  const of = (key) => median(runs.map((run) => run[key]));
  return { wall_s: of('wall_s'), cpu_s: of('cpu_s'), rss_mb: Math.max(...runs.map((run) => run.rss_mb)) };
}

const seconds = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(1));
const times = (value) => `${value.toFixed(1)} x`;

async function section(title, path, which) {
  const runs = await measure(path);
  const any = names.find((name) => !name.startsWith('text'));
  const counted = any === undefined ? null : JSON.parse(runs.get(any)[0].output).events;
  const events = any === 'five' || counted === null ? eventsOf(path) : counted;
  const rows = [];
  for (const [key, peerRuns] of runs) {
    const own = summary(peerRuns);
    const line = [seconds(own.wall_s), seconds(own.cpu_s), number(events / own.wall_s / 1e6), own.rss_mb.toFixed(0)];
    if (key.startsWith('peer ')) {
      rows.push([key === 'peer text' ? 'babeltrace2, text' : 'babeltrace2, dummy sink', ...line, '', '', '', '', '']);
      continue;
    }
    const { peer, targets } = ROWS[key];
    const other = summary(runs.get(`peer ${peer}`));
    const target = targets?.[which];
    const [wall, cpu] = [other.wall_s / own.wall_s, other.cpu_s / own.cpu_s];
    const met = target === undefined ? '-' : wall >= target && own.rss_mb <= MEMORY_MB ? 'yes' : '**no**';
    const hot = await inProcess(key, path, events);
    rows.push([key, ...line, times(wall), times(cpu), target === undefined ? '-' : times(target), met, number(hot)]);
  }
  const head = [
    'what',
    'clock s',
    'CPU s',
    'M events/s',
    'peak MB',
    'clock',
    'CPU',
    'target',
    'met',
    'CPU ns/event, hot',
  ];
  return `### ${title}: ${events.toLocaleString('en-US')} events\n\n${table(head, rows)}`;
}

function eventsOf(path) {
  const args = [join(work, 'run.cjs'), 'count', path];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })).events;
}

function traceFolder(path) {
  if (existsSync(join(path, 'metadata'))) return path;
  const inner = readdirSync(path).find((name) => existsSync(join(path, name, 'metadata')));
  if (inner === undefined) throw new Error(`there is no trace in ${path}`);
  return join(path, inner);
}

function unpacked() {
  if (values.trace !== undefined) return traceFolder(values.trace);
  const archive = join(ROOT, '../shared/traces/kernel/T1.tar.xz');
  if (!existsSync(archive)) {
    console.error('there is no trace beside this checkout; what to type: npm run bench:ctf -- --trace FOLDER');
    process.exit(1);
  }
  execFileSync('tar', ['xf', archive, '-C', work]);
  return traceFolder(join(work, 'T1'));
}

/** How much of the machine others had meanwhile. */
function idleShare() {
  const [total, idle] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
    .reduce(([sum, rest], value, i) => [sum + value, rest + (i === 3 || i === 4 ? value : 0)], [0, 0]);
  return { total, idle };
}

const trace = unpacked();
const long = join(work, 'long');
timesTrace(trace, long, Number(values.times));
const said = await bundle({
  entry: CHILD,
  path: join(work, 'run.js'),
  sample: ['full', trace],
  runner: join(work, 'run.cjs'),
});
if (said !== '') console.error(said);
const before = idleShare();
const sections = [await section('The trace', trace, 0), await section(`${values.times} times the trace`, long, 1)];
const after = idleShare();
const busy = 1 - (after.idle - before.idle) / (after.total - before.total);
const version = execFileSync('babeltrace2', ['--version'], { encoding: 'utf8' }).split('\n', 1)[0].trim();
const text = `## Reading CTF

Beside ${version}; node ${process.versions.node}, ${cpus().length} x ${cpus()[0].model.trim()}, ${(100 * busy).toFixed(0)}% busy meanwhile. Whole processes in turn, medians of ${rounds};
ratios of the time on the clock and of processor time (user and system). Memory is to stay within ${MEMORY_MB} MB. "hot" is the processor time
in a process that has read the trace before. full: all fields, checksum over all values and bytes of texts; five: five events by
name, all their fields; threads: ${threads}.

${sections.join('\n\n')}`;
console.log(`\n${text}`);
if (values.write) writeSection(join(ROOT, 'docs/benchmarks.md'), 'bench:ctf', text, '# Benchmarks');
