/** Tables of the period reports, and how they look as text. */
import { durationText } from '../figures/stat-cells.ts';
import { histogram } from '../format/graph.ts';
import { type Lines, linesText } from '../format/lines.ts';
import { fixed, left, micros, right } from '../format/python.ts';
import type { LogText, TextStyle } from '../report.ts';
import { type Cell, type ResultTable, type Row, type TableClass, tableClass } from '../table.ts';

const PERIOD = [
  ['begin_ts', 'Period begin timestamp', 'timestamp'],
  ['end_ts', 'Period end timestamp', 'timestamp'],
  ['duration', 'Period duration', 'duration'],
  ['name', 'Period name', 'string'],
  ['begin_captures', 'Begin captures', 'string'],
  ['end_captures', 'End captures', 'string'],
] as const;
const DURATIONS = [
  ['min_duration', 'Minimum duration', 'duration'],
  ['avg_duration', 'Average duration', 'duration'],
  ['max_duration', 'Maximum duration', 'duration'],
  ['stdev_duration', 'Period duration standard deviation', 'duration'],
] as const;
const OCCURRENCES = [
  ['min', 'Minimum', 'number', 'occurences'],
  ['avg', 'Average', 'number', 'occurences'],
  ['max', 'Maximum', 'number', 'occurences'],
  ['stdev', 'Standard deviation', 'number'],
] as const;
const NAMES = [
  ['name', 'Period name', 'string'],
  ['parent', 'Parent', 'string'],
] as const;
const BOUNDS = ['lower', 'upper'] as const;

export const LOG: TableClass = tableClass('log', 'Period log', PERIOD);
export const TOP: TableClass = tableClass('top', 'Period top', PERIOD);
export const STATS: TableClass = tableClass('per_period_stats', 'Period statistics', [
  ['name', 'Period name', 'string'],
  ['count', 'Period count', 'number', 'occurences'],
  ...DURATIONS,
  ['runtime', 'Total runtime', 'duration'],
]);
export const PARENT_DURATION: TableClass = tableClass('per_parent_stats', 'Per-parent period duration statistics', [
  ...NAMES,
  ...DURATIONS,
]);
export const PARENT_COUNT: TableClass = tableClass('per_parent_count', 'Per-parent period count statistics', [
  ...NAMES,
  ...OCCURRENCES,
]);
export const PARENT_RATIO: TableClass = tableClass('per_parent_percentage', 'Per-parent duration ratio', [
  ...NAMES,
  ...OCCURRENCES,
]);
export const FREQ_DURATION: TableClass = tableClass('freq_duration', 'Period duration frequency distribution', [
  ...BOUNDS.map((bound) => [bound, `Duration (${bound} bound)`, 'duration'] as const),
  ['count', 'Period duration', 'number', 'us'],
]);
export const FREQ_COUNT: TableClass = tableClass('freq_count', 'Period count frequency distribution', [
  ...BOUNDS.map((bound) => [bound, `Count (${bound} bound)`, 'number'] as const),
  ['count', 'Period count', 'number', 'count'],
]);
export const FREQ_RATIO: TableClass = tableClass('freq_ratio', 'Period usage ratio frequency distribution', [
  ...BOUNDS.map((bound) => [bound, `Ratio (${bound} bound)`, 'number'] as const),
  ['count', 'Period usage ratio', 'number', '%'],
]);
export const AGGREGATED: TableClass = tableClass('aggregated_stats', 'Aggregated log', [
  ['parent_name', 'Parent period name', 'string'],
  ['parent_begin_ts', 'Parent begin timestamp', 'timestamp'],
  ['parent_end_ts', 'Parent end timestamp', 'timestamp'],
  ['child_name', 'Child period name', 'string'],
  ['count', 'Period count', 'number', 'occurences'],
  ...DURATIONS,
  ['runtime', 'Total runtime', 'duration'],
  ['parent_captures', 'Parent captures', 'string'],
]);
export const CLASSES: readonly TableClass[] = [
  LOG,
  TOP,
  STATS,
  PARENT_DURATION,
  PARENT_COUNT,
  PARENT_RATIO,
  FREQ_DURATION,
  FREQ_COUNT,
  FREQ_RATIO,
  AGGREGATED,
];

const PERIOD_HEAD = `${left('Begin', 20)} ${left('End', 19)} ${right('Duration (us)', 15)} ${left('Name', 24)} ${left('Begin capture', 35)} ${left('End capture', 35)}`;

const NO_CAPTURES = ` ${left('', 35)} ${left('', 35)}`;

/** A line more, up to its captures. */
const BELOW = `\n${left('', 18)} ${left('', 18)} ${right('', 18)} ${left('', 24)}`;

const NO_LINES: readonly string[] = [];

function linesOf(cell: Cell | undefined): readonly string[] {
  return cell === undefined || cell === '' ? NO_LINES : String(cell).split('\n');
}

/** A row has its captures once more behind its columns, a line each. */
function periodLine(row: Row, { clock }: TextStyle, out: Lines): void {
  out.text('[');
  out.time(clock, row[0] as number);
  out.text(', ');
  out.time(clock, row[1] as number);
  out.text('] ');
  out.micros(row[2] as number, 15);
  out.text(' ');
  out.left(String(row[3]), 24);
  const starts = linesOf(row[PERIOD.length]);
  const ends = linesOf(row[PERIOD.length + 1]);
  if (starts.length === 0 && ends.length === 0) out.text(NO_CAPTURES);
  for (let i = 0; i < Math.max(starts.length, ends.length); i++) {
    if (i > 0) out.text(BELOW);
    out.text(' ');
    out.left(starts[i] ?? '', 35);
    out.text(' ');
    out.left(ends[i] ?? '', 35);
  }
}

export const LOG_TEXT: LogText = { head: () => ['', LOG.title, PERIOD_HEAD], always: true, line: periodLine };

export function topText({ rows }: ResultTable, style: TextStyle): string[] {
  return ['', TOP.title, PERIOD_HEAD, ...rows.map((row) => linesText((out) => periodLine(row, style, out)))];
}

/** Names of definitions, indented below their parents. */
export interface Tree {
  readonly name: string;
  readonly children: readonly Tree[];
}

export function treeText(trees: readonly Tree[], level = 0): string[] {
  const before = level === 0 ? '' : `${' '.repeat((level - 1) * 4)}|-- `;
  return trees.flatMap(({ name, children }) => [`${before}${name}`, ...treeText(children, level + 1)]);
}

function statsLine(name: string, count: string, durations: readonly string[], runtime: string): string {
  return `${left(name, 25)} ${right(count, 8)}  ${durations.map((text) => right(text, 12)).join('  ')} ${right(runtime, 12)}`;
}

export function statsText({ rows, class: { title } }: ResultTable): string[] {
  if (rows.length === 0) return [];
  const lines = rows.map(([name, count, ...durations]) => {
    const texts = durations.map(durationText);
    return statsLine(String(name), String(count), texts.slice(0, 4), texts[4]!);
  });
  return ['', `${title} (us)`, statsLine('Period', 'Count', ['Min', 'Avg', 'Max', 'Stdev'], 'Runtime'), ...lines];
}

/** Statistics by parent: of durations, ratios or counts. */
export function parentText({ rows, subtitle, class: tableClass }: ResultTable): string[] {
  if (rows.length === 0) return [];
  const unit = tableClass === PARENT_DURATION ? ' (us)' : tableClass === PARENT_RATIO ? ' (%)' : '';
  const line = (name: string, parent: string, texts: readonly string[]): string =>
    `${left(name, 25)} ${left(parent, 25)}  ${texts.map((text) => right(text, 12)).join('  ')}`;
  const decimals = (cell: Cell): string => (typeof cell === 'number' ? fixed(cell, 3) : '?');
  const lines = rows.map(([name, parent, ...figures]) => {
    const [min, mean, max, deviation] = figures as [number, number, number, Cell];
    const whole = [String(Math.trunc(min)), decimals(mean), String(Math.trunc(max)), decimals(deviation)];
    return line(String(name), String(parent), tableClass === PARENT_DURATION ? figures.map(durationText) : whole);
  });
  const head = line('Period', 'Parent', ['Min', 'Avg', 'Max', 'Stdev']);
  return ['', `${tableClass.title}${unit}`, subtitle ?? '', head, ...lines];
}

export function freqText({ rows, subtitle, approximate, class: tableClass }: ResultTable): string[] {
  const isDuration = tableClass === FREQ_DURATION;
  const unit = isDuration ? 'us' : tableClass === FREQ_RATIO ? '%' : 'instances';
  const bars = rows.map(([lower, , count]) => ({
    lower_us: isDuration ? (lower as number) / 1000 : (lower as number),
    count: count as number,
  }));
  const about = approximate === true ? ', approximate' : '';
  return histogram(`${tableClass.title} - ${subtitle}${about}`, bars, unit);
}

const AGGREGATED_HEADS = [
  `${left('', 35)} Parent ${left('', 32)} | ${left('', 35)} | ${left('', 25)} Durations (us) ${left('', 22)} |`,
  `${left('Begin', 20)} ${left('End', 19)} ${right('Duration (us)', 18)} ${left('Name', 15)} ${left('| Child name', 24)} ${right('Count', 12)} | ${right('Min', 10)} ${right('Avg', 12)} ${right('Max', 12)} ${right('Stdev', 13)} ${right('Runtime', 12)} | ${right('Parent captures', 12)}`,
];

function aggregatedLine(row: Row, { clock }: TextStyle): string {
  const [parent, begin, end, child, count, min, mean, max, deviation, runtime, captures] = row;
  const [from, to] = [begin as number, end as number];
  const range = `[${left(clock.text(from), 18)}, ${left(clock.text(to), 18)}] ${right(micros(to - from), 18)}`;
  const names = `${left(String(parent), 15)} ${left(`| ${String(child)}`, 24)} ${right(String(count), 12)}`;
  const cells = [min, mean, max, deviation, runtime] as readonly Cell[];
  const [a, b, c, d, e] = cells.map(durationText);
  const durations = `${right(a!, 10)} ${right(b!, 12)} ${right(c!, 12)} ${right(d!, 12)} ${right(e!, 13)}`;
  return `${range} ${names} | ${durations} | ${right(String(captures), 12)}`;
}

export function aggregatedText({ rows, subtitle, class: { title } }: ResultTable, style: TextStyle): string[] {
  return ['', title, subtitle ?? '', ...AGGREGATED_HEADS, ...rows.map((row) => aggregatedLine(row, style))];
}
