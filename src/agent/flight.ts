/** The agent's recorder: which one, when a snapshot is taken, and what becomes of the outliers that wait for it. */
import { messageOf, TailtrapError } from '../base/errors.ts';
import { makeFolders } from '../base/node.ts';
import type { Outlier } from '../base/outlier.ts';
import { LttngRecorder, Recorder, SnapshotPolicy, type SnapshotSource } from '../kernel/recorder/index.ts';
import type { RecorderConfig } from './config.ts';

export interface SnapshotReport {
  /** Folder, or null when it failed. */
  readonly path: string | null;
  /** Why it failed, else `''`. */
  readonly error: string;
  readonly outliers: readonly Outlier[];
  /** Numbers of the recorder that took it (events, lost, frozen_ns, total_ns ...). */
  readonly facts: Readonly<Record<string, unknown>>;
}

type Source = SnapshotSource<{ readonly path: string }>;

/** @throws TailtrapError when the recorder cannot be had */
async function open(config: RecorderConfig, log: (line: string) => void): Promise<Source> {
  if (config.kind === 'lttng') return LttngRecorder.start({ session: config.session });
  const { buffer_bytes: bufferBytes, events } = config;
  const recorder = Recorder.start(events.length > 0 ? { bufferBytes, events } : { bufferBytes });
  for (const { event, reason } of recorder.degraded) log(`recorder: without ${event}: ${reason}`);
  return recorder;
}

export class FlightRecorder {
  readonly #source: Source;
  readonly #config: RecorderConfig;
  readonly #onSnapshot: (report: SnapshotReport) => void;
  /** The one that the outliers were made with, so that each stands exactly at its time in the trace. */
  readonly #epochOffset_ns: () => bigint;
  readonly #policy: SnapshotPolicy;
  readonly #writing = new Set<Promise<void>>();
  failed = 0;

  private constructor(
    source: Source,
    config: RecorderConfig,
    onSnapshot: (report: SnapshotReport) => void,
    epochOffset_ns: () => bigint,
  ) {
    this.#source = source;
    this.#config = config;
    this.#onSnapshot = onSnapshot;
    this.#epochOffset_ns = epochOffset_ns;
    this.#policy = new SnapshotPolicy(
      { post_ns: config.after_ns, cooldown_ns: config.cooldown_ns },
      {
        now_ns: () => Number(process.hrtime.bigint()),
        timer: (delay_ns, callback) => {
          const timer = setTimeout(callback, delay_ns / 1e6);
          return () => clearTimeout(timer);
        },
        take: (outliers) => this.#take(outliers),
      },
    );
  }

  /** @throws TailtrapError when the recorder or its folder cannot be had */
  static async start(
    config: RecorderConfig,
    log: (line: string) => void,
    onSnapshot: (report: SnapshotReport) => void,
    epochOffset_ns: () => bigint,
  ): Promise<FlightRecorder> {
    try {
      makeFolders(config.directory);
    } catch (cause) {
      throw new TailtrapError('TT_SNAPSHOT_WRITE', `cannot make the folder for snapshots: ${messageOf(cause)}`, {
        where: config.directory,
        next: 'set recorder.directory to a folder that this user may write',
        cause,
      });
    }
    Recorder.cleanFolder(config.directory);
    return new FlightRecorder(await open(config, log), config, onSnapshot, epochOffset_ns);
  }

  get counters(): Readonly<Record<string, number>> {
    return { ...this.#policy.counters, failed: this.failed };
  }

  /** True: the outlier will be in a snapshot, and comes back with it through onSnapshot. */
  offer(outlier: Outlier): boolean {
    const decision = this.#policy.offer(outlier);
    return decision === 'started' || decision === 'joined';
  }

  /** Takes a snapshot now, whatever the cooldown says. */
  async now(): Promise<SnapshotReport> {
    return this.#snapshot([]);
  }

  /** Takes the snapshot that is waited for, lets the ones being written finish, and stops recording. */
  async close(): Promise<void> {
    this.#policy.flush();
    await Promise.allSettled(this.#writing);
    this.#source.close();
  }

  #take(outliers: Outlier[]): void {
    const done = this.#snapshot(outliers)
      .then(this.#onSnapshot)
      .finally(() => this.#writing.delete(done));
    this.#writing.add(done);
  }

  async #snapshot(outliers: Outlier[]): Promise<SnapshotReport> {
    const { directory: outDir, keep, budget_bytes } = this.#config;
    try {
      const budget = { maxSnapshots: keep, maxBytes: budget_bytes };
      const offset_ns = this.#epochOffset_ns();
      const clock = offset_ns === 0n ? {} : { clockOffset_ns: offset_ns };
      const result = await this.#source.snapshot({ outliers, outDir, budget, ...clock });
      return { path: result.path, error: '', outliers, facts: factsOf(result) };
    } catch (error) {
      this.failed++;
      return {
        path: null,
        error: error instanceof TailtrapError ? error.format() : messageOf(error),
        outliers,
        facts: {},
      };
    }
  }
}

/** The numbers of a result; the rest (path, lists) is told elsewhere. */
function factsOf(result: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(result).filter(([, value]) => typeof value === 'number'));
}
