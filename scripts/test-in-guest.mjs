#!/usr/bin/env node
/**
 * Runs the kernel tests on another kernel: Debian 12's Linux 6.1, in a virtual machine in software (no KVM needed). The
 * objects and the JavaScript are the ones built here; nothing is compiled in the guest.
 *
 *     node scripts/test-in-guest.mjs [FILTER...]     only kernel tests whose name contains a FILTER
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
import { build } from './build.mjs';
import { ROOT } from './lib/files.mjs';
import { say } from './lib/say.mjs';
import { testFiles } from './lib/test-files.mjs';

const GUEST = process.env.TAILTRAP_QEMU ?? join(ROOT, '../shared/qemu');
const LIMIT_S = 1500;
/** What tests need at run time; the rest of node_modules is for building. */
const PACKAGES = ['koffi', '@koromix', 'yaml'];

/** In the guest: everything is copied to memory first, because the shared folder is slow there. */
const guestScript = (tests) => `#!/bin/bash
uname -r
mkdir /tmp/tailtrap && cp -r /share/tailtrap/. /tmp/tailtrap && cd /tmp/tailtrap
export PATH=/tmp/tailtrap/node-bin:$PATH TAILTRAP_TEST_SLACK_NS=8000000
./bin/tailtrap trackers
failed=0
for test in ${tests.join(' ')}; do
  timeout -s KILL 400 node --test --test-reporter=spec test/kernel/$test || failed=1
done
exit $failed
`;

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
  return folder;
}

async function main(filters) {
  if (!existsSync(join(GUEST, 'run.sh'))) {
    say(`no guest: ${GUEST}/run.sh is not there (set TAILTRAP_QEMU to the folder that has it)`);
    return 2;
  }
  if ((await build()) !== 0) return 1;
  const built = spawnSync(join(GUEST, 'build.sh'), { stdio: 'inherit' });
  if (built.status !== 0) return built.status ?? 1;
  const folder = share();
  try {
    const script = join(folder, 'guest.sh');
    writeFileSync(script, guestScript(testFiles('kernel', filters).map((path) => basename(path))));
    const args = ['--timeout', String(LIMIT_S), '--mem', '3072', '--share', folder, script];
    return spawnSync(join(GUEST, 'run.sh'), args, { stdio: 'inherit' }).status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exit(await main(process.argv.slice(2)));
