/** Summaries as cells, and as the columns of text. */
import { micros } from '../format/python.ts';
import { type Cell, type ColumnClass, UNKNOWN } from '../table.ts';
import { PERCENTILES, type Summary } from './summary.ts';

type ColumnSpec = readonly [key: string, title: string, kind: ColumnClass];

/** Additional columns behind `--percentiles`. */
export const PERCENTILE_COLUMNS: readonly ColumnSpec[] = PERCENTILES.map((q) => [
  `p${String(q * 100).replace('.', '_')}`,
  `${q * 100}th percentile`,
  'duration',
]);
/** As they head columns of text: `p99.9`. */
export const PERCENTILE_TITLES: readonly string[] = PERCENTILES.map((q) => `p${q * 100}`);

/** min, mean, max, deviation. */
export function statCells(summary: Summary): Cell[] {
  if (summary.count === 0) return [0, 0, 0, UNKNOWN];
  const { deviation } = summary;
  return [summary.min, summary.mean, summary.max, Number.isNaN(deviation) ? UNKNOWN : deviation];
}

export function percentileCells({ values }: Summary): Cell[] {
  return PERCENTILES.map((q) => (values === null || values.count === 0 ? UNKNOWN : values.quantile(q)));
}

/** A duration in microseconds; `?` when it is not known. */
export function durationText(cell: Cell | undefined): string {
  return typeof cell === 'number' ? micros(cell) : '?';
}
