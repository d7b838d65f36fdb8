#!/usr/bin/env node
/**
 * What tailtrap costs the machine it watches, beside the tools that do the same, in one run. Needs root.
 *
 *     node scripts/bench-kernel.mjs [--write] [--quick] [--rounds N] [--only NAME,...]
 *
 *     --write   also into docs/benchmarks.md
 *     --quick   fewer rounds and shorter loads: to see that it runs, not to quote
 *     --rounds  how often each figure is measured (default 5); medians are printed
 *     --only    parts (cost agent recorder snapshot flood) or trackers
 *
 * Exit status: 0 measured, whether targets were met or not (the table says); 1 could not; 2 wrong usage.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureAgent } from './bench/agent.mjs';
import { Bench, Skipped } from './bench/bench.mjs';
import { signalAll } from './bench/children.mjs';
import { measureCost } from './bench/cost.mjs';
import { measureFlood } from './bench/flood.mjs';
import { enableBpfStats, machine } from './bench/measure.mjs';
import { measureRecorder } from './bench/recorder.mjs';
import { measureSnapshot } from './bench/snapshot.mjs';
import { writeSection } from './bench/table.mjs';
import { build } from './build.mjs';
import { ROOT } from './lib/files.mjs';
import { bold, say } from './lib/say.mjs';

const PARTS = {
  cost: measureCost,
  agent: measureAgent,
  recorder: measureRecorder,
  snapshot: measureSnapshot,
  flood: measureFlood,
};
const DOCUMENT = join(ROOT, 'docs/benchmarks.md');
const HEADING = '# Benchmarks\n\nWritten by the benchmarks themselves: `npm run bench:kernel -- --write`.';

const options = readOptions();
if (process.getuid?.() !== 0) {
  say('bench:kernel: loading BPF programs needs root; what to type: sudo npm run bench:kernel');
  process.exit(1);
}
if ((await build()) !== 0) process.exit(1);
const bench = new Bench(options);
let interrupted = false;
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.once(signal, async () => {
    interrupted = true;
    signalAll('SIGTERM');
    await bench.close();
    process.exit(status);
  });
}
try {
  await main();
} catch (error) {
  // On Ctrl-C everything is ended, which makes whatever was measured fail.
  if (!interrupted) say(`bench:kernel: ${error.stack}`);
  process.exitCode = 1;
} finally {
  await bench.close();
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        write: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        only: { type: 'string' },
      },
    });
    const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
    if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: expected 1 or more`);
    return { ...values, rounds, only: values.only?.split(',') };
  } catch (error) {
    say(`bench:kernel: ${error.message}`);
    process.exit(2);
  }
}

async function main() {
  bench.defer(enableBpfStats());
  const named = options.only?.filter((name) => name in PARTS) ?? [];
  const trackers = options.only?.filter((name) => !(name in PARTS)) ?? [];
  const began = performance.now();
  const sections = [];
  const missed = [];
  for (const [name, measure] of Object.entries(PARTS)) {
    const wanted = options.only === undefined || named.includes(name) || (name === 'cost' && trackers.length > 0);
    if (!wanted) continue;
    const result = await measured(name, measure, trackers.length > 0 ? trackers : undefined);
    missed.push(...result.missed);
    const section = `## ${result.title}\n\n${result.text}`;
    process.stdout.write(`\n${section}\n`);
    sections.push(section);
  }
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  const head = `${machine()}; ${new Date().toISOString().slice(0, 10)}; medians of up to ${options.rounds} rounds; ${minutes} minutes.`;
  const verdict = missed.length === 0 ? 'Every target is met.' : `Missed:\n\n${missed.map((m) => `- ${m}`).join('\n')}`;
  process.stdout.write(`\n${head}\n\n${verdict}\n`);
  if (options.write) writeSection(DOCUMENT, 'bench:kernel', [head, verdict, ...sections].join('\n\n'), HEADING);
}

async function measured(name, measure, trackers) {
  try {
    return await measure(bench, (line) => say(`  ${bold(name)} ${line}`), trackers);
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    return { title: name, text: `skipped: ${error.message}`, missed: [] };
  }
}
