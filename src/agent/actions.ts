/**
 * What happens besides the snapshot: programs that are run and addresses that are called, once per outlier, with the
 * outlier as JSON. Bounded: no shell, few at a time, a time limit each; what does not fit is counted, not queued. Failures
 * are told, but not each of a storm of them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { messageOf } from '../base/errors.ts';
import type { Outlier } from '../base/outlier.ts';
import type { Action, ExecAction, WebhookAction } from './config-actions.ts';

/** An outlier storm must not become a fork storm. */
const MAX_RUNNING = 4;
/** Of what a program writes to stderr, kept for the log. */
const MAX_ERROR_BYTES = 2048;
/** A program has ended, but a child of it holds its stderr: what it wrote is read within this time. */
const CLOSE_GRACE_MS = 200;
/** At most one line about failures of a kind of action in this time. */
const TELL_EVERY_MS = 10_000;
/** Timers of Node take no more: 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface ActionCounters {
  started: number;
  failed: number;
  /** Not started because MAX_RUNNING were under way. */
  skipped: number;
}

export class Actions {
  readonly counters: ActionCounters = { started: 0, failed: 0, skipped: 0 };
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #failures: Readonly<Record<'exec' | 'webhook', FailureLog>>;

  constructor(log: (line: string) => void, tellEvery_ms: number = TELL_EVERY_MS) {
    this.#failures = {
      exec: new FailureLog('exec', log, tellEvery_ms),
      webhook: new FailureLog('webhook', log, tellEvery_ms),
    };
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
    for (const failures of Object.values(this.#failures)) failures.close();
  }

  #start(kind: 'exec' | 'webhook', work: () => Promise<void>): void {
    if (this.#running.size >= MAX_RUNNING || this.#stop.signal.aborted) {
      this.counters.skipped++;
      return;
    }
    this.counters.started++;
    const done = work()
      .catch((error: unknown) => {
        this.counters.failed++;
        this.#failures[kind].add(messageOf(error));
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

/** Tells the first failure at once, and of those that follow their number and the last. */
class FailureLog {
  readonly #kind: string;
  readonly #log: (line: string) => void;
  readonly #every_ms: number;
  #timer: NodeJS.Timeout | null = null;
  #untold = 0;
  #last = '';

  constructor(kind: string, log: (line: string) => void, every_ms: number) {
    this.#kind = kind;
    this.#log = log;
    this.#every_ms = every_ms;
  }

  add(message: string): void {
    if (this.#timer !== null) {
      this.#untold++;
      this.#last = message;
      return;
    }
    this.#log(`${this.#kind} failed: ${message}`);
    this.#wait();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#tell();
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#tell()) this.#wait();
    }, this.#every_ms).unref();
  }

  #tell(): boolean {
    if (this.#untold === 0) return false;
    this.#log(`${this.#kind} failed ${this.#untold} more times, the last: ${this.#last}`);
    this.#untold = 0;
    return true;
  }
}

/** A time limit as timers want it: whole milliseconds, not fewer than asked for, not more than they take. */
export function timerMs(ns: number): number {
  return Math.min(MAX_TIMER_MS, Math.max(1, Math.ceil(ns / 1e6)));
}

function runProgram(action: ExecAction, outlier: Outlier, signal: AbortSignal): Promise<void> {
  const [program, ...args] = action.command.map((argument) => fillIn(argument, outlier));
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, {
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true, // a process group of its own: what it has started is killed with it
      env: {
        ...process.env,
        TAILTRAP_ID: outlier.id,
        TAILTRAP_TRACKER: outlier.tracker,
        TAILTRAP_SNAPSHOT: outlier.snapshot ?? '',
      },
    });
    let errors = '';
    let late = false;
    const kill = (): void => killGroup(child);
    const timer = setTimeout(() => {
      late = true;
      kill();
    }, timerMs(action.timeout_ns));
    signal.addEventListener('abort', kill, { once: true });
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
    };
    child.on('error', (error) => {
      end();
      reject(error);
    });
    child.on('exit', (code, killedBy) => {
      end();
      const settle = (): void => {
        clearTimeout(grace);
        child.stdin?.destroy();
        child.stderr?.destroy();
        const how = late ? 'did not end in time and was killed' : `ended with ${code ?? killedBy}`;
        if (code === 0) resolve();
        else reject(new Error(`${program} ${how}${errors === '' ? '' : `: ${errors.trim()}`}`));
      };
      const grace = setTimeout(settle, CLOSE_GRACE_MS);
      child.on('close', settle);
    });
    // There are no pipes when the program could not be started for want of processes or descriptors.
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      errors = (errors + chunk).slice(-MAX_ERROR_BYTES);
    });
    child.stdin?.on('error', () => {}); // a program need not read its input
    child.stdin?.end(`${JSON.stringify(outlier)}\n`);
  });
}

/** Only while the program itself has not ended: until then its id cannot be another's. */
function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has just ended
  }
}

async function callWebhook(action: WebhookAction, outlier: Outlier, signal: AbortSignal): Promise<void> {
  const { origin, href } = new URL(action.url); // its path, query and password may be secrets: not for the log
  let response: Response;
  try {
    response = await fetch(action.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(outlier),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timerMs(action.timeout_ns))]),
    });
  } catch (cause) {
    const why = withCause(cause).replaceAll(action.url, origin).replaceAll(href, origin);
    throw new Error(`${origin}: ${why}`, { cause });
  }
  await response.body?.cancel(); // whatever it answers: only the status counts
  if (!response.ok) throw new Error(`${origin} answered ${response.status}`);
}

/** `fetch failed: connect ECONNREFUSED 127.0.0.1:9`: the first part alone says nothing. */
function withCause(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause === undefined) return messageOf(error);
  // Several addresses were tried: the message is empty, the code is that of all.
  return `${messageOf(error)}: ${messageOf(cause) || (cause as { code?: string }).code || 'no reason given'}`;
}
