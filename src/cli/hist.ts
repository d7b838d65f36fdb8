import { UsageError } from '../base/errors.ts';
import { formatDuration } from '../base/units.ts';
import { type Command, defineCommand } from './command.ts';
import { untilAborted, untilEither } from './deadline.ts';
import { histogramLines } from './histogram-text.ts';
import { lossLines } from './losses.ts';
import { percentileRecord, percentilesSince, percentileTable, readPercentiles } from './percentiles.ts';
import { chosenTrackers, startTracking, TRACKING_OPTIONS } from './tracking.ts';

/** There are no outliers here: nothing about thresholds, rates and rings. */
const {
  threshold: _threshold,
  timeout: _timeout,
  rate: _rate,
  ring: _ring,
  only: _only,
  ...HIST_OPTIONS
} = TRACKING_OPTIONS;

/** Nothing takes a hundred days. */
const NO_OUTLIERS_NS = 100 * 86400e9;

/** Shorter intervals would print tables without a pause. */
const MIN_INTERVAL_NS = 1e6;

export const command: Command = defineCommand({
  name: 'hist',
  summary: 'latency percentiles and histograms of every operation',
  description:
    'Counts every operation, not only outliers. Percentiles are the upper bounds of log-linear buckets: at most 1/16 too\n' +
    'high, never too low. With --interval one table per interval, of that interval. `hist io` is the four-layer table of\n' +
    'input and output, with 1, 5 and 15 minutes of history.\n' +
    'Classes of a tracker are read one after the other while it goes on counting: they are not of one instant.',
  operands: { text: '[io | TRACKER...]', min: 0, max: Number.POSITIVE_INFINITY },
  options: {
    ...HIST_OPTIONS,
    interval: { type: 'duration', value: 'D', help: 'print every D what came in it, until --for or Ctrl-C' },
    for: { type: 'duration', value: 'D', help: 'measure so long (default 5s without --interval)' },
    bars: { type: 'boolean', help: 'draw the distributions' },
  },
  examples: [
    { line: 'tailtrap hist wakeup block', does: 'five seconds of both' },
    { line: 'tailtrap hist wakeup --bars --for 10s', does: 'with a picture' },
    { line: 'tailtrap hist io --for 10s', does: 'one table: system calls, file system, scheduler, block layer' },
    { line: 'tailtrap hist block -d sda --interval 1s --json', does: 'a line a second, for a script' },
  ],
  async run({ options: given, operands, out, log, signal }) {
    const options = { ...given, threshold: NO_OUTLIERS_NS, timeout: 0, rate: 0, ring: 4096 };
    if (options.interval !== undefined && options.interval < MIN_INTERVAL_NS) {
      throw new UsageError('TT_USAGE', '--interval is shorter than 1ms', { next: 'give 1ms or more' });
    }
    if (operands.length === 1 && operands[0] === 'io')
      return (await import('./hist-io.ts')).histIo(options, out, log, signal);
    const { watcher } = startTracking(chosenTrackers(operands), options, log, () => {});
    const length_ns = options.for ?? (options.interval === undefined ? 5e9 : undefined);
    const end = untilEither(signal, length_ns);
    let earlier = readPercentiles(watcher.objects);
    let began = process.hrtime.bigint();
    const print = (): void => {
      const now = readPercentiles(watcher.objects);
      const fresh = percentilesSince(now, earlier);
      const at = process.hrtime.bigint();
      for (const reading of fresh) out.record(percentileRecord(reading, Number(at - began)));
      for (const line of percentileTable(fresh)) out.text(line);
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
        await untilAborted(untilEither(end, options.interval));
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
