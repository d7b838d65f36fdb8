/** One side of a tracker, ready to be attached: what its event holds, and where it happens. */
import { existsSync } from 'node:fs';
import { UsageError } from '../../base/errors.ts';
import type { Attachment, AttachPoint } from '../attach.ts';
import { parseEvent } from './event.ts';
import type { EventFields } from './fields.ts';
import type { KeyPair } from './key.ts';
import { tracepointFields } from './tracepoint.ts';
import { openUprobe } from './uprobe.ts';
import { openUsdt } from './usdt.ts';

export interface Side {
  readonly fields: EventFields;
  /** Several when a USDT probe was compiled into several places. */
  readonly targets: readonly AttachPoint[];
}

/**
 * @param text EVENT as it was typed
 * @param option `--in` or `--out`, for errors
 */
export function openSide(text: string, option: string): Side {
  const ref = parseEvent(text, option);
  if (ref.kind === 'uprobe') return openUprobe(ref, option);
  if (ref.kind === 'usdt') return openUsdt(ref, option);
  const target: AttachPoint = { kind: 'tracepoint', category: ref.category, name: ref.name };
  return { fields: tracepointFields(ref, option), targets: [target] };
}

/**
 * Which programs of bpf/track.bpf.c go where. The out side first: no operation begins whose end would not be seen.
 *
 * @param pid in events only of this process; -1: of all. Uprobes are not even placed in other processes then; the out side
 * is left open to them unless the key says that it is the same task.
 *
 * @throws UsageError `TT_NO_PROCESS`
 */
export function attachmentsOf(inSide: Side, outSide: Side, key: readonly KeyPair[], pid: number): Attachment[] {
  const sameTask = key.some(
    (pair) => pair.in.pseudo && pair.in.name !== 'cpu' && pair.out.place.kind === pair.in.place.kind,
  );
  const all = [...inSide.targets, ...outSide.targets];
  if (pid !== -1 && all.some((at) => at.kind === 'uprobe') && !existsSync(`/proc/${pid}`)) {
    throw new UsageError('TT_NO_PROCESS', `there is no process ${pid} to place a probe in`, {
      where: '--pid',
      next: 'start it first, or leave --pid out and filter by --comm',
    });
  }
  return [...programs(outSide, 'out', sameTask ? pid : -1), ...programs(inSide, 'in', pid)];
}

function programs(side: Side, way: 'in' | 'out', pid: number): Attachment[] {
  return side.targets.map((at) =>
    at.kind === 'tracepoint'
      ? { program: `tt_track_${way}_tp`, at }
      : { program: `tt_track_${way}_user`, at: { ...at, pid } },
  );
}
