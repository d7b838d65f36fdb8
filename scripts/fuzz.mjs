#!/usr/bin/env node
/**
 * npm run fuzz: damaged traces against the readers, for as long as you like.
 *
 *     npm run fuzz -- [--seconds 60] [--seed N] [--target NAME] [--traces DIR] [--once]
 *
 * Nothing but a TailtrapError may come out, a case may take 10 seconds at most, and memory may grow by 4 times the input
 * plus 256 MiB. `--traces` (or TAILTRAP_TRACES) names a folder of real traces to damage besides the made ones. A fault is
 * printed with the command that repeats it.
 *
 * Exit status: 0 no fault; 1 a fault; 2 wrong usage.
 */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { progress, red, say } from './lib/say.mjs';

const CHILD = fileURLToPath(new URL('./fuzz/child.mjs', import.meta.url));
/** Twice what a case may take, since the machine may be busy. */
const SILENCE_LIMIT_MS = 20_000;
/** A child is replaced now and then, so that a leak shows as memory and not as the end of the machine. */
const CASES_PER_CHILD = 20_000;
const MAX_FAULTS = 10;

if (!existsSync(new URL('../dist/ctf/fuzz/targets.fuzz.js', import.meta.url))) {
  say('fuzz: nothing is built yet; what to type: npm run build');
  process.exit(2);
}
const options = usage();
const until = Date.now() + options.seconds * 1000;
const shown = progress('fuzz');
const faults = [];
const counts = {};
let next = options.seed;

while (faults.length < MAX_FAULTS && Date.now() < until) {
  next = await oneChild(next);
  if (options.once) break;
}
const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
shown.end(
  `${total} cases, ${faults.length} faults (${Object.entries(counts)
    .map(([k, n]) => `${k} ${n}`)
    .join(', ')})`,
);
for (const { target, seed, message } of faults) {
  const traces = options.traces === '' ? '' : ` --traces ${options.traces}`;
  say(`${red('fault')} npm run fuzz -- --once --target ${target} --seed ${seed}${traces}\n${message}`);
}
process.exit(faults.length === 0 ? 0 : 1);

function usage() {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
        target: { type: 'string', default: '' },
        traces: { type: 'string', default: process.env.TAILTRAP_TRACES ?? '' },
        once: { type: 'boolean', default: false },
      },
    });
    const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
    if (!(seconds > 0) || !Number.isSafeInteger(seed)) throw new Error('--seconds and --seed are numbers');
    return { ...values, seconds, seed };
  } catch (error) {
    say(`fuzz: ${error.message}`);
    process.exit(2);
  }
}

/** Runs cases in a process of their own until it has done its share, or failed. @returns the seed to go on with */
function oneChild(first) {
  return new Promise((resolve) => {
    const cases = options.once ? 1 : CASES_PER_CHILD;
    const child = fork(CHILD, [String(first), String(cases), options.target, options.traces, String(until)], {
      execArgv: ['--max-old-space-size=1024'],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    let current = { target: options.target, seed: first };
    let errors = '';
    let silence;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => child.kill('SIGKILL'), SILENCE_LIMIT_MS);
    };
    heard();
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors = (errors + text).slice(-2000);
    });
    child.on('message', (message) => {
      heard();
      if (message.fault !== undefined) faults.push({ ...message.case, message: message.fault });
      if (message.case === undefined) return;
      current = message.case;
      counts[current.target] = (counts[current.target] ?? 0) + 1;
      shown.update(`seed ${current.seed}, ${faults.length} faults`);
    });
    child.on('close', (code, signal) => {
      clearTimeout(silence);
      if (signal === 'SIGKILL') faults.push({ ...current, message: `    no answer for ${SILENCE_LIMIT_MS / 1000} s` });
      else if (code !== 0) faults.push({ ...current, message: `    ended with ${signal ?? code}\n${errors}` });
      resolve(current.seed + 1);
    });
  });
}
