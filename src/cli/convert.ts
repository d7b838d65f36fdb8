import { TailtrapError, UsageError } from '../base/errors.ts';
import { formatBytes } from '../base/units.ts';
import type { CtfEvent, CtfEvents } from '../ctf/reader.ts';
import { DEFAULT_TEXT_OPTIONS } from '../ctf/text/options.ts';
import { type Command, defineCommand } from './command.ts';
import { isStdout, NobodyReads } from './convert/output-file.ts';
import { type EventOutput, openOutput } from './convert/outputs.ts';
import { Progress } from './progress.ts';
import { interruptedBy } from './stop.ts';
import { noticeTeller, openTraces, SELECTION_OPTIONS, selectionOf } from './trace-input.ts';
import { type EventTest, whereTest } from './where.ts';

export const command: Command = defineCommand({
  name: 'convert',
  summary: 'write CTF traces in another format',
  description:
    'OUT is a new file, or - for stdout; for ctf a new folder. ctf writes CTF 1.8 as LTTng does: a piece of a trace,\n' +
    'chunks put together. perfetto opens at ui.perfetto.dev, chrome at chrome://tracing: CPUs, threads, interrupts,\n' +
    'system calls and outliers as tracks. json is one object a line, as `cat --json` prints it.',
  operands: { text: 'TRACE... OUT', min: 2, max: Number.POSITIVE_INFINITY },
  options: {
    to: { type: 'string', value: 'FORMAT', choices: ['ctf', 'perfetto', 'chrome', 'json'], help: 'the format' },
    'ctf-version': {
      type: 'string',
      value: 'V',
      choices: ['1.8', '2'],
      default: '1.8',
      help: 'of --to ctf; 1.8 is what most tools read',
    },
    ...SELECTION_OPTIONS,
    'clock-gmt': { type: 'boolean', help: 'times that are given, and told, are in GMT' },
  },
  examples: [
    { line: 'tailtrap convert snapshot/ --to perfetto slow.pftrace', does: 'then open it at ui.perfetto.dev' },
    { line: 'tailtrap convert trace/ --to ctf --begin 12:00:01 --end 12:00:02 second/', does: 'a piece of a trace' },
    { line: 'tailtrap convert trace/ --to json - | gzip > trace.jsonl.gz', does: 'to stdout' },
    { line: "tailtrap convert trace/ --to json --events 'sched_*' sched.jsonl", does: 'the scheduler, for a script' },
  ],
  async run({ options, operands, out, log, signal }) {
    if (options.to === undefined) {
      throw new UsageError('TT_USAGE', '--to is missing', { next: 'write --to ctf, perfetto, chrome or json' });
    }
    const path = operands.at(-1)!;
    const toStdout = isStdout(path);
    if (toStdout && options.to === 'ctf') {
      throw new UsageError('TT_USAGE', '--to ctf cannot go to stdout', { next: 'give the name of a new folder' });
    }
    const traces = openTraces(operands.slice(0, -1));
    const { source } = traces;
    const selection = selectionOf(source, options, options['clock-gmt']);
    const progress = Progress.of(source, false);
    const clock = { ...DEFAULT_TEXT_OPTIONS.clock, gmt: options['clock-gmt'] };
    const tell = noticeTeller(traces, clock, log);
    const output = openOutput(source, {
      format: options.to,
      path,
      version: options['ctf-version'] === '2' ? '2' : '1.8',
      note: (text) => log(`warning: ${text}`),
    });
    const events = source.events({
      ...selection,
      onNotice: (notice) => {
        progress.clear();
        tell(notice);
      },
      ...(output.onPacket === undefined ? {} : { onPacket: output.onPacket }),
    });
    const job: Job = { events, output, wanted: whereTest(options.where), progress, signal, count: 0 };
    let damage: TailtrapError | null;
    try {
      damage = await writeEvents(job);
      if (signal.aborted) {
        output.abandon();
        log(`stopped after ${job.count} events: ${toStdout ? 'the output is not whole' : `${path} is not written`}`);
        return interruptedBy(signal) ?? 0;
      }
      output.finish();
    } catch (error) {
      output.abandon();
      if (error instanceof NobodyReads) return 0;
      throw error;
    } finally {
      progress.clear();
      events.close();
    }
    if (!toStdout) out.record({ path, events: job.count, bytes: output.bytes }, () => path);
    log(`${job.count} events, ${formatBytes(output.bytes)}`);
    // Everything readable is there; that it is not everything makes the status 1.
    if (damage !== null) throw damage;
    return 0;
  },
});

/** How long events are written before signals are looked at, and after how many of them the time is. */
const SLICE_MS = 50;
const SLICE_EVENTS = 1024;

interface Job {
  readonly events: CtfEvents;
  readonly output: EventOutput;
  readonly wanted: EventTest | null;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  count: number;
}

/** @returns the damage of the traces, if there is any: it is told when everything readable was given */
async function writeEvents(job: Job): Promise<TailtrapError | null> {
  const { events, output, wanted, progress, signal } = job;
  let until = performance.now() + SLICE_MS;
  let seen = 0;
  for (;;) {
    const event = nextOrDamage(events);
    if (event === null || event instanceof TailtrapError) return event;
    if (wanted === null || wanted(event)) {
      output.add(events, event);
      job.count++;
    }
    if (++seen % SLICE_EVENTS !== 0 || performance.now() < until) continue;
    progress.at(job.count, event.time);
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) return null;
    until = performance.now() + SLICE_MS;
  }
}

function nextOrDamage(events: CtfEvents): CtfEvent | TailtrapError | null {
  try {
    return events.next();
  } catch (error) {
    if (error instanceof TailtrapError && error.code === 'TT_CTF_DAMAGED') return error;
    throw error;
  }
}
