/**
 * Where the states of several hosts live together, fed by deltas and asked by anyone. `MemoryStore` is one; all stores pass
 * the same cases (store-cases.test.data.ts).
 */
import type { Delta } from './delta.ts';
import type { Entity, Value } from './entity.ts';

export interface HostInfo {
  readonly host: string;
  /** Nanoseconds since the epoch that the host has told of, and from which on the past can be asked for. */
  readonly now_ns: bigint;
  readonly begin_ns: bigint;
  /** Sequence number of the last delta. */
  readonly sequence: number;
  /** The host has told nothing for longer than it should: what is known of it may be old. */
  readonly stale: boolean;
  /** Entities that lived when it told the last time. */
  readonly entities: number;
  /** Bytes, as far as the store knows them; null: it does not. */
  readonly bytes: number | null;
}

export interface EntityQuery {
  /** Nanoseconds since the epoch; default: the last that the host told of. */
  readonly at_ns?: bigint;
  /** Only entities with these values. */
  readonly where?: Readonly<Record<string, Value>>;
  /** Also those that died within the window before. */
  readonly recent?: boolean;
}

export interface ChangeQuery {
  /** Nanoseconds since the epoch: what changed after this time ... */
  readonly from_ns: bigint;
  /** ... up to this one; default: the last that the host told of. */
  readonly to_ns?: bigint;
}

/** A property that has another value. What is new is one change, of `born`; what has ended, one of `died`. */
export interface StoredChange {
  readonly time_ns: bigint;
  readonly kind: string;
  readonly uid: number;
  readonly property: string;
  readonly before: Value;
  readonly after: Value;
}

/** What a delta did. `resynchronise`: the one before is missing, send a full one. */
export type Applied = 'applied' | 'resynchronise';

export interface StateStore {
  /** All or nothing. @throws TailtrapError when the store cannot be reached */
  apply(delta: Delta): Promise<Applied>;
  hosts(): Promise<HostInfo[]>;
  /**
   * Entities of a kind, by `uid`. References are the `uid` of other entities.
   *
   * @throws UsageError `TT_STATE_OUTSIDE_WINDOW`, `TT_STATE_NO_HOST`
   */
  list(host: string, kind: string, query?: EntityQuery): Promise<Entity[]>;
  /**
   * What changed between two times, in their order, as fine as the deltas told it.
   *
   * @throws UsageError `TT_STATE_OUTSIDE_WINDOW`, `TT_STATE_NO_HOST`
   */
  changes(host: string, kind: string, query: ChangeQuery): Promise<StoredChange[]>;
  /** Forgets a host. */
  remove(host: string): Promise<void>;
  close(): Promise<void>;
}
