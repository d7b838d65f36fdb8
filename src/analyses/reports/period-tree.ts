/** Completed periods with what was completed inside them. */
import type { FieldValue } from '../../trace/event.ts';
import type { PeriodInstance } from '../report.ts';

export interface PeriodNode {
  readonly name: string;
  readonly path: string;
  readonly begin: number;
  end: number;
  readonly parent: PeriodNode | null;
  /** Those that are complete. */
  children: readonly PeriodNode[];
  readonly instance: PeriodInstance;
}

/** `[period.capture, value]` */
export type Captured = readonly [name: string, value: string];

export function durationOf({ begin, end }: PeriodNode): number {
  return end - begin;
}

export function captureText(value: FieldValue | undefined): string {
  if (value === undefined) return 'None';
  if (typeof value !== 'object' || value === null) return String(value);
  return JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? String(item) : item));
}

/** Captures of one period, begin before end. @param names only these */
export function capturesOf({ name, instance }: PeriodNode, names?: readonly string[]): Captured[] {
  const { beginCaptures, endCaptures } = instance;
  const all =
    names === undefined ? [...beginCaptures, ...endCaptures] : [...sorted(beginCaptures), ...sorted(endCaptures)];
  return all
    .filter(([capture]) => names === undefined || names.includes(capture))
    .map(([capture, value]) => [`${name}.${capture}`, captureText(value)]);
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** `Period.capture = value, ...` by name; '' when there are none. */
export function groupKey(captures: readonly Captured[]): string {
  return captures
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');
}

/** `{'a': 1}`, as Python writes a dictionary. */
export function captureCell(captures: ReadonlyMap<string, FieldValue | undefined>): string {
  if (captures.size === 0) return '{}';
  const quoted = (value: FieldValue | undefined): string =>
    typeof value === 'string' ? `'${value.replaceAll(/['\\]/g, '\\$&')}'` : captureText(value);
  return `{${[...captures].map(([name, value]) => `'${name}': ${quoted(value)}`).join(', ')}}`;
}

/** A line each, last name first, as lttng-analyses shows them. */
export function captureLines(captures: ReadonlyMap<string, FieldValue | undefined>): string {
  if (captures.size === 0) return '';
  return sorted(captures)
    .toReversed()
    .map(([name, value]) => `${name} = ${captureText(value)}`)
    .join('\n');
}
