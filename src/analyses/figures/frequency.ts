/** Frequency distributions: how many values fell into each of N bins of equal width. */
import { histogram } from '../format/graph.ts';
import { type Cell, type Column, type ResultTable, type TableClass, table, tableClass } from '../table.ts';
import type { Summary } from './summary.ts';

export interface FrequencyOptions {
  /** Number of bins. */
  readonly resolution: number;
  /** The same bins for all tables. */
  readonly uniform: boolean;
  /** One table with a column for each distribution. */
  readonly series: boolean;
  /** Bounds that the user gave, in nanoseconds; infinite where not. */
  readonly min_ns: number;
  readonly max_ns: number;
}

export interface Distributed {
  readonly subtitle: string | null;
  readonly summary: Summary;
}

interface Bounds {
  readonly low: number;
  readonly high: number;
}

function boundsOf(summaries: readonly Summary[], { min_ns, max_ns }: FrequencyOptions): Bounds {
  const low = Math.min(...summaries.map(({ min }) => min));
  const high = Math.max(...summaries.map(({ max }) => max));
  return { low: Number.isFinite(min_ns) ? min_ns : low, high: Number.isFinite(max_ns) ? max_ns : high };
}

/** One table for each distribution; one without rows where all values are the same. */
export function frequencyTables(
  tableClass: TableClass,
  distributions: readonly Distributed[],
  options: FrequencyOptions,
): ResultTable[] {
  const counted = distributions.filter(({ summary }) => summary.count > 0);
  const common =
    options.uniform && counted.length > 0
      ? boundsOf(
          counted.map(({ summary }) => summary),
          options,
        )
      : null;
  return distributions.map(({ subtitle, summary }) => {
    const result = table(tableClass, subtitle);
    if (summary.count > 0) fill(result, summary, common ?? boundsOf([summary], options), options.resolution);
    return result;
  });
}

function fill(result: ResultTable, summary: Summary, { low, high }: Bounds, resolution: number): void {
  const values = summary.values;
  if (values === null || !(high > low)) return;
  // Microseconds, as lttng-analyses calculates: the bounds print the same digits.
  const step = (high / 1000 - low / 1000) / resolution;
  values.bins(low, high, resolution).forEach((count, i) => {
    result.rows.push([(i * step + low / 1000) * 1000, ((i + 1) * step + low / 1000) * 1000, count]);
  });
  if (!values.exact) result.approximate = true;
}

/** `--freq-series`: the counts of tables with the same bins beside each other. */
export function seriesTable(title: string, key: string, unit: string, tables: readonly ResultTable[]): ResultTable {
  const [first] = tables;
  const columns: Column[] = [
    { key: 'duration_lower', title: 'Duration (lower bound)', class: 'duration' },
    { key: 'duration_upper', title: 'Duration (upper bound)', class: 'duration' },
    ...tables.map(({ subtitle }, i): Column => ({ key: `${key}${i}`, title: subtitle ?? '', class: 'number', unit })),
  ];
  const result = table({ ...tableClass(null, title, []), columns });
  first?.rows.forEach(([lower, upper], i) => {
    result.rows.push([lower, upper, ...tables.map(({ rows }): Cell => rows[i]?.[2] ?? 0)] as Cell[]);
  });
  return result;
}

export function frequencyText(title: string, { rows, approximate }: ResultTable): string[] {
  const bars = rows.map(([lower, , count]) => ({ lower_us: (lower as number) / 1000, count: count as number }));
  return histogram(approximate === true ? `${title}, approximate` : title, bars);
}
