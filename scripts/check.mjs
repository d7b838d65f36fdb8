#!/usr/bin/env node
/**
 * What to run before every commit: types, lint, floors, tidiness, unit tests. Needs no root; under a minute.
 *
 *     node scripts/check.mjs [STEP...]      types lint floors tidy units; all when none is named
 *
 * Exit status: 0 all well; 1 not; 2 wrong usage.
 */
import { runSteps, STEPS } from './check/steps.mjs';
import { listSkipped, newTally, runTests } from './lib/run-tests.mjs';
import { say } from './lib/say.mjs';
import { KINDS, testFiles } from './lib/test-files.mjs';
import { setUp } from './setup.mjs';

const wanted = process.argv.slice(2);
const known = [...Object.keys(STEPS), 'units'];
const unknown = wanted.filter((step) => !known.includes(step));
if (unknown.length > 0) {
  say(`check: no step '${unknown[0]}'; there are: ${known.join(' ')}`);
  process.exit(2);
}
const steps = known.filter((step) => wanted.length === 0 || wanted.includes(step));

if ((await setUp('check')) !== 0) process.exit(1);
let well = await runSteps(steps.filter((step) => step !== 'units'));
if (steps.includes('units')) well = (await units()) && well;
process.exit(well ? 0 : 1);

async function units() {
  const tally = newTally();
  await runTests(testFiles('unit'), KINDS.unit, tally);
  listSkipped(tally);
  return tally.failed === 0;
}
