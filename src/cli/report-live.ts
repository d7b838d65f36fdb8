/** Reports on a live session and on this machine: the same engine, fed whenever there is something. */
import {
  ClockText,
  LiveWindows,
  PeriodWindows,
  REPORTS,
  type Report,
  ReportRun,
  type RunSink,
  type TextStyle,
  type WindowPolicy,
} from '../analyses/index.ts';
import { UsageError } from '../base/errors.ts';
import type { PushReader } from '../ctf/push.ts';
import type { Notice } from '../trace/event.ts';
import { durationOf, periodsOf, type ReportValues } from './report-options.ts';
import { type EventInput, sessionInput } from './session-input.ts';
import { interruptedBy } from './stop.ts';

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

export async function runLive(run: LiveRun): Promise<number> {
  const { values, signal } = run;
  if (values.begin !== undefined || values.end !== undefined || values.timerange !== undefined) {
    throw new UsageError('TT_USAGE', 'a live report has no --begin and --end', { next: 'end it with Ctrl-C' });
  }
  const windowsFrom = windowsOf(run.reports, values);
  const input = run.place === 'live' ? await thisMachine(run) : session(run);
  const feeder = new Feeder(input.reader, run, windowsFrom);
  let read = true;
  try {
    for (let more = true; more && read && !signal.aborted; ) {
      more = await input.advance();
      read = feeder.take();
    }
  } finally {
    feeder.finish();
    await input.close();
  }
  return read ? feeder.status() : 0;
}

async function thisMachine({ reports, log }: LiveRun): Promise<EventInput> {
  const { MachineInput } = await import('./state/machine.ts');
  const families = reports.map(({ name }) => REPORTS[name]!.family);
  const parts = families.includes('periods') ? [] : [...new Set(families.flatMap((family) => PARTS[family] ?? []))];
  return new MachineInput(parts, { log, onNotice: (notice) => log(lossOf(notice)), onReader: () => {} });
}

function session({ place, reports, values, log, signal }: LiveRun): EventInput {
  const onNotice = (notice: Notice): void => log(lossOf(notice));
  // Which events periods need is known when their names are.
  const events = periodsOf(values).length > 0 ? {} : { events: ReportRun.eventsOf(reports) };
  return sessionInput(place, { log, signal, onNotice, ...events });
}

function lossOf({ message }: Notice): string {
  return `warning: ${message}`;
}

class Feeder {
  readonly #reader: PushReader;
  readonly #run: LiveRun;
  readonly #windowsFrom: (begin: number) => WindowPolicy;
  #windows: WindowPolicy | null = null;
  #reading: ReportRun | null = null;
  #clock: ClockText | null = null;
  /** Until when everything is known. */
  #until: number = Number.NEGATIVE_INFINITY;

  constructor(reader: PushReader, run: LiveRun, windowsFrom: (begin: number) => WindowPolicy) {
    this.#reader = reader;
    this.#windowsFrom = windowsFrom;
    this.#run = run;
  }

  /** Takes what is certain. @returns false when nobody reads the results */
  take(): boolean {
    const reader = this.#reader;
    for (let event = reader.next(); event !== null; event = reader.next()) {
      this.#reading ??= this.#begin(event.time);
      if (event.time > this.#until) this.#until = event.time;
      this.#reading.feed(event);
    }
    const certain_ns = reader.begun ? reader.certain_ns : null;
    if (certain_ns !== null && reader.begin_ns !== null && certain_ns > reader.begin_ns) {
      const certain = Number(certain_ns - reader.origin_ns);
      this.#reading ??= this.#begin(certain);
      if (certain > this.#until) this.#until = certain;
      this.#reading.passed(certain);
    }
    return this.#run.flush();
  }

  finish(): void {
    this.#reading?.finish(this.#until);
    this.#run.flush();
    const { reports, log } = this.#run;
    for (const report of reports) for (const text of report.warnings?.() ?? []) log(`warning: ${text}`);
    if (this.#windows instanceof PeriodWindows) {
      for (const text of this.#windows.warnings(null)) log(`warning: ${text}`);
    }
  }

  /** Says why the results are not all there is. @returns exit status */
  status(): number {
    const { place, log, signal } = this.#run;
    const stopped = interruptedBy(signal);
    if (this.#reading === null) {
      log(`warning: ${stopped === null ? '' : 'stopped: '}there was no event, so there are no results`);
      return stopped ?? 1;
    }
    // Ctrl-C is how a report of this machine ends; a session has an end of its own.
    if (stopped === null || place === 'live') return 0;
    log(`warning: stopped: the results are those until ${this.#clock!.text(this.#until)}`);
    return stopped;
  }

  #begin(first: number): ReportRun {
    const { reports, values, sinkOf } = this.#run;
    const { origin_ns, begin_ns } = this.#reader;
    const begin = begin_ns === null ? first : Math.min(first, Number(begin_ns - origin_ns));
    this.#clock = new ClockText(origin_ns, { gmt: values.gmt, date: false });
    this.#windows = this.#windowsFrom(begin);
    return new ReportRun(reports, {
      windows: this.#windows,
      sink: sinkOf({ clock: this.#clock, open: true }, origin_ns),
      overall: { begin, end: () => this.#until, early: false },
    });
  }
}

/** @returns what makes the windows of a session, of when it begins */
function windowsOf(reports: readonly Report[], values: ReportValues): (begin: number) => WindowPolicy {
  const periods = periodsOf(values);
  if (periods.length > 0) {
    if (values.refresh === undefined) return () => new PeriodWindows(periods);
    throw new UsageError('TT_USAGE', '--refresh and --period exclude each other', { next: 'give one of them' });
  }
  const idle = reports.find((report) => report.overall === true);
  if (idle !== undefined)
    throw new UsageError('TT_USAGE', `${idle.name} needs periods`, { next: 'see docs/periods.md' });
  if (values.refresh === undefined) return (begin) => new LiveWindows(begin);
  const interval_ns = durationOf('--refresh', values.refresh, 's');
  if (interval_ns > 0) return (begin) => new LiveWindows(begin, interval_ns);
  throw new UsageError('TT_USAGE', `--refresh '${values.refresh}' is no time at all`, { next: 'write --refresh 1s' });
}
