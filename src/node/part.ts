/** What the parts that hook into Node have in common. */
import diagnostics from 'node:diagnostics_channel';
import type { LatencyTracker } from '../tracker/tracker.ts';
import type { Contexts } from './context.ts';
import type { TrackerName } from './options.ts';
import type { Described } from './outliers.ts';

/** Second argument of `eventOut` where an operation did not end well. */
export const ENDED = { well: 0, broken: 1 } as const;

export interface PartTools {
  /**
   * The tracker of that name; null when it is not wanted.
   *
   * @param describe makes words of the private data of an event that is reported; `broken`: see ENDED
   */
  tracker<T>(name: TrackerName, describe: (data: T, broken: boolean) => Described): LatencyTracker | null;
  readonly contexts: Contexts;
  /** Runs what must not disturb the application, with at most two arguments: what it throws is counted. */
  guard<A extends [] | [unknown] | [unknown, unknown]>(work: (...args: A) => void): (...args: A) => void;
  /** Counts an error of the instrumentation itself. */
  failed(error: unknown): void;
  /** True while the instrumentation opens a socket of its own. */
  isOwnSocket(): boolean;
}

/** Hooks itself in; answers how to take it out again. */
export type Part = (tools: PartTools) => () => void;

/** Subscribes to channels; answers how to end that. */
export function subscribe(tools: PartTools, handlers: Readonly<Record<string, (message: never) => void>>): () => void {
  const guarded = Object.entries(handlers).map(
    ([channel, handler]) => [channel, tools.guard(handler as (message: unknown) => void)] as const,
  );
  for (const [channel, handler] of guarded) diagnostics.subscribe(channel, handler);
  return () => {
    for (const [channel, handler] of guarded) diagnostics.unsubscribe(channel, handler);
  };
}

/** A property of ours on an object of Node's: no look-up table, gone with the object, invisible to loops. */
export type Marked<T> = T & { [mark: symbol]: unknown };

/** What a URL says of a place: without the query, and, of one in absolute form, without host and user, which may be secret. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  const path = end < 0 ? url : url.slice(0, end);
  return path.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/]*/, '');
}

/** A path without its query, and with the parts that are ids replaced: `/users/17?x=1` is `/users/:id`. */
export function routeOf(url: string): string {
  return pathOf(url).replace(
    /\/(?:\d+|[0-9a-fA-F]{16,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?=\/|$)/g,
    '/:id',
  );
}
