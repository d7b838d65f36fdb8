/**
 * More outliers than anyone can look at: a threshold of 0 makes every wake-up one. Each must be reported or counted,
 * the process must stay small, and the machine must stay usable.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../lib/files.mjs';
import { Child, output } from './children.mjs';
import { schedPipe } from './loads.mjs';
import { cpuSeconds, residentMb } from './measure.mjs';
import { number, table } from './table.mjs';

const TRACKER = 'wakeup';
const OFFERED_PER_SECOND = 50_000;
const TRIAL_ROUNDS = 10_000;
const MAX_RESIDENT_MB = 100;
/** A person at a terminal, or a health check, does not notice this. */
const MAX_LATE_MS = 10;

export async function measureFlood(bench, say) {
  const load = await bench.load();
  const cpu = `${bench.cpus - 1}`;
  const seconds = bench.quick ? 3 : 10;
  const paced = (perSecond, forSeconds) => output([load, 'pipe', `${perSecond}`, `${forSeconds}`, cpu]);
  const flatOut = async () => {
    const until = performance.now() + (seconds / 2) * 1000;
    while (performance.now() < until) await schedPipe(cpu, 100_000);
  };
  say('idle');
  const idle = await lateness(load, 2);
  // How many outliers a round makes is up to the scheduler: two wake-ups, and a pre-emption with some of them.
  const trial = await flood(load, { run: () => paced(TRIAL_ROUNDS, 1), rate: 0 });
  const perSecond = Math.round((OFFERED_PER_SECOND * 1.1) / (trial.outliers / TRIAL_ROUNDS));
  const runs = [
    {
      name: `at least ${number(OFFERED_PER_SECOND)} a second`,
      run: () => paced(perSecond, seconds),
      rate: 0,
      least: OFFERED_PER_SECOND,
    },
    { name: 'as fast as it goes', run: flatOut, rate: 0, least: 0 },
    { name: 'as fast as it goes, limited to 1,000 a second', run: flatOut, rate: 1000, least: 0 },
  ];
  const rows = [];
  const missed = [];
  for (const one of runs) {
    say(one.name);
    const result = await flood(load, one);
    rows.push(row(one, result));
    missed.push(...complaints(one, result));
  }
  const head = [
    'flood',
    'offered/s',
    'offered',
    'reported',
    'ring full',
    'limited',
    'lost',
    'CPU %',
    'MB',
    'peak MB',
    'late p50 us',
    'p99',
    'max',
  ];
  const text = [
    `Threshold 0 on ${TRACKER}. Lost is offered - reported - ring full - limited, and must be 0. Late: how long after it`,
    'was due a task that sleeps 10 ms ran. Without any load that is',
    `${idle.p50} us (median), ${idle.p99} us (99th percentile), ${idle.max} us (maximum).`,
    '',
    table(head, rows),
    '',
    `To reach: lost 0, at most ${MAX_RESIDENT_MB} MB; in the first row late p99 at most ${MAX_LATE_MS} ms (in the others the load alone\nkeeps a CPU busy).`,
  ].join('\n');
  return { title: 'Flood', text, missed };
}

async function flood(load, { run, rate }) {
  const watcher = new Child([process.execPath, join(ROOT, 'scripts/bench/watcher.mjs'), TRACKER, '0', `${rate}`]);
  await watcher.says(/^attached/m);
  await sleep(200);
  const cpuBefore = cpuSeconds(watcher.pid);
  const began = performance.now();
  const done = run().then(() => (performance.now() - began) / 1000);
  // As long as the flood is, at least nearly: it is started for a time, too.
  const clock = new Child([load, 'late', '600']);
  const seconds = await done;
  clock.signal('SIGINT');
  const late = parseLateness(await clock.succeeds());
  const cpu = (100 * (cpuSeconds(watcher.pid) - cpuBefore)) / seconds;
  const memory = residentMb(watcher.pid);
  watcher.closeInput();
  const counters = JSON.parse((await watcher.says(/^\{.*\}$/m))[0]);
  await watcher.succeeds();
  return { ...counters, seconds, cpu, memory, late, lost: lostOf(counters) };
}

const lostOf = (c) => c.outliers + c.timeouts - c.received - c.ring_full - c.limited;

async function lateness(load, seconds) {
  return parseLateness(await output([load, 'late', `${seconds}`]));
}

function parseLateness(text) {
  const [p50, p99, max] = text.trim().split(' ').map(Number);
  return { p50, p99, max };
}

function row({ name }, result) {
  const { outliers, received, ring_full, limited, lost, cpu, memory, late, seconds } = result;
  const counts = [outliers / seconds, outliers, received, ring_full, limited].map((n) =>
    Math.round(n).toLocaleString('en-US'),
  );
  return [name, ...counts, `${lost}`, ...[cpu, memory.now, memory.peak, late.p50, late.p99, late.max].map(number)];
}

function complaints({ name, least }, { outliers, seconds, lost, memory, late, handed, received }) {
  const found = [];
  if (outliers / seconds < least) found.push(`only ${number(outliers / seconds)} a second were offered`);
  if (lost !== 0) found.push(`${lost} outliers neither reported nor counted`);
  if (handed !== received) found.push(`${received - handed} records were not outliers`);
  if (memory.peak > MAX_RESIDENT_MB) found.push(`${number(memory.peak)} MB, target ${MAX_RESIDENT_MB}`);
  // Flat out, the load alone keeps a CPU busy all the time.
  if (least > 0 && late.p99 > MAX_LATE_MS * 1000)
    found.push(`late p99 ${number(late.p99 / 1000)} ms, target ${MAX_LATE_MS}`);
  return found.map((what) => `flood, ${name}: ${what}`);
}
