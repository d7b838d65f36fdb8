/**
 * tailtrap/node: finds what is slow in a Node program, without touching its code. See docs/node.md.
 *
 *     node --import tailtrap/node app.js          or          import { instrument } from 'tailtrap/node'
 *
 * Named on Node's command line (or in NODE_OPTIONS) it begins at once; imported by a program it waits for `instrument()`.
 */
import { messageOf, TailtrapError } from '../base/errors.ts';
import { Instrumentation } from './instrumentation.ts';
import { type InstrumentOptions, settingsFrom } from './options.ts';
import { isPreloaded } from './preloaded.ts';

export type { Outlier } from '../base/outlier.ts';
export type { Instrumentation, NodeStatistics } from './instrumentation.ts';
export type { InstrumentOptions, TrackerName } from './options.ts';

let current: Instrumentation | null = null;

/**
 * Begins to track; what was begun before ends. Null when TAILTRAP_OFF is set: nothing is hooked then.
 *
 * @throws UsageError `TT_NODE_OPTION`, `TT_BAD_DURATION`
 */
export function instrument(options: InstrumentOptions = {}): Instrumentation | null {
  if (isOff()) return null;
  const settings = settingsFrom(options, process.env);
  current?.stop();
  current = new Instrumentation(settings);
  return current;
}

/** What runs now, also when the command line began it. */
export function instrumentation(): Instrumentation | null {
  return current;
}

/** Whatever is set switches off, but what says no. */
function isOff(): boolean {
  return !['', '0', 'no', 'false'].includes(process.env.TAILTRAP_OFF?.trim().toLowerCase() ?? '');
}

if (isPreloaded(process.execArgv, process.env.NODE_OPTIONS ?? '', import.meta.url)) {
  try {
    instrument();
  } catch (error) {
    // A mistake in an option must not stop the application.
    const text = error instanceof TailtrapError ? error.format() : messageOf(error);
    process.stderr.write(`tailtrap: the program runs without it\n${text}\n`);
  }
}
