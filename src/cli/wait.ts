import type { Outlier } from '../base/outlier.ts';
import { type Command, defineCommand } from './command.ts';
import { outlierRow } from './outlier-text.ts';
import { chosenTrackers, startTracking, TRACKING_OPTIONS, untilAborted } from './tracking.ts';

export const command: Command = defineCommand({
  name: 'wait',
  summary: 'block until one outlier comes, print it',
  description:
    'What a shell script blocks on: returns at the first outlier with status 0, or with status 1 when --for has passed.\n' +
    'Several may wait at the same time, each with its own threshold and filter.',
  operands: { text: 'TRACKER...', min: 1, max: Number.POSITIVE_INFINITY },
  options: {
    ...TRACKING_OPTIONS,
    for: { type: 'duration', value: 'D', help: 'give up after this time, with exit status 1' },
  },
  examples: [
    { line: 'tailtrap wait block --threshold 50ms && lttng snapshot record', does: 'what the outlier looked like' },
    { line: 'tailtrap wait wakeup --threshold 10ms --for 1m || echo calm', does: 'a minute without a late wake-up' },
  ],
  async run({ options, operands, out, log, signal }) {
    let caught: Outlier | null = null;
    const done = new AbortController();
    const { watcher, running } = startTracking(chosenTrackers(operands), options, log, (outlier) => {
      caught ??= outlier;
      done.abort();
    });
    log(`waiting for ${running.map((spec) => spec.name).join(' or ')}`);
    const ends = [signal, done.signal];
    if (options.for !== undefined) ends.push(AbortSignal.timeout(options.for / 1e6));
    await untilAborted(AbortSignal.any(ends));
    await watcher.close();
    const first = caught as Outlier | null;
    if (first === null) return 1;
    out.record(first, () => outlierRow(first));
    return 0;
  },
});
