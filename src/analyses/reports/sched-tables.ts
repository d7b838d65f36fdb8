/** Tables of the sched reports, and how they look as text. */
import { durationText, PERCENTILE_COLUMNS, PERCENTILE_TITLES } from '../figures/stat-cells.ts';
import { type Lines, linesText } from '../format/lines.ts';
import { left, right } from '../format/python.ts';
import type { LogText, TextStyle } from '../report.ts';
import { type Cell, type ProcessCell, type ResultTable, type Row, type TableClass, tableClass } from '../table.ts';

const EVENT_COLUMNS = [
  ['wakeup_ts', 'Wakeup timestamp', 'timestamp'],
  ['switch_ts', 'Switch timestamp', 'timestamp'],
  ['latency', 'Scheduling latency', 'duration'],
  ['prio', 'Priority', 'number'],
  ['target_cpu', 'Target CPU', 'cpu'],
  ['wakee_proc', 'Wakee process', 'process'],
  ['waker_proc', 'Waker process', 'process'],
] as const;
const STAT_COLUMNS = [
  ['count', 'Scheduling count', 'number', 'schedulings'],
  ['min_latency', 'Minimum latency', 'duration'],
  ['avg_latency', 'Average latency', 'duration'],
  ['max_latency', 'Maximum latency', 'duration'],
  ['stdev_latency', 'Scheduling latency standard deviation', 'duration'],
] as const;

export const LOG: TableClass = tableClass('log', 'Scheduling log', EVENT_COLUMNS);
export const TOP: TableClass = tableClass('top', 'Scheduling top', EVENT_COLUMNS);
export const FREQ: TableClass = tableClass('freq', 'Scheduling latency frequency distribution', [
  ['duration_lower', 'Duration (lower bound)', 'duration'],
  ['duration_upper', 'Duration (upper bound)', 'duration'],
  ['count', 'Scheduling count', 'number', 'schedulings'],
]);

export type Grouping = 'total' | 'tid' | 'prio';

/** Tables of statistics, with or without percentiles. */
export function statClass(by: Grouping, percentiles: boolean): TableClass {
  const more = percentiles ? PERCENTILE_COLUMNS : [];
  switch (by) {
    case 'total':
      return tableClass('total_stats', 'Scheduling latency stats (total)', [...STAT_COLUMNS, ...more]);
    case 'tid':
      return tableClass('per_tid_stats', 'Scheduling latency stats (per-TID)', [
        ['process', 'Wakee process', 'process'],
        ...STAT_COLUMNS,
        ['prio_list', 'Chronological priorities', 'string'],
        ...more,
      ]);
    case 'prio':
      return tableClass('per_prio_stats', 'Scheduling latency stats (per-prio)', [
        ['prio', 'Priority', 'number'],
        ...STAT_COLUMNS,
        ...more,
      ]);
  }
}

function processText(cell: Cell | undefined): string {
  if (cell === null) return 'Unknown (N/A)';
  const { name, tid } = cell as ProcessCell;
  return `${name} (${tid})`;
}

function eventLine(row: Row, { clock }: TextStyle, out: Lines): void {
  out.text('[');
  out.time(clock, row[0] as number);
  out.text(', ');
  out.time(clock, row[1] as number);
  out.text('] ');
  out.micros(row[2] as number, 15);
  out.text(' ');
  out.number(row[3] as number, 10);
  out.text('  ');
  out.number(row[4] as number, 3);
  out.text('   ');
  out.left(processText(row[5]), 25);
  out.text('  ');
  out.left(processText(row[6]), 25);
}

function eventHead(title: string): string[] {
  const names = `${left('Wakeup', 20)} ${left('Switch', 19)} ${right('Latency (us)', 15)} ${right('Priority', 10)}`;
  return ['', title, `${names}  ${right('CPU', 3)}   ${left('Wakee', 25)}  ${left('Waker', 25)}`];
}

export const LOG_TEXT: LogText = { head: () => eventHead(LOG.title), always: true, line: eventLine };

export function topText({ rows }: ResultTable, style: TextStyle): string[] {
  return [...eventHead(TOP.title), ...rows.map((row) => linesText((out) => eventLine(row, style, out)))];
}

/** The texts of a row: what it is about, count, four durations, then what follows. */
type Layout = (texts: readonly string[], more: readonly string[]) => string;

const LAYOUTS: Readonly<Record<Grouping, { readonly head: readonly string[]; readonly line: Layout }>> = {
  total: {
    head: ['Count', 'Min', 'Avg', 'Max', 'Stdev'],
    line: (texts, more) => [...texts, ...more].map((text) => left(text, 12)).join(' '),
  },
  tid: {
    head: ['Process', 'Count', 'Min', 'Avg', 'Max', 'Stdev', 'Priorities'],
    line: ([process = '', count = '', ...rest], more) => {
      const durations = [...rest.slice(0, 4), ...more].map((text) => right(text, 12)).join('  ');
      return `${left(process, 25)} ${right(count, 8)}  ${durations}   ${rest[4]}`;
    },
  },
  prio: {
    head: ['Prio', 'Count', 'Min', 'Avg', 'Max', 'Stdev'],
    line: ([prio = '', count = '', ...rest], more) =>
      `${right(prio, 4)} ${right(count, 8)}  ${[...rest, ...more].map((text) => right(text, 12)).join('  ')}`,
  },
};

export function statText(by: Grouping, result: ResultTable, percentiles: boolean): string[] {
  if (result.rows.length === 0) return [];
  const { head, line } = LAYOUTS[by];
  const texts = (row: Row): string[] =>
    row.slice(0, head.length).map((cell, i) => {
      const column = result.class.columns[i]!;
      if (column.class === 'process') return processText(cell);
      return column.class === 'duration' ? durationText(cell) : String(cell);
    });
  const more = (row: Row): string[] => row.slice(head.length).map(durationText);
  return [
    '',
    `${result.class.title} (us)`,
    line(head, percentiles ? PERCENTILE_TITLES : []),
    ...result.rows.map((row) => line(texts(row), more(row))),
  ];
}
