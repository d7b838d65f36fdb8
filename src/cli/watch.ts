import { type Command, defineCommand } from './command.ts';
import { deadline, untilAborted } from './deadline.ts';
import { lossLines } from './losses.ts';
import { OUTLIER_ROWS, outlierRow } from './outlier-text.ts';
import { chosenTrackers, startTracking, TRACKING_OPTIONS } from './tracking.ts';

export const command: Command = defineCommand({
  name: 'watch',
  summary: 'print outliers as they come',
  description:
    'Times every operation of the trackers in the kernel, and prints those that took longer than the threshold, or that\n' +
    'are still pending after the timeout. Without names: all trackers, each with its default threshold.',
  operands: { text: '[TRACKER...]', min: 0, max: Number.POSITIVE_INFINITY },
  options: {
    ...TRACKING_OPTIONS,
    count: { type: 'integer', short: 'n', value: 'N', min: 1, help: 'stop after N outliers' },
    for: { type: 'duration', value: 'D', help: 'stop after this time' },
    stats: { type: 'boolean', help: 'at the end, the counters of each tracker as JSON on stderr' },
  },
  examples: [
    { line: 'tailtrap watch', does: 'everything, with default thresholds' },
    { line: 'tailtrap watch block --threshold 20ms', does: 'disk requests slower than 20 ms' },
    { line: 'tailtrap watch wakeup --threshold 5ms -c redis-server --json', does: 'one JSON object a line' },
    { line: 'tailtrap watch block --timeout 500ms --threshold 1h', does: 'only requests that do not come back' },
  ],
  async run({ options, operands, out, log, signal }) {
    const { count } = options;
    let seen = 0;
    const done = new AbortController();
    const limits = [signal, done.signal];
    if (options.for !== undefined) limits.push(deadline(options.for));
    const ends = AbortSignal.any(limits);
    const { watcher, running } = startTracking(
      chosenTrackers(operands),
      options,
      log,
      (outlier) => {
        if (count !== undefined && seen >= count) return;
        seen++;
        out.record(outlier, () => outlierRow(outlier));
        if (seen === count) done.abort();
      },
      ends,
    );
    log(`watching ${running.map((spec) => spec.name).join(', ')}; stop with Ctrl-C`);
    out.text(OUTLIER_ROWS.head());
    await untilAborted(ends);
    // First nothing new, then all that was caught, then the counters: they must add up.
    for (const object of watcher.objects) object.detach();
    await watcher.drained();
    const losses = lossLines(watcher.objects);
    const stats = watcher.objects.map((object) => ({ tracker: object.spec.name, ...object.stats().counters }));
    await watcher.close();
    if (options.stats) log(`stats ${JSON.stringify(stats)}`);
    for (const line of losses) log(line);
    return 0;
  },
});
