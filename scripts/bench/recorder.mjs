/**
 * How much slower everything gets while the recorder is on: the scheduler's worst case, two tasks that do nothing but
 * wake each other, beside `perf record` of the scheduler's events.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../lib/files.mjs';
import { Skipped } from './bench.mjs';
import { Child, findProgram } from './children.mjs';
import { schedPipe } from './loads.mjs';
import { median } from './measure.mjs';
import { number, table, verdict } from './table.mjs';

const BUFFER_BYTES = 16 << 20;
const OPERATIONS = 100_000;

export async function measureRecorder(bench, say) {
  if (findProgram('perf') === null) throw new Skipped('perf is not installed');
  const cpu = `${bench.cpus - 1}`;
  const recorder = [process.execPath, join(ROOT, 'scripts/bench/recorder-holder.mjs'), `${BUFFER_BYTES}`];
  const perf = ['perf', 'record', '-q', '-a', '-e', 'sched:*', '-o', join(bench.folder, 'perf.data')];
  const baseline = { name: 'nothing', us: [] };
  const peer = { name: "perf record -a -e 'sched:*'", command: perf, settle_ms: 1000, us: [] };
  const ours = [
    { name: 'recorder, sched only', command: [...recorder, 'sched'], ready: /^recording/m, us: [] },
    { name: 'recorder, default events', command: recorder, ready: /^recording/m, us: [] },
  ];
  const variants = [baseline, ...ours, peer];
  for (let round = 0; round < bench.rounds; round++) {
    say(`round ${round + 1} of ${bench.rounds}`);
    for (let i = 0; i < variants.length; i++) {
      const variant = variants[(round + i) % variants.length];
      variant.us.push(await withIt(variant, () => schedPipe(cpu, OPERATIONS)));
    }
  }
  const slower = ({ us }) => us.map((value, round) => value / baseline.us[round] - 1);
  const peerSlower = median(slower(peer));
  const rows = variants.map((variant) => {
    const by = slower(variant);
    const percent =
      variant === baseline ? ['-', '-'] : [percentOf(median(by)), by.map(percentOf).sort(byNumber).join(' ')];
    const ratio = ours.includes(variant) ? median(by) / peerSlower : Number.NaN;
    return [
      variant.name,
      number(median(variant.us)),
      ...percent,
      number(ratio),
      verdict(ratio, ours.includes(variant) ? 1 : undefined),
    ];
  });
  const text = [
    `\`perf bench sched pipe\` on one CPU. Both of the recorder's rows are to be cheaper than perf's (ratio at most 1),`,
    `though the default events are far more than the scheduler's: system calls, interrupts, softirqs, block, net, timers,`,
    'workqueues. perf writes to memory here, not to a disk.',
    '',
    table(['recording', 'us an operation', 'slower by', 'each round', 'of perf', 'met'], rows),
  ].join('\n');
  const missed = ours
    .filter((variant) => median(slower(variant)) > peerSlower)
    .map(
      (variant) =>
        `${variant.name}: slower by ${percentOf(median(slower(variant)))}, perf record by ${percentOf(peerSlower)}`,
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
const byNumber = (a, b) => Number.parseFloat(a) - Number.parseFloat(b);
