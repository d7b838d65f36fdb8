/** Aligned columns: for a table that is known as a whole, and for rows that come one by one. */
import { visibleLength } from './terminal.ts';

export interface Column {
  readonly title: string;
  /** Numbers are easiest to compare when they end in the same column. */
  readonly align?: 'left' | 'right';
  /** At least this wide: for rows that come one by one. */
  readonly width?: number;
}

const GAP = '  ';

/** The lines of a table whose rows are all known: each column as wide as its widest cell. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, i) =>
    Math.max(column.width ?? 0, visibleLength(column.title), ...rows.map((row) => visibleLength(row[i] ?? ''))),
  );
  const titles = columns.map((column) => column.title);
  const head = titles.some((title) => title !== '') ? [formatRow(columns, widths, titles)] : [];
  return [...head, ...rows.map((row) => formatRow(columns, widths, row))];
}

/** A table whose rows come one by one: widths are fixed beforehand, a cell that is too long pushes its row. */
export class RowFormat {
  private readonly columns: readonly Column[];
  private readonly widths: readonly number[];

  constructor(columns: readonly Column[]) {
    this.columns = columns;
    this.widths = columns.map((column) => Math.max(column.width ?? 0, column.title.length));
  }

  head(): string {
    return this.row(this.columns.map((column) => column.title));
  }

  row(cells: readonly string[]): string {
    return formatRow(this.columns, this.widths, cells);
  }
}

function formatRow(columns: readonly Column[], widths: readonly number[], cells: readonly string[]): string {
  const padded = columns.map((column, i) => {
    const cell = cells[i] ?? '';
    const fill = ' '.repeat(Math.max(0, widths[i]! - visibleLength(cell)));
    return column.align === 'right' ? fill + cell : cell + fill;
  });
  return padded.join(GAP).trimEnd();
}
