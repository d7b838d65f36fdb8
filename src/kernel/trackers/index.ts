/** The kernel trackers, in the order in which they are listed. */
import { UsageError } from '../../base/errors.ts';
import { nearest } from '../../base/nearest.ts';
import { block } from './block.ts';
import { irq } from './irq.ts';
import { net } from './net.ts';
import { offcpu } from './offcpu.ts';
import { softirq } from './softirq.ts';
import type { ChoiceTarget, TrackerSpec } from './spec.ts';
import { syscall } from './syscall.ts';
import { timer } from './timer.ts';
import { ttfb } from './ttfb.ts';
import { wakeup } from './wakeup.ts';
import { workqueue } from './workqueue.ts';

export const TRACKERS: readonly TrackerSpec[] = [
  block,
  wakeup,
  offcpu,
  syscall,
  irq,
  softirq,
  timer,
  net,
  workqueue,
  ttfb,
];

/** More choices than these (system calls) are not listed in an error. */
const MAX_LISTED = 12;

/** @throws UsageError `TT_NO_TRACKER`, with the nearest names */
export function trackerNamed(name: string): TrackerSpec {
  const found = TRACKERS.find((spec) => spec.name === name);
  if (found !== undefined) return found;
  const names = TRACKERS.map((spec) => spec.name);
  const near = nearest(name, names);
  throw new UsageError('TT_NO_TRACKER', `there is no tracker '${name}'`, {
    next: near.length > 0 ? `did you mean ${near.join(' or ')}?` : `the trackers are ${names.join(', ')}`,
  });
}

/**
 * Applies `--only` to a loaded tracker; undefined is its default.
 *
 * @throws TailtrapError `TT_NO_CHOICE`, with what there is
 */
export function chooseOnly(spec: TrackerSpec, target: ChoiceTarget, names: readonly string[] | undefined): void {
  const { choice } = spec;
  if (choice === undefined) {
    if (names !== undefined) throw noChoice(`there is nothing to choose in tracker ${spec.name}`, '');
    return;
  }
  const known = choice.names();
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, known);
    const list = known.length <= MAX_LISTED ? `: ${known.join(', ')}` : '';
    const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `choose ${choice.what}${list}`;
    throw noChoice(`tracker ${spec.name} cannot choose '${unknown}'`, hint);
  }
  choice.apply(target, names);
}

function noChoice(message: string, next: string): UsageError {
  return new UsageError('TT_NO_CHOICE', message, {
    next: next || 'leave --only out, or name one tracker that has a choice',
  });
}

/**
 * Can this tracker filter by all that is set?
 *
 * @throws UsageError `TT_NO_FILTER`
 */
export function assertFilter(spec: TrackerSpec, filter: object): void {
  for (const [name, value] of Object.entries(filter)) {
    if (value === undefined || (spec.filters as readonly string[]).includes(name)) continue;
    const can = spec.filters.length > 0 ? `it can by ${spec.filters.join(', ')}` : 'it has no filters';
    throw new UsageError('TT_NO_FILTER', `tracker ${spec.name} cannot filter by ${name}`, { next: can });
  }
}
