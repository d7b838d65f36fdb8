/** Losses as babeltrace2 tells them on stderr. */
import type { Notice } from '../../trace/event.ts';
import type { TextOptions } from './options.ts';
import { timeText } from './time-text.ts';

/** What the warning names besides the notice. */
export interface LossPlace {
  readonly traceName: string;
  /** As text, or '' when the trace has none. */
  readonly uuid: string;
  readonly stream: string;
  readonly streamClassId: number;
  /** Null when the stream has none. */
  readonly streamId: number | bigint | null;
}

/** The warning about lost events or packets. */
export function lossText(notice: Notice, place: LossPlace, options: TextOptions['clock']): string {
  const what = notice.kind === 'discarded-packets' ? 'packet' : 'event';
  const { count, begin_ns, end_ns } = notice;
  const lost = count === null ? `may have discarded ${what}s` : `discarded ${count} ${what}${count === 1 ? '' : 's'}`;
  const when =
    begin_ns === null || end_ns === null
      ? '(unknown time range)'
      : `between [${timeText(begin_ns, options)}] and [${timeText(end_ns, options)}]`;
  const uuid = place.uuid === '' ? 'no UUID' : `UUID: ${place.uuid}`;
  const id = place.streamId === null ? 'no stream ID' : `stream ID: ${place.streamId}`;
  return (
    `WARNING: Tracer ${lost} ${when} in trace "${place.traceName}" (${uuid}) ` +
    `within stream "${place.stream}" (stream class ID: ${place.streamClassId}, ${id}).`
  );
}
