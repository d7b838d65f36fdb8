/** Tables of the irq reports, and how they look as text. */
import { frequencyText } from '../figures/frequency.ts';
import { durationText, PERCENTILE_COLUMNS, PERCENTILE_TITLES } from '../figures/stat-cells.ts';
import type { Lines } from '../format/lines.ts';
import { left, right } from '../format/python.ts';
import type { LogText, TextStyle } from '../report.ts';
import { type IrqCell, type RangeCell, type ResultTable, type Row, type TableClass, tableClass } from '../table.ts';

export const LOG: TableClass = tableClass('log', 'Interrupt log', [
  ['time_range', 'Time range', 'time-range'],
  ['raised_ts', 'Raised timestamp', 'timestamp'],
  ['cpu', 'CPU', 'cpu'],
  ['irq', 'Interrupt', 'irq'],
]);
export const FREQ: TableClass = tableClass('freq', 'Interrupt handler duration frequency distribution', [
  ['duration_lower', 'Duration (lower bound)', 'duration'],
  ['duration_upper', 'Duration (upper bound)', 'duration'],
  ['count', 'Interrupt count', 'number', 'interrupts'],
]);

const STAT_COLUMNS = [
  ['irq', 'Interrupt', 'irq'],
  ['count', 'Interrupt count', 'number', 'interrupts'],
  ['min_duration', 'Minimum duration', 'duration'],
  ['avg_duration', 'Average duration', 'duration'],
  ['max_duration', 'Maximum duration', 'duration'],
  ['stdev_duration', 'Interrupt duration standard deviation', 'duration'],
] as const;
const RAISE_COLUMNS = [
  ['raise_count', 'Interrupt raise count', 'number', 'interrupt raises'],
  ['min_latency', 'Minimum raise latency', 'duration'],
  ['avg_latency', 'Average raise latency', 'duration'],
  ['max_latency', 'Maximum raise latency', 'duration'],
  ['stdev_latency', 'Interrupt raise latency standard deviation', 'duration'],
] as const;
/** Cells of a row before those of raising. */
const COMMON_CELLS = STAT_COLUMNS.length;

export function statClass(hard: boolean, percentiles: boolean): TableClass {
  const more = percentiles ? PERCENTILE_COLUMNS : [];
  return hard
    ? tableClass('hard-stats', 'Hardware interrupt statistics', [...STAT_COLUMNS, ...more])
    : tableClass('soft-stats', 'Software interrupt statistics', [...STAT_COLUMNS, ...RAISE_COLUMNS, ...more]);
}

function logLine(row: Row, { clock }: TextStyle, out: Lines): void {
  const { begin, end } = row[0] as RangeCell;
  const raised = row[1];
  const { hard, nr, name } = row[3] as IrqCell;
  out.text('[');
  out.time(clock, begin);
  out.text(', ');
  out.time(clock, end);
  out.text('] ');
  out.micros(end - begin, 15);
  out.text(' ');
  out.number(row[2] as number, 4);
  out.text(hard ? '  IRQ       ' : '  SoftIRQ   ');
  out.number(nr, 4);
  out.text('  ');
  if (typeof raised !== 'number') {
    out.left(name, 22);
    return;
  }
  // Longer than the column.
  out.text(name);
  out.text(' (raised at ');
  out.time(clock, raised);
  out.text(')');
}

const LOG_HEAD = `${left('Begin', 20)} ${left('End', 19)} ${right('Duration (us)', 15)} ${right('CPU', 4)}  ${left('Type', 9)} ${right('#', 4)}  ${left('Name', 22)}`;

/** @param after behind other sections an empty line comes first */
export function logText(after: boolean): LogText {
  return { head: () => (after ? ['', LOG_HEAD] : [LOG_HEAD]), always: true, line: logLine };
}

const HARD_RULE = `${'-'.repeat(82)}|`;
const SOFT_RULE = `${HARD_RULE}${'-'.repeat(60)}`;

function columns(texts: readonly string[], widths: readonly number[]): string {
  return texts.map((text, i) => left(text, widths[i]!)).join(' ');
}

function headOf(hard: boolean, percentiles: boolean): string[] {
  const more = percentiles ? PERCENTILE_TITLES.map((title) => right(title, 13)).join('') : '';
  if (hard) {
    return [
      columns(['Hard IRQ', 'Duration (us)'], [52, 12]),
      columns(['', 'count', 'min', 'avg', 'max', 'stdev'], [22, 14, 12, 12, 10, 12]) + more,
      HARD_RULE,
    ];
  }
  const names = ['', 'count', 'min', 'avg', 'max', 'stdev', ' |', 'count', 'min', 'avg', 'max', 'stdev'];
  return [
    columns(['Soft IRQ', 'Duration (us)', 'Raise latency (us)'], [52, 52, 12]),
    columns(names, [22, 14, 12, 12, 10, 4, 3, 14, 12, 12, 10, 12]) + more,
    SOFT_RULE,
  ];
}

function statLine(row: Row, hard: boolean, percentiles: boolean): string {
  const [irq, count, ...durations] = row;
  const { nr, name } = irq as IrqCell;
  const four = durations.slice(0, 4).map((cell) => right(durationText(cell), 12));
  let line = `${left(`${nr}:`, 3)} ${left(`<${name}>`, 18)} ${right(String(count), 5)} ${four.join(' ')}  |`;
  const raise = hard ? [] : row.slice(COMMON_CELLS, COMMON_CELLS + RAISE_COLUMNS.length);
  const [raises, ...latencies] = raise;
  if (raises !== undefined && raises !== 0) {
    line += ` ${right(String(raises), 6)} ${latencies.map((cell) => right(durationText(cell), 12)).join(' ')}`;
  } else if (!hard && percentiles) line += ' '.repeat(59);
  if (!percentiles) return line;
  const more = row.slice(COMMON_CELLS + raise.length);
  return `${line}  ${more.map((cell) => right(durationText(cell), 12)).join(' ')}`;
}

export interface IrqStatistics {
  readonly hard: ResultTable;
  readonly soft: ResultTable;
  readonly percentiles: boolean;
}

/** Statistics alone, distributions alone, or each row with its distribution. */
export function statFreqText(stats: IrqStatistics | null, freqs: readonly ResultTable[]): string[] {
  const freqLines = (result: ResultTable): string[] =>
    frequencyText(`Handler duration frequency distribution ${result.subtitle}`, result);
  if (stats === null)
    return freqs.filter(({ rows }) => rows.length > 0).flatMap((result) => ['', ...freqLines(result)]);
  const { hard, soft, percentiles } = stats;
  const parts = [hard, soft].filter(({ rows }) => rows.length > 0);
  if (freqs.length > 0) {
    const rows = parts.flatMap((part) => part.rows.map((row) => ({ row, isHard: part === hard })));
    return rows.flatMap(({ row, isHard }, i) => {
      const lines = freqLines(freqs[i]!);
      const below = lines.length > 0 ? ['', ...lines] : [];
      return [...headOf(isHard, percentiles), statLine(row, isHard, percentiles), ...below, ''];
    });
  }
  return parts.flatMap((part, i) => [
    ...(i > 0 ? [''] : []),
    ...headOf(part === hard, percentiles),
    ...part.rows.map((row) => statLine(row, part === hard, percentiles)),
  ]);
}
