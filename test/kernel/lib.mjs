/**
 * What kernel tests share: the command line as a child process, and an end for everything they start.
 * Kernel tests run one after the other (latencies disturb each other), as root; without, they skip and say so.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const TAILTRAP = fileURLToPath(new URL('../../bin/tailtrap', import.meta.url));

/** A reason to skip, or false: `test('...', { skip: needRoot() }, ...)`. */
export function needRoot() {
  if (process.getuid() !== 0) return 'needs root: BPF programs are loaded';
  if (!existsSync('/sys/kernel/btf/vmlinux')) return 'this kernel has no BTF';
  return false;
}

/** A reason to skip when a program is not installed, or false. */
export function needProgram(...names) {
  const folders = ['/usr/bin', '/usr/sbin', '/bin', '/sbin', '/usr/local/bin'];
  const missing = names.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
  return missing.length > 0 ? `not installed: ${missing.join(', ')}` : false;
}

/** Runs a tailtrap command that goes on until stopped, with --json; ready once it logs that it began. */
export function start(args) {
  const child = spawn(process.execPath, [TAILTRAP, ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const records = [];
  const waiting = new Set();
  let stderr = '';
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) records.push(JSON.parse(line));
    for (const check of waiting) check();
  });
  const exited = new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)));
  const ready = new Promise((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      stderr += chunk;
      if (/^(watching|waiting|measuring|agent) /m.test(stderr)) resolve();
    });
    exited.then((code) => reject(new Error(`tailtrap ${args.join(' ')} ended with ${code}: ${stderr}`)));
  });
  ready.catch(() => {}); // a test that does not wait for it sees the failure in `exited`
  return {
    child,
    ready,
    exited,
    outliers: records,
    get stderr() {
      return stderr;
    },
    /** The first record that fits; throws after `ms`. */
    waitFor(fits, ms = 5000) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`no such record in ${ms} ms, of ${records.length}; stderr: ${stderr}`));
        }, ms);
        const check = () => {
          const found = records.find(fits);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      });
    },
    /** Ctrl-C, then waits for the end; SIGKILL when it does not end. Returns the exit status. */
    async stop() {
      child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGKILL'), 8000);
      const code = await exited;
      clearTimeout(timer);
      return code;
    },
  };
}

/** `tailtrap watch ARGS --json`. */
export const watch = (...args) => start(['watch', ...args.flat()]);

/** A program's whole run: `{ code, stdout, stderr }`. Never throws, never lasts longer than `timeout` ms. */
export function run(command, args = [], { timeout = 30_000, env = process.env, input } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      stderr += chunk;
    });
    if (input !== undefined) child.stdin.end(input);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    child.on('error', (error) => resolve({ code: -1, stdout, stderr: String(error) }));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? signal, stdout, stderr });
    });
  });
}

export const tailtrap = (...args) => run(process.execPath, [TAILTRAP, ...args.flat()]);

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A folder that is gone after the test. */
export function temporaryFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * In an emulated machine a program reads its clock milliseconds after the kernel gave it the CPU; the run in the guest
 * (scripts/test-in-guest.mjs) says so here. Nothing else sets this.
 */
const SLACK_NS = Number(process.env.TAILTRAP_TEST_SLACK_NS ?? 200_000);

/** Is a measured delay what an independent clock says: within 5 % or 200 us? */
export function agrees(delay_ns, independent_ns) {
  return Math.abs(delay_ns - independent_ns) <= Math.max(0.05 * independent_ns, SLACK_NS);
}
