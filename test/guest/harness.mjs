/** What the cases of catch.mjs share: limits, a tailtrap that is watched, an end for everything. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { monotonicBegin } from '../kernel/ftrace.mjs';
import { run, start } from '../kernel/lib.mjs';

export const LATENCY_MS = 1200;
/** A real-time busy loop: after 950 ms of a second the kernel would take the CPU away from it for a while. */
export const HOG_MS = 900;
/** Between what a machine does by itself, be it emulated, and what is provoked. */
export const THRESHOLD = '300ms';
export const TIMEOUT_NS = 500e6;
export const TIMEOUT = '500ms';
/** Loading, a stack's symbols, the way through the ring: all of it is slow there. */
export const PATIENCE_MS = 40_000;
export const CASE_LIMIT_MS = 180_000;

/**
 * Where pid_max is small a thread has a slot of its own, where it is large (systemd's choice) the table is hashed; to the
 * verifier these are two programs. `--slots` asks for the second one.
 */
export const TABLES = [[], ['--slots', '1024']];

export class Skipped extends Error {}

/** Throws `Skipped` with the reason, if there is one. */
export function need(reason) {
  if (reason) throw new Skipped(reason);
}

/** An operation by its own clock took between `low_ns` and `high_ns`: within 20 % or 150 ms of that? */
export function assertDelay(outlier, low_ns, high_ns = low_ns) {
  const tolerance = (ns) => Math.max(0.2 * ns, 150e6);
  const { delay_ns } = outlier;
  assert.ok(
    delay_ns >= low_ns - tolerance(low_ns) && delay_ns <= high_ns + tolerance(high_ns),
    `${delay_ns} ns, by its own clock ${low_ns}-${high_ns} ns`,
  );
}

/** What the cases share: a tailtrap that is watched, programs, an end for everything. */
export class Case {
  #undo = [];
  /** Processes of tailtrap: nothing of theirs may be left. */
  pids = new Set();

  constructor(programs) {
    this.programs = programs;
  }

  after(undo) {
    this.#undo.push(undo);
  }

  program(name) {
    return join(this.programs, name);
  }

  folder() {
    const folder = mkdtempSync(join(tmpdir(), 'tailtrap-guest-'));
    this.after(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  /** Starts a command that goes on until stopped, and waits until it is ready. */
  async tailtrap(...args) {
    const started = start(args);
    this.pids.add(started.child.pid);
    this.after(() => started.child.kill('SIGKILL'));
    await started.ready;
    return started;
  }

  watch(tracker, ...args) {
    return this.tailtrap('watch', tracker, '--threshold', THRESHOLD, ...args);
  }

  async output(command, args) {
    const { code, stdout, stderr } = await run(command, args, { timeout: PATIENCE_MS });
    assert.equal(code, 0, `${basename(command)} ended with ${code}: ${stderr}`);
    return stdout.trim();
  }

  /** Keeps all CPUs awake, so that they have ticks; ends with the case, and by itself. */
  keepBusy() {
    for (let i = 0; i < availableParallelism(); i++) {
      const child = spawn('perl', ['-e', 'my $end = time + 60; 1 while time < $end'], { stdio: 'ignore' });
      this.after(() => child.kill('SIGKILL'));
    }
  }

  async end() {
    for (const undo of this.#undo.splice(0).reverse()) await undo();
  }
}

/** Stops the command; it has to end well, and all that it reported was over the threshold. */
export async function stop(watched) {
  assert.equal(await watched.stop(), 0, watched.stderr);
  for (const { kind, delay_ns, threshold_ns } of watched.outliers) {
    if (kind === 'threshold') assert.ok(delay_ns > threshold_ns, `${delay_ns} ns is below ${threshold_ns}`);
  }
}

/**
 * The outlier of kind `threshold`, and the `timeout` one that was told while it was pending. Not for cases with a real-time
 * busy loop: until 6.5 a CPU whose ksoftirqd waits for its turn runs no softirqs, and the timer of the scan is in one.
 */
export async function pendingAndEnded(watched, fits) {
  const ended = await watched.waitFor((o) => o.kind === 'threshold' && fits(o), PATIENCE_MS);
  const pending = watched.outliers.find((o) => o.kind === 'timeout' && monotonicBegin(o) === monotonicBegin(ended));
  assert.ok(pending, `it was told while it was pending: ${JSON.stringify(watched.outliers)}`);
  // The scan is every 100 ms.
  assert.ok(pending.delay_ns >= TIMEOUT_NS && pending.delay_ns < TIMEOUT_NS + 400e6, `found at ${pending.delay_ns} ns`);
  return { pending, ended };
}

export const assertStack = (stack, pattern) => {
  assert.ok(Array.isArray(stack) && stack.length > 1, `a stack: ${JSON.stringify(stack)}`);
  assert.match(stack.join(' '), pattern);
};
