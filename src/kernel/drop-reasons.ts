/** Names of enum skb_drop_reason: its numbers change with every kernel, so they are read from the running one's tracefs. */
import { readFileSync } from 'node:fs';

const FORMATS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

/** number -> name; empty when tracefs is not there. */
export function dropReasons(): ReadonlyMap<number, string> {
  for (const root of FORMATS) {
    try {
      return parseReasons(readFileSync(`${root}/events/skb/kfree_skb/format`, 'utf8'));
    } catch {
      // the next one
    }
  }
  return new Map();
}

/** The `{ 2, "NOT_SPECIFIED" }` pairs of the event's print format. */
export function parseReasons(format: string): Map<number, string> {
  const reasons = new Map<number, string>();
  for (const [, number, name] of format.matchAll(/\{\s*(\d+),\s*"([A-Z0-9_]+)"\s*\}/g))
    reasons.set(Number(number), name!);
  return reasons;
}
