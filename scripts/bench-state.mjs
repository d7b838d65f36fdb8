#!/usr/bin/env node
/**
 * npm run bench:state: the live state system. Needs `npm run build` first.
 *
 *     node scripts/bench-state.mjs [--trace FOLDER] [--rounds N] [--live SECONDS] [--redis SECONDS] [--write]
 *
 * Trace: T1 of ../shared/traces, unpacked for the run. Each measurement is a process of its own, one thread; shown is the
 * median of the rounds. `cpu` counts the helpers of the engine, too (compilation, collection).
 *
 *   all       every event of the trace is given to the state, all parts
 *   followed  the reader gives those that the parts follow; events/s counts all of the trace, which is what is kept up with
 *   warm      the same, best of three passes in one process: without compilation
 *   sched     the scheduler's part alone
 *
 * Live (as root): bench/state-live.mjs. Redis: bench/state-redis.mjs. 0 rounds or seconds leave a part out; all of them need
 * some five minutes. The last table holds the targets, and what was seen of them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchLive } from './bench/state-live.mjs';
import { benchRedis } from './bench/state-redis.mjs';
import { writeSection } from './bench/table.mjs';
import { ROOT } from './lib/files.mjs';

const { values } = parseArgs({
  options: {
    trace: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    live: { type: 'string', default: '10' },
    redis: { type: 'string', default: '8' },
    write: { type: 'boolean', default: false },
  },
});
const CHILD = fileURLToPath(new URL('bench/state-child.mjs', import.meta.url));
/** The first state system's rate on one CPU, as its successors measured it. */
const OTHERS = 110_000;
/** What is to be reached. */
const TARGET = 2_000_000;
/** The others are to see what is spent where. */
const JUDGED = ['all', 'followed'];
const LIVE_PERCENT = { live: 1, redis: 2 };

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const rounds = Number(values.rounds);
const lines = [];
const verdicts = [];
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
    const met = rate >= TARGET ? 'yes' : 'no';
    say(`| ${[...cells, `${(rate / OTHERS).toFixed(0)} x`, met].join(' | ')} |`);
    if (!JUDGED.includes(mode)) continue;
    const seen = `${thousands(rate)} events/s (${thousands(total / cpu_s)} a second of CPU; load ${loadavg()[0].toFixed(1)})`;
    verdicts.push({ what: `T1, ${mode}`, target: `${thousands(TARGET)} events/s`, seen, met });
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

const write = (name, title, text) => {
  if (values.write)
    writeSection(join(ROOT, 'docs/benchmarks.md'), name, `${title}\n\n${text.join('\n').trim()}`, '# Benchmarks');
};

if (rounds > 0) {
  memory(speed(trace()));
  write('bench:state', '## State', lines);
}
if (Number(values.live) > 0) {
  const begin = lines.length;
  verdicts.push(...(await benchLive(say, Number(values.live), LIVE_PERCENT)));
  write('bench:state live', '## State, live', lines.slice(begin));
}
if (Number(values.redis) > 0) {
  const begin = lines.length;
  verdicts.push(...(await benchRedis(say, Number(values.redis))));
  write('bench:state redis', '## State in Redis', lines.slice(begin));
}
const begin = lines.length;
say();
say('| State: what | target | seen | met |');
say('|---|---|---|:-:|');
for (const { what, target, seen, met } of verdicts) say(`| ${[what, target, seen, met].join(' | ')} |`);
write('bench:state verdicts', '## State, against its targets', lines.slice(begin));
