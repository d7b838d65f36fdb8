import { formatDuration } from '../base/units.ts';
import { type Command, defineCommand } from './command.ts';
import { histogramLines } from './histogram-text.ts';
import { lossLines } from './losses.ts';
import { percentileRecord, percentilesSince, percentileTable, readPercentiles } from './percentiles.ts';
import { chosenTrackers, startTracking, TRACKING_OPTIONS, untilAborted } from './tracking.ts';

export const command: Command = defineCommand({
  name: 'hist',
  summary: 'latency percentiles and histograms of every operation',
  description:
    'Counts every operation, not only outliers. Percentiles are the upper bounds of log-linear buckets: at most 1/16 too\n' +
    'high, never too low. With --interval one table per interval, of that interval. `hist io` is the four-layer table of\n' +
    'input and output, with 1, 5 and 15 minutes of history.',
  operands: { text: '[io | TRACKER...]', min: 0, max: Number.POSITIVE_INFINITY },
  options: {
    ...TRACKING_OPTIONS,
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
  async run({ options, operands, out, log, signal }) {
    if (operands.length === 1 && operands[0] === 'io')
      return (await import('./hist-io.ts')).histIo(options, out, log, signal);
    const { watcher } = startTracking(
      chosenTrackers(operands),
      { ...options, threshold: 100 * 86400e9, timeout: 0 },
      log,
      () => {},
    );
    const length_ns = options.for ?? (options.interval === undefined ? 5e9 : undefined);
    const end = length_ns === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(length_ns / 1e6)]);
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
