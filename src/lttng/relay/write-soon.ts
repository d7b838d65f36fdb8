/**
 * What is written when the requests that came meanwhile were answered: small packets, and the index entries of all packets.
 * A producer sends a packet, then its index, and waits for the answer to that; a write before it would hold the producer
 * up. lttng-relayd answers first, too. No timer is set for this: one of some milliseconds makes every sleep of the event
 * loop dearer than the write that it saves.
 */
import type { Segment } from './segment.ts';

export interface IndexOwner {
  /** Writes the entries of the segment; does not throw. */
  flushIndex(segment: Segment): void;
}

let writes: (() => void)[] = [];
let flushes: Map<Segment, IndexOwner> = new Map();
let planned = false;

/** Calls `write` once, after all that the sockets have brought in this turn of the event loop. It must not throw. */
export function writeSoon(write: () => void): void {
  writes.push(write);
  plan();
}

/** Writes the segment's entries after the packets of `writeSoon`. */
export function flushSoon(segment: Segment, owner: IndexOwner): void {
  flushes.set(segment, owner);
  plan();
}

function plan(): void {
  if (planned) return;
  planned = true;
  setImmediate(writeAll);
}

function writeAll(): void {
  const now = writes;
  writes = [];
  for (const write of now) write();
  const indexes = flushes;
  flushes = new Map();
  for (const [segment, owner] of indexes) owner.flushIndex(segment);
  planned = false;
  if (writes.length > 0 || flushes.size > 0) plan();
}
