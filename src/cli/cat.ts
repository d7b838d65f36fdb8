import { UsageError } from '../base/errors.ts';
import type { CtfEvent } from '../ctf/reader.ts';
import { chooseFields, chooseNames, FIELD_NAMES, NAME_NAMES, type TextOptions } from '../ctf/text/options.ts';
import { isLiveUrl } from '../lttng/viewer/url.ts';
import { BulkOutput } from './bulk.ts';
import { type CatRequest, linesOf } from './cat-text.ts';
import { catThreads, type Rest, slicesToShare } from './cat-threads.ts';
import { type Command, defineCommand } from './command.ts';
import { Progress } from './progress.ts';
import { timeZoneWarning } from './time-zone.ts';
import { noticeTeller, type OpenedTraces, openTraces, SELECTION_OPTIONS, selectionOf } from './trace-input.ts';
import { type EventTest, whereTest } from './where.ts';

/** Thrown out of the reading when nobody reads our output any more. */
class NobodyReads extends Error {}

export const command: Command = defineCommand({
  name: 'cat',
  summary: 'print the events of CTF traces in the order of time',
  description:
    'TRACE is a folder: an LTTng session, a snapshot, anything with CTF traces in it or below it; or a live session,\n' +
    'net://HOST[:PORT]/host/NAME/SESSION, whose events are printed as they come until the session ends (Ctrl-C ends\n' +
    "earlier). The layout is babeltrace2's, byte for byte; with --json one object a line. Losses are told on stderr.",
  operands: { text: 'TRACE...', min: 1, max: Number.POSITIVE_INFINITY },
  options: {
    ...SELECTION_OPTIONS,
    wait: { type: 'duration', value: 'D', default: '0', help: 'so long for a live session that is not there yet' },
    threads: {
      type: 'integer',
      value: 'N',
      default: 1,
      min: 1,
      max: 16,
      help: 'threads that make text; pays from some 100 MB of an indexed trace on',
    },
    'clock-seconds': { type: 'boolean', help: 'times as seconds since the epoch' },
    'clock-date': { type: 'boolean', help: 'times with their date' },
    'clock-gmt': { type: 'boolean', help: 'times in GMT, not in the local time zone; those given, too' },
    'clock-cycles': { type: 'boolean', help: 'times as values of the clock' },
    'no-delta': { type: 'boolean', help: 'without the time since the line before' },
    fields: { type: 'list', value: 'F', help: 'show of the names and levels: all, none, trace, trace:hostname, ...' },
    names: { type: 'list', value: 'N', help: 'name the fields of: all, none, payload, context, scope, header' },
  },
  examples: [
    { line: 'tailtrap cat ~/lttng-traces/my-session', does: 'all events' },
    { line: "tailtrap cat snapshot/ --events 'block_*' --where dev=8388608", does: 'one disk' },
    {
      line: 'tailtrap cat snapshot/ --begin 12:00:01.5 --end 12:00:02',
      does: "half a second of the trace's first day",
    },
    { line: 'tailtrap cat net://relay/host/server1/s1 --begin now', does: 'live, from now on' },
    { line: 'tailtrap cat snapshot/ --json | jq -r .fields.filename', does: 'for a script' },
  ],
  endsAtOnce: (operands) => !operands.some(isLiveUrl),
  async run({ options, operands, out, log, signal }) {
    const text: TextOptions = {
      clock: {
        cycles: options['clock-cycles'],
        seconds: options['clock-seconds'],
        date: options['clock-date'],
        gmt: options['clock-gmt'],
      },
      delta: !options['no-delta'],
      fields: chooseFields(known('--fields', options.fields, FIELD_NAMES)),
      names: chooseNames(known('--names', options.names, NAME_NAMES)),
    };
    const local = !text.clock.gmt && !text.clock.seconds && !text.clock.cycles;
    const warning = local ? timeZoneWarning(process.env.TZ) : '';
    if (warning !== '') log(warning);
    if (operands.some(isLiveUrl)) {
      const { catLive } = await import('./cat-live.ts');
      return catLive(operands, options, { text, json: out.json, log, signal });
    }
    const traces = openTraces(operands);
    const selection = selectionOf(traces.source, options, text.clock.gmt);
    const request = { paths: operands, text, json: out.json, selection, where: options.where };
    try {
      await print(traces, request, options.threads, log);
    } catch (error) {
      if (error instanceof NobodyReads) return 0;
      throw error;
    }
    return 0;
  },
});

async function print(
  traces: OpenedTraces,
  request: CatRequest,
  threads: number,
  log: (line: string) => void,
): Promise<void> {
  const progress = Progress.of(traces.source);
  const stdout = new BulkOutput();
  const tell = noticeTeller(traces, request.text.clock, log);
  let rest: Rest | null = { begin_ns: undefined, last: Number.NaN, lines: 0 };
  const shared = slicesToShare(traces.source, request, threads);
  if (shared !== null) {
    rest = await catThreads(request, shared, threads, (bytes, count, time) => {
      stdout.write(bytes);
      progress.at(count, time);
      return !stdout.closed;
    });
    progress.clear();
    if (rest === null) return;
  }
  const { last, lines: before, begin_ns } = rest;
  const lines = linesOf(traces, request, (bytes) => {
    if (stdout.closed) return;
    stdout.write(bytes);
    if (stdout.closed) throw new NobodyReads();
    progress.at(before + lines.count, lines.time);
  });
  lines.restart(last);
  const events = traces.source.events({
    ...request.selection,
    onNotice: (notice) => {
      progress.clear();
      tell(notice);
    },
  });
  const wanted = notBefore(begin_ns, traces.source.origin_ns, whereTest(request.where));
  const each = wanted === null ? lines.line : (event: CtfEvent): boolean => wanted(event) && lines.line(event);
  try {
    events.drain(lines.consumer, lines.out, each);
  } finally {
    // What was read before damage is printed. After a failed write this does nothing: the buffer goes nowhere.
    lines.end();
    progress.clear();
    events.close();
  }
}

/** What was written already is read once more, so that losses are told as they are without threads. */
function notBefore(begin_ns: bigint | undefined, origin_ns: bigint, wanted: EventTest | null): EventTest | null {
  if (begin_ns === undefined) return wanted;
  const begin = Number(begin_ns - origin_ns);
  return (event) => event.time >= begin && (wanted === null || wanted(event));
}

/** The list, if all of it is known. */
function known(option: string, list: readonly string[], names: readonly string[]): readonly string[] {
  const unknown = list.find((name) => !names.includes(name));
  if (unknown === undefined) return list;
  throw new UsageError('TT_USAGE', `${option} cannot have '${unknown}'`, { next: `it may have ${names.join(', ')}` });
}
