/**
 * One snapshot, from frozen ring buffers to closed files. Synchronous: it runs in the recorder's worker thread.
 *
 *     frozen:  read raw pages                                    (milliseconds)
 *     thawed:  scan | clock | /proc | translate CPU by CPU | outliers | metadata | rename | budget
 */
import { writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { TailtrapError } from '../../base/errors.ts';
import type { Outlier } from '../../base/outlier.ts';
import { sampleClockOffset } from './clock.ts';
import type { EventFormat, PageFormat } from './format.ts';
import { readLosses } from './instance.ts';
import { outlierFile } from './outlier-event.ts';
import { PageCursor } from './page.ts';
import { pageReader, RawPages } from './raw-pages.ts';
import { adoptThreads, WindowScanner } from './scan.ts';
import {
  type DiskBudget,
  enforceBudget,
  OUTLIER_FILE,
  snapshotName,
  TRACE_FOLDER,
  writeSnapshotFolder,
} from './snapshot-folder.ts';
import { learnTasks, readMachineState, type StateDumpLimits } from './state-dump.ts';
import { syscallPlans } from './syscall-formats.ts';
import type { SyscallPlans } from './syscalls.ts';
import { TaskTable } from './tasks.ts';
import { writeTrace } from './write-trace.ts';

/** What stays the same for all snapshots of a recorder. */
export interface JobSetup {
  readonly tracefs: string;
  readonly instancePath: string;
  readonly page: PageFormat;
  readonly formats: readonly EventFormat[];
  readonly bufferBytes: number;
  readonly pipes: readonly (readonly [cpu: number, file: number])[];
  readonly switchFile: number;
  readonly version: string;
}

/** One snapshot's wishes. */
export interface JobRequest {
  readonly outliers: readonly Outlier[];
  readonly outDir: string;
  readonly budget: DiskBudget;
  readonly stateDump: StateDumpLimits;
  readonly sequence: number;
  /** When recording was stopped, CLOCK_MONOTONIC. */
  readonly frozenAt_ns: bigint;
  /** Epoch minus CLOCK_MONOTONIC, when the agent has measured it; sampled otherwise. */
  readonly clockOffset_ns: bigint | null;
  /** Start recording again after reading; tests keep it frozen to compare. */
  readonly thaw: boolean;
}

export interface SnapshotResult {
  /** The snapshot's folder. The CTF trace is in `kernel/` there. */
  readonly path: string;
  readonly events: number;
  /** Events lost inside the window, as the trace shows them (`events_discarded`); at least, if the kernel did not count. */
  readonly lost: number;
  /** Older events that the ring had overwritten since the last snapshot: normal for a flight recorder. */
  readonly overwritten: number;
  /** Records or pages that could not be understood. */
  readonly malformed: number;
  /** Records that were older than the one before on their CPU; they got its time. */
  readonly reordered: number;
  /** Processes, threads or files missing from the state dump because of its limits. */
  readonly truncated: number;
  /** Recording stood still for this long. */
  readonly frozen_ns: number;
  /** From freezing to the renamed folder. */
  readonly total_ns: number;
  /** Parts of total_ns, for benchmarks. */
  readonly phases_ns: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly rawBytes: number;
  /** Events by LTTng name. */
  readonly counts: Readonly<Record<string, number>>;
  /** The window, nanoseconds since the epoch, decimal. */
  readonly begin_ns: string;
  readonly end_ns: string;
  /** Older snapshots removed to keep the budget. */
  readonly removed: readonly string[];
}

/** Set from outside to end a job early, see control.ts. */
export interface JobControl {
  aborted(): boolean;
  /** Around the use of the instance's files. */
  reading(on: boolean): void;
}

/** The worker's side of a recorder: keeps buffers and known losses between snapshots. */
export class SnapshotJobs {
  readonly #setup: JobSetup;
  readonly #pages: RawPages;
  readonly #losses = new Map<number, number>();
  readonly #files: ReadonlyMap<number, number>;
  readonly #syscalls: SyscallPlans | null;

  constructor(setup: JobSetup) {
    this.#setup = setup;
    this.#files = new Map(setup.pipes);
    this.#syscalls = syscallPlans(setup.tracefs, setup.formats);
    // Twice the buffer: pages of one CPU can be half full, and the reader page comes on top.
    this.#pages = new RawPages(setup.page.bytes, setup.bufferBytes * 2 + setup.page.bytes * setup.pipes.length * 2);
  }

  run(request: JobRequest, control: JobControl): SnapshotResult {
    try {
      const frozen_ns = this.#readPages(request, control);
      return this.#write(request, control, frozen_ns);
    } finally {
      this.#pages.reset();
    }
  }

  /** Reads everything, then lets the kernel record again. Returns how long it stood still. */
  #readPages(request: JobRequest, control: JobControl): number {
    control.reading(true);
    try {
      if (control.aborted()) throw aborted();
      const read = pageReader(this.#files);
      for (const cpu of this.#files.keys()) this.#pages.read(cpu, read, () => control.aborted());
    } finally {
      if (request.thaw && !control.aborted()) writeSync(this.#setup.switchFile, '1');
      control.reading(false);
    }
    return Number(process.hrtime.bigint() - request.frozenAt_ns);
  }

  #write(request: JobRequest, control: JobControl, frozen_ns: number): SnapshotResult {
    const phase = new Phases(request.frozenAt_ns, frozen_ns);
    const setup = this.#setup;
    const tasks = new TaskTable();
    const cursor = new PageCursor(setup.page, new Uint8Array(0));
    const stale = this.#pages.dropStale(cursor);
    // Twice over the pages: first which threads there are, so that /proc is asked for them first.
    const scanned = new WindowScanner(cursor, setup.formats, tasks).scan(this.#pages);
    const empty = { begin_ns: request.frozenAt_ns, end_ns: request.frozenAt_ns };
    const window = scanned.events === 0 ? { ...scanned, ...empty } : scanned;
    phase.end('scan');
    const clock = request.clockOffset_ns ?? sampleClockOffset().offset_ns;
    phase.end('clock');
    const state = readMachineState(window.seen, request.stateDump);
    learnTasks(state, tasks);
    adoptThreads(window, tasks);
    tasks.remember();
    phase.end('proc');
    const name = snapshotName(clock + request.frozenAt_ns, process.pid, request.sequence);
    const { path, result } = writeSnapshotFolder(request.outDir, name, (folder) => {
      const trace = writeTrace(join(folder, TRACE_FOLDER), {
        pages: this.#pages,
        cursor,
        formats: setup.formats,
        syscalls: this.#syscalls,
        tasks,
        window,
        state,
        outliers: request.outliers,
        clock_ns: clock,
        frozenAt_ns: request.frozenAt_ns,
        version: setup.version,
        newLosses: (cpu) => this.#newLosses(cpu),
        check: () => {
          if (control.aborted()) throw aborted();
        },
      });
      phase.end('translate');
      const summary = {
        ...trace,
        overwritten: trace.overwritten + stale,
        frozen_ns,
        truncated: state.truncated,
        rawBytes: this.#pages.bytes,
        begin_ns: String(clock + window.begin_ns),
        end_ns: String(clock + window.end_ns),
      };
      const text = outlierFile(summary, request.outliers, join(request.outDir, name));
      writeFileSync(join(folder, OUTLIER_FILE), text);
      return summary;
    });
    const removed = enforceBudget(request.outDir, request.budget);
    phase.end('finish');
    return { path, ...result, total_ns: phase.total_ns, phases_ns: phase.parts_ns, removed };
  }

  /** What the kernel counted as lost on a CPU since the last snapshot. */
  #newLosses(cpu: number): number {
    const now = readLosses(this.#setup.instancePath, cpu);
    const before = this.#losses.get(cpu) ?? 0;
    this.#losses.set(cpu, now);
    return Math.max(0, now - before);
  }
}

function aborted(): TailtrapError {
  return new TailtrapError('TT_RECORDER_CLOSED', 'the recorder was closed while a snapshot was taken');
}

/** Time since the last call, by name. */
class Phases {
  readonly parts_ns: Record<string, number> = {};
  readonly #start_ns: bigint;
  #last_ns: bigint;

  constructor(start_ns: bigint, frozen_ns: number) {
    this.#start_ns = start_ns;
    this.#last_ns = start_ns + BigInt(frozen_ns);
    this.parts_ns.frozen = frozen_ns;
  }

  get total_ns(): number {
    return Number(this.#last_ns - this.#start_ns);
  }

  end(name: string): void {
    const now = process.hrtime.bigint();
    this.parts_ns[name] = Number(now - this.#last_ns);
    this.#last_ns = now;
  }
}
