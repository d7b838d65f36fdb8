/** What a table of `tailtrap state` is. */
import { formatDuration } from '../../base/units.ts';
import type { Change, Query } from '../../state/index.ts';
import type { Column } from '../table.ts';

/** What is not in the state of one moment. */
export interface Told {
  /** What changed after one time, up to another; default: in the whole window. */
  readonly changes: (from_ns: bigint | undefined, to_ns: bigint | undefined) => readonly Change[];
  readonly counters: () => readonly Counter[];
}

export interface Counter {
  readonly counter: string;
  readonly value: number;
}

/** `pid` of what is in no process. */
export const NO_PROCESS = -1;

/** What is asked for besides the table. */
export interface Asked extends Told {
  readonly query: Query;
  readonly pid: number | undefined;
  readonly tid: number | undefined;
  readonly path: string | undefined;
  /** Also what ended within the window. */
  readonly recent: boolean;
  /** Rows at most. */
  readonly limit: number;
  /** Begin of what changed, nanoseconds since the epoch. */
  readonly since_ns: bigint | undefined;
  readonly clock: (time_ns: bigint | null) => string;
}

export interface StateTable {
  /** For `--show`. */
  readonly help: string;
  readonly columns: readonly Column[];
  readonly rows: (asked: Asked) => Rows;
}

export interface Rows {
  /** At most `limit` of them. */
  readonly shown: readonly { readonly record: object; readonly cells: readonly string[] }[];
  /** How many there are. */
  readonly count: number;
}

export const right: (title: string) => Column = (title) => ({ title, align: 'right' });
export const left: (title: string) => Column = (title) => ({ title });

export function table<T extends object>(
  help: string,
  columns: readonly Column[],
  items: (asked: Asked) => readonly T[],
  cells: (item: T, asked: Asked) => readonly string[],
): StateTable {
  const rows: StateTable['rows'] = (asked) => {
    const found = items(asked);
    const shown = found.slice(0, asked.limit).map((item) => ({ record: item, cells: cells(item, asked) }));
    return { shown, count: found.length };
  };
  return { help, columns, rows };
}

export function orDash(value: number | string | null | undefined): string {
  return value === null || value === undefined || value === '' ? '-' : String(value);
}

export function lasted(since_ns: bigint | null, { query }: Asked): string {
  const now_ns = query.time_ns;
  return since_ns === null || now_ns === null ? '-' : formatDuration(Math.max(0, Number(now_ns - since_ns)));
}
