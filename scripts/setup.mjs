#!/usr/bin/env node
/**
 * Makes this machine ready: npm packages, and on Debian the system's packages.
 *
 *     node scripts/setup.mjs [run|build|demo|test|check] [--dry-run]
 *
 * Does nothing, in a few milliseconds, when everything is there. What it may not do itself (no root, no Debian) it says
 * how to do.
 *
 * Exit status: 0 everything is there; 1 something failed; 2 wrong usage; 3 something is missing and was explained.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aptCommand, aptInstall } from './lib/apt.mjs';
import { changedAt, ROOT } from './lib/files.mjs';
import { isDebian, missingNeeds, PROFILES } from './lib/needs.mjs';
import { run } from './lib/processes.mjs';
import { bold, progress, say, tail } from './lib/say.mjs';

const NPM_LIMIT_MS = 300_000;

/**
 * @param {string} profile one of PROFILES
 * @param {{dryRun?: boolean}} [options]
 * @returns {Promise<number>} the exit status of the table above
 */
export async function setUp(profile, { dryRun = false } = {}) {
  if (!checkNode()) return 1;
  const packagesAreThere = npmPackagesAreThere();
  const missing = missingNeeds(profile);
  if (packagesAreThere && missing.length === 0) return 0;

  say(bold(`Setting up (${profile})`));
  if (dryRun) {
    if (!packagesAreThere) say('  would run: npm ci');
    if (missing.length > 0) say(`  would run: ${aptCommand(missing.map((need) => need.package))}`);
    return 3;
  }
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-setup-'));
  const logFile = join(folder, 'setup.log');
  const status = Math.max(
    packagesAreThere ? 0 : await npmInstall(logFile),
    await installMissing(profile, missing, logFile),
  );
  if (status === 1) say(`  Everything that was printed: ${logFile}`);
  else rmSync(folder, { recursive: true, force: true });
  return status === 1 ? 1 : missingNeeds(profile).length > 0 ? 3 : 0;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return true;
  say(
    `tailtrap needs Node 20.19 or newer; this is ${process.version}. Install it from https://nodejs.org/ or with nvm.`,
  );
  return false;
}

/** npm notes what it installed in node_modules/.package-lock.json; older than the lock file means out of date. */
function npmPackagesAreThere() {
  const installed = changedAt(join(ROOT, 'node_modules/.package-lock.json'));
  return installed > 0 && installed >= changedAt(join(ROOT, 'package-lock.json'));
}

async function npmInstall(logFile) {
  const line = progress('npm packages (npm ci)');
  const args = ['ci', '--prefer-offline', '--no-audit', '--no-fund'];
  const { code, output } = await run('npm', args, { cwd: ROOT, timeoutMs: NPM_LIMIT_MS, logFile });
  line.end(code === 0 ? 'done' : `failed with status ${code}`);
  if (code === 0) return 0;
  // npm says what is wrong first, and how npm is used after that.
  say(tail(output.split('\n').slice(0, 12).join('\n')));
  say(`  What to type: cd ${ROOT} && npm ci`);
  return 1;
}

async function installMissing(profile, missing, logFile) {
  if (missing.length === 0) return 0;
  if (isDebian() && process.getuid?.() === 0) {
    const trouble = await aptInstall(
      missing.map((need) => need.package),
      logFile,
    );
    const left = missingNeeds(profile);
    if (left.length === 0) return 0;
    say(tail(trouble));
    explain(left);
    return 1;
  }
  explain(missing);
  return 3;
}

function explain(missing) {
  say('  Missing on this machine:');
  for (const need of missing) say(`    ${need.package.padEnd(18)} ${need.why}`);
  if (isDebian()) say(`  What to type: ${aptCommand(missing.map((need) => need.package))}`);
  else say('  Install these with the package manager of this system (the names are those of Debian 12).');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  const dryRun = args.includes('--dry-run');
  const names = args.filter((arg) => arg !== '--dry-run');
  const profile = names[0] ?? 'build';
  if (names.length > 1 || !PROFILES.includes(profile)) {
    say(`usage: node scripts/setup.mjs [${PROFILES.join('|')}] [--dry-run]`);
    process.exit(2);
  }
  process.exit(await setUp(profile, { dryRun }));
}
