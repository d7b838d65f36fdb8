/**
 * One snapshot, from frozen ring buffers to closed files. Synchronous: it runs in the recorder's worker thread.
 *
 *     frozen:  read raw pages                                    (milliseconds)
 *     thawed:  scan | clock | /proc | translate CPU by CPU | outliers | metadata | rename | budget
 */
import { randomFillSync } from 'node:crypto';
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { hostname, release, version } from 'node:os';
import { join } from 'node:path';
import { TailtrapError } from '../../base/errors.ts';
import type { Outlier } from '../../base/outlier.ts';
import { eventWriter } from '../../ctf/event-writer.ts';
import { CtfFolder } from '../../ctf/node.ts';
import { CtfWriter, formatUuid } from '../../ctf/writer.ts';
import { sampleClockOffset } from './clock.ts';
import { type EventFormat, type PageFormat, parseFormat } from './format.ts';
import { readLosses } from './instance.ts';
import { OUTLIER_EVENT, OUTLIER_FIELDS, OUTLIER_STREAM, outlierValues } from './outlier-event.ts';
import { MISSED_UNKNOWN, PageCursor } from './page.ts';
import { pageReader, RawPages } from './raw-pages.ts';
import { adoptThreads, scanWindow, type Window } from './scan.ts';
import {
  type DiskBudget,
  enforceBudget,
  OUTLIER_FILE,
  snapshotName,
  TRACE_FOLDER,
  writeSnapshotFolder,
} from './snapshot-folder.ts';
import { learnTasks, type MachineState, readMachineState, StateDumper, type StateDumpLimits } from './state-dump.ts';
import { syscallNames } from './syscall-names.ts';
import { SyscallPlans } from './syscalls.ts';
import { TaskTable } from './tasks.ts';
import { KERNEL_CONTEXT, Translator } from './translate.ts';

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
  /** Events lost inside the window, as the trace shows them (`events_discarded`); -1 more than none, number unknown. */
  readonly lost: number;
  /** Older events that the ring had overwritten since the last snapshot: normal for a flight recorder. */
  readonly overwritten: number;
  /** Records or pages that could not be understood. */
  readonly malformed: number;
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

const CHANNEL = 'channel0';
/** What LTTng's tools and Trace Compass take for the names of a 2.13 tracer; see environment(). */
const COMPATIBLE_TRACER: readonly (readonly [string, string | number])[] = [
  ['tracer_name', 'lttng-modules'],
  ['tracer_major', 2],
  ['tracer_minor', 13],
  ['tracer_patchlevel', 0],
];

/** The worker's side of a recorder: keeps buffers and known losses between snapshots. */
export class SnapshotJobs {
  readonly #setup: JobSetup;
  readonly #pages: RawPages;
  readonly #losses = new Map<number, number>();
  readonly #files: ReadonlyMap<number, number>;
  readonly #syscallFormats = new Map<string, EventFormat | undefined>();

  constructor(setup: JobSetup) {
    this.#setup = setup;
    this.#files = new Map(setup.pipes);
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
    // Twice over the pages: first which threads there are, so that /proc is asked for them first.
    const scanned = scanWindow(this.#pages, cursor, setup.formats, tasks);
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
      const trace = this.#writeTrace({ request, control, cursor, tasks, window, state, clock, folder });
      phase.end('translate');
      const summary = {
        ...trace,
        frozen_ns,
        truncated: state.truncated,
        malformed: trace.malformed,
        rawBytes: this.#pages.bytes,
        begin_ns: String(clock + window.begin_ns),
        end_ns: String(clock + window.end_ns),
      };
      const outliers = request.outliers.map((outlier) => ({ ...outlier, snapshot: join(request.outDir, name) }));
      writeFileSync(join(folder, OUTLIER_FILE), `${JSON.stringify({ snapshot: summary, outliers }, null, 2)}\n`);
      return summary;
    });
    const removed = enforceBudget(request.outDir, request.budget);
    phase.end('finish');
    return { path, ...result, total_ns: phase.total_ns, phases_ns: phase.parts_ns, removed };
  }

  #writeTrace(parts: {
    request: JobRequest;
    control: JobControl;
    cursor: PageCursor;
    tasks: TaskTable;
    window: Window;
    state: MachineState;
    clock: bigint;
    folder: string;
  }): Pick<SnapshotResult, 'events' | 'lost' | 'overwritten' | 'malformed' | 'bytes' | 'counts'> {
    const { request, control, cursor, tasks, window, clock } = parts;
    const folder = new CtfFolder(join(parts.folder, TRACE_FOLDER));
    try {
      const writer = new CtfWriter({
        uuid: randomFillSync(new Uint8Array(16)),
        clock: { name: 'monotonic', description: 'Monotonic Clock', uuid: bootId(), offset_ns: clock },
        environment: environment(this.#setup.version, clock + request.frozenAt_ns),
        sink: folder.sink,
      });
      const kernel = writer.addStreamClass({ header: 'large', context: KERNEL_CONTEXT });
      const translator = this.#translator(writer, kernel, cursor, tasks);
      let overwritten = 0;
      let lost = 0;
      cursor.malformed = 0;
      let first = true;
      for (const cpu of this.#pages.cpus) {
        const stream = writer.addStream(kernel, { name: `${CHANNEL}_${cpu}`, cpu });
        if (first) {
          const age_ns = Number(process.hrtime.bigint() - window.begin_ns);
          new StateDumper(writer, kernel, stream, window.begin_ns).dump(parts.state, age_ns);
          first = false;
        }
        translator.startCpu(cpu);
        for (let page = 0; page < this.#pages.count(cpu); page++) {
          if (control.aborted()) throw aborted();
          if (!this.#pages.open(cursor, cpu, page)) continue;
          // Before the first page it is what the ring overwrote; later it is a hole in the window.
          if (page === 0) overwritten += Math.max(0, cursor.missed);
          else if (cursor.missed !== 0) {
            const count = cursor.missed === MISSED_UNKNOWN ? 1 : cursor.missed;
            lost += count;
            stream.discard(count, cursor.timeHigh, cursor.timeLow);
          }
          while (cursor.next()) translator.record(stream);
        }
        const dropped = this.#newLosses(cpu);
        lost += dropped;
        stream.discard(dropped, Number(window.end_ns >> 32n), Number(window.end_ns & 0xffffffffn));
        stream.flush();
      }
      const outlierClass = writer.addStreamClass({ header: 'compact', context: [] });
      const outlierStream = writer.addStream(outlierClass, { name: OUTLIER_STREAM, cpu: 0 });
      const write = eventWriter(writer.addEventClass(outlierClass, OUTLIER_EVENT, OUTLIER_FIELDS));
      const inOrder = request.outliers
        .map((o) => ({ at: BigInt(o.end_ns) - clock, o }))
        .sort((a, b) => (a.at < b.at ? -1 : 1));
      for (const { at, o } of inOrder) write(outlierStream, at > 0n ? at : 0n, outlierValues(o));
      folder.finish(writer);
      const counts: Record<string, number> = {};
      for (const event of writer.eventClasses) counts[event.name] = (counts[event.name] ?? 0) + event.count;
      const events = writer.streams.reduce((sum, stream) => sum + stream.events, 0);
      const malformed = cursor.malformed + translator.malformed + translator.unknown;
      return { events, lost, overwritten, malformed, bytes: folder.bytes, counts };
    } finally {
      folder.close();
    }
  }

  #translator(
    writer: CtfWriter,
    kernel: ReturnType<CtfWriter['addStreamClass']>,
    cursor: PageCursor,
    tasks: TaskTable,
  ): Translator {
    const { formats } = this.#setup;
    const enter = formats.find((f) => f.system === 'raw_syscalls' && f.name === 'sys_enter');
    const exit = formats.find((f) => f.system === 'raw_syscalls' && f.name === 'sys_exit');
    const names = syscallNames(process.arch);
    const some = enter ?? exit;
    const syscalls =
      some === undefined
        ? null
        : new SyscallPlans(names, enter ?? some, exit ?? some, (name) => this.#syscallFormat(name));
    return new Translator({ cursor, writer, streamClass: kernel, tasks, syscalls, formats });
  }

  /** Format files of system calls are read when the call is first seen, and kept. */
  #syscallFormat(name: string): EventFormat | undefined {
    if (this.#syscallFormats.has(name)) return this.#syscallFormats.get(name);
    let format: EventFormat | undefined;
    try {
      const text = readFileSync(join(this.#setup.tracefs, 'events/syscalls', `sys_enter_${name}`, 'format'), 'utf8');
      format = parseFormat('syscalls', text);
    } catch {
      format = undefined; // CONFIG_FTRACE_SYSCALLS is off, or a call without metadata
    }
    this.#syscallFormats.set(name, format);
    return format;
  }

  /** What the kernel counted as lost on a CPU since the last snapshot. */
  #newLosses(cpu: number): number {
    const now = readLosses(this.#setup.instancePath, cpu);
    const before = this.#losses.get(cpu) ?? 0;
    this.#losses.set(cpu, now);
    return Math.max(0, now - before);
  }
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

function aborted(): TailtrapError {
  return new TailtrapError('TT_RECORDER_CLOSED', 'the recorder was closed while a snapshot was taken');
}

/** One id for each boot: traces of one boot share a clock. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return formatUuid(randomFillSync(new Uint8Array(16)));
  }
}

/**
 * Trace Compass chooses its event names by `tracer_name` and version (without `lttng-modules` it looks for the names of
 * 2011), and lttng-analyses reads `tracer_major`: so the trace says what it is compatible with there, and who really
 * wrote it in `recorder`.
 */
function environment(tailtrapVersion: string, now_ns: bigint): (readonly [string, string | number])[] {
  return [
    ['hostname', hostname()],
    ['domain', 'kernel'],
    ['sysname', 'Linux'],
    ['kernel_release', release()],
    ['kernel_version', version()],
    ...COMPATIBLE_TRACER,
    ['recorder', 'tailtrap (ftrace)'],
    ['recorder_version', tailtrapVersion],
    ['trace_name', 'tailtrap'],
    ['trace_creation_datetime', new Date(Number(now_ns / 1_000_000n)).toISOString()],
  ];
}
