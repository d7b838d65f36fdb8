#!/usr/bin/env node
/**
 * All tests, from a fresh clone: installs what is missing, builds, lints, tests.
 *
 *     node scripts/test.mjs [FILTER...]     only test files whose path contains a FILTER, and no lint
 *
 * Tests that this machine does not allow (no root, no BPF) are skipped, and the list of them closes the output. The last
 * line is always `N passed, N failed, N skipped`.
 *
 * Exit status: 0 nothing failed; 1 something did, or does not build; 2 no test file matches.
 */
import { build } from './build.mjs';
import { runSteps } from './check/steps.mjs';
import { listSkipped, newTally, runTests } from './lib/run-tests.mjs';
import { bold, say } from './lib/say.mjs';
import { KINDS, testFiles } from './lib/test-files.mjs';
import { setUp } from './setup.mjs';

/** The promise is ten minutes for everything; after that the answer is no. */
const SUITE_LIMIT_MS = 10 * 60_000;
setTimeout(() => {
  say(`test: not done after ${SUITE_LIMIT_MS / 60_000} minutes`);
  process.exit(1);
}, SUITE_LIMIT_MS).unref();

const filters = process.argv.slice(2);
// 3: something is missing and was explained; the tests which need it will be skipped.
if (![0, 3].includes(await setUp('test'))) say('test: going on with what is there');
const tally = newTally();
// tsc writes its output in spite of type errors: the tests can still say more.
const built = await build();
if (built === 3) tally.skipped.push({ file: 'bpf/', name: 'compiling', reason: 'no BPF compiler here' });
else if (built !== 0) tally.failed++;
if (filters.length === 0 && !(await runSteps(['lint', 'floors', 'tidy']))) tally.failed++;
const kinds = Object.keys(KINDS).map((kind) => ({ kind, files: testFiles(kind, filters) }));
if (kinds.every(({ files }) => files.length === 0)) {
  say(`test: no test file has ${filters.map((filter) => `'${filter}'`).join(' or ')} in its path`);
  process.exit(2);
}
for (const { kind, files } of kinds) {
  if (files.length > 0) say(bold(`\n${kind}`));
  await runTests(files, KINDS[kind], tally);
}
listSkipped(tally);
console.log(`\n${tally.passed} passed, ${tally.failed} failed, ${tally.skipped.length} skipped`);
// Not process.exitCode: a test that was stopped may have left a child that holds our pipes open.
process.exit(tally.failed === 0 ? 0 : 1);
