/**
 * Much text to stdout. `process.stdout` keeps what its reader has not taken in memory and lets nobody wait inside a loop;
 * here a write has left the process when it returns, or is told to be continued.
 *
 * stdout may be non-blocking (Node makes pipes so). A full pipe is waited for in short sleeps, because its reader empties
 * 64 KiB in microseconds; only when it stays full the event loop gets its turn, so that Ctrl-C is heard.
 */
import { writeSync } from 'node:fs';
import { errnoName, TailtrapError } from '../base/errors.ts';

/** Between tries at a full pipe. */
const NAP_MS = 0.05;
/** A reader that takes nothing for so long is not just slower than we are. */
const PATIENCE_NAPS = 200;

export class BulkOutput {
  /** Nobody reads any more, or nothing can be written any more. What is written from then on goes nowhere. */
  closed = false;
  readonly #fd: number;
  readonly #cell = new Int32Array(new SharedArrayBuffer(4));

  constructor(fd = 1) {
    this.#fd = fd;
  }

  /** Writes all of it, however long it takes. */
  write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length && !this.closed; ) done += this.tryWrite(bytes.subarray(done));
  }

  /** @returns bytes written; fewer than all when the reader is far behind: let the event loop run, then go on */
  tryWrite(bytes: Uint8Array): number {
    let done = 0;
    for (let naps = 0; done < bytes.length && naps < PATIENCE_NAPS && !this.closed; ) {
      try {
        done += writeSync(this.#fd, bytes, done);
        naps = 0;
      } catch (error) {
        this.#judge(error);
        Atomics.wait(this.#cell, 0, 0, NAP_MS);
        naps++;
      }
    }
    return this.closed ? bytes.length : done;
  }

  #judge(error: unknown): void {
    const name = errnoName(error);
    if (name === 'EAGAIN') return;
    this.closed = true;
    if (name !== 'EPIPE') {
      throw new TailtrapError('TT_STDOUT', `cannot write to stdout: ${String(error)}`, {
        next: 'free space where it goes, or write elsewhere',
        cause: error,
      });
    }
  }
}
