/** `tailtrap report track-process`: the events of some threads as text. */
import { Tracking } from '../analyses/index.ts';
import { UsageError } from '../base/errors.ts';
import { EventLines } from '../ctf/text/lines.ts';
import { chooseFields, chooseNames, type TextOptions } from '../ctf/text/options.ts';
import { JSON_STYLE, textStyle } from '../ctf/text/style.ts';
import { isLiveUrl } from '../lttng/viewer/url.ts';
import { BulkOutput } from './bulk.ts';
import { Progress } from './progress.ts';
import { REPORT_OPTIONS, type ReportValues, tidsOf } from './report-options.ts';
import { noProgress, pieceOf, readable, tellerOf } from './report-run.ts';
import { interruptedBy } from './stop.ts';
import { openTraces } from './trace-input.ts';

/** Between looks at the signal. */
const EVENTS_PER_BREATH = 16_384;
const LINES_PER_WRITE = 512;

/** The options of `report` that it takes. */
const TAKES = new Set(
  ['tid', 'procname', 'follow-child', 'begin', 'end', 'timerange', 'gmt', 'no-intersection', 'skip-validation'].concat([
    'no-progress',
    'progress-use-size',
    'debug',
    'version',
    'no-color',
    'json',
    'help',
  ]),
);

export interface TrackRequest {
  readonly path: string | undefined;
  readonly values: ReportValues;
  readonly json: boolean;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export async function trackProcess({ path, values, json, log, signal }: TrackRequest): Promise<number> {
  refuseForeign(values);
  if (path === undefined) throw new UsageError('TT_USAGE', 'TRACE is missing', { next: 'see tailtrap report --help' });
  if (path === 'live' || isLiveUrl(path)) {
    throw new UsageError('TT_USAGE', 'track-process reads folders only', {
      next: `tailtrap cat ${path} has all events`,
    });
  }
  const traces = openTraces([path]);
  const piece = pieceOf(traces.source, values);
  const source = readable(traces.source, values);
  const tracking = new Tracking({
    tids: tidsOf(values),
    procnames: values.procname,
    children: values['follow-child'],
  });
  const text: TextOptions = {
    clock: { cycles: false, seconds: false, date: false, gmt: values.gmt },
    delta: false,
    fields: chooseFields([]),
    names: chooseNames([]),
  };
  const from = piece.countFrom_ns === null ? Number.NEGATIVE_INFINITY : Number(piece.countFrom_ns - source.origin_ns);
  const stdout = new BulkOutput();
  let waiting: Buffer[] = [];
  const write = (): void => {
    stdout.write(Buffer.concat(waiting));
    waiting = [];
  };
  // Each line is ended at once, so that its thread can stand before it.
  const lines = new EventLines(source, json ? JSON_STYLE : textStyle(text, traces.nameOf), (bytes) => {
    if (!json) waiting.push(Buffer.from(`[${(tracking.tid < 0 ? '?' : String(tracking.tid)).padStart(6)}] `));
    waiting.push(Buffer.from(bytes));
  });
  const progress = values['no-progress'] ? noProgress() : Progress.of(source);
  const { countFrom_ns: _from, ...bounds } = piece;
  const events = source.events({ ...bounds, onNotice: tellerOf({ traces, values, log }, progress) });
  let count = 0;
  let given = 0;
  let stopped: number | null = null;
  try {
    for (let event = events.next(); event !== null && !stdout.closed; event = events.next()) {
      if (++count % EVENTS_PER_BREATH === 0) {
        progress.at(count, event.time);
        await new Promise((resolve) => setImmediate(resolve));
        stopped = interruptedBy(signal);
        if (signal.aborted) break;
      }
      if (!tracking.wants(event) || event.time < from) continue;
      given++;
      lines.each(event);
      events.visit(lines.consumer, lines.out);
      lines.end();
      if (waiting.length >= LINES_PER_WRITE) write();
    }
  } finally {
    progress.clear();
    events.close();
    write();
  }
  if (stopped !== null) log('warning: stopped: later events are not shown');
  else if (given === 0) log('warning: there is no event of such a thread');
  return stopped ?? 0;
}

/** @throws UsageError for an option of tables */
function refuseForeign(values: ReportValues): void {
  for (const [name, given] of Object.entries(values)) {
    const spec = REPORT_OPTIONS[name as keyof typeof REPORT_OPTIONS] as { readonly default?: unknown } | undefined;
    const isGiven = Array.isArray(given) ? given.length > 0 : given !== undefined && given !== false;
    if (TAKES.has(name) || !isGiven || given === spec?.default) continue;
    throw new UsageError('TT_USAGE', `--${name} means nothing to track-process`, { next: 'leave it out' });
  }
}
