/**
 * What happens besides the snapshot: programs that are run and addresses that are called, once per outlier, with the
 * outlier as JSON. Bounded: no shell, few at a time, a time limit each; what does not fit is counted, not queued.
 */
import { spawn } from 'node:child_process';
import { messageOf } from '../base/errors.ts';
import type { Outlier } from '../base/outlier.ts';
import type { Action, ExecAction, WebhookAction } from './config.ts';

/** An outlier storm must not become a fork storm. */
const MAX_RUNNING = 4;
/** Of what a program writes to stderr, kept for the log. */
const MAX_ERROR_BYTES = 2048;

export interface ActionCounters {
  started: number;
  failed: number;
  /** Not started because MAX_RUNNING were under way. */
  skipped: number;
}

export class Actions {
  readonly counters: ActionCounters = { started: 0, failed: 0, skipped: 0 };
  readonly #log: (line: string) => void;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** Starts what is to be started for this outlier; never waits, never throws. */
  run(actions: readonly Action[], outlier: Outlier): void {
    for (const action of actions) {
      if (action.kind === 'exec') this.#start('exec', () => runProgram(action, outlier, this.#stop.signal));
      else if (action.kind === 'webhook') this.#start('webhook', () => callWebhook(action, outlier, this.#stop.signal));
    }
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#running);
  }

  #start(kind: string, work: () => Promise<void>): void {
    if (this.#running.size >= MAX_RUNNING || this.#stop.signal.aborted) {
      this.counters.skipped++;
      return;
    }
    this.counters.started++;
    const done = work()
      .catch((error: unknown) => {
        this.counters.failed++;
        this.#log(`${kind} failed: ${messageOf(error)}`);
      })
      .finally(() => this.#running.delete(done));
    this.#running.add(done);
  }
}

/** `{tracker}`, `{delay_ms}` ... in an argument are replaced by the outlier's fields. */
export function fillIn(argument: string, outlier: Outlier): string {
  const fields: Record<string, unknown> = { ...outlier, delay_ms: (outlier.delay_ns / 1e6).toFixed(3) };
  return argument.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (value === undefined) return whole;
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
  });
}

function runProgram(action: ExecAction, outlier: Outlier, signal: AbortSignal): Promise<void> {
  const [program, ...args] = action.command.map((argument) => fillIn(argument, outlier));
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, {
      stdio: ['pipe', 'ignore', 'pipe'],
      timeout: action.timeout_ns / 1e6,
      killSignal: 'SIGKILL',
      signal,
      env: {
        ...process.env,
        TAILTRAP_ID: outlier.id,
        TAILTRAP_TRACKER: outlier.tracker,
        TAILTRAP_SNAPSHOT: outlier.snapshot ?? '',
      },
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors = (errors + chunk).slice(-MAX_ERROR_BYTES);
    });
    child.stdin.on('error', () => {}); // a program need not read its input
    child.stdin.end(`${JSON.stringify(outlier)}\n`);
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ended with ${code ?? killedBy}${errors === '' ? '' : `: ${errors.trim()}`}`));
    });
  });
}

async function callWebhook(action: WebhookAction, outlier: Outlier, signal: AbortSignal): Promise<void> {
  const response = await fetch(action.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(outlier),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(action.timeout_ns / 1e6)]),
  });
  await response.body?.cancel(); // whatever it answers: only the status counts
  if (!response.ok) throw new Error(`${action.url} answered ${response.status}`);
}
