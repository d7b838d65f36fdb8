/** Shared between a recorder and its worker thread, so that closing needs no message and no event loop. */
import type { JobControl } from './job.ts';

const ABORT = 0;
const READING = 1;
const BUSY = 2;
const WORDS = 3;
/** How long close waits for the worker to leave the instance's files. */
const READING_TIMEOUT_MS = 1000;
/** And to give up writing, so that no half snapshot stays. */
const BUSY_TIMEOUT_MS = 1000;

export function makeControl(): SharedArrayBuffer {
  return new SharedArrayBuffer(WORDS * 4);
}

/** The worker's side. */
export class WorkerControl implements JobControl {
  readonly #words: Int32Array;

  constructor(shared: SharedArrayBuffer) {
    this.#words = new Int32Array(shared);
  }

  aborted(): boolean {
    return Atomics.load(this.#words, ABORT) === 1;
  }

  reading(on: boolean): void {
    this.#set(READING, on);
  }

  busy(on: boolean): void {
    this.#set(BUSY, on);
  }

  #set(word: number, on: boolean): void {
    Atomics.store(this.#words, word, on ? 1 : 0);
    if (!on) Atomics.notify(this.#words, word);
  }
}

/**
 * The recorder's side: tells the worker to stop and waits until it does. The worker says READING before it looks at
 * ABORT, so either it sees ABORT or we see READING.
 */
export function abortAndWait(shared: SharedArrayBuffer): void {
  const words = new Int32Array(shared);
  Atomics.store(words, ABORT, 1);
  if (Atomics.load(words, READING) === 1) Atomics.wait(words, READING, 1, READING_TIMEOUT_MS);
  if (Atomics.load(words, BUSY) === 1) Atomics.wait(words, BUSY, 1, BUSY_TIMEOUT_MS);
}
