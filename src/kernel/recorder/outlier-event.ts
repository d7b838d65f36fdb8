/** The outlier as an event of the trace, `tailtrap_outlier`, at its own end time in a stream of its own. */
import type { Outlier } from '../../base/outlier.ts';
import type { FieldValue } from '../../ctf/event-writer.ts';
import { type Field, i32, string, u64 } from '../../ctf/fields.ts';

export const OUTLIER_EVENT = 'tailtrap_outlier';
export const OUTLIER_STREAM = 'tailtrap_0';

export const OUTLIER_FIELDS: readonly Field[] = [
  { name: 'id', type: string },
  { name: 'tracker', type: string },
  { name: 'kind', type: string },
  { name: 'begin_ns', type: u64 },
  { name: 'end_ns', type: u64 },
  { name: 'delay_ns', type: u64 },
  { name: 'threshold_ns', type: u64 },
  { name: 'cpu', type: i32 },
  { name: 'pid', type: i32 },
  { name: 'tid', type: i32 },
  { name: 'comm', type: string },
  { name: 'cgroup', type: string },
  { name: 'key', type: string },
  { name: 'details', type: string },
];

/** Longest text of one field: a packet must hold the event, and a stack trace in `details` may be long. */
const MAX_TEXT = 16 * 1024;

function short(value: string): string {
  return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}...` : value;
}

/** Details may hold 64-bit numbers, which JSON gets as decimal strings. */
function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function json(value: unknown): string {
  return short(JSON.stringify(value, bigintAsText));
}

/** The text of `outlier.json`: what is known of the snapshot, and its outliers with their folder. */
export function outlierFile(snapshot: unknown, outliers: readonly Outlier[], path: string): string {
  const located = outliers.map((outlier) => ({ ...outlier, snapshot: path }));
  return `${JSON.stringify({ snapshot, outliers: located }, bigintAsText, 2)}\n`;
}

export function outlierValues(outlier: Outlier): FieldValue[] {
  return [
    short(outlier.id),
    short(outlier.tracker),
    outlier.kind,
    BigInt(outlier.begin_ns),
    BigInt(outlier.end_ns),
    outlier.delay_ns,
    outlier.threshold_ns,
    outlier.cpu,
    outlier.pid,
    outlier.tid,
    short(outlier.comm),
    short(outlier.cgroup),
    json(outlier.key),
    json(outlier.details),
  ];
}
