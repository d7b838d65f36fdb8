import { agentRuns, ask } from '../agent/client.ts';
import { DEFAULT_SOCKET } from '../agent/config.ts';
import { TailtrapError } from '../base/errors.ts';
import { formatDuration } from '../base/units.ts';
import { Recorder } from '../kernel/recorder/index.ts';
import { type Command, defineCommand } from './command.ts';
import { untilAborted, untilEither } from './deadline.ts';

interface Facts {
  readonly path?: string;
  readonly error?: string;
  readonly events?: number;
  readonly total_ns?: number;
}

async function fromAgent(socket: string): Promise<Facts> {
  let answer: Facts = { error: 'the agent gave no answer' };
  await ask(socket, { snapshot: true }, (line) => {
    answer = line as Facts;
  });
  return answer;
}

/** Without an agent there is no past: record for a while, then write that. */
async function recordNow(outDir: string, bufferBytes: number, length_ns: number, signal: AbortSignal): Promise<Facts> {
  const recorder = Recorder.start({ bufferBytes });
  try {
    await untilAborted(untilEither(signal, length_ns));
    const {
      counts: _counts,
      phases_ns: _phases,
      removed: _removed,
      ...facts
    } = await recorder.snapshot({ outliers: [], outDir });
    return facts;
  } finally {
    recorder.close();
  }
}

export const command: Command = defineCommand({
  name: 'snapshot',
  summary: 'write what the recorder holds now, as a CTF trace',
  description:
    'Asks the running agent for what its flight recorder holds. Where no agent runs, records for --for and writes that.',
  options: {
    out: { type: 'string', value: 'DIR', default: './tailtrap-snapshots', help: 'folder for it (without an agent)' },
    for: { type: 'duration', value: 'D', default: '2s', help: 'how long to record (without an agent)' },
    buffer: { type: 'size', value: 'SIZE', default: '16MiB', help: 'memory for all CPUs together (without an agent)' },
    socket: { type: 'string', value: 'PATH', default: DEFAULT_SOCKET, help: "the agent's socket" },
  },
  examples: [
    { line: 'tailtrap snapshot', does: 'the last seconds, from the agent' },
    { line: 'tailtrap snapshot --out /tmp/now --for 5s', does: 'five seconds from now on, without an agent' },
  ],
  async run({ options, out, log, signal }) {
    const agent = await agentRuns(options.socket);
    if (!agent) log(`no agent runs: recording for ${formatDuration(options.for)}`);
    const facts = agent
      ? await fromAgent(options.socket)
      : await recordNow(options.out, options.buffer, options.for, signal);
    if (facts.path === undefined) throw new TailtrapError('TT_SNAPSHOT', facts.error ?? 'no snapshot was taken');
    out.record(facts, () => facts.path!);
    log(`${facts.events ?? '?'} events, written in ${formatDuration(facts.total_ns ?? Number.NaN)}`);
    log(`open it: babeltrace2 ${facts.path}`);
    return 0;
  },
});
