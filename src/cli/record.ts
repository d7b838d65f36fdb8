import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { REPORTS } from '../analyses/index.ts';
import { TailtrapError, UsageError } from '../base/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import { formatBytes } from '../base/units.ts';
import { type Command, defineCommand } from './command.ts';
import { untilAborted, untilEither } from './deadline.ts';
import { recordWithLttng, whyNoLttng } from './record-lttng.ts';
import { interruptedBy } from './stop.ts';

export const command: Command = defineCommand({
  name: 'record',
  summary: 'record what the reports need into a trace, with LTTng or ftrace',
  description:
    'Records until Ctrl-C, or for --for, and prints the folder. REPORTs limit it to what they need. Where LTTng can trace\n' +
    'the kernel it does; otherwise the ftrace recorder writes to disk. Needs root.',
  operands: { text: '[REPORT...]', min: 0, max: Number.POSITIVE_INFINITY },
  options: {
    out: { type: 'string', value: 'DIR', help: 'a new folder for the trace (default: tailtrap-record-TIME)' },
    for: { type: 'duration', value: 'D', help: 'how long' },
    with: {
      type: 'string',
      value: 'TRACER',
      choices: ['lttng', 'ftrace'],
      help: 'the tracer; default: LTTng if it can',
    },
    buffer: { type: 'size', value: 'SIZE', default: '32MiB', help: 'memory for all CPUs together (ftrace)' },
  },
  examples: [
    { line: 'tailtrap record --for 10s', does: 'ten seconds of everything that reports need' },
    { line: 'tailtrap record cputop schedtop --out sched/', does: 'only the scheduler, until Ctrl-C' },
  ],
  async run({ options, operands, out, log, signal }) {
    for (const name of operands) {
      if (Object.hasOwn(REPORTS, name)) continue;
      throw new UsageError('TT_USAGE', `there is no report '${name}'`, {
        next: [didYouMean(name, Object.keys(REPORTS)), 'see tailtrap report --help'].join(' ').trim(),
      });
    }
    const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const path = resolve(options.out ?? `tailtrap-record-${stamp}`);
    if (existsSync(path)) throw new UsageError('TT_USAGE', `${path} exists`, { next: 'give another --out' });
    const families = new Set(operands.map((name) => REPORTS[name]!.family));
    const length_ns = options.for;
    const wait = (): Promise<void> => untilAborted(length_ns === undefined ? signal : untilEither(signal, length_ns));
    const reason = options.with === 'ftrace' ? 'not asked for' : whyNoLttng();
    if (reason === null) {
      const recorded = await recordWithLttng(path, families, { signal, wait, log });
      if (!recorded) {
        log('warning: stopped before the recording began: there is no trace');
        return interruptedBy(signal) ?? 1;
      }
      out.record({ path, tracer: 'lttng' }, () => path);
      return 0;
    }
    if (options.with === 'lttng') {
      throw new TailtrapError('TT_LTTNG', `LTTng cannot record the kernel: ${reason}`, {
        next: 'is lttng-sessiond running as root, and are lttng-modules loaded? or record --with ftrace',
      });
    }
    if (options.with === undefined) log(`LTTng cannot record the kernel here (${reason}), ftrace does`);
    const { recordWithFtrace } = await import('./record-ftrace.ts');
    const facts = await recordWithFtrace(path, families, { signal, length_ns, log, bufferBytes: options.buffer });
    out.record({ path, tracer: 'ftrace', ...facts }, () => path);
    log(formatBytes(facts.bytes));
    if (facts.lost > 0)
      log(`warning: ${facts.lost} events were lost: they came faster than they were written; give more --buffer`);
    return 0;
  },
});
