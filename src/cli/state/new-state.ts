import { LiveState, type PartName } from '../../state/index.ts';

/** What the options of `tailtrap state` say about the state itself. */
export interface StateOptions {
  /** Nanoseconds. */
  readonly window: number;
  /** None: all. */
  readonly parts: readonly string[];
}

export function newState({ window, parts }: StateOptions, origin_ns: bigint): LiveState {
  const chosen = parts.length === 0 ? {} : { parts: parts as readonly PartName[] };
  return new LiveState({ origin_ns, window_ns: window, ...chosen });
}
