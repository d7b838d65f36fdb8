/** The kernel trackers, in the order in which they are listed. */
import { TailtrapError } from '../../base/errors.ts';
import { nearest } from '../../base/nearest.ts';
import { block } from './block.ts';
import type { TrackerSpec } from './spec.ts';
import { wakeup } from './wakeup.ts';

export const TRACKERS: readonly TrackerSpec[] = [block, wakeup];

/** @throws TailtrapError `TT_NO_TRACKER`, with the nearest names */
export function trackerNamed(name: string): TrackerSpec {
  const found = TRACKERS.find((spec) => spec.name === name);
  if (found !== undefined) return found;
  const names = TRACKERS.map((spec) => spec.name);
  const near = nearest(name, names);
  throw new TailtrapError('TT_NO_TRACKER', `there is no tracker '${name}'`, {
    next: near.length > 0 ? `did you mean ${near.join(' or ')}?` : `the trackers are ${names.join(', ')}`,
  });
}
