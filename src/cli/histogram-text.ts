/** A histogram as bars, one row per power of two, in the manner of bcc and bpftrace. */
import { BUCKETS, bucketLow, type Histogram } from '../base/histogram.ts';
import { formatDuration } from '../base/units.ts';

const BAR_WIDTH = 40;

/** Rows from the first to the last power of two that has counts; empty for an empty histogram. */
export function histogramLines(histogram: Histogram): string[] {
  const rows: { low: number; count: number }[] = [];
  for (let i = 0; i < BUCKETS; i++) {
    const low = 2 ** Math.floor(Math.log2(Math.max(1, bucketLow(i))));
    const row = rows.at(-1);
    const count = histogram.counts[i]!;
    if (row !== undefined && row.low === low) row.count += count;
    else rows.push({ low, count });
  }
  const first = rows.findIndex((row) => row.count > 0);
  if (first < 0) return ['  (nothing)'];
  const last = rows.findLastIndex((row) => row.count > 0);
  const most = Math.max(...rows.map((row) => row.count));
  return rows.slice(first, last + 1).map(({ low, count }) => {
    const bar = '#'.repeat(Math.ceil((count / most) * BAR_WIDTH)).padEnd(BAR_WIDTH);
    const range = `${formatDuration(low).padStart(9)} .. ${formatDuration(low * 2).padStart(9)}`;
    return `  ${range}  ${String(count).padStart(10)}  |${bar}|`;
  });
}
