/**
 * Index entries of all streams are written together, a moment later: a system call for 72 bytes would cost as much as the
 * packet. A relay that is killed loses so much of its indexes; a producer that asks whether all has arrived waits for it.
 */
import type { Segment } from './segment.ts';

const INDEX_FLUSH_MS = 2;

export interface IndexOwner {
  /** Writes the entries of the segment; does not throw. */
  flushIndex(segment: Segment): void;
}

const waiting: Map<Segment, IndexOwner> = new Map();

export function flushSoon(segment: Segment, owner: IndexOwner): void {
  if (waiting.size === 0) setTimeout(flushAll, INDEX_FLUSH_MS);
  waiting.set(segment, owner);
}

function flushAll(): void {
  const now = [...waiting];
  waiting.clear();
  for (const [segment, owner] of now) owner.flushIndex(segment);
}
