/** The options of `tailtrap report`: the names that lttng-analyses gave them, and what they mean to the reports. */
import {
  accepts,
  definePeriods,
  type OptionGroup,
  oldPeriod,
  type PeriodDefinition,
  type ReportOptions,
} from '../analyses/index.ts';
import { UsageError } from '../base/errors.ts';
import { NS_PER } from '../base/units.ts';
import type { OptionValues } from './command.ts';
import { numberList } from './number-list.ts';

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
  limit: { type: 'string', value: 'N', default: '10', help: 'rows of a top; unlimited, or 0: all' },
  cpu: { type: 'list', value: 'CPUS', help: 'count only these CPUs: 0-3,8' },
  tid: { type: 'list', short: 't', value: 'TIDS', help: 'count only these threads' },
  procname: { type: 'list', short: 'n', value: 'NAMES', help: 'count only threads of these names' },
  'follow-child': { type: 'boolean', short: 'f', help: 'track-process: also children of what is tracked' },
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
  period: {
    type: 'texts',
    value: 'DEF',
    help: "results for each period: 'NAME : BEGIN : END'",
  },
  'period-captures': {
    type: 'texts',
    value: 'DEF',
    help: "values to keep of a period: 'NAME : a = $evt.b'",
  },
  'period-begin': { type: 'string', value: 'EVENT', help: 'old form of --period: its first event' },
  'period-end': { type: 'string', value: 'EVENT', help: 'old form of --period: its last event' },
  'period-begin-key': {
    type: 'list',
    value: 'FIELDS',
    help: 'old form: fields that must be equal (cpu_id)',
  },
  'period-end-key': { type: 'list', value: 'FIELDS', help: 'old form: the same fields in the last event' },
  'period-key-value': { type: 'list', value: 'VALUES', help: 'old form: values that the fields must have' },
  'min-duration': {
    type: 'string',
    value: 'D',
    help: 'period reports: only periods from this on',
  },
  'max-duration': { type: 'string', value: 'D', help: 'period reports: only periods up to this' },
  select: { type: 'list', value: 'NAMES', help: 'period reports: only periods of these names' },
  'aggregate-by': {
    type: 'string',
    value: 'NAME',
    help: 'period reports: the selected periods inside each of this name',
  },
  'group-by': {
    type: 'list',
    value: 'CAPTURES',
    help: 'period reports: statistics by captured values: NAME.CAPTURE,...',
  },
  'order-by': {
    type: 'string',
    value: 'ORDER',
    choices: ['time', 'hierarchy'],
    help: 'periodlog: by begin, or children behind parents',
  },
  percentiles: { type: 'boolean', help: 'statistics also with p50, p90, p99 and p99.9' },
  exact: { type: 'boolean', help: 'keep every value for distributions, however many; see docs/reports.md' },
  'no-intersection': { type: 'boolean', help: 'read all, not only the time in which all streams have events' },
  'skip-validation': { type: 'boolean', help: 'say nothing of lost events' },
  chart: { type: 'boolean', help: 'pictures of characters instead of tables' },
  html: { type: 'string', value: 'FILE', help: 'a page with sortable tables and charts instead' },
  mi: { type: 'boolean', help: 'results as LAMI 1.0, for Trace Compass' },
  'mi-version': { type: 'boolean', help: 'print the version of LAMI' },
  metadata: { type: 'boolean', help: 'print what the report is and what tables it has, as LAMI' },
  'test-compatibility': { type: 'boolean', help: 'whether the report can be made of the trace: exit status 0 or 1' },
  'output-progress': { type: 'boolean', help: 'with --mi: lines of progress before the results' },
  'no-progress': { type: 'boolean', help: 'no progress bar' },
  'progress-use-size': { type: 'boolean', help: 'nothing: progress goes by time (as in lttng-analyses)' },
  debug: { type: 'boolean', help: 'errors with their stack' },
  version: { type: 'boolean', short: 'V', help: 'print the version' },
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
  'min-duration': 'periods',
  'max-duration': 'periods',
  select: 'periods',
  'aggregate-by': 'periods',
  'group-by': 'periods',
  'order-by': 'periods',
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
  const { 'min-duration': shortest, 'max-duration': longest, 'aggregate-by': aggregator } = values;
  const { min, max, minsize, maxsize } = values;
  return {
    limit: limitOf(values.limit),
    cpus: numberList('--cpu', values.cpu),
    tids: tidsOf(values),
    procnames: values.procname,
    ...(min === undefined ? {} : { min_ns: durationOf('--min', min, 'us') }),
    ...(max === undefined ? {} : { max_ns: durationOf('--max', max, 'us') }),
    ...(minsize === undefined ? {} : { minBytes: sizeOf('--minsize', minsize) }),
    ...(maxsize === undefined ? {} : { maxBytes: sizeOf('--maxsize', maxsize) }),
    log: values.log,
    top: values.top,
    stats: values.stats,
    ...(shortest === undefined ? {} : { minPeriod_ns: durationOf('--min-duration', shortest, 'us') }),
    ...(longest === undefined ? {} : { maxPeriod_ns: durationOf('--max-duration', longest, 'us') }),
    ...(aggregator === undefined ? {} : { aggregateBy: lastName(aggregator) }),
    periods: periodsOf(values),
    select: values.select.map(lastName),
    groupBy: capturesOf(values['group-by']),
    byHierarchy: values['order-by'] === 'hierarchy',
    usage: values.usage,
    freq: values.freq,
    freqResolution: values['freq-resolution'],
    freqUniform: values['freq-uniform'],
    freqSeries: values['freq-series'],
    irqs: numberList('--irq', values.irq),
    softirqs: numberList('--softirq', values.softirq),
    groupings: [
      ...(values.total ? (['total'] as const) : []),
      ...(values['per-tid'] ? (['tid'] as const) : []),
      ...(values['per-prio'] ? (['prio'] as const) : []),
    ],
    percentiles: values.percentiles,
    exact: values.exact,
    pictures: values.chart || values.html !== undefined,
  };
}

export function tidsOf(values: ReportValues): number[] {
  return numberList('--tid', values.tid);
}

/** The periods that the options define; none: []. */
export function periodsOf(values: ReportValues): PeriodDefinition[] {
  const { period, 'period-captures': captures, 'period-begin': begin, 'period-end': end } = values;
  if (begin === undefined && end === undefined) {
    if (period.length === 0 && captures.length > 0) {
      throw new UsageError('TT_USAGE', '--period-captures without --period', { next: 'say which period it is of' });
    }
    return definePeriods(period, captures);
  }
  if (period.length > 0 || captures.length > 0 || begin === undefined) {
    const message = begin === undefined ? '--period-end needs --period-begin' : '--period stands for --period-begin';
    throw new UsageError('TT_USAGE', message, { next: 'use --period alone' });
  }
  const old = oldPeriod({
    begin,
    end,
    beginKey: values['period-begin-key'],
    endKey: values['period-end-key'],
    keyValue: values['period-key-value'],
  });
  return definePeriods([old], []);
}

/** Names are shown with those of their parents: `switch/irq` means `irq`. */
export function lastName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).trim();
}

export function capturesOf(texts: readonly string[]): Map<string, string[]> {
  const captures = new Map<string, string[]>();
  for (const text of texts) {
    const [path = '', name = ''] = text.split(/\.(.*)/s);
    const capture = name.trim();
    if (capture === '') {
      throw new UsageError('TT_USAGE', `--group-by '${text}' is not NAME.CAPTURE`, {
        next: 'write --group-by open.filename',
      });
    }
    captures.set(lastName(path), [...(captures.get(lastName(path)) ?? []), capture]);
  }
  return captures;
}

function limitOf(text: string): number {
  if (text !== 'unlimited' && !/^\d+$/.test(text)) {
    throw new UsageError('TT_USAGE', `--limit '${text}' is not a whole number`, {
      next: 'write --limit 10, or --limit unlimited',
    });
  }
  return text === 'unlimited' || Number(text) === 0 ? Number.POSITIVE_INFINITY : Number(text);
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
