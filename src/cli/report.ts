import { readFileSync } from 'node:fs';
import {
  ChartOutput,
  JsonOutput,
  LAMI_VERSION,
  LamiOutput,
  makeReports,
  metadata,
  REPORTS,
  ReportRun,
  type RunSink,
  summaryClass,
  TextOutput,
  type TextStyle,
} from '../analyses/index.ts';
import { messageOf, TailtrapError, UsageError } from '../base/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import { isLiveUrl } from '../lttng/viewer/url.ts';
import { type Command, defineCommand } from './command.ts';
import { refuseUseless } from './report-checks.ts';
import { REPORT_OPTIONS, type ReportValues, reportOptions } from './report-options.ts';
import { PageFile } from './report-page.ts';
import { pieceOf, runOverFolder } from './report-run.ts';
import { boundedLog, HELD_BYTES, ResultWriter } from './report-stdout.ts';
import { openTraces } from './trace-input.ts';

/** Not a report with tables: the events of some threads. */
const TRACK = 'track-process';

export const command: Command = defineCommand({
  name: 'report',
  summary: 'what happened in a trace: CPU use, latencies, statistics',
  description:
    'NAME is one or more of these, with commas between; they are made in one pass over the trace:\n' +
    Object.entries(REPORTS)
      .map(([name, { summary }]) => `  ${name.padEnd(16)}${summary}`)
      .join('\n') +
    `\n  ${TRACK}   the events of the threads --tid, --procname as text (alone)\n` +
    'TRACE is a folder, a live session (net://HOST/host/HOSTNAME/SESSION), or live: this machine, until Ctrl-C.',
  operands: { text: 'NAME TRACE', min: 1, max: 2 },
  options: REPORT_OPTIONS,
  examples: [
    { line: 'tailtrap report cputop ~/lttng-traces/my-session', does: 'who used the CPUs' },
    { line: 'tailtrap report schedtop,cputop snapshot/ --limit 3', does: 'two reports, one reading' },
    { line: 'tailtrap report schedstats trace/ --refresh 1s --per-prio --percentiles', does: 'second by second' },
    { line: 'tailtrap report iolatencytop live --refresh 1s', does: 'what is slow on this machine now, as root' },
    { line: 'tailtrap report iolatencytop trace/ --minsize 4KiB --json | jq .duration_ns', does: 'for a script' },
  ],
  async run({ options, operands: [name = '', path], out, log, signal }) {
    if (options.version) {
      out.record({ version: version() }, () => `tailtrap ${version()}`);
      return 0;
    }
    if (name === TRACK) {
      const { trackProcess } = await import('./report-track.ts');
      return trackProcess({ path, values: options, json: out.json, log, signal });
    }
    const isQuestion = options.metadata || options['mi-version'] || options['test-compatibility'];
    const isMachine = options.mi || isQuestion;
    // Trace Compass takes stderr for a part of the answer to a question.
    const tell = isQuestion ? (): void => {} : options.mi ? boundedLog(log) : log;
    try {
      return await runReports({ names: namesOf(name), path, values: options, json: out.json, log: tell, signal });
    } catch (error) {
      if (options.debug && error instanceof Error) tell(error.stack ?? error.message);
      if (!isMachine || (error instanceof TailtrapError && error.code === 'TT_STDOUT')) throw error;
      // It shows stderr where there are no results; the specification wants an object on stdout.
      tell(error instanceof TailtrapError ? error.format() : messageOf(error));
      const code = error instanceof TailtrapError ? { 'error-code': error.code } : {};
      process.stdout.write(`${JSON.stringify({ 'error-message': `Error: ${messageOf(error)}`, ...code })}\n`);
      return 1;
    }
  },
});

interface Asked {
  readonly names: readonly string[];
  readonly path: string | undefined;
  readonly values: ReportValues;
  readonly json: boolean;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

async function runReports({ names, path, values, json, log, signal }: Asked): Promise<number> {
  const stdout = new ResultWriter(values.mi && values['output-progress'] ? HELD_BYTES : 0);
  const wanted = reportOptions(names, values);
  refuseUseless(names, values, json);
  // A page draws latencies over time: it needs every operation.
  const logs = values.html !== undefined && !names.some((name) => name.startsWith('period'));
  const reports = makeReports(names, logs ? { ...wanted, log: true } : wanted);
  if (values['mi-version']) return stdout.all(`${LAMI_VERSION.major}.${LAMI_VERSION.minor}\n`);
  if (values.metadata) {
    if (names.length > 1) {
      throw new UsageError('TT_USAGE', '--metadata is of one report', { next: `write ${names[0]} alone` });
    }
    return stdout.all(`${JSON.stringify(metadata(names[0]!, version(), values.percentiles))}\n`);
  }
  if (path === undefined) throw new UsageError('TT_USAGE', 'TRACE is missing', { next: 'see tailtrap report --help' });
  const page = values.html === undefined ? null : new PageFile(values.html, `tailtrap report: ${path}`);
  if (isLiveUrl(path) || path === 'live') {
    const { runLive } = await import('./report-live.ts');
    const sink = sinkMaker(values, json, stdout, page);
    const flush = (): boolean => stdout.flush();
    const status = await runLive({ place: path, reports, values, log, signal, sinkOf: sink.make, flush });
    sink.finish();
    await page?.write(log);
    return status;
  }
  const traces = openTraces([path]);
  if (values['test-compatibility']) {
    pieceOf(traces.source, { ...values, 'no-intersection': true });
    return missingEvents(traces.source.eventTypes, ReportRun.eventsOf(reports));
  }
  const { origin_ns } = traces.source;
  const sink = sinkMaker(values, json, stdout, page);
  const status = await runOverFolder({
    traces,
    reports,
    values,
    log,
    signal,
    sinkOf: (style) => sink.make(style, origin_ns),
    flush: () => stdout.flush(),
    ...(values.mi && values['output-progress'] ? { tell: (line: string): void => stdout.line(line) } : {}),
    streams: page !== null || (!values.mi && (values.log || names.some((report) => REPORTS[report]?.shows === 'log'))),
  });
  sink.finish();
  await page?.write(log);
  return status;
}

/** What takes the results: text, JSON, LAMI or a page. */
function sinkMaker(values: ReportValues, json: boolean, stdout: ResultWriter, page: PageFile | null) {
  let lami: LamiOutput | null = null;
  const write = (text: string): void => stdout.lines.text(text);
  return {
    make: (style: TextStyle, origin_ns: bigint): RunSink => {
      if (page !== null) return page.sink(style);
      if (values.chart) return new ChartOutput(style, write);
      if (!values.mi) return json ? new JsonOutput(origin_ns, write) : new TextOutput(style, stdout.lines);
      lami = new LamiOutput(origin_ns, write, (report) => summaryClass(report.name));
      return lami;
    },
    finish: (): void => {
      lami?.finish();
      stdout.end();
    },
  };
}

/** A trace of another kind has none of the events. @returns exit status */
function missingEvents(types: readonly { readonly name: string }[], wanted: readonly string[]): number {
  const names = new Set(types.map(({ name }) => name));
  const exact = wanted.filter((name) => !name.includes('*'));
  if (exact.length === 0 || exact.some((name) => names.has(name))) return 0;
  throw new TailtrapError('TT_NO_EVENTS', 'the trace has none of the events that the report needs', {
    next: 'docs/reports.md says which events each report needs',
  });
}

function namesOf(text: string): string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  for (const name of names) {
    if (Object.hasOwn(REPORTS, name)) continue;
    if (name === TRACK && names.length > 1) {
      throw new UsageError('TT_USAGE', `${TRACK} is no table: it goes alone`, {
        next: `tailtrap report ${TRACK} TRACE`,
      });
    }
    const next = [didYouMean(name, Object.keys(REPORTS)), 'see tailtrap report --help'].join(' ').trim();
    throw new UsageError('TT_USAGE', `there is no report '${name}'`, { next });
  }
  return names;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
