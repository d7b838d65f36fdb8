/** Percentiles of trackers' delays, as a table and as JSON. */
import type { Histogram } from '../base/histogram.ts';
import { formatDuration } from '../base/units.ts';
import type { TrackerObject } from '../kernel/object.ts';
import { formatTable } from './table.ts';

const QUANTILES = [0.5, 0.9, 0.99, 0.999, 0.9999] as const;

/** One class of delays of one tracker. */
export interface Percentiles {
  readonly tracker: string;
  readonly class: string;
  readonly histogram: Histogram;
  readonly sum_ns: number;
}

export function readPercentiles(objects: readonly TrackerObject[]): Percentiles[] {
  return objects.flatMap((object) => {
    const { sum_ns } = object.stats();
    return object.spec.classes.map((name, i) => ({
      tracker: object.spec.name,
      class: name,
      histogram: object.histogram(i),
      sum_ns: sum_ns[i]!,
    }));
  });
}

/** What came since the earlier reading. */
export function percentilesSince(now: readonly Percentiles[], earlier: readonly Percentiles[]): Percentiles[] {
  return now.map((reading, i) => ({
    ...reading,
    histogram: reading.histogram.since(earlier[i]!.histogram),
    sum_ns: reading.sum_ns - earlier[i]!.sum_ns,
  }));
}

export function percentileRecord(reading: Percentiles, interval_ns: number): object {
  const { tracker, class: cls, histogram, sum_ns } = reading;
  const count = histogram.total();
  const quantiles = Object.fromEntries(
    QUANTILES.map((q) => [`p${q * 100}_ns`.replace(/\.(\d+)/, '_$1'), count === 0 ? null : histogram.quantile(q)]),
  );
  const mean_ns = count === 0 ? null : Math.round(sum_ns / count);
  // As every percentile, the upper bound of a bucket.
  const max_ns = count === 0 ? null : histogram.quantile(1);
  return { tracker, class: cls, interval_ns, count, mean_ns, ...quantiles, max_ns };
}

export function percentileTable(readings: readonly Percentiles[]): string[] {
  const titles = ['TRACKER', 'CLASS', 'COUNT', 'MEAN', 'P50', 'P90', 'P99', 'P99.9', 'P99.99', 'MAX'];
  const columns = titles.map((title, i) => ({ title, align: i < 2 ? 'left' : 'right' }) as const);
  return formatTable(columns, readings.map(tableRow));
}

function tableRow({ tracker, class: cls, histogram, sum_ns }: Percentiles): string[] {
  const count = histogram.total();
  const values = [sum_ns / count, ...QUANTILES.map((q) => histogram.quantile(q)), histogram.quantile(1)];
  return [tracker, cls, String(count), ...values.map((ns) => (count === 0 ? '-' : formatDuration(ns)))];
}
