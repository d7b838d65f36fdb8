/** The options of `tailtrap report`: the names that lttng-analyses gave them, and what they mean to the reports. */
import { accepts, type OptionGroup, type ReportOptions } from '../analyses/index.ts';
import { UsageError } from '../base/errors.ts';
import { NS_PER } from '../base/units.ts';
import type { OptionValues } from './command.ts';

export const REPORT_OPTIONS = {
  begin: { type: 'string', value: 'TIME', help: 'from this time on: [YYYY-MM-DD ]HH:MM:SS[.NANO] or nanoseconds' },
  end: { type: 'string', value: 'TIME', help: 'up to this time' },
  timerange: { type: 'string', value: '[B,E]', help: '--begin B --end E' },
  gmt: { type: 'boolean', help: 'times in GMT, not in the local time zone; those given, too' },
  refresh: {
    type: 'string',
    short: 'r',
    value: 'D',
    help: 'results for every interval: 10ms, 1.5s; seconds without unit',
  },
  limit: { type: 'integer', value: 'N', default: 10, min: 0, help: 'rows of a top' },
  cpu: { type: 'list', value: 'CPUS', help: 'count only these CPUs' },
  tid: { type: 'list', value: 'TIDS', help: 'count only these threads' },
  procname: { type: 'list', value: 'NAMES', help: 'count only threads of these names' },
  min: { type: 'string', value: 'D', help: 'count only durations from this on: 10ms; microseconds without unit' },
  max: { type: 'string', value: 'D', help: 'count only durations up to this' },
  log: { type: 'boolean', help: 'also every operation, in the order of time' },
  top: { type: 'boolean', help: 'also the longest operations' },
  stats: { type: 'boolean', help: 'also statistics' },
  freq: { type: 'boolean', help: 'also frequency distributions' },
  'freq-resolution': { type: 'integer', value: 'N', default: 20, min: 1, max: 10_000, help: 'bins of a distribution' },
  'freq-uniform': { type: 'boolean', help: 'the same bins for all distributions' },
  'freq-series': { type: 'boolean', help: 'one table for all distributions (in --mi and --json); the same bins' },
  usage: { type: 'boolean', help: 'io: also bytes by process, file, disk and interface' },
  minsize: {
    type: 'string',
    value: 'SIZE',
    help: 'io: count only operations of this size on: 4KiB; bytes without unit',
  },
  maxsize: { type: 'string', value: 'SIZE', help: 'io: count only operations up to this size' },
  total: { type: 'boolean', help: 'sched: statistics of all threads together' },
  'per-tid': { type: 'boolean', help: 'sched: statistics by thread (default)' },
  'per-prio': { type: 'boolean', help: 'sched: statistics by priority' },
  irq: { type: 'list', value: 'NUMBERS', help: 'irq: only these interrupts' },
  softirq: { type: 'list', value: 'NUMBERS', help: 'irq: only these softirqs' },
  percentiles: { type: 'boolean', help: 'statistics also with p50, p90, p99 and p99.9' },
  exact: { type: 'boolean', help: 'keep every value for distributions, however many; see docs/reports.md' },
  'no-intersection': { type: 'boolean', help: 'read all, not only the time in which all streams have events' },
  'skip-validation': { type: 'boolean', help: 'say nothing of lost events' },
  mi: { type: 'boolean', help: 'results as LAMI 1.0, for Trace Compass' },
  'mi-version': { type: 'boolean', help: 'print the version of LAMI' },
  metadata: { type: 'boolean', help: 'print what the report is and what tables it has, as LAMI' },
  'test-compatibility': { type: 'boolean', help: 'whether the report can be made of the trace: exit status 0 or 1' },
  'output-progress': { type: 'boolean', help: 'with --mi: lines of progress before the results' },
  'no-progress': { type: 'boolean', help: 'no progress bar' },
  'no-color': { type: 'boolean', help: 'nothing: there are no colours (as in lttng-analyses)' },
} as const;

export type ReportValues = OptionValues<typeof REPORT_OPTIONS>;

/** Options that only some reports take. */
const GROUP_OF: Readonly<Partial<Record<keyof typeof REPORT_OPTIONS, OptionGroup>>> = {
  cpu: 'cpu',
  tid: 'process',
  procname: 'process',
  min: 'min-max',
  max: 'min-max',
  freq: 'freq',
  'freq-uniform': 'freq',
  'freq-series': 'freq',
  log: 'log',
  top: 'top',
  stats: 'stats',
  percentiles: 'percentiles',
  irq: 'irq',
  usage: 'usage',
  minsize: 'size',
  maxsize: 'size',
  softirq: 'irq',
  total: 'grouping',
  'per-tid': 'grouping',
  'per-prio': 'grouping',
};

/** @throws UsageError for an option that none of the reports takes */
export function reportOptions(names: readonly string[], values: ReportValues): ReportOptions {
  for (const [option, group] of Object.entries(GROUP_OF) as [keyof typeof REPORT_OPTIONS, OptionGroup][]) {
    const given = values[option];
    const isGiven = Array.isArray(given) ? given.length > 0 : given !== undefined && given !== false;
    if (!isGiven || names.some((name) => accepts(name).includes(group))) continue;
    throw new UsageError('TT_USAGE', `--${option} means nothing to ${names.join(', ')}`, {
      next: 'leave it out; docs/reports.md says what each report takes',
    });
  }
  const { min, max, minsize, maxsize } = values;
  return {
    limit: values.limit === 0 ? Number.POSITIVE_INFINITY : values.limit,
    cpus: values.cpu.map((text) => wholeNumber('--cpu', text)),
    tids: values.tid.map((text) => wholeNumber('--tid', text)),
    procnames: values.procname,
    ...(min === undefined ? {} : { min_ns: durationOf('--min', min, 'us') }),
    ...(max === undefined ? {} : { max_ns: durationOf('--max', max, 'us') }),
    ...(minsize === undefined ? {} : { minBytes: sizeOf('--minsize', minsize) }),
    ...(maxsize === undefined ? {} : { maxBytes: sizeOf('--maxsize', maxsize) }),
    log: values.log,
    top: values.top,
    stats: values.stats,
    usage: values.usage,
    freq: values.freq,
    freqResolution: values['freq-resolution'],
    freqUniform: values['freq-uniform'],
    freqSeries: values['freq-series'],
    irqs: values.irq.map((text) => wholeNumber('--irq', text)),
    softirqs: values.softirq.map((text) => wholeNumber('--softirq', text)),
    groupings: [
      ...(values.total ? (['total'] as const) : []),
      ...(values['per-tid'] ? (['tid'] as const) : []),
      ...(values['per-prio'] ? (['prio'] as const) : []),
    ],
    percentiles: values.percentiles,
    exact: values.exact,
  };
}

function wholeNumber(option: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError('TT_USAGE', `${option} '${text}' is not a whole number`, { next: `write ${option} 1,2,3` });
}

/** A number with or without unit, as lttng-analyses reads durations. @returns nanoseconds */
export function durationOf(option: string, text: string, bare: 'us' | 's'): number {
  const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(s|ms|us|µs|ns)?\s*$/i.exec(text);
  if (match !== null) return Number(match[1]) * NS_PER[(match[2]?.toLowerCase() ?? bare) as keyof typeof NS_PER];
  throw new UsageError('TT_BAD_DURATION', `${option} '${text}' is not a duration`, {
    next: 'write a number and a unit, such as 250us, 10ms, 1.5s',
  });
}

const SIZE_LETTERS = 'KMGTPEZY';

/** `100`, `4KiB` and `4K` (1024), `4KB` (1000), as lttng-analyses reads sizes. @returns bytes */
export function sizeOf(option: string, text: string): number {
  const match = /^\s*(-?\d+(?:\.\d*)?(?:e[+-]?\d+)?)\s*(?:([KMGTPEZY])(i?B)?|B)?\s*$/i.exec(text);
  if (match !== null) {
    const [, number, letter, bytes] = match;
    const exponent = letter === undefined ? 0 : SIZE_LETTERS.indexOf(letter.toUpperCase()) + 1;
    return Number(number) * (bytes?.toLowerCase() === 'b' ? 1000 : 1024) ** exponent;
  }
  throw new UsageError('TT_BAD_SIZE', `${option} '${text}' is not a size`, { next: 'write bytes or 64KiB, 8MB, 1G' });
}
