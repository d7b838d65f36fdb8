/** When the last event was, found without giving events: the last packet of each stream is passed over by sizes. */

import { StreamCursor } from './cursor.ts';
import type { CursorOptions } from './cursor-options.ts';
import type { OpenStream } from './open.ts';
import { filesToRead } from './stream-files.ts';
import { type Pieces, rangeOf } from './time-range.ts';

/**
 * @param pieces what is read of each stream; null: all
 * @param selectionOf gives tables in which no class is wanted
 * @returns nanoseconds since the origin; null where a stream's last event lies beyond its piece, in an earlier packet than
 *   the last, or behind damage
 */
export function lastEventTime(
  streams: readonly OpenStream[],
  pieces: Pieces | null,
  origin_ns: bigint,
  selectionOf: CursorOptions['selectionOf'],
): number | null {
  let last = Number.NEGATIVE_INFINITY;
  for (const stream of streams) {
    const piece = pieces?.get(stream);
    if (pieces !== null && piece === undefined) continue;
    const time = lastOf(stream, origin_ns, selectionOf);
    if (time === null || (piece !== undefined && time > Number(piece.end_ns - origin_ns))) return null;
    last = Math.max(last, time);
  }
  return Number.isFinite(last) ? last : null;
}

function lastOf(stream: OpenStream, origin_ns: bigint, selectionOf: CursorOptions['selectionOf']): number | null {
  const { owner, info, files } = stream;
  const end_ns = rangeOf([stream])?.end_ns;
  if (end_ns === undefined) return null;
  const onNotice = (): void => {};
  // A file that is damaged here is met again by the reading itself.
  const toRead = filesToRead(files, info, end_ns, onNotice);
  let file = 0;
  const cursor = new StreamCursor({
    nextFile: () => toRead[file++] ?? null,
    info,
    owner,
    planOf: (packet) => owner.plans.get(packet.streamClass)!,
    origin_ns,
    selectionOf,
    begin_ns: end_ns,
    end_ns: null,
    onNotice,
  });
  cursor.advance();
  cursor.close();
  return cursor.damage === null ? cursor.passedTime() : null;
}
