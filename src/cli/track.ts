import { UsageError } from '../base/errors.ts';
import type { Outlier } from '../base/outlier.ts';
import type { TrackerObject } from '../kernel/object.ts';
import { resolveKey } from '../kernel/track/key.ts';
import { attachmentsOf, openSide } from '../kernel/track/side.ts';
import { type Mode, trackSpec } from '../kernel/track/spec.ts';
import type { TrackerSpec } from '../kernel/trackers/spec.ts';
import { type Command, defineCommand } from './command.ts';
import { deadline, untilAborted } from './deadline.ts';
import { lossLines } from './losses.ts';
import { OUTLIER_ROWS, outlierRow } from './outlier-text.ts';
import { percentileRecord, percentileTable, readPercentiles } from './percentiles.ts';
import { startTracking, TRACKING_OPTIONS } from './tracking.ts';

const { dev: _, threshold: __, timeout: ___, ...COMMON } = TRACKING_OPTIONS;

interface Events {
  readonly in: string | undefined;
  readonly out: string | undefined;
  readonly key: string | undefined;
  readonly name: string;
  readonly threshold: number;
  readonly timeout: number;
  readonly forget: number;
  readonly duplicates: boolean;
  readonly 'keep-first': boolean;
  readonly pid: number | undefined;
}

interface Named {
  readonly in: string;
  readonly out: string;
  readonly key: string;
}

/** @throws UsageError when one of those that make a tracker is missing or unusable */
function named({ in: inText, out: outText, key: keyText, name }: Events): Named {
  if (inText === undefined || outText === undefined || keyText === undefined) {
    const missing = inText === undefined ? '--in' : outText === undefined ? '--out' : '--key';
    throw new UsageError('TT_USAGE', `${missing} is missing`, {
      next: 'write --in EVENT --out EVENT --key FIELDS; see tailtrap track --help',
    });
  }
  if (!/^[\w.-]{1,64}$/.test(name)) {
    throw new UsageError('TT_USAGE', `--name '${name}' is not a name`, { next: 'use letters, digits, _, - and .' });
  }
  return { in: inText, out: outText, key: keyText };
}

function specOf(options: Events): TrackerSpec {
  const { in: inText, out: outText, key: keyText } = named(options);
  const inSide = openSide(inText, '--in');
  const outSide = openSide(outText, '--out');
  const key = resolveKey(keyText, inSide.fields, outSide.fields);
  if (inText === outText && key.every((pair) => pair.in.name === pair.out.name)) {
    throw new UsageError('TT_SAME_EVENT', `every ${inText} would be the end of itself: in and out are the same event`, {
      where: '--out',
      next: 'name another event, or a key that differs, such as --key prev_pid=next_pid of sched:sched_switch',
    });
  }
  return trackSpec({
    name: options.name,
    in: inText,
    out: outText,
    key,
    mode: modeOf(options),
    attachments: attachmentsOf(inSide, outSide, key, options.pid ?? -1),
    threshold_ns: options.threshold,
    timeout_ns: options.timeout,
    forget_ns: options.forget,
  });
}

function modeOf(options: Events): Mode {
  if (!options.duplicates) return options['keep-first'] ? 'keep' : 'replace';
  if (!options['keep-first']) return 'duplicate';
  throw new UsageError('TT_USAGE', '--duplicates and --keep-first exclude each other', {
    next: 'see tailtrap track --help',
  });
}

/** For the table: the events are the same in every row, and the out side's task is told where it is another. */
function withoutTheObvious(outlier: Outlier): Outlier {
  const { in: _in, out: _out, out_pid, out_tid, out_comm, ...rest } = outlier.details;
  const ended = out_tid === undefined || out_tid === outlier.tid ? {} : { ended_by: { comm: out_comm, tid: out_tid } };
  return { ...outlier, details: { ...rest, ...ended } };
}

export const command: Command = defineCommand({
  name: 'track',
  summary: 'time the way from any event to any other',
  description:
    'Makes a tracker of two events: from an in event to the out event whose key fields have the same values.\n' +
    'EVENT is category:name (a tracepoint), uprobe:PATH:SYMBOL, uretprobe:PATH:SYMBOL or usdt:PATH:PROVIDER:NAME.\n' +
    'FIELDS are up to four names with commas between, inField=outField where the names differ. Besides the fields of the\n' +
    'event there are tid, pid and cpu; uprobes have arg0 to arg5, uretprobes ret. A filter (--pid ...) asks the in event.\n' +
    'With a TRACE (a CTF folder, or a live session net://HOST/host/NAME/SESSION) it looks there instead of in this kernel.',
  operands: { text: '[TRACE]', min: 0, max: 1 },
  options: {
    in: { type: 'string', value: 'EVENT', help: 'where an operation begins' },
    out: { type: 'string', value: 'EVENT', help: 'where it ends' },
    key: { type: 'string', short: 'k', value: 'FIELDS', help: 'the fields that are equal in both' },
    name: { type: 'string', value: 'NAME', default: 'track', help: 'what to call it' },
    threshold: { type: 'duration', value: 'D', default: '10ms', help: 'what is too long' },
    timeout: {
      type: 'duration',
      value: 'D',
      default: '0',
      help: 'report what is still pending after this; 0 for never',
    },
    forget: {
      type: 'duration',
      value: 'D',
      default: '1h',
      help: 'forget an in event without its out event; 0 for never',
    },
    duplicates: {
      type: 'boolean',
      help: 'several in events of one key are in flight at once; an out event ends them all',
    },
    'keep-first': { type: 'boolean', help: 'of several in events of one key the first counts (else the last)' },
    ...COMMON,
    count: { type: 'integer', short: 'n', value: 'N', min: 1, help: 'stop after N outliers' },
    for: { type: 'duration', value: 'D', help: 'stop after this time' },
    hist: { type: 'boolean', help: 'at the end, print the percentiles of all operations' },
  },
  examples: [
    {
      line: 'tailtrap track --in block:block_rq_issue --out block:block_rq_complete --key dev,sector --threshold 5ms',
      does: 'time in the disk',
    },
    {
      line: 'tailtrap track --in syscalls:sys_enter_fsync --out syscalls:sys_exit_fsync --key tid --timeout 1s',
      does: 'slow fsync calls, and those that hang',
    },
    {
      line: 'tailtrap track --in uprobe:libc.so.6:getaddrinfo --out uretprobe:libc.so.6:getaddrinfo --key tid --hist',
      does: 'name look-ups of every process',
    },
    {
      line: 'tailtrap track --in sched:sched_switch --out sched:sched_switch --key prev_pid=next_pid -p 4711',
      does: 'time that the threads of a process are off the CPU',
    },
    {
      line: 'tailtrap track --in block_rq_issue --out block_rq_complete --key dev,sector --threshold 5ms trace/',
      does: 'slow disk requests in a recorded trace',
    },
  ],
  async run({ options, operands: [place], out, log, signal }) {
    const { count } = options;
    if (place !== undefined) {
      const { trackTrace } = await import('./track-trace.ts');
      const settings = { ...options, ...named(options), mode: modeOf(options) };
      return trackTrace(place, settings, {
        out,
        log,
        signal,
        row: (outlier) => outlierRow(withoutTheObvious(outlier)),
      });
    }
    let seen = 0;
    const done = new AbortController();
    const limits = [signal, done.signal];
    if (options.for !== undefined) limits.push(deadline(options.for));
    const ends = AbortSignal.any(limits);
    const spec = specOf(options);
    const { watcher } = startTracking(
      [spec],
      { ...options, dev: undefined },
      log,
      (outlier) => {
        if (count !== undefined && seen >= count) return;
        seen++;
        out.record(outlier, () => outlierRow(withoutTheObvious(outlier)));
        if (seen === count) done.abort();
      },
      ends,
    );
    const began = process.hrtime.bigint();
    log(`watching ${spec.name}: ${spec.entry} to ${spec.exit} by ${spec.key}; stop with Ctrl-C`);
    out.text(OUTLIER_ROWS.head());
    // One side is attached, and detached, some milliseconds before the other: not worth a note.
    const object = watcher.object(spec.name);
    const { unmatched } = object.stats().counters;
    await untilAborted(ends);
    const unseen = unseenLines(object, unmatched);
    object.detach();
    await watcher.drained();
    const readings = readPercentiles(watcher.objects);
    const notes = [...lossLines(watcher.objects), ...unseen];
    await watcher.close();
    if (options.hist) {
      const interval_ns = Number(process.hrtime.bigint() - began);
      for (const reading of readings) out.record(percentileRecord(reading, interval_ns));
      for (const line of percentileTable(readings)) out.text(line);
    }
    for (const line of notes) log(line);
    return 0;
  },
});

/** What was not timed, and why. */
function unseenLines(object: TrackerObject, unmatchedBefore: number): string[] {
  const { name } = object.spec;
  const { unmatched: unmatchedNow, collected, replaced } = object.stats().counters;
  const unmatched = unmatchedNow - unmatchedBefore;
  const missed = object.missedRuns();
  const lines: string[] = [];
  if (missed > 0) lines.push(`${name}: events not seen because another BPF program ran on that CPU: ${missed}`);
  if (replaced > 0) lines.push(`${name}: in events that a later one of the same key took the place of: ${replaced}`);
  if (collected > 0) lines.push(`${name}: in events forgotten, no out event came (--forget): ${collected}`);
  if (unmatched > 0) {
    const never = object.histogram().total() === 0;
    const hint = never ? ', and none with one: do the key fields of both mean the same?' : '';
    lines.push(`${name}: out events without an in event: ${unmatched}${hint}`);
  }
  return lines;
}
