/** The recorder's worker thread as the agent's thread sees it: one question, one promise. */
import { Worker } from 'node:worker_threads';
import { messageOf, TailtrapError } from '../../base/errors.ts';
import type { JobRequest, JobSetup, SnapshotResult } from './job.ts';
import type { WorkerAnswer, WorkerQuestion, WorkerStart } from './worker.ts';

/** V8's heaps in the worker: it allocates little per event; pages and packets are outside these heaps. */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };

interface Pending {
  readonly resolve: (result: SnapshotResult) => void;
  readonly reject: (error: Error) => void;
}

export class SnapshotThread {
  readonly #setup: JobSetup;
  readonly #control: SharedArrayBuffer;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | null = null;
  #ready: Promise<void> = Promise.resolve();

  constructor(setup: JobSetup, control: SharedArrayBuffer) {
    this.#setup = setup;
    this.#control = control;
    this.#start();
  }

  /** Resolves when the thread can take a snapshot at once; starts a new one after a crash. */
  ready(): Promise<void> {
    if (this.#worker === null) this.#start();
    this.#worker?.ref();
    return this.#ready;
  }

  run(id: number, request: JobRequest): Promise<SnapshotResult> {
    const worker = this.#worker;
    if (worker === null) return Promise.reject(failed('it has just ended', undefined));
    return new Promise((resolve, reject) => {
      const question: WorkerQuestion = { id, request };
      worker.postMessage(question); // throws when an outlier holds what cannot be copied
      this.#pending.set(id, { resolve, reject });
      worker.ref();
    });
  }

  /** Ends the thread; what is waiting fails with `error`. */
  close(error: Error): void {
    const worker = this.#worker;
    this.#worker = null;
    void worker?.terminate();
    this.#rejectAll(error);
  }

  #start(): void {
    const workerData: WorkerStart = { setup: this.#setup, control: this.#control };
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData,
      resourceLimits: LIMITS,
      trackUnmanagedFds: false, // the instance's files are the recorder's
    });
    this.#worker = worker;
    this.#ready = new Promise((resolve) => {
      worker.on('message', (answer: WorkerAnswer) => {
        if (answer.id === 0) resolve();
        this.#onAnswer(answer);
      });
      worker.on('error', (error) => {
        this.#onError(worker, error);
        resolve(); // run() then says what happened
      });
      worker.on('exit', () => resolve());
    });
    worker.unref(); // an idle recorder does not keep the process alive
  }

  #onAnswer(answer: WorkerAnswer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (this.#pending.size === 0) this.#worker?.unref();
    if (pending === undefined) return;
    if ('result' in answer) pending.resolve(answer.result);
    else if ('error' in answer) {
      const { code, message, where, next } = answer.error;
      pending.reject(new TailtrapError(code, message, { where, next }));
    }
  }

  /** A thread that died (out of memory) costs its snapshot; the next one gets a new thread. */
  #onError(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#rejectAll(failed(messageOf(error), error));
  }

  #rejectAll(error: Error): void {
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of waiting) reject(error);
  }
}

function failed(why: string, cause: unknown): TailtrapError {
  return new TailtrapError('TT_SNAPSHOT_FAILED', `the recorder's thread failed: ${why}`, {
    next: 'give the recorder a smaller buffer, or the machine more memory',
    cause,
  });
}
