import { messageOf } from '../base/errors.ts';
import { formatDuration } from '../base/units.ts';
import { groupLeftOut, type LeftOut, leftOutText } from '../kernel/left-out.ts';
import { pidMax, possibleCpus } from '../kernel/machine.ts';
import { TrackerObject } from '../kernel/object.ts';
import { OBJECT_FOLDER } from '../kernel/paths.ts';
import { TRACKERS } from '../kernel/trackers/index.ts';
import type { TrackerSpec } from '../kernel/trackers/spec.ts';
import { DEFAULT_RING_BYTES } from '../kernel/watcher.ts';
import { type Command, defineCommand } from './command.ts';
import { formatTable } from './table.ts';

interface Attempt {
  readonly loads: boolean;
  /** What is missing, or why it does not load; else `''`. */
  readonly reason: string;
  readonly error?: unknown;
}

/** Whether it loads here: really tried, nothing is attached. */
function tryLoad(spec: TrackerSpec): Attempt {
  try {
    const sizes = { cpus: possibleCpus(), pid_max: pidMax(), ring_bytes: DEFAULT_RING_BYTES };
    const object = TrackerObject.load(spec, { folder: OBJECT_FOLDER, ...sizes });
    const missing = object.missing;
    object.close();
    return { loads: true, reason: missing.length > 0 ? `without ${missing.join(', ')}` : '' };
  } catch (error) {
    return { loads: false, reason: messageOf(error), error };
  }
}

export const command: Command = defineCommand({
  name: 'trackers',
  summary: 'list the trackers, what they time, and whether they load here',
  description: 'Exit status: 0 when at least one of them loads here, else 1.',
  options: {},
  examples: [
    { line: 'tailtrap trackers', does: 'the list' },
    { line: 'tailtrap trackers --json', does: 'the same with every field' },
  ],
  async run({ out, log }) {
    const rows: string[][] = [];
    const without: string[] = [];
    const failures: LeftOut[] = [];
    for (const spec of TRACKERS) {
      const { loads, reason, error } = tryLoad(spec);
      const { name, summary, entry, exit, key, classes, threshold_ns, timeout_ns, filters } = spec;
      out.record({ name, summary, entry, exit, key, classes, threshold_ns, timeout_ns, filters, loads, reason });
      rows.push([
        name,
        formatDuration(threshold_ns),
        timeout_ns === 0 ? '-' : formatDuration(timeout_ns),
        loads ? 'yes' : 'no',
        key,
        summary,
      ]);
      if (!loads) failures.push({ name, error });
      else if (reason !== '') without.push(`${name}: ${reason}`);
    }
    const columns = ['TRACKER', 'THRESHOLD', 'TIMEOUT', 'LOADS', 'KEY', 'WHAT IT TIMES'];
    const aligned = columns.map((title, i) => ({ title, align: i === 1 || i === 2 ? 'right' : 'left' }) as const);
    for (const line of formatTable(aligned, rows)) out.text(line);
    for (const line of without) log(line);
    for (const group of groupLeftOut(failures)) log(leftOutText(group));
    return failures.length === TRACKERS.length ? 1 : 0;
  },
});
