/**
 * How much slower everything gets while the recorder is on: the scheduler's worst case, two tasks that do nothing but
 * wake each other, beside `perf record` of the scheduler's events.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../lib/files.mjs';
import { Skipped } from './bench.mjs';
import { Child, findProgram } from './children.mjs';
import { schedPipeCpu } from './loads.mjs';
import { median } from './measure.mjs';
import { number, table, verdict } from './table.mjs';

const BUFFER_BYTES = 16 << 20;
const OPERATIONS = 100_000;
const BUDGET_MS = 50_000;
const LEAST_ROUNDS = 2;

export async function measureRecorder(bench, say) {
  if (findProgram('perf') === null) throw new Skipped('perf is not installed');
  const cpu = `${bench.cpus - 1}`;
  const recorder = [process.execPath, join(ROOT, 'scripts/bench/recorder-holder.mjs'), `${BUFFER_BYTES}`];
  const perf = ['perf', 'record', '-q', '-a', '-e', 'sched:*', '-o', join(bench.folder, 'perf.data')];
  const baseline = { name: 'nothing', us: [] };
  const peer = { name: "perf record -a -e 'sched:*'", command: perf, settle_ms: 500, us: [] };
  const ours = [
    { name: 'recorder, sched only', command: [...recorder, 'sched'], ready: /^recording/m, us: [] },
    { name: 'recorder, default events', command: recorder, ready: /^recording/m, us: [] },
  ];
  const variants = [baseline, ...ours, peer];
  const { rounds } = bench;
  const until = performance.now() + BUDGET_MS;
  for (let round = 0; round < rounds && (round < LEAST_ROUNDS || performance.now() < until); round++) {
    say(`round ${round + 1} of ${rounds}`);
    for (let i = 0; i < variants.length; i++) {
      const variant = variants[(round + i) % variants.length];
      variant.us.push(await withIt(variant, () => schedPipeCpu(cpu, OPERATIONS)));
    }
  }
  // Of the medians, not of each round's pair: a neighbour that wakes up in one half of a pair would spoil the whole.
  const slower = (pick) => (variant) => pick(variant.us) / pick(baseline.us) - 1;
  const [typical, best] = [slower(median), slower((values) => Math.min(...values))];
  const peerSlower = typical(peer);
  const rows = variants.map((variant) => {
    const percent = variant === baseline ? ['-', '-'] : [percentOf(typical(variant)), percentOf(best(variant))];
    const ratio = ours.includes(variant) ? typical(variant) / peerSlower : Number.NaN;
    const reach = ours.includes(variant) ? 1 : undefined;
    return [variant.name, number(median(variant.us)), ...percent, number(ratio), verdict(ratio, reach)];
  });
  const text = [
    'Processor time of `perf bench sched pipe` on one CPU: both tasks, user and kernel. Both rows of the recorder are to be',
    'cheaper than perf (ratio at most 1), though the default events are far more than the scheduler: system calls,',
    'interrupts, softirqs, block, net, timers, workqueues. perf writes to memory here, not to a disk. Best: the fastest',
    'round beside the fastest round.',
    '',
    table(['recording', 'CPU us an operation', 'slower by', 'best', 'of perf', 'met'], rows),
  ].join('\n');
  const missed = ours
    .filter((variant) => typical(variant) > peerSlower)
    .map(
      (variant) => `${variant.name}: slower by ${percentOf(typical(variant))}, perf record by ${percentOf(peerSlower)}`,
    );
  return { title: 'Recorder', text, missed };
}

async function withIt({ command, ready, settle_ms = 200 }, measure) {
  if (command === undefined) return measure();
  const child = new Child(command);
  if (ready !== undefined) await child.says(ready);
  await sleep(settle_ms);
  if (!child.alive) throw new Error(`${command.join(' ')} ended\n${child.output}`);
  const result = await measure();
  if (ready === undefined) await child.end('SIGINT');
  else {
    child.closeInput();
    await child.succeeds();
  }
  return result;
}

const percentOf = (share) => `${(100 * share).toFixed(0)}%`;
