/**
 * What an event costs: the run time of each tracker's programs, of Debian's tools that time the same events, and of
 * empty programs on the same tracepoints, all under the same load, in turns.
 *
 * Programs are not alike: one tool looks at sched_wakeup, the other at sched_waking. So the figure compared is the run
 * time of all programs of a tool, divided by the number of operations that it saw end (switches, requests, ...).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../lib/files.mjs';
import { Skipped } from './bench.mjs';
import { Child, findProgram } from './children.mjs';
import * as loads from './loads.mjs';
import { median, programName, programsOf, programsRan } from './measure.mjs';
import { number, table, verdict } from './table.mjs';

/** Long enough that nothing is an outlier: both sides are compared doing nothing but watching. */
const NEVER_S = 3600;

/** What is asked to end prints its findings first: offcputime looks up symbols for seconds. */
const STOP = 'SIGKILL';
/** A slow machine gets fewer rounds rather than a longer benchmark; the table tells how many. */
const BUDGET_MS = 190_000;
const QUICK_BUDGET_MS = 30_000;
/** Programs that run less than this share of the busiest one are not listed. */
const RARE = 0.02;
const LOOK_MS = 30;
const STEADY_LOOKS = 4;
const MAX_LOOKS = 300;

/** `op` is the tracepoint at which an operation ends, `unit` its name. */
const TRACKERS = {
  wakeup: { op: 'sched_switch', unit: 'switch' },
  offcpu: { op: 'sched_switch', unit: 'switch' },
  block: { op: 'block_rq_complete', unit: 'request' },
  irq: { op: 'irq_handler_exit', unit: 'interrupt' },
  softirq: { op: 'softirq_exit', unit: 'softirq' },
  syscall: { op: 'sys_exit', unit: 'call' },
  timer: { op: 'hrtimer_expire_entry', unit: 'expiry' },
  net: { op: 'netif_receive_skb', unit: 'packet' },
  workqueue: { op: 'workqueue_execute_end', unit: 'work' },
  ttfb: { op: 'sys_enter_write', unit: 'write' },
  io: { op: 'sys_exit', unit: 'system call' },
};

/** Debian's libbpf-tools. `target`: ours may cost at most this many times theirs. */
const PEERS = {
  runqslower: { tracker: 'wakeup', command: ['runqslower', `${NEVER_S}000000`], target: 0.6 },
  offcputime: { tracker: 'offcpu', command: ['offcputime', `${NEVER_S}`], target: 1 },
  biolatency: { tracker: 'block', command: ['biolatency', `${NEVER_S}`], target: 1 },
  'biolatency -Q': { tracker: 'block', command: ['biolatency', '-Q', `${NEVER_S}`], target: 1 },
  hardirqs: { tracker: 'irq', command: ['hardirqs', `${NEVER_S}`], target: 1 },
  softirqs: {
    tracker: 'softirq',
    command: ['softirqs', `${NEVER_S}`],
    target: 1,
    // Ours also times raise -> entry, which needs a third program; this is what both do.
    alike: ['softirq_entry', 'softirq_exit'],
  },
  'syscount -L': { tracker: 'syscall', command: ['syscount', '-L', '-i', `${NEVER_S}`], target: 1 },
};

const CASES = [
  { load: loads.pipeOnOneCpu, trackers: ['wakeup', 'offcpu'], peers: ['runqslower', 'offcputime'] },
  { load: loads.pipeAcrossCpus, trackers: ['wakeup', 'offcpu'], peers: ['runqslower', 'offcputime'] },
  { load: loads.blockReads, trackers: ['block', 'workqueue'], peers: ['biolatency', 'biolatency -Q'] },
  { load: loads.diskReads, trackers: ['irq', 'io'], peers: ['hardirqs'] },
  { load: loads.datagrams, trackers: ['softirq', 'net'], peers: ['softirqs'] },
  { load: loads.syscallLoop, trackers: ['syscall'], peers: ['syscount -L'] },
  { load: loads.sleeps, trackers: ['timer'], peers: [] },
  { load: loads.connections, trackers: ['ttfb'], peers: [] },
];

export async function measureCost(bench, say, only) {
  const began = performance.now();
  const budget_ms = bench.quick ? QUICK_BUDGET_MS : BUDGET_MS;
  const rows = [];
  const details = [];
  const skipped = [];
  for (const [i, one] of CASES.entries()) {
    const until = began + (budget_ms * (i + 1)) / CASES.length;
    const wanted = one.trackers.filter((name) => only === undefined || only.includes(name));
    if (wanted.length === 0) continue;
    try {
      await measureCase(bench, { ...one, trackers: wanted, until }, say, { rows, details, skipped });
    } catch (error) {
      if (!(error instanceof Skipped)) throw error;
      skipped.push(`${wanted.join(', ')}: ${error.message}`);
    }
  }
  return {
    title: 'Cost of an event',
    text: report(rows, details, skipped),
    missed: rows.filter(isMissed).map(missedText),
  };
}

async function measureCase(bench, { load, trackers, peers, until }, say, found) {
  const { name, run } = await load(bench);
  const variants = [];
  for (const tracker of trackers) {
    if (existsSync(join(ROOT, `dist/bpf/${tracker}.bpf.o`))) variants.push(ours(tracker));
    else found.skipped.push(`${tracker}: there is no such tracker yet`);
  }
  const present = variants.map((variant) => variant.tracker);
  for (const peer of peers.filter((peer) => present.includes(PEERS[peer].tracker))) {
    if (findProgram(PEERS[peer].command[0]) === null) found.skipped.push(`${peer}: not installed`);
    else variants.push(theirs(peer));
  }
  say(`${name}: round 1 of ${bench.rounds}`);
  const usable = await firstRound(variants, run, found.skipped);
  const points = new Map(usable.filter((v) => v.ours).flatMap((v) => v.points.map((p) => [p.tracepoint, p])));
  if (points.size === 0) return;
  usable.push(empty(await bench.emptyObject(`empty-${trackers.join('-')}`, [...points.values()])));
  await measureOnce(usable.at(-1), run);
  for (let round = 1; round < bench.rounds && performance.now() < until; round++) {
    say(`${name}: round ${round + 1} of ${bench.rounds}`);
    // Another one begins each round, so that a drift of the machine favours none.
    for (let i = 0; i < usable.length; i++) await measureOnce(usable[(round + i) % usable.length], run);
  }
  evaluate(name, usable, found);
}

const tailtrap = join(ROOT, 'bin/tailtrap');

function ours(tracker) {
  const tool = { label: tracker, ours: true, tracker, rounds: [] };
  // The four layers of `hist io` are a table to read, no tracker with outliers.
  if (tracker === 'io')
    return { ...tool, command: [process.execPath, tailtrap, 'hist', 'io', '--interval', `${NEVER_S}s`] };
  const command = [process.execPath, tailtrap, 'watch', tracker, '--threshold', `${NEVER_S}s`];
  return { ...tool, command, ready: /^watching/m };
}

function theirs(peer) {
  return { label: peer, peer: true, tracker: PEERS[peer].tracker, command: PEERS[peer].command, rounds: [] };
}

function empty(object) {
  const command = [process.execPath, join(ROOT, 'scripts/bench/empty-programs.mjs'), object];
  return { label: 'empty', command, ready: /^attached/m, rounds: [] };
}

/** Leaves out what the kernel refuses, and notes which tracepoints the others use. */
async function firstRound(variants, run, skipped) {
  const usable = [];
  for (const variant of variants) {
    try {
      await measureOnce(variant, run);
      usable.push(variant);
    } catch (error) {
      const [first, ...printed] = error.message.split('\n');
      skipped.push(`${variant.label}: ${printed.find((line) => line.startsWith('error')) ?? first}`);
    }
  }
  return usable;
}

async function started({ command, ready, label }) {
  const child = new Child(command);
  if (ready !== undefined) await child.says(ready);
  // A tool that does not say when it is ready is, when its programs are loaded and no more come.
  for (let i = 0, last = 0, same = 0; ready === undefined && same < STEADY_LOOKS; i++) {
    await sleep(LOOK_MS);
    const count = child.alive ? programsOf(child.pid).size : 0;
    same = count > 0 && count === last ? same + 1 : 0;
    last = count;
    if (!child.alive || i > MAX_LOOKS) throw new Error(`${label} does not start: ${child.output.trim().slice(0, 300)}`);
  }
  return child;
}

async function measureOnce(variant, run) {
  const child = await started(variant);
  const before = programsOf(child.pid);
  variant.points ??= [...before.values()].filter((program) => program.tracepoint !== null);
  await run();
  const ran = programsRan(before, programsOf(child.pid));
  for (const program of ran) program.tracepoint ??= tracepointIn(await programName(program.id));
  await child.end(STOP);
  variant.rounds.push(ran);
}

/** libbpf-tools name their programs after the tracepoint: sys_exit, block_rq_issue_btf. */
function tracepointIn(name) {
  return name.replace(/_(btf|raw|tp)$/, '');
}

function evaluate(load, variants, { rows, details }) {
  const blank = variants.find((variant) => variant.label === 'empty');
  for (const own of variants.filter((variant) => variant.ours)) {
    const { op, unit } = TRACKERS[own.tracker];
    const cost = own.rounds.map((ran) => nsPerOperation(ran, op));
    const floor = blank.rounds.map((ran) =>
      nsPerOperation(
        ran.filter((p) => own.points.some((point) => point.tracepoint === p.tracepoint)),
        op,
      ),
    );
    const row = { tracker: own.tracker, load, unit, ours: median(cost), empty: median(floor), rounds: cost.length };
    const peers = variants.filter((variant) => variant.peer && variant.tracker === own.tracker);
    if (peers.length === 0) rows.push(row);
    for (const peer of peers) {
      const theirCost = peer.rounds.map((ran) => nsPerOperation(ran, op));
      const { target, alike } = PEERS[peer.label];
      const compared = { ...row, peer: peer.label, theirs: median(theirCost) };
      rows.push({ ...compared, ratios: ratiosOf(cost, theirCost), target });
      if (alike === undefined) continue;
      const part = own.rounds.map((ran) =>
        nsPerOperation(
          ran.filter((p) => alike.includes(p.tracepoint)),
          op,
        ),
      );
      const name = `- of it what ${peer.label} does`;
      rows.push({
        ...compared,
        tracker: name,
        ours: median(part),
        empty: Number.NaN,
        ratios: ratiosOf(part, theirCost),
      });
    }
  }
  for (const variant of variants) details.push(...programRows(load, variant));
}

const ratiosOf = (ours, theirs) => ours.map((ns, i) => ns / theirs[i]);

function nsPerOperation(ran, op) {
  const total = ran.reduce((sum, program) => sum + program.ns, 0);
  const operations = ran.filter((p) => p.tracepoint === op).reduce((sum, p) => sum + p.runs, 0);
  return operations === 0 ? Number.NaN : total / operations;
}

/** Run time of each program, median of the rounds. Rare ones are left out: they run with cold caches. */
function programRows(load, { label, rounds }) {
  const busiest = Math.max(...rounds.flat().map((program) => program.runs));
  const often = rounds.flat().filter((program) => program.runs > busiest * RARE);
  const names = [...new Set(often.map((program) => program.tracepoint))].sort();
  return names.map((name) => {
    const all = rounds.flat().filter((program) => program.tracepoint === name);
    const missed = all.reduce((sum, program) => sum + program.missed, 0);
    const perRun = median(all.map((program) => program.ns / program.runs));
    return [load, label, name, number(perRun), number(median(all.map((program) => program.runs))), `${missed}`];
  });
}

const ratioOf = (row) => median(row.ratios ?? []);
const isMissed = (row) => ratioOf(row) > row.target;
const missedText = (row) => `${row.tracker} / ${row.peer}, ${row.load}: ${number(ratioOf(row))}, target ${row.target}`;

function report(rows, details, skipped) {
  const head = [
    'tracker',
    'load',
    'peer',
    'per',
    'ours ns',
    'peer ns',
    'empty ns',
    'ratio',
    'min .. max',
    'rounds',
    'target',
    'met',
  ];
  const cells = rows.map((row) => [
    row.tracker,
    row.load,
    row.peer ?? '-',
    row.unit,
    number(row.ours),
    number(row.theirs ?? Number.NaN),
    number(row.empty),
    number(ratioOf(row)),
    row.ratios ? `${number(Math.min(...row.ratios))} .. ${number(Math.max(...row.ratios))}` : '-',
    `${row.rounds}`,
    row.target ? `${row.target}` : '-',
    verdict(ratioOf(row), row.target),
  ]);
  const parts = [table(head, cells, 4)];
  parts.push('Each program alone:', table(['load', 'tool', 'tracepoint', 'ns a run', 'runs', 'missed'], details, 3));
  if (skipped.length > 0) parts.push([...new Set(skipped)].map((line) => `- skipped: ${line}`).join('\n'));
  return parts.join('\n\n');
}
