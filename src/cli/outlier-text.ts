/** An outlier as a line of a table, and its details as short text. */
import type { Outlier } from '../base/outlier.ts';
import { formatDuration } from '../base/units.ts';
import { RowFormat } from './table.ts';

export const OUTLIER_ROWS: RowFormat = new RowFormat([
  { title: 'TIME', width: 12 },
  { title: 'TRACKER', width: 9 },
  { title: 'DELAY', width: 9, align: 'right' },
  { title: 'KIND', width: 9 },
  { title: 'COMM', width: 15 },
  { title: 'TID', width: 7, align: 'right' },
  { title: 'CPU', width: 3, align: 'right' },
  { title: 'DETAILS' },
]);

/** `14:03:59.123` in local time. */
export function clockTime(epoch_ns: string): string {
  const date = new Date(Number(BigInt(epoch_ns) / 1_000_000n));
  const two = (n: number): string => String(n).padStart(2, '0');
  const ms = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}

export function outlierRow(outlier: Outlier): string {
  return OUTLIER_ROWS.row([
    clockTime(outlier.end_ns),
    outlier.tracker,
    formatDuration(outlier.delay_ns),
    outlier.kind,
    printable(outlier.comm || '-'),
    outlier.tid === 0 ? '-' : String(outlier.tid),
    outlier.cpu < 0 ? '-' : String(outlier.cpu),
    detailText({ ...outlier.key, ...outlier.details }),
  ]);
}

/** `device=loop0 sector=8 queue=1.20 ms ...`: durations with units, lists by their first entries, empty values left out. */
export function detailText(details: Readonly<Record<string, unknown>>): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(details)) {
    if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    if (name === 'tid') continue; // it has a column
    if (name.endsWith('_ns')) parts.push(`${name.slice(0, -3)}=${formatDuration(Number(value))}`);
    else parts.push(`${name}=${shortValue(value)}`);
  }
  return parts.join(' ');
}

const MAX_LISTED = 4;

function shortValue(value: unknown): string {
  if (Array.isArray(value)) {
    const shown = value.slice(0, MAX_LISTED).map(shortValue).join(',');
    return value.length > MAX_LISTED ? `${shown},+${value.length - MAX_LISTED}` : shown;
  }
  if (typeof value === 'object' && value !== null) {
    const { comm, tid, ran_ns } = value as { comm?: string; tid?: number; ran_ns?: number };
    if (comm !== undefined && tid !== undefined) {
      const who = tid === 0 ? comm : `${printable(comm) || '?'}/${tid}`;
      return ran_ns === undefined ? who : `${who}(${formatDuration(ran_ns)})`;
    }
    return printable(JSON.stringify(value));
  }
  return printable(String(value));
}

/** Names of threads and files may hold anything, also what a terminal obeys. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}
