/**
 * Results as data. Text, `--json`, LAMI and pages are made of these tables; the column classes are those of the LTTng
 * analyses machine interface (LAMI) 1.0.
 */

export type ColumnClass =
  | 'bool'
  | 'number'
  | 'string'
  | 'ratio'
  | 'timestamp'
  | 'duration'
  | 'size'
  | 'time-range'
  | 'syscall'
  | 'process'
  | 'path'
  | 'fd'
  | 'irq'
  | 'cpu'
  | 'disk'
  | 'netif'
  | 'mixed';

export interface Column {
  /** Key in `--json`. */
  readonly key: string;
  readonly title: string;
  readonly class: ColumnClass;
  /** Of numbers: `calls`. */
  readonly unit?: string;
}

export interface TableClass {
  /** Of LAMI; null for tables whose columns depend on the data. */
  readonly name: string | null;
  readonly title: string;
  readonly columns: readonly Column[];
}

/** There is a value, but it is not known. `null` is: there is none. */
export const UNKNOWN: unique symbol = Symbol('unknown');

export interface ProcessCell {
  readonly name?: string;
  readonly pid?: number;
  readonly tid?: number;
}

export interface IrqCell {
  readonly hard: boolean;
  readonly nr: number;
  readonly name: string;
}

/** Times are nanoseconds since the source's origin. */
export interface RangeCell {
  readonly begin: number;
  readonly end: number;
}

export type Cell = null | typeof UNKNOWN | number | string | boolean | ProcessCell | IrqCell | RangeCell;
export type Row = readonly Cell[];

export interface ResultTable {
  readonly class: TableClass;
  readonly subtitle: string | null;
  readonly rows: Row[];
  /** Some figures are not exact: the distribution was too large to be kept. */
  approximate?: boolean;
}

export function table(tableClass: TableClass, subtitle: string | null = null): ResultTable {
  return { class: tableClass, subtitle, rows: [] };
}

/** Makes a class of a compact list: `['count', 'Call count', 'number', 'calls']`. */
export function tableClass(
  name: string | null,
  title: string,
  columns: readonly (readonly [key: string, title: string, kind: ColumnClass, unit?: string])[],
): TableClass {
  return {
    name,
    title,
    columns: columns.map(([key, columnTitle, kind, unit]) => ({
      key,
      title: columnTitle,
      class: kind,
      ...(unit === undefined ? {} : { unit }),
    })),
  };
}
