/** Installing Debian packages: no questions, no services started, progress shown, nothing hangs. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { hasPackageLists } from './needs.mjs';
import { run } from './processes.mjs';
import { progress, say } from './say.mjs';

const UPDATE_LIMIT_MS = 180_000;
const INSTALL_LIMIT_MS = 900_000;

const POLICY = '/usr/sbin/policy-rc.d';
const OPTIONS = ['-y', '-q', '--no-install-recommends', '-o', 'APT::Status-Fd=3'];
// Another apt may be running (unattended upgrades); a mirror may be slow.
const PATIENCE = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::http::Timeout=30', '-o', 'Acquire::Retries=2'];
const ENVIRONMENT = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };

/** What a person types to get these packages. */
export function aptCommand(packages) {
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Installs packages as root. The lists are fetched only when there are none or when they turn out to be too old. When
 * the packages cannot be had together (another release may lack one), each is tried alone.
 *
 * @returns {Promise<string>} what apt-get said when something failed, '' when all went well
 */
export async function aptInstall(packages, logFile) {
  return withoutServices(async () => {
    say(`  Debian packages: ${packages.join(' ')}`);
    let updated = false;
    if (!hasPackageLists()) {
      await aptGet('fetching package lists', ['update', '-q', ...PATIENCE], UPDATE_LIMIT_MS, logFile);
      updated = true;
    }
    const install = (names) => {
      const args = ['install', ...OPTIONS, ...PATIENCE, ...names];
      const title = names.length === 1 ? `installing ${names[0]}` : `installing ${names.length} packages`;
      return aptGet(title, args, INSTALL_LIMIT_MS, logFile);
    };
    let result = await install(packages);
    if (result.code !== 0 && !updated) {
      await aptGet('fetching newer package lists', ['update', '-q', ...PATIENCE], UPDATE_LIMIT_MS, logFile);
      result = await install(packages);
    }
    if (result.code === 0) return '';
    const failures = [result.output];
    if (packages.length > 1) {
      failures.length = 0;
      for (const name of packages) {
        const alone = await install([name]);
        if (alone.code !== 0) failures.push(alone.output);
      }
    }
    return failures.join('\n');
  });
}

async function aptGet(title, args, timeoutMs, logFile) {
  const line = progress(title);
  // Status lines: `dlstatus:3:41.2:Retrieving file 3 of 9`, `pmstatus:clang:62.5:Unpacking clang (amd64)`.
  const onStatus = (status) => {
    const [kind, , percent, ...words] = status.split(':');
    if (kind === 'dlstatus' || kind === 'pmstatus') line.update(`${Math.round(Number(percent))}% ${words.join(':')}`);
  };
  const result = await run('apt-get', args, { timeoutMs, logFile, onStatus, env: ENVIRONMENT });
  line.end(result.code === 0 ? 'done' : `failed with status ${result.code}`);
  return result;
}

/**
 * Debian starts a service when its package is installed. A tool that was installed to be tested against must not open a
 * port on its own: policy-rc.d(8) is the way to say so, for as long as we install.
 */
async function withoutServices(work) {
  if (existsSync(POLICY)) return work();
  const remove = () => rmSync(POLICY, { force: true });
  try {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
    process.once('exit', remove);
  } catch {
    return work();
  }
  try {
    return await work();
  } finally {
    remove();
    process.removeListener('exit', remove);
  }
}
