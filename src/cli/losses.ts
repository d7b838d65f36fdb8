/** What a tracker could not see, in words: shown whenever it is not zero. */
import type { CounterName } from '../kernel/abi.ts';
import type { TrackerObject } from '../kernel/object.ts';

const LOSSES: readonly (readonly [CounterName, string])[] = [
  ['ring_full', 'outliers lost, ring full (raise --ring or --threshold)'],
  ['limited', 'outliers held back by --rate'],
  ['full', 'operations not tracked, table full (raise --slots)'],
  ['negative', 'operations with a clock that went backwards'],
];

/** One line per kind of loss; empty when nothing was lost. */
export function lossLines(objects: readonly TrackerObject[]): string[] {
  const lines: string[] = [];
  for (const object of objects) {
    const { counters } = object.stats();
    for (const [name, words] of LOSSES) {
      if (counters[name] > 0) lines.push(`${object.spec.name}: ${counters[name]} ${words}`);
    }
  }
  return lines;
}
