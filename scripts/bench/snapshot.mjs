/** How fast the recorder's memory becomes a trace: from the outlier to closed files. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../lib/files.mjs';
import { need } from './bench.mjs';
import { Child } from './children.mjs';
import { schedPipe } from './loads.mjs';
import { median, residentMb } from './measure.mjs';
import { number, table, verdict } from './table.mjs';

const BUFFER_BYTES = 192 << 20;
const SMALL_EVENTS = 10_000;
const LARGE_EVENTS = 1_000_000;
const MAX_SMALL_MS = 300;
const TRIAL_OPERATIONS = 2000;
const SETTLE_MS = 300;

export async function measureSnapshot(bench, say) {
  need('perf');
  const cpu = `${bench.cpus - 1}`;
  // On a disk, as the agent writes them; synchronising is the disk's business, not ours.
  const outDir = mkdtempSync(join(tmpdir(), 'tailtrap-bench-'));
  bench.defer(() => rmSync(outDir, { recursive: true, force: true }));
  const recorder = new Child([process.execPath, join(ROOT, 'scripts/bench/recorder-holder.mjs'), `${BUFFER_BYTES}`]);
  await recorder.says(/^recording/m);

  const take = async (operations) => {
    const seen = recorder.output.length;
    if (operations > 0) await schedPipe(cpu, operations);
    recorder.writeLine(outDir);
    const result = JSON.parse((await recorder.says(/^\{.*\}$/m, 60_000, seen))[0]);
    rmSync(result.path, { recursive: true, force: true });
    return result;
  };
  await take(0); // the first compiles the writer; an agent has long done so when it matters, but see `cold`
  const few = await take(0);
  const trial = await take(TRIAL_OPERATIONS);
  const perOperation = Math.max(1, (trial.events - few.events) / TRIAL_OPERATIONS);
  const operationsFor = (events) => Math.max(1, Math.round((events - few.events) / perOperation));

  const small = [];
  const large = [];
  for (let round = 0; round < bench.rounds; round++) {
    say(`round ${round + 1} of ${bench.rounds}`);
    await sleep(SETTLE_MS);
    small.push(await take(operationsFor(SMALL_EVENTS)));
  }
  for (let round = 0; round < Math.min(3, bench.rounds); round++) large.push(await take(operationsFor(LARGE_EVENTS)));
  const memory = residentMb(recorder.pid);
  recorder.closeInput();
  await recorder.succeeds();

  const smallMs = median(small.map((result) => result.ms));
  const row = (name, results, target) => {
    const of = (pick) => median(results.map(pick));
    const ms = of((r) => r.ms);
    const rate = of((r) => r.events / (r.ms / 1000));
    const spread = `${number(Math.min(...results.map((r) => r.ms)))} .. ${number(Math.max(...results.map((r) => r.ms)))}`;
    const numbers = [of((r) => r.events), ms].map(number);
    return [
      name,
      ...numbers,
      spread,
      number(of((r) => r.frozen_ms)),
      number(of((r) => r.bytes / 2 ** 20)),
      number(rate),
      target ? `${target} ms` : '-',
      verdict(ms, target),
    ];
  };
  const rows = [row('10,000 events', small, MAX_SMALL_MS), row('1,000,000 events', large)];
  const head = ['snapshot of', 'events', 'ms', 'min .. max', 'stood still ms', 'MB', 'events/s', 'target', 'met'];
  const text = [
    'From the call of an agent that has seen an outlier to closed and renamed files, state dump of the machine included.',
    `Recording stands still for a part of it. Peak resident memory with a buffer of ${BUFFER_BYTES >> 20} MB: ${number(memory.peak)} MB.`,
    '',
    table(head, rows),
  ].join('\n');
  const missed =
    smallMs > MAX_SMALL_MS ? [`snapshot of 10,000 events: ${number(smallMs)} ms, target ${MAX_SMALL_MS}`] : [];
  return { title: 'Snapshot', text, missed };
}
