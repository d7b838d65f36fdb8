/** Lists of whole numbers and ranges of them, as taskset and lttng-analyses take CPUs: `0-3,8`. */
import { UsageError } from '../base/errors.ts';

/** More than any machine has CPUs: a range of thread ids that a finger slipped on (`1-4194304`) is no list. */
const NUMBERS_AT_MOST = 65_536;

/**
 * @param option its name, for the error
 * @param entries what stands between the commas
 * @returns each number once
 * @throws UsageError `TT_USAGE` with the place of the entry
 */
export function numberList(option: string, entries: readonly string[]): number[] {
  const numbers = new Set<number>();
  for (const [at, entry] of entries.entries()) {
    const refuse = (why: string): UsageError =>
      new UsageError('TT_USAGE', `${option}: '${entry}' (entry ${at + 1} of ${entries.length}) ${why}`, {
        next: `write ${option} 1,2,3 or ${option} 0-3`,
      });
    const match = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(entry);
    if (match === null) throw refuse('is not a whole number and not a range');
    const first = Number(match[1]);
    const last = Number(match[2] ?? first);
    if (last < first) throw refuse('ends before it begins');
    if (last - first >= NUMBERS_AT_MOST) throw refuse(`has more than ${NUMBERS_AT_MOST} numbers`);
    for (let number = first; number <= last; number++) numbers.add(number);
    if (numbers.size > NUMBERS_AT_MOST) throw refuse(`makes more than ${NUMBERS_AT_MOST} numbers`);
  }
  return [...numbers];
}
