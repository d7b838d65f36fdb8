/** One process of the fuzzer (scripts/fuzz.mjs): runs cases and tells its parent each before it begins. */
import { existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TARGETS } from '../../dist/ctf/fuzz/targets.fuzz.js';

const CASE_LIMIT_MS = 10_000;
const MEMORY_FACTOR = 4;
const MEMORY_CONSTANT_BYTES = 256 * 1024 * 1024;
/** The beginning of a stream is enough: its packets are alike. */
const SAMPLE_BYTES = 128 * 1024;
const MAX_FILES = 8;
const MAX_DEPTH = 8;

const [first, cases, onlyTarget, tracesFolder, until] = process.argv.slice(2);
const names = onlyTarget === '' ? Object.keys(TARGETS) : [onlyTarget];
if (!names.every((name) => Object.hasOwn(TARGETS, name))) {
  console.error(`there is no target '${onlyTarget}'; there are: ${Object.keys(TARGETS).join(' ')}`);
  process.exit(2);
}
const samples = tracesFolder === '' ? [] : samplesIn(tracesFolder, 0);

for (let i = 0; i < Number(cases) && Date.now() < Number(until); i++) {
  const seed = Number(first) + i;
  // A seed is a case of every target; the target that failed is named.
  for (const target of names) {
    const fault = runCase(target, seed);
    process.send({ case: { target, seed }, ...(fault === '' ? {} : { fault }) });
    if (fault !== '') process.exit(0);
  }
  if (i % 16 === 0) await new Promise(setImmediate);
}
process.disconnect();

/** @returns what went wrong, or '' */
function runCase(target, seed) {
  process.send({ case: undefined });
  const begin = performance.now();
  const before = process.resourceUsage().maxRSS * 1024;
  let input = 0;
  try {
    input = TARGETS[target](seed, samples);
  } catch (error) {
    return indented(error.stack ?? String(error));
  }
  const took = performance.now() - begin;
  if (took > CASE_LIMIT_MS) return `    took ${Math.round(took)} ms`;
  // The peak only ever grows: a case that does not raise it used less than one before.
  const grown = process.resourceUsage().maxRSS * 1024 - before;
  const allowed = MEMORY_FACTOR * input + MEMORY_CONSTANT_BYTES;
  return grown > allowed ? `    memory grew by ${grown} bytes for ${input} bytes of input` : '';
}

function indented(text) {
  return text
    .split('\n')
    .slice(0, 12)
    .map((line) => `    ${line}`)
    .join('\n');
}

/** The beginnings of the traces in a folder. */
function samplesIn(folder, depth) {
  if (existsSync(join(folder, 'metadata'))) return [sampleOf(folder)];
  if (depth === MAX_DEPTH) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => samplesIn(join(folder, entry.name), depth + 1));
}

function sampleOf(folder) {
  const files = readdirSync(folder)
    .filter((name) => name !== 'metadata' && statSync(join(folder, name)).isFile())
    .slice(0, MAX_FILES)
    .map((name) => beginningOf(join(folder, name)));
  return { metadata: readFileSync(join(folder, 'metadata')), files };
}

function beginningOf(path) {
  const bytes = new Uint8Array(Math.min(SAMPLE_BYTES, statSync(path).size));
  readSync(openSync(path, 'r'), bytes, 0, bytes.length, 0);
  return bytes;
}
