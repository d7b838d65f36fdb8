/**
 * The flight recorder: an ftrace instance that overwrites, and a thread that turns what it holds into a snapshot.
 *
 *     const recorder = Recorder.start({ bufferBytes: 8 * 2 ** 20 });
 *     const { path } = await recorder.snapshot({ outliers: [outlier], outDir: '/var/lib/tailtrap' });
 *     recorder.close();
 */
import { Worker } from 'node:worker_threads';
import { errnoName, messageOf, TailtrapError } from '../../base/errors.ts';
import type { Outlier } from '../../base/outlier.ts';
import { abortAndWait, makeControl } from './control.ts';
import { DEFAULT_EVENT_SET } from './event-set.ts';
import { type Degraded, TraceInstance } from './instance.ts';
import type { JobRequest, JobSetup, SnapshotResult } from './job.ts';
import { DEFAULT_BUDGET, type DiskBudget, removeTemporaries } from './snapshot-folder.ts';
import { STATE_DUMP_LIMITS, type StateDumpLimits } from './state-dump.ts';
import type { WorkerAnswer, WorkerQuestion, WorkerStart } from './worker.ts';

/** All CPUs together: some seconds of a busy small server. */
export const DEFAULT_BUFFER_BYTES: number = 8 * 1024 * 1024;
/** Larger sub-buffers are read with fewer system calls; 16 KiB are easy to find in fragmented memory. */
const DEFAULT_SUBBUFFER_KIB = 16;
/** Snapshots that may wait for one being written; more are refused. */
const MAX_PENDING = 4;
/** V8's young generation in the worker; it allocates little per event. */
const WORKER_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };

export interface RecorderOptions {
  /** Ring buffers of all CPUs together. */
  readonly bufferBytes?: number;
  /** Groups (`sched`, `irq` ...) and events (`system/event`, `system/*`). */
  readonly events?: readonly string[];
  readonly subBufferKiB?: number;
  /** Shown in the trace's environment. */
  readonly version?: string;
}

export interface SnapshotOptions {
  readonly outliers: readonly Outlier[];
  /** Folder of snapshots; made when absent. */
  readonly outDir: string;
  readonly budget?: DiskBudget;
  readonly stateDump?: StateDumpLimits;
  /** Epoch minus CLOCK_MONOTONIC as the outliers' times were made with; sampled when absent. */
  readonly clockOffset_ns?: bigint;
  /** Stay frozen afterwards (default false). */
  readonly stayFrozen?: boolean;
}

/** What both recorders can do. */
export interface SnapshotSource<T extends { readonly path: string }> {
  snapshot(options: SnapshotOptions): Promise<T>;
  close(): void;
}

interface Pending {
  readonly resolve: (result: SnapshotResult) => void;
  readonly reject: (error: Error) => void;
}

export class Recorder implements SnapshotSource<SnapshotResult> {
  /** Events of the set that this kernel would not give. */
  readonly degraded: readonly Degraded[];
  readonly bufferBytes: number;
  /** Number of events that are recorded. */
  readonly eventCount: number;
  readonly instancePath: string;

  readonly #instance: TraceInstance;
  readonly #control: SharedArrayBuffer;
  readonly #setup: JobSetup;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | null = null;
  #sequence = 0;
  /** Snapshots asked for and not settled, and the last of them. */
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();
  #frozenAt_ns: bigint | null = null;
  #closed = false;

  private constructor(instance: TraceInstance, version: string) {
    this.#instance = instance;
    this.#control = makeControl();
    this.degraded = instance.degraded;
    this.bufferBytes = instance.bufferBytes;
    this.eventCount = instance.formats.length;
    this.instancePath = instance.path;
    this.#setup = {
      tracefs: instance.tracefs,
      instancePath: instance.path,
      page: instance.page,
      formats: instance.formats,
      bufferBytes: instance.bufferBytes,
      pipes: [...instance.pipes],
      switchFile: instance.switchFile,
      version,
    };
    this.#worker = this.#startWorker();
  }

  /**
   * Starts recording.
   *
   * @throws TailtrapError when tracefs is not accessible, the buffer is too large, or no event could be enabled
   */
  static start(options: RecorderOptions = {}): Recorder {
    const instance = TraceInstance.create({
      bufferBytes: options.bufferBytes ?? DEFAULT_BUFFER_BYTES,
      events: options.events ?? DEFAULT_EVENT_SET,
      subBufferKiB: options.subBufferKiB ?? DEFAULT_SUBBUFFER_KIB,
    });
    try {
      return new Recorder(instance, options.version ?? '');
    } catch (error) {
      instance.close();
      throw error;
    }
  }

  /** Stops recording until `thaw` or the next snapshot has been read; costs microseconds. */
  freeze(): void {
    this.#assertOpen();
    if (this.#frozenAt_ns !== null) return;
    this.#instance.freeze();
    this.#frozenAt_ns = process.hrtime.bigint();
  }

  thaw(): void {
    this.#assertOpen();
    if (this.#frozenAt_ns === null) return;
    this.#frozenAt_ns = null;
    this.#instance.thaw();
  }

  /**
   * Takes what the ring holds into a folder of `outDir`. Recording goes on after some milliseconds; what was taken is not
   * in the next snapshot.
   *
   * @throws TailtrapError when it cannot be written (disk full ...), or the recorder is closed or has too many waiting
   */
  async snapshot(options: SnapshotOptions): Promise<SnapshotResult> {
    this.#assertOpen();
    if (this.#waiting >= MAX_PENDING) {
      throw new TailtrapError('TT_RECORDER_BUSY', `${MAX_PENDING} snapshots are already waiting`, {
        next: 'raise the cooldown between snapshots, or write them to a faster disk',
      });
    }
    const before = this.#last;
    const mine = this.#whenFree(before, options);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Recording goes on while the one before is written: freezing now would make a hole. */
  async #whenFree(before: Promise<unknown>, options: SnapshotOptions): Promise<SnapshotResult> {
    if (this.#waiting === 0) return this.#take(options);
    this.#waiting++;
    try {
      await before;
    } finally {
      this.#waiting--;
    }
    this.#assertOpen();
    return this.#take(options);
  }

  async #take(options: SnapshotOptions): Promise<SnapshotResult> {
    this.freeze();
    const id = ++this.#sequence;
    const request: JobRequest = {
      outliers: options.outliers,
      outDir: options.outDir,
      budget: options.budget ?? DEFAULT_BUDGET,
      stateDump: options.stateDump ?? STATE_DUMP_LIMITS,
      sequence: id,
      frozenAt_ns: this.#frozenAt_ns!,
      clockOffset_ns: options.clockOffset_ns ?? null,
      thaw: options.stayFrozen !== true,
    };
    // From here on the worker thaws.
    if (request.thaw) this.#frozenAt_ns = null;
    this.#worker ??= this.#startWorker();
    const worker = this.#worker;
    const question: WorkerQuestion = { id, request };
    this.#waiting++;
    try {
      return await new Promise<SnapshotResult>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject });
        worker.ref();
        worker.postMessage(question);
      });
    } finally {
      this.#waiting--;
    }
  }

  /** Removes half-written snapshots that killed processes left in a folder. */
  static cleanFolder(outDir: string): void {
    removeTemporaries(outDir, (pid) => {
      try {
        process.kill(pid, 0);
        return true;
      } catch (error) {
        return errnoName(error) === 'EPERM';
      }
    });
  }

  /** Ends recording and removes the instance. Synchronous and idempotent: a signal handler may call it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    abortAndWait(this.#control);
    this.#instance.close();
    void this.#worker?.terminate();
    this.#worker = null;
    this.#rejectAll(new TailtrapError('TT_RECORDER_CLOSED', 'the recorder was closed while a snapshot was taken'));
  }

  #startWorker(): Worker {
    const start: WorkerStart = { setup: this.#setup, control: this.#control };
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: start,
      resourceLimits: WORKER_LIMITS,
      trackUnmanagedFds: false,
    });
    worker.unref(); // an idle recorder does not keep the process alive
    worker.on('message', (answer: WorkerAnswer) => this.#onAnswer(answer));
    worker.on('error', (error) => this.#onWorkerError(worker, error));
    return worker;
  }

  #onAnswer(answer: WorkerAnswer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (this.#pending.size === 0) this.#worker?.unref();
    if (pending === undefined) return;
    if ('result' in answer) pending.resolve(answer.result);
    else {
      const { code, message, where, next } = answer.error;
      pending.reject(new TailtrapError(code, message, { where, next }));
    }
  }

  /** A worker that died (out of memory) costs the snapshot; the next one gets a new worker. */
  #onWorkerError(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    if (!this.#closed) this.#instance.thaw();
    this.#rejectAll(
      new TailtrapError('TT_SNAPSHOT_FAILED', `the recorder's thread failed: ${messageOf(error)}`, {
        next: 'give the recorder a smaller buffer, or the machine more memory',
        cause: error,
      }),
    );
  }

  #rejectAll(error: Error): void {
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of waiting) reject(error);
  }

  #assertOpen(): void {
    if (this.#closed) throw new TailtrapError('TT_RECORDER_CLOSED', 'the recorder is closed');
  }
}
