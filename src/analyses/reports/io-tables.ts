/** Tables of the io reports about latencies, and how they look as text. */
import { frequencyText } from '../figures/frequency.ts';
import { durationText, PERCENTILE_COLUMNS, PERCENTILE_TITLES } from '../figures/stat-cells.ts';
import { formatSize, left, micros, plainLeft, plainRight, right } from '../format/python.ts';
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

function requestLine(row: Row, { clock }: TextStyle): string {
  const [range, outside, duration, call, size, process, path, fd] = row;
  const mark = outside === true ? '*' : ' ';
  const { begin, end } = range as RangeCell;
  const { name, tid } = process as ProcessCell;
  const times = plainLeft(`[${clock.text(begin)}, ${clock.text(end)}]${mark}`, 40);
  const bytes = size === null ? 'N/A' : formatSize(size as number);
  const file = fd === null ? 'N/A' : `${path === UNKNOWN ? 'unknown' : (path as string)} (fd=${fd as number})`;
  const took = plainRight(`${micros(duration as number)}${mark}`, 16);
  const what = `${plainLeft(call as string, 16)} ${took} ${plainRight(bytes, 11)}`;
  return `${times} ${what}  ${left(name ?? '', 24)} ${plainLeft(String(tid), 8)} ${left(file, 14)}`;
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
    return ['', `${title} ${subtitle} (usec)`, REQUEST_HEAD, ...rows.map((row) => requestLine(row, style)), ...foot];
  });
}
