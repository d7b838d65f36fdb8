import { makeReports, REPORTS, TextOutput } from '../analyses/index.ts';
import { UsageError } from '../base/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import { BulkOutput } from './bulk.ts';
import { type Command, defineCommand } from './command.ts';
import { REPORT_OPTIONS, reportOptions } from './report-options.ts';
import { runOverFolder } from './report-run.ts';
import { openTraces } from './trace-input.ts';

export const command: Command = defineCommand({
  name: 'report',
  summary: 'what happened in a trace: CPU use, latencies, statistics',
  description:
    'NAME is one or more of these, with commas between; they are made in one pass over the trace:\n' +
    Object.entries(REPORTS)
      .map(([name, { summary }]) => `  ${name.padEnd(16)}${summary}`)
      .join('\n'),
  operands: { text: 'NAME TRACE', min: 2, max: 2 },
  options: REPORT_OPTIONS,
  examples: [
    { line: 'tailtrap report cputop ~/lttng-traces/my-session', does: 'who used the CPUs' },
    { line: 'tailtrap report schedtop,cputop snapshot/ --limit 3', does: 'two reports, one reading' },
    { line: 'tailtrap report schedstats trace/ --refresh 1s --per-prio --percentiles', does: 'second by second' },
  ],
  async run({ options, operands: [name = '', path = ''], log, signal }) {
    const names = namesOf(name);
    const reports = makeReports(names, reportOptions(names, options));
    const stdout = new TextWriter();
    const status = await runOverFolder({
      traces: openTraces([path]),
      reports,
      values: options,
      log,
      signal,
      sinkOf: (style) => new TextOutput(style, (text) => stdout.write(text)),
      streams: reports.some(({ name: report }) => REPORTS[report]?.shows === 'log') || options.log,
    });
    stdout.flush();
    return status;
  },
});

function namesOf(text: string): string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  for (const name of names) {
    if (Object.hasOwn(REPORTS, name)) continue;
    const next = [didYouMean(name, Object.keys(REPORTS)), 'see tailtrap report --help'].join(' ').trim();
    throw new UsageError('TT_USAGE', `there is no report '${name}'`, { next });
  }
  return names;
}

/** Lines to stdout in large pieces. */
class TextWriter {
  readonly #stdout = new BulkOutput();
  #text = '';

  write(text: string): void {
    this.#text += text;
    if (this.#text.length >= PIECE_CHARACTERS) this.flush();
  }

  flush(): void {
    this.#stdout.write(Buffer.from(this.#text));
    this.#text = '';
  }
}

const PIECE_CHARACTERS = 65_536;
