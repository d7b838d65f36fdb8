/** The instrumentation that runs in this thread, and its begin from the command line. */
import { messageOf, TailtrapError } from '../base/errors.ts';
import { Instrumentation } from './instrumentation.ts';
import { type InstrumentOptions, misspelt, settingsFrom } from './options.ts';

let current: Instrumentation | null = null;
let warned = false;

/**
 * Begins to track; what was begun before ends. Null when TAILTRAP_OFF is set: nothing is hooked then.
 *
 * @throws UsageError `TT_NODE_OPTION`, `TT_BAD_DURATION`
 */
export function instrument(options: InstrumentOptions = {}): Instrumentation | null {
  warnOfMisspelt();
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

/** As `instrument()`, but a mistake in an option does not stop the application. Does nothing when it runs already. */
export function start(): void {
  if (current !== null) return;
  try {
    instrument();
  } catch (error) {
    const text = error instanceof TailtrapError ? error.format() : messageOf(error);
    process.stderr.write(`tailtrap: the program runs without it\n${text}\n`);
  }
}

/** Whatever is set switches off, but what says no. */
function isOff(): boolean {
  return !['', '0', 'no', 'false'].includes(process.env.TAILTRAP_OFF?.trim().toLowerCase() ?? '');
}

/** Once: TAILTRAP_THRESHHOLD would have no effect otherwise, and nobody would know why. */
function warnOfMisspelt(): void {
  if (warned) return;
  warned = true;
  for (const text of misspelt(process.env)) process.stderr.write(`tailtrap: ${text}\n`);
}
