/** Reports on a live session and on this machine: the same engine, fed whenever there is something. */
import {
  ClockText,
  PeriodWindows,
  REPORTS,
  Refreshed,
  type Report,
  ReportRun,
  type RunSink,
  type TextStyle,
  type WindowPolicy,
} from '../analyses/index.ts';
import { UsageError } from '../base/errors.ts';
import type { PushReader } from '../ctf/push.ts';
import type { CtfEvent } from '../ctf/reader.ts';
import { watchSession } from '../lttng/viewer/index.ts';
import type { Notice } from '../trace/event.ts';
import { durationOf, periodsOf, type ReportValues } from './report-options.ts';

/** Parts of the machine (state/machine.ts) that a family of reports looks at. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  cputop: ['sched'],
  sched: ['sched'],
  irq: ['interrupts'],
  io: ['syscalls', 'block', 'net'],
  memtop: ['memory'],
  syscallstats: ['syscalls'],
  periods: [],
};

export interface LiveRun {
  /** `net://...`, or `live`. */
  readonly place: string;
  readonly reports: readonly Report[];
  readonly values: ReportValues;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  readonly sinkOf: (style: TextStyle, origin_ns: bigint) => RunSink;
  /** Everything that is there so far goes out. @returns false when nobody reads it any more */
  readonly flush: () => boolean;
}

/** What brings events: a relay, or the recorder. */
interface Input {
  readonly reader: PushReader;
  /** @returns false when nothing more will come */
  advance(): Promise<boolean>;
  close(): Promise<void>;
}

export async function runLive(run: LiveRun): Promise<number> {
  const { values, signal } = run;
  if (values.begin !== undefined || values.end !== undefined || values.timerange !== undefined) {
    throw new UsageError('TT_USAGE', 'a live report has no --begin and --end', { next: 'end it with Ctrl-C' });
  }
  const windows = windowsOf(run.reports, values);
  const input = run.place === 'live' ? await thisMachine(run) : session(run);
  const feeder = new Feeder(input.reader, run, windows);
  try {
    for (let more = true; more && !signal.aborted; ) {
      more = await input.advance();
      if (!feeder.take()) break;
    }
  } finally {
    feeder.finish();
    await input.close();
  }
  return 0;
}

async function thisMachine({ reports, log }: LiveRun): Promise<Input> {
  const { MachineInput } = await import('./state/machine.ts');
  const families = reports.map(({ name }) => REPORTS[name]!.family);
  const parts = families.includes('periods') ? [] : [...new Set(families.flatMap((family) => PARTS[family] ?? []))];
  return new MachineInput(parts, { log, onNotice: (notice) => log(lossOf(notice)), onReader: () => {} });
}

function session({ place, reports, values, log, signal }: LiveRun): Input {
  const stop = new AbortController();
  const needed = ReportRun.eventsOf(reports);
  // Which events periods need is known when their names are.
  const events = periodsOf(values).length > 0 ? {} : { events: needed };
  const viewer = watchSession(place, {
    seek: 'beginning',
    log: (line) => log(`tailtrap: ${line}`),
    signal: AbortSignal.any([signal, stop.signal]),
    onNotice: (notice) => log(lossOf(notice)),
    ...events,
  });
  return {
    reader: viewer.reader,
    advance: () => viewer.advance(),
    close: async () => {
      stop.abort();
      await viewer.advance();
    },
  };
}

function lossOf({ message }: Notice): string {
  return `warning: ${message}`;
}

class Feeder {
  readonly #reader: PushReader;
  readonly #run: LiveRun;
  #reading: ReportRun | null = null;
  readonly #windows: WindowPolicy;
  #last: number = Number.NaN;

  constructor(reader: PushReader, run: LiveRun, windows: WindowPolicy) {
    this.#reader = reader;
    this.#windows = windows;
    this.#run = run;
  }

  /** Takes what is certain. @returns false when nobody reads the results */
  take(): boolean {
    for (let event = this.#reader.next(); event !== null; event = this.#reader.next()) {
      this.#reading ??= this.#begin(event);
      this.#last = event.time;
      this.#reading.feed(event);
    }
    return this.#run.flush();
  }

  finish(): void {
    this.#reading?.finish();
    this.#run.flush();
    const { reports, log } = this.#run;
    for (const report of reports) for (const text of report.warnings?.() ?? []) log(`warning: ${text}`);
    if (this.#windows instanceof PeriodWindows && this.#windows.dropped > 0) {
      log(`warning: ${this.#windows.dropped} periods did not begin: too many were open`);
    }
  }

  #begin({ time }: CtfEvent): ReportRun {
    const { reports, values, sinkOf } = this.#run;
    const { origin_ns } = this.#reader;
    const style = { clock: new ClockText(origin_ns, { gmt: values.gmt, date: false }), open: true };
    return new ReportRun(reports, {
      windows: this.#windows,
      sink: sinkOf(style, origin_ns),
      overall: { begin: time, end: () => this.#last, early: false },
    });
  }
}

function windowsOf(reports: readonly Report[], values: ReportValues): WindowPolicy {
  const periods = periodsOf(values);
  if (periods.length > 0) return new PeriodWindows(periods);
  const idle = reports.find((report) => report.overall === true);
  if (idle !== undefined)
    throw new UsageError('TT_USAGE', `${idle.name} needs periods`, { next: 'see docs/periods.md' });
  const interval_ns =
    values.refresh === undefined ? Number.POSITIVE_INFINITY : durationOf('--refresh', values.refresh, 's');
  if (interval_ns > 0) return new Refreshed(interval_ns);
  throw new UsageError('TT_USAGE', `--refresh '${values.refresh}' is no time at all`, { next: 'write --refresh 1s' });
}
