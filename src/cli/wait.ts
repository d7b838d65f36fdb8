import { ask } from '../agent/client.ts';
import { DEFAULT_SOCKET } from '../agent/config.ts';
import { TailtrapError } from '../base/errors.ts';
import type { Outlier } from '../base/outlier.ts';
import { trackerNamed } from '../kernel/trackers/index.ts';
import type { TrackerSpec } from '../kernel/trackers/spec.ts';
import { type Command, defineCommand } from './command.ts';
import { untilAborted, untilEither } from './deadline.ts';
import { outlierRow } from './outlier-text.ts';
import { chosenTrackers, startTracking, TRACKING_OPTIONS, type TrackingValues } from './tracking.ts';

export const command: Command = defineCommand({
  name: 'wait',
  summary: 'block until one outlier comes, print it',
  description:
    'What a shell script blocks on: returns at the first outlier with status 0, or with status 1 when --for has passed.\n' +
    'Several may wait at the same time, each with its own threshold and filter. With --agent nothing is loaded: the outlier\n' +
    'comes from the running agent, its filter and threshold, together with the path of the snapshot that was taken.',
  operands: { text: 'TRACKER...', min: 1, max: Number.POSITIVE_INFINITY },
  options: {
    ...TRACKING_OPTIONS,
    for: { type: 'duration', value: 'D', help: 'give up after this time, with exit status 1' },
    agent: { type: 'boolean', help: "wait for the running agent's next outlier, until its snapshot is written" },
    socket: { type: 'string', value: 'PATH', default: DEFAULT_SOCKET, help: "the agent's socket" },
  },
  examples: [
    { line: 'tailtrap wait block --threshold 50ms && lttng snapshot record', does: 'what the outlier looked like' },
    { line: 'tailtrap wait block --agent --json', does: "the agent's next one, with the path of its snapshot" },
    { line: 'tailtrap wait http.server --agent', does: 'a slow request of a program with tailtrap/node' },
    { line: 'tailtrap wait wakeup --threshold 10ms --for 1m || echo calm', does: 'a minute without a late wake-up' },
  ],
  async run({ options, operands, out, log, signal }) {
    const end = untilEither(signal, options.for);
    const first = options.agent
      ? await nextOfAgent(options.socket, agentTrackers(operands), options.threshold ?? 0, end)
      : await nextHere(chosenTrackers(operands), options, log, end);
    if (first === null) return 1;
    out.record(first, () => outlierRow(first));
    return 0;
  },
});

/** Those of the agent, and those that programs report to it (tailtrap/node): their names have a dot. */
function agentTrackers(names: readonly string[]): string[] {
  return names.map((name) => (name.includes('.') ? name : trackerNamed(name).name));
}

/** From trackers of our own. */
async function nextHere(
  specs: readonly TrackerSpec[],
  values: TrackingValues,
  log: (line: string) => void,
  end: AbortSignal,
): Promise<Outlier | null> {
  const found: Outlier[] = [];
  const done = new AbortController();
  const { watcher, running } = startTracking(
    specs,
    values,
    log,
    (outlier) => {
      if (found.length === 0) found.push(outlier);
      done.abort();
    },
    end,
  );
  log(`waiting for ${running.map((spec) => spec.name).join(' or ')}`);
  await untilAborted(AbortSignal.any([end, done.signal]));
  await watcher.close();
  return found[0] ?? null;
}

/** From the running agent. */
async function nextOfAgent(
  socket: string,
  trackers: readonly string[],
  threshold_ns: number,
  end: AbortSignal,
): Promise<Outlier | null> {
  const found: Outlier[] = [];
  const done = new AbortController();
  const request = { subscribe: { trackers, threshold_ns } };
  const onLine = (line: unknown): void => {
    if (typeof line !== 'object' || line === null || !('tracker' in line)) return; // `{"subscribed":true}`
    if (found.length === 0) found.push(line as Outlier);
    done.abort();
  };
  await ask(socket, request, onLine, AbortSignal.any([end, done.signal]));
  if (found.length === 0 && !end.aborted) throw new TailtrapError('TT_NO_AGENT', 'the agent ended meanwhile');
  return found[0] ?? null;
}
