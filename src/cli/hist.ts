import type { Histogram } from '../base/histogram.ts';
import { formatDuration } from '../base/units.ts';
import type { TrackerObject } from '../kernel/object.ts';
import { type Command, defineCommand } from './command.ts';
import { histogramLines } from './histogram-text.ts';
import { lossLines } from './losses.ts';
import { formatTable } from './table.ts';
import { chosenTrackers, startTracking, TRACKING_OPTIONS, untilAborted } from './tracking.ts';

const QUANTILES = [0.5, 0.9, 0.99, 0.999, 0.9999] as const;

interface Reading {
  readonly tracker: string;
  readonly class: string;
  readonly histogram: Histogram;
  readonly sum_ns: number;
}

function read(objects: readonly TrackerObject[]): Reading[] {
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
function since(now: readonly Reading[], earlier: readonly Reading[]): Reading[] {
  return now.map((reading, i) => ({
    ...reading,
    histogram: reading.histogram.since(earlier[i]!.histogram),
    sum_ns: reading.sum_ns - earlier[i]!.sum_ns,
  }));
}

function record(reading: Reading, interval_ns: number): object {
  const { tracker, class: cls, histogram, sum_ns } = reading;
  const count = histogram.total();
  const quantiles = Object.fromEntries(
    QUANTILES.map((q) => [`p${q * 100}_ns`.replace(/\.(\d+)/, '_$1'), count === 0 ? null : histogram.quantile(q)]),
  );
  return { tracker, class: cls, interval_ns, count, mean_ns: count === 0 ? null : sum_ns / count, ...quantiles };
}

function tableRow({ tracker, class: cls, histogram, sum_ns }: Reading): string[] {
  const count = histogram.total();
  const values = [sum_ns / count, ...QUANTILES.map((q) => histogram.quantile(q)), histogram.quantile(1)];
  return [tracker, cls, String(count), ...values.map((ns) => (count === 0 ? '-' : formatDuration(ns)))];
}

export const command: Command = defineCommand({
  name: 'hist',
  summary: 'latency percentiles and histograms of every operation',
  description:
    'Counts every operation, not only outliers. Percentiles are the upper bounds of log-linear buckets: at most 1/16 too\n' +
    'high, never too low. With --interval one table per interval, of that interval.',
  operands: { text: '[TRACKER...]', min: 0, max: Number.POSITIVE_INFINITY },
  options: {
    ...TRACKING_OPTIONS,
    interval: { type: 'duration', value: 'D', help: 'print every D what came in it, until --for or Ctrl-C' },
    for: { type: 'duration', value: 'D', help: 'measure so long (default 5s without --interval)' },
    bars: { type: 'boolean', help: 'draw the distributions' },
  },
  examples: [
    { line: 'tailtrap hist wakeup block', does: 'five seconds of both' },
    { line: 'tailtrap hist wakeup --bars --for 10s', does: 'with a picture' },
    { line: 'tailtrap hist block -d sda --interval 1s --json', does: 'a line a second, for a script' },
  ],
  async run({ options, operands, out, log, signal }) {
    const { watcher } = startTracking(
      chosenTrackers(operands),
      { ...options, threshold: 100 * 86400e9, timeout: 0 },
      log,
      () => {},
    );
    const length_ns = options.for ?? (options.interval === undefined ? 5e9 : undefined);
    const end = length_ns === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(length_ns / 1e6)]);
    let earlier = read(watcher.objects);
    let began = process.hrtime.bigint();
    const print = (): void => {
      const now = read(watcher.objects);
      const fresh = since(now, earlier);
      const at = process.hrtime.bigint();
      for (const reading of fresh) out.record(record(reading, Number(at - began)));
      const titles = ['TRACKER', 'CLASS', 'COUNT', 'MEAN', 'P50', 'P90', 'P99', 'P99.9', 'P99.99', 'MAX'];
      const columns = titles.map((title, i) => ({ title, align: i < 2 ? 'left' : 'right' }) as const);
      for (const line of formatTable(columns, fresh.map(tableRow))) out.text(line);
      if (options.bars) {
        for (const reading of fresh) {
          out.text(`\n${reading.tracker} (${reading.class})`);
          for (const line of histogramLines(reading.histogram)) out.text(line);
        }
      }
      earlier = now;
      began = at;
    };
    if (options.interval === undefined) {
      log(`measuring for ${formatDuration(length_ns!)}`);
      await untilAborted(end);
      print();
    } else {
      while (!end.aborted) {
        await untilAborted(AbortSignal.any([end, AbortSignal.timeout(options.interval / 1e6)]));
        print();
        if (!end.aborted) out.text('');
      }
    }
    const losses = lossLines(watcher.objects);
    await watcher.close();
    for (const line of losses) log(line);
    return 0;
  },
});
