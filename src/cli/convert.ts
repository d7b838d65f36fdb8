import { UsageError } from '../base/errors.ts';
import { formatBytes } from '../base/units.ts';
import type { CtfEvent, CtfEvents, CtfSource } from '../ctf/reader.ts';
import { EventLines } from '../ctf/text/lines.ts';
import { DEFAULT_TEXT_OPTIONS } from '../ctf/text/options.ts';
import { JSON_STYLE } from '../ctf/text/style.ts';
import { type Command, defineCommand } from './command.ts';
import { ChromeDrawing } from './convert/chrome.ts';
import { CopyFolder } from './convert/copy-folder.ts';
import { OutputFile } from './convert/output-file.ts';
import { PerfettoDrawing } from './convert/perfetto.ts';
import { type Drawing, Timeline } from './convert/timeline.ts';
import { Progress } from './progress.ts';
import { noticeTeller, openTraces, SELECTION_OPTIONS, selectionOf } from './trace-input.ts';
import type { EventTest } from './where.ts';
import { whereTest } from './where.ts';

export const command: Command = defineCommand({
  name: 'convert',
  summary: 'write CTF traces in another format',
  description:
    'OUT is a new file, for ctf a new folder. ctf writes CTF 1.8 as LTTng does: a piece of a trace, chunks put together.\n' +
    'perfetto opens at ui.perfetto.dev and chrome at chrome://tracing: CPUs, threads, interrupts, system calls and\n' +
    'outliers as tracks. json is one object a line, as `cat --json` prints it.',
  operands: { text: 'TRACE... OUT', min: 2, max: Number.POSITIVE_INFINITY },
  options: {
    to: { type: 'string', value: 'FORMAT', choices: ['ctf', 'perfetto', 'chrome', 'json'], help: 'the format' },
    ...SELECTION_OPTIONS,
  },
  examples: [
    { line: 'tailtrap convert snapshot/ --to perfetto slow.pftrace', does: 'then open it at ui.perfetto.dev' },
    { line: 'tailtrap convert trace/ --to ctf --begin 12:00:01 --end 12:00:02 second/', does: 'a piece of a trace' },
    { line: "tailtrap convert trace/ --to json --events 'sched_*' sched.jsonl", does: 'the scheduler, for a script' },
  ],
  endsAtOnce: true,
  async run({ options, operands, out, log }) {
    if (options.to === undefined) {
      throw new UsageError('TT_USAGE', '--to is missing', { next: 'write --to ctf, perfetto, chrome or json' });
    }
    const path = operands.at(-1)!;
    const traces = openTraces(operands.slice(0, -1));
    const { source } = traces;
    const selection = selectionOf(source, options, false);
    const wanted = whereTest(options.where);
    const progress = Progress.of(source);
    const tell = noticeTeller(traces, DEFAULT_TEXT_OPTIONS.clock, log);
    const output = options.to === 'ctf' ? new CopyFolder(path, source) : new OutputFile(path);
    const events = source.events({
      ...selection,
      onNotice: (notice) => {
        progress.clear();
        tell(notice);
        if (output instanceof CopyFolder) output.onNotice(notice);
      },
    });
    let count = 0;
    try {
      if (output instanceof CopyFolder) count = output.copy(events, wanted, progress);
      else if (options.to === 'json') count = writeJson(source, events, wanted, output, progress);
      else count = writeDrawing(drawingOf(options.to, source, output), events, wanted, progress);
    } catch (error) {
      output.abandon();
      throw error;
    } finally {
      progress.clear();
      events.close();
    }
    output.finish();
    out.record({ path, events: count, bytes: output.bytes }, () => path);
    log(`${count} events, ${formatBytes(output.bytes)}`);
    return 0;
  },
});

function writeJson(
  source: CtfSource,
  events: CtfEvents,
  wanted: EventTest | null,
  file: OutputFile,
  progress: Progress,
): number {
  const lines = new EventLines(source, JSON_STYLE, (bytes) => {
    file.write(bytes);
    progress.at(lines.count, Number.NaN);
  });
  const each = wanted === null ? lines.each : (event: CtfEvent): boolean => wanted(event) && lines.each(event);
  events.drain(lines.consumer, lines.out, each);
  lines.end();
  return lines.count;
}

function drawingOf(format: string, source: CtfSource, file: OutputFile): Drawing {
  const begin_ns = source.timeRange()?.begin_ns ?? 0n;
  return format === 'perfetto'
    ? new PerfettoDrawing(begin_ns, (bytes) => file.write(bytes))
    : new ChromeDrawing(begin_ns, (text) => file.write(text));
}

function writeDrawing(drawing: Drawing, events: CtfEvents, wanted: EventTest | null, progress: Progress): number {
  const timeline = new Timeline(drawing);
  let count = 0;
  for (let event = events.next(); event !== null; event = events.next()) {
    if (wanted !== null && !wanted(event)) continue;
    timeline.add(event);
    count++;
    if (count % 16_384 === 0) progress.at(count, event.time);
  }
  drawing.end();
  return count;
}
