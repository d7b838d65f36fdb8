#!/usr/bin/env node
/**
 * Does the same build load and catch on another kernel? Debian 12's Linux 6.1, in a virtual machine in software (no KVM
 * needed). The objects and the JavaScript are the ones built here; nothing is compiled in the guest.
 *
 *     node scripts/test-in-guest.mjs [NAME...]                     test/guest/catch.mjs, or only these cases of it; then
 *                                                                  the snapshot made there is read here
 *     node scripts/test-in-guest.mjs --kernel-tests [FILTER...]    the kernel tests, or those whose name contains a FILTER;
 *                                                                  their tolerances are too narrow for emulation, and
 *                                                                  what has to be compiled is skipped
 *
 * Needs the guest's scripts (build.sh, run.sh) in ../shared/qemu, or in the folder that TAILTRAP_QEMU names; the first run
 * builds the guest, about three minutes. Not part of npm test: emulation is slow, a run takes some minutes.
 *
 * Exit status: that of the tests; 2 without the guest's scripts.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { compilePrograms } from '../test/guest/programs.mjs';
import { checkCopied } from '../test/guest/snapshot.mjs';
import { needProgram } from '../test/kernel/lib.mjs';
import { build } from './build.mjs';
import { ROOT } from './lib/files.mjs';
import { say } from './lib/say.mjs';
import { testFiles } from './lib/test-files.mjs';

const GUEST = process.env.TAILTRAP_QEMU ?? join(ROOT, '../shared/qemu');
const LIMIT_S = 1500;
/** What tests need at run time; the rest of node_modules is for building. */
const PACKAGES = ['koffi', '@koromix', 'yaml'];
/** In the folder that the guest sees as /share. */
const SNAPSHOT = 'snapshot';

/** In the guest: everything is copied to memory first, because the shared folder is slow there. */
const guestScript = (lines) => `#!/bin/bash
mkdir /tmp/tailtrap && cp -r /share/tailtrap/. /tmp/tailtrap && cd /tmp/tailtrap
export PATH=/tmp/tailtrap/node-bin:$PATH
modprobe loop # the tests' slow disk; nothing in the guest loads modules by itself
${lines.join('\n')}
`;

/** The slow disk of the tests needs a real one below it: the guest's is /scratch. */
const catchScript = (names) =>
  guestScript([
    `export TMPDIR=/scratch TAILTRAP_TEST_PROGRAMS=$PWD/programs TAILTRAP_TEST_SNAPSHOT=/share/${SNAPSHOT}`,
    `node test/guest/catch.mjs ${names.join(' ')}`,
  ]);

const kernelTestScript = (tests) =>
  guestScript([
    'export TAILTRAP_TEST_SLACK_NS=8000000',
    './bin/tailtrap trackers',
    'failed=0',
    ...tests.map((test) => `timeout -s KILL 400 node --test --test-reporter=spec test/kernel/${test} || failed=1`),
    'exit $failed',
  ]);

function share() {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-guest-'));
  const inside = join(folder, 'tailtrap');
  mkdirSync(join(inside, 'node-bin'), { recursive: true });
  cpSync(process.execPath, join(inside, 'node-bin/node'));
  for (const part of ['bin', 'dist', 'scripts', 'test', 'docs', 'package.json']) {
    cpSync(join(ROOT, part), join(inside, part), { recursive: true });
  }
  for (const name of PACKAGES) {
    cpSync(join(ROOT, 'node_modules', name), join(inside, 'node_modules', name), { recursive: true });
  }
  mkdirSync(join(inside, 'programs'));
  compilePrograms(join(inside, 'programs'));
  return folder;
}

/** The snapshot that the agent made in the guest, where babeltrace2 is not installed. Returns the exit status. */
async function readSnapshot(folder) {
  if (!existsSync(folder)) return 0; // the case was not run, or has failed
  if (needProgram('babeltrace2')) {
    say(`snapshot: skipped: ${needProgram('babeltrace2')}`);
    return 0;
  }
  try {
    say(`snapshot: ok: ${await checkCopied(folder)} events, the outlier among them, no warning of babeltrace2`);
    return 0;
  } catch (error) {
    say(`snapshot: failed: ${error.message}`);
    return 1;
  }
}

async function main(args) {
  if (!existsSync(join(GUEST, 'run.sh'))) {
    say(`no guest: ${GUEST}/run.sh is not there (set TAILTRAP_QEMU to the folder that has it)`);
    return 2;
  }
  if ((await build()) !== 0) return 1;
  const built = spawnSync(join(GUEST, 'build.sh'), { stdio: 'inherit' });
  if (built.status !== 0) return built.status ?? 1;
  const folder = share();
  try {
    const [mode, ...filters] = args;
    const script = join(folder, 'guest.sh');
    const tests = () => testFiles('kernel', filters).map((path) => basename(path));
    writeFileSync(script, mode === '--kernel-tests' ? kernelTestScript(tests()) : catchScript(args));
    const options = ['--timeout', String(LIMIT_S), '--mem', '3072', '--share', folder, script];
    const status = spawnSync(join(GUEST, 'run.sh'), options, { stdio: 'inherit' }).status ?? 1;
    const snapshotStatus = await readSnapshot(join(folder, SNAPSHOT));
    return status || snapshotStatus;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exit(await main(process.argv.slice(2)));
