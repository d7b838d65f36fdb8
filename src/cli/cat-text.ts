/** What `cat` prints and of which events, as plain data: threads are told it, too. */
import { EventLines } from '../ctf/text/lines.ts';
import type { TextOptions } from '../ctf/text/options.ts';
import { JSON_STYLE, textStyle } from '../ctf/text/style.ts';
import type { Selection } from '../trace/event.ts';
import type { OpenedTraces } from './trace-input.ts';

export interface CatRequest {
  readonly paths: readonly string[];
  readonly text: TextOptions;
  readonly json: boolean;
  readonly selection: Pick<Selection, 'begin_ns' | 'end_ns' | 'events'>;
  readonly where: readonly string[];
}

export function linesOf(
  { source, nameOf }: OpenedTraces,
  request: CatRequest,
  sink: (bytes: Uint8Array) => void,
): EventLines {
  return new EventLines(source, request.json ? JSON_STYLE : textStyle(request.text, nameOf), sink);
}
