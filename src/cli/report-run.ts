/** Runs reports over a folder: which piece of it is read, what is told beside the results. */
import {
  type Bounds,
  ClockText,
  firstEvent,
  lastEvent,
  matches,
  PeriodWindows,
  Refreshed,
  type Report,
  ReportRun,
  type RunSink,
  type TextStyle,
  type WholeBounds,
  WholeTrace,
  type WindowPolicy,
} from '../analyses/index.ts';
import { TailtrapError, UsageError } from '../base/errors.ts';
import type { CtfSource } from '../ctf/reader.ts';
import { DEFAULT_TEXT_OPTIONS } from '../ctf/text/options.ts';
import type { Notice } from '../trace/event.ts';
import { Progress } from './progress.ts';
import { durationOf, periodsOf, type ReportValues } from './report-options.ts';
import { interruptedBy } from './stop.ts';
import { boundsBy } from './time-bounds.ts';
import { noticeTeller, type OpenedTraces } from './trace-input.ts';

/** Where the events that reports need are rare, the reading pauses after so long, so that Ctrl-C is heard. */
const LONGEST_STRETCH_MS = 100;

/** What is read, in nanoseconds since the epoch; all that the user did not bound. */
export interface Piece extends Bounds {
  /** From where on events are counted: models see those before as well. */
  readonly countFrom_ns: bigint | null;
}

export function pieceOf(source: CtfSource, values: ReportValues): Piece {
  const range = source.timeRange();
  const { begin_ns, end_ns } = boundsBy(values, {
    gmt: values.gmt,
    bare: 'ns',
    firstTime: () => range?.begin_ns ?? 0n,
    lastTime: () => range?.end_ns ?? 0n,
  });
  if (end_ns !== undefined && range !== null && end_ns < range.begin_ns) {
    throw new UsageError('TT_USAGE', 'the --end lies before the beginning of the trace', {
      next: 'see the times with tailtrap cat',
    });
  }
  return { ...(end_ns === undefined ? {} : { end_ns }), countFrom_ns: begin_ns ?? null };
}

function earlier(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a;
}

/** What is read: before and after the time in which every stream of a trace has packets, a busy CPU may look idle. */
export function readable(source: CtfSource, values: ReportValues): CtfSource {
  if (values['no-intersection'] || source.timeRange() === null) return source;
  const common = source.common();
  if (common !== null) return common;
  throw new TailtrapError('TT_NO_INTERSECTION', 'there is no time in which all streams of the trace have events', {
    next: 'read all of it with --no-intersection',
  });
}

export interface RunOfFolder {
  readonly traces: OpenedTraces;
  readonly reports: readonly Report[];
  readonly values: ReportValues;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  /** Makes what takes the results, once the clock is known. */
  readonly sinkOf: (style: TextStyle) => RunSink;
  /** Everything that is there so far goes out. @returns false when nobody reads it any more */
  readonly flush: () => boolean;
  /** Takes lines of progress, for programs. */
  readonly tell?: (line: string) => void;
  /** A log is printed while it is read. */
  readonly streams: boolean;
}

/** @returns exit status */
export async function runOverFolder(run: RunOfFolder): Promise<number> {
  const { reports, values, signal } = run;
  const asked = pieceOf(run.traces.source, values);
  const source = readable(run.traces.source, values);
  const end_ns = source === run.traces.source ? asked.end_ns : earlier(asked.end_ns, source.timeRange()?.end_ns);
  const piece = { ...asked, ...(end_ns === undefined ? {} : { end_ns }) };
  const style = styleOf(source, values);
  const progress = values['no-progress'] ? noProgress() : Progress.of(source);
  let stopped = null as number | null;
  const found = wholeOf(source, piece, run);
  await breath();
  const early = interruptedBy(signal);
  if (early !== null) {
    run.log('warning: stopped before the first event: there are no results');
    return early;
  }
  // Until the trace's end whoever had a CPU when Ctrl-C came would have had it.
  const whole = { ...found, end: (): number => stopped ?? found.end() };
  const windows = windowsOf(source, piece, whole, run);
  const reading = new ReportRun(reports, {
    windows,
    overall: whole,
    sink: run.sinkOf(style),
    onProgress: (events, time) => {
      run.tell?.(`${shareOf(source, time)} ${events} events`);
      progress.at(events, time);
    },
  });
  let breathed_ms = performance.now();
  const events = source.events({
    pause: () => performance.now() - breathed_ms > LONGEST_STRETCH_MS,
    ...boundsOf(piece),
    ...eventsOf(source, windows, run),
    onNotice: tellerOf(run, progress),
  });
  // Where one line cannot say how much, none may.
  const isVague = shareOf(source, 0) === VAGUE;
  run.tell?.(isVague ? `${VAGUE} reading` : '0 reading');
  tellMissing(source, run);
  // Who asks for a piece knows what is read.
  if (piece.countFrom_ns === null && asked.end_ns === undefined && !values['skip-validation']) {
    tellLeftOut(run.traces.source, source, style.clock, run.log);
  }
  let damage: TailtrapError | null = null;
  try {
    await reading.drain(events, async () => {
      await breath();
      breathed_ms = performance.now();
      // Nothing that is needed came yet: then nothing is known of the time since the begin.
      if (signal.aborted) stopped = Number.isNaN(reading.last) ? whole.begin : reading.last;
      return stopped === null && run.flush();
    });
  } catch (error) {
    // What was read before damage is a result as well.
    if (!(error instanceof TailtrapError) || error.code !== 'TT_CTF_DAMAGED') throw error;
    damage = error;
  } finally {
    progress.clear();
    events.close();
  }
  run.tell?.(isVague ? `${VAGUE} done` : '1 done');
  reading.finish();
  for (const report of reports) for (const text of report.warnings?.() ?? []) run.log(`warning: ${text}`);
  if (windows instanceof PeriodWindows) {
    const names = source.eventTypes.map(({ name }) => name);
    for (const text of windows.warnings(names)) run.log(`warning: ${text}`);
  }
  const interrupted = interruptedBy(signal);
  if (stopped !== null && interrupted !== null) {
    run.log(`warning: stopped: the results are those until ${style.clock.text(stopped)}`);
    return interrupted;
  }
  if (damage !== null) run.log(damage.format());
  // A program that reads results takes them for none when the status says so.
  return damage === null || values.mi ? 0 : 1;
}

/** Signals come in between. */
function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A report of a trace without its events shows nothing: that it looked is worth a line. */
function tellMissing(source: CtfSource, { reports, log }: RunOfFolder): void {
  const names = source.eventTypes.map(({ name }) => name);
  for (const { name, events, needs = events.length === 0 ? [] : [events] } of reports) {
    const isThere = (pattern: string): boolean => names.some((one) => matches(pattern, one));
    for (const wanted of needs.filter((list) => !list.some(isThere))) {
      const some = wanted.slice(0, 3).join(', ');
      log(`warning: ${name}: the trace has none of the events ${some}${wanted.length > 3 ? ', ...' : ''}`);
    }
  }
}

/** Less of a trace's time than this is worth a word. */
const MUCH_OF_IT = 0.5;

/** Of a snapshot the streams of quiet CPUs reach far back, those of busy ones do not: most of it may be left out. */
function tellLeftOut(all: CtfSource, read: CtfSource, clock: ClockText, log: (line: string) => void): void {
  const [whole, piece] = [all.timeRange(), read.timeRange()];
  if (whole === null || piece === null) return;
  const share = Number(piece.end_ns - piece.begin_ns) / Number(whole.end_ns - whole.begin_ns);
  if (!(share < MUCH_OF_IT)) return;
  const [from, to] = [piece.begin_ns, piece.end_ns].map((time_ns) => clock.text(Number(time_ns - read.origin_ns)));
  log(
    `warning: only ${from} to ${to} is read (${(share * 100).toFixed(0)} %), the time that all streams have; --no-intersection reads all`,
  );
}

/** A reading that shows nothing. */
export function noProgress(): Progress {
  return new Progress(null, true, false);
}

/** In LAMI: nobody knows how much is done. */
const VAGUE = '*';

/** How much of the trace lies before a time, 0 to 1. */
function shareOf(source: CtfSource, time: number): string {
  const range = source.timeRange();
  if (range === null || range.end_ns === range.begin_ns) return VAGUE;
  const since = Number(source.origin_ns - range.begin_ns) + time;
  return Math.min(1, Math.max(0, since / Number(range.end_ns - range.begin_ns))).toFixed(3);
}

function boundsOf({ begin_ns, end_ns }: Bounds): Bounds {
  return { ...(begin_ns === undefined ? {} : { begin_ns }), ...(end_ns === undefined ? {} : { end_ns }) };
}

/** Windows of a refresh end with any event, so all are read then. */
function eventsOf(source: CtfSource, windows: WindowPolicy, { reports, values }: RunOfFolder): { events?: string[] } {
  if (values.refresh !== undefined) return {};
  const needed = ReportRun.eventsOf(reports);
  if (!(windows instanceof PeriodWindows)) return { events: needed };
  const names = new Set(source.eventTypes.map(({ name }) => name));
  return { events: [...needed, ...[...names].filter((name) => windows.wants(name))] };
}

/** The first and the last event of any kind that count. */
function wholeOf(source: CtfSource, piece: Piece, { streams }: RunOfFolder): WholeBounds {
  const later = piece.countFrom_ns !== null && piece.countFrom_ns > (piece.begin_ns ?? piece.countFrom_ns - 1n);
  const counted = later ? { ...boundsOf(piece), begin_ns: piece.countFrom_ns! } : boundsOf(piece);
  const begin = firstEvent(source, counted);
  if (begin === null) {
    throw new TailtrapError('TT_NO_EVENTS', 'there is no event in this piece of the trace', {
      next: 'see what there is with tailtrap cat',
    });
  }
  let end: number | null = null;
  return {
    begin,
    stop: piece.end_ns === undefined ? Number.POSITIVE_INFINITY : Number(piece.end_ns - source.origin_ns),
    end: () => {
      end ??= lastEvent(source, counted, begin);
      return end;
    },
    early: streams,
  };
}

function windowsOf(
  source: CtfSource,
  piece: Piece,
  whole: WholeBounds,
  { values, reports }: RunOfFolder,
): WindowPolicy {
  const from = piece.countFrom_ns === null ? Number.NEGATIVE_INFINITY : Number(piece.countFrom_ns - source.origin_ns);
  const periods = periodsOf(values);
  if (periods.length > 0) {
    if (values.refresh === undefined) return new PeriodWindows(periods, from, whole.stop);
    throw new UsageError('TT_USAGE', '--refresh and --period exclude each other', { next: 'give one of them' });
  }
  const idle = reports.find((report) => report.overall === true);
  if (idle !== undefined) {
    throw new UsageError('TT_USAGE', `${idle.name} needs periods`, {
      next: 'define one: --period \'run : $evt.$name == "sched_switch"\'; see docs/periods.md',
    });
  }
  if (values.refresh === undefined) return new WholeTrace(whole);
  const interval_ns = durationOf('--refresh', values.refresh, 's');
  if (interval_ns > 0) return new Refreshed(interval_ns, from, whole.stop);
  throw new UsageError('TT_USAGE', `--refresh '${values.refresh}' is no time at all`, { next: 'write --refresh 1s' });
}

function styleOf(source: CtfSource, { gmt }: ReportValues): TextStyle {
  const range = source.timeRange();
  const plain = new ClockText(source.origin_ns, { gmt, date: false });
  if (range === null) return { clock: plain };
  const day = (time_ns: bigint): string => plain.day(Number(time_ns - source.origin_ns));
  if (day(range.begin_ns) === day(range.end_ns)) return { clock: plain };
  return { clock: new ClockText(source.origin_ns, { gmt, date: true }) };
}

export function tellerOf(
  { traces, values, log }: Pick<RunOfFolder, 'traces' | 'values' | 'log'>,
  progress: Progress,
): (notice: Notice) => void {
  if (values['skip-validation']) return () => {};
  const tell = noticeTeller(traces, { ...DEFAULT_TEXT_OPTIONS.clock, gmt: values.gmt }, log);
  return (notice) => {
    progress.clear();
    tell(notice);
  };
}
