/**
 * How a running command is told to stop: Ctrl-C, SIGTERM, a closed terminal, or nobody reading its output any more.
 *
 * The first of them aborts the signal that the command got, so that it can put things back (BPF programs, an ftrace
 * instance) and return. A second Ctrl-C, or a command that does not return in time, ends the process.
 */
import { constants } from 'node:os';
import { errnoName } from '../base/errors.ts';

/** Time to close a snapshot that is being written; nothing else takes long. */
const GRACE_MS = 10_000;

/** Exit status of a process that ended by SIGINT, as shells report it. */
const INTERRUPTED = 130;

/** Why a command was told to stop: the reason of its signal. */
export class Stopped extends Error {
  /** As shells report what ended by this signal: 130, 143, 129. */
  readonly status: number;

  constructor(name: NodeJS.Signals) {
    super(`stopped by ${name}`);
    this.name = 'Stopped';
    this.status = 128 + constants.signals[name];
  }
}

/** @returns the exit status of a command that a signal stopped; null: none did, or nobody reads its output any more */
export function interruptedBy({ reason }: AbortSignal): number | null {
  return reason instanceof Stopped ? reason.status : null;
}

/** A wrapper (timeout, npm) signals its child and then the whole group: only a person's second Ctrl-C is meant as one. */
const IMPATIENT_MS = 1000;

export class StopSignals {
  /** Nobody reads stdout any more (`| head`). */
  pipeClosed = false;
  /** Somebody has told already that stdout takes no more: the stream's own error says it again. */
  writeErrorTold = false;
  private readonly abort: AbortController = new AbortController();
  private abortedAt_ms = 0;
  private readonly process: NodeJS.Process;

  constructor(process: NodeJS.Process) {
    this.process = process;
    process.stdout.on('error', (error) => this.onWriteError(error));
    // Nobody left to tell: not worth dying of.
    process.stderr.on('error', () => {});
  }

  /** Starts listening; until then the signals do what they do by default. */
  listen(on: { hangup: boolean }): { readonly signal: AbortSignal } {
    const names: NodeJS.Signals[] = on.hangup ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM'];
    for (const name of names) this.process.on(name, () => this.onSignal(name));
    return { signal: this.abort.signal };
  }

  /** Writes to stdout; once nobody reads it, does nothing. */
  write(text: string): void {
    if (!this.pipeClosed) this.process.stdout.write(text);
  }

  /** Waits until stdout has taken everything or has failed, so that a full disk behind `> file` is not a success. */
  async flush(): Promise<void> {
    await new Promise((resolve) => this.process.stdout.write('', resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }

  private onSignal(name: NodeJS.Signals): void {
    if (!this.abort.signal.aborted) {
      this.abortedAt_ms = performance.now();
      const reason = new Stopped(name);
      this.stop(reason.status, reason);
    } else if (name === 'SIGINT' && performance.now() - this.abortedAt_ms > IMPATIENT_MS)
      this.process.exit(INTERRUPTED);
  }

  private onWriteError(error: unknown): void {
    // Any other error (a full disk behind `> file`) is told, and not by another write to stdout.
    if (errnoName(error) !== 'EPIPE') {
      if (!this.writeErrorTold) {
        this.process.stderr.write(`error TT_STDOUT: cannot write to stdout: ${String(error)}\n`);
      }
      this.process.exit(1);
    }
    if (this.pipeClosed) return;
    this.pipeClosed = true;
    this.stop(0);
  }

  private stop(lateStatus: number, reason?: Stopped): void {
    this.abort.abort(reason);
    setTimeout(() => this.process.exit(lateStatus), GRACE_MS).unref();
  }
}
