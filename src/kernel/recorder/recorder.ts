/**
 * The flight recorder: an ftrace instance that overwrites, and a thread that turns what it holds into a snapshot.
 *
 *     const recorder = Recorder.start({ bufferBytes: 8 * 2 ** 20 });
 *     const { path } = await recorder.snapshot({ outliers: [outlier], outDir: '/var/lib/tailtrap' });
 *     recorder.close();
 */
import { errnoName, TailtrapError } from '../../base/errors.ts';
import type { Outlier } from '../../base/outlier.ts';
import { abortAndWait, makeControl } from './control.ts';
import { DEFAULT_EVENT_SET } from './event-set.ts';
import { type Degraded, TraceInstance } from './instance.ts';
import type { JobRequest, JobSetup, SnapshotResult } from './job.ts';
import { DEFAULT_BUDGET, type DiskBudget, removeTemporaries } from './snapshot-folder.ts';
import { STATE_DUMP_LIMITS, type StateDumpLimits } from './state-dump.ts';
import { SnapshotThread } from './thread.ts';

/** All CPUs together: some seconds of a busy small server. */
export const DEFAULT_BUFFER_BYTES: number = 8 * 1024 * 1024;
/** Larger sub-buffers are read with fewer system calls; 16 KiB are easy to find in fragmented memory. */
const DEFAULT_SUBBUFFER_KIB = 16;
/** Snapshots that may wait for one being written; more are refused. */
const MAX_PENDING = 4;
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

export class Recorder implements SnapshotSource<SnapshotResult> {
  /** Events of the set that this kernel would not give. */
  readonly degraded: readonly Degraded[];
  readonly bufferBytes: number;
  /** Number of events that are recorded. */
  readonly eventCount: number;
  readonly instancePath: string;

  readonly #instance: TraceInstance;
  readonly #control: SharedArrayBuffer;
  readonly #thread: SnapshotThread;
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
    const setup: JobSetup = {
      tracefs: instance.tracefs,
      instancePath: instance.path,
      page: instance.page,
      formats: instance.formats,
      bufferBytes: instance.bufferBytes,
      pipes: [...instance.pipes],
      switchFile: instance.switchFile,
      version,
    };
    this.#thread = new SnapshotThread(setup, this.#control);
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
    this.#waiting++;
    try {
      // Not frozen before somebody is there to read: a thread takes some 50 ms to start.
      await this.#thread.ready();
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
      // From here on the thread thaws.
      if (request.thaw) this.#frozenAt_ns = null;
      return await this.#thread.run(id, request);
    } catch (error) {
      // Whatever went wrong, recording goes on; thawing twice does no harm.
      if (!this.#closed && options.stayFrozen !== true) this.#instance.thaw();
      throw error;
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
    this.#thread.close(new TailtrapError('TT_RECORDER_CLOSED', 'the recorder was closed while a snapshot was taken'));
  }

  #assertOpen(): void {
    if (this.#closed) throw new TailtrapError('TT_RECORDER_CLOSED', 'the recorder is closed');
  }
}
