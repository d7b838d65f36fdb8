/** Tables of the io reports about latencies, and how they look as text. */
import { frequencyText } from '../figures/frequency.ts';
import { durationText, PERCENTILE_COLUMNS, PERCENTILE_TITLES } from '../figures/stat-cells.ts';
import { type Lines, linesText } from '../format/lines.ts';
import { formatSize, left, paddingOf, right } from '../format/python.ts';
import type { LogText, TextStyle } from '../report.ts';
import {
  type ProcessCell,
  type RangeCell,
  type ResultTable,
  type Row,
  type TableClass,
  tableClass,
  UNKNOWN,
} from '../table.ts';

const STATS = [
  ['count', 'Call count', 'number', 'calls'],
  ['min_latency', 'Minimum call latency', 'duration'],
  ['avg_latency', 'Average call latency', 'duration'],
  ['max_latency', 'Maximum call latency', 'duration'],
  ['stdev_latency', 'System call latency standard deviation', 'duration'],
] as const;
const DISK_STATS = [
  ['count', 'Access count', 'number', 'accesses'],
  ['min_latency', 'Minimum access latency', 'duration'],
  ['avg_latency', 'Average access latency', 'duration'],
  ['max_latency', 'Maximum access latency', 'duration'],
  ['stdev_latency', 'System access latency standard deviation', 'duration'],
] as const;
const REQUEST = [
  ['time_range', 'Call time range', 'time-range'],
  ['out_of_range', 'System call out of range?', 'bool'],
  ['duration', 'Call duration', 'duration'],
  ['syscall', 'System call', 'syscall'],
  ['size', 'Read/write size', 'size'],
  ['process', 'Process', 'process'],
  ['path', 'File path', 'path'],
  ['fd', 'File descriptor', 'fd'],
] as const;

export const LOG: TableClass = tableClass('log', 'I/O operations log', REQUEST);
export const TOP: TableClass = tableClass('top-syscall', 'Top system call latencies', REQUEST);
export const FREQ: TableClass = tableClass('freq', 'I/O request latency distribution', [
  ['latency_lower', 'Latency (lower bound)', 'duration'],
  ['latency_upper', 'Latency (upper bound)', 'duration'],
  ['count', 'Request count', 'number', 'requests'],
]);

export function syscallStats(percentiles: boolean): TableClass {
  return tableClass('syscall-latency-stats', 'System call latency statistics', [
    ['obj', 'System call category', 'string'],
    ...STATS,
    ...(percentiles ? PERCENTILE_COLUMNS : []),
  ]);
}

export function diskStats(percentiles: boolean): TableClass {
  return tableClass('disk-latency-stats', 'Partition latency statistics', [
    ['obj', 'Partition', 'disk'],
    ...DISK_STATS,
    ...(percentiles ? PERCENTILE_COLUMNS : []),
  ]);
}

const RULE = '-'.repeat(89);

function statsLine(name: string, texts: readonly string[]): string {
  return `${left(name, 14)} ${texts.map((text) => right(text, 14)).join(' ')}`;
}

function statsLines(title: string, first: string, { rows, class: { columns } }: ResultTable): string[] {
  const more = columns.length > STATS.length + 1 ? PERCENTILE_TITLES : [];
  const lines = rows.map(([name, count, ...durations]) =>
    statsLine(String(name), [String(count), ...durations.map(durationText)]),
  );
  return ['', title, statsLine(first, ['Count', 'Min', 'Average', 'Max', 'Stdev', ...more]), RULE, ...lines];
}

export function statsText(calls: ResultTable, disks: ResultTable): string[] {
  return [
    ...statsLines('Syscalls latency statistics (usec):', 'Type', calls),
    ...(disks.rows.length === 0 ? [] : statsLines('Disk latency statistics (usec):', 'Name', disks)),
  ];
}

export function freqText(tables: readonly ResultTable[]): string[] {
  return tables.flatMap((result) => frequencyText(`${FREQ.title} ${result.subtitle}`, result));
}

function requestLine(row: Row, { clock }: TextStyle, out: Lines): void {
  const { begin, end } = row[0] as RangeCell;
  const mark = row[1] === true ? '*' : ' ';
  const size = row[4] as number | null;
  const { name, tid } = row[5] as ProcessCell;
  const path = row[6] as string | null | typeof UNKNOWN;
  const fd = row[7] as number | null;
  out.text('[');
  out.time(clock, begin);
  out.text(', ');
  out.time(clock, end);
  // Always longer than the column of 40.
  out.text(']');
  out.text(mark);
  out.text(' ');
  out.left(row[3] as string, 16);
  out.text(' ');
  out.micros(row[2] as number, 15);
  out.text(mark);
  out.text(' ');
  out.right(size === null ? 'N/A' : formatSize(size), 11);
  out.text('  ');
  out.left(name ?? '', 24);
  out.text(' ');
  out.numberLeft(tid!, 8);
  out.text(' ');
  if (fd === null) {
    out.left('N/A', 14);
    return;
  }
  const file = path === UNKNOWN ? 'unknown' : path!;
  const behind = ` (fd=${fd})`;
  out.text(file);
  out.text(behind);
  out.spaces(paddingOf(file, 14 - behind.length));
}

const REQUEST_HEAD = [
  ...(['Begin', 'End'] as const).map((name) => left(name, 20)),
  left('Name', 16),
  left('Duration (usec)', 23),
  left('Size', 5),
  left('Proc', 24),
  left('PID', 8),
  left('Filename', 14),
].join(' ');
const FOOTNOTE = '*: Syscalls started and/or completed outside of the range specified';

/** A log's text; `outside` says whether a row had a mark. */
export function logText(outside: () => boolean): LogText {
  return {
    head: () => ['', `${LOG.title} (usec)`, REQUEST_HEAD],
    line: requestLine,
    tail: () => (outside() ? [FOOTNOTE] : []),
  };
}

export function topText(tables: readonly ResultTable[], style: TextStyle): string[] {
  return tables.flatMap(({ class: { title }, subtitle, rows }) => {
    if (rows.length === 0) return [];
    const foot = rows.some(([, outside]) => outside === true) ? [FOOTNOTE] : [];
    return [
      '',
      `${title} ${subtitle} (usec)`,
      REQUEST_HEAD,
      ...rows.map((row) => linesText((out) => requestLine(row, style, out))),
      ...foot,
    ];
  });
}
