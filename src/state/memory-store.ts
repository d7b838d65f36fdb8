/** A store in this process: what the hub keeps when there is no Redis, and what other stores are compared with. */
import { UsageError } from '../base/errors.ts';
import type { Cell, Delta } from './delta.ts';
import type { Entity, Value } from './entity.ts';
import type { Applied, ChangeQuery, EntityQuery, HostInfo, StateStore, StoredChange } from './store.ts';

/** Hosts of one store; each may hold as much as its own limits allow. */
const MAX_HOSTS = 4096;
/** A host that tells nothing for this long is stale: writers tell at least once a second. */
const DEFAULT_STALE_MS = 5000;

interface StoredEntity {
  readonly uid: number;
  readonly values: Map<string, Value>;
  /** Values that were replaced within the window, oldest first. */
  readonly history: { readonly time: number; readonly property: string; readonly before: Value }[];
}

interface Host {
  origin_ns: bigint;
  now: number;
  /** What was before is not known. */
  begin: number;
  window_ns: number;
  sequence: number;
  living: number;
  told_ms: number;
  readonly kinds: Map<string, Map<number, StoredEntity>>;
}

export interface MemoryStoreOptions {
  readonly staleAfter_ms?: number;
  /** Milliseconds on any clock that only goes forward. */
  readonly clock_ms: () => number;
}

export class MemoryStore implements StateStore {
  readonly #hosts = new Map<string, Host>();
  readonly #options: MemoryStoreOptions;

  constructor(options: MemoryStoreOptions) {
    this.#options = options;
  }

  async apply(delta: Delta): Promise<Applied> {
    const known = this.#hosts.get(delta.host);
    if (!delta.full && (known === undefined || known.sequence + 1 !== delta.sequence)) return 'resynchronise';
    const host = delta.full || known === undefined ? this.#make(delta) : known;
    host.now = delta.to;
    host.sequence = delta.sequence;
    host.living = delta.living;
    host.window_ns = delta.window_ns;
    host.told_ms = this.#options.clock_ms();
    for (const { kind, uid, cells } of delta.entities) {
      const entity = entityIn(host, kind, uid);
      for (const cell of cells) put(entity, cell);
    }
    collect(host);
    return 'applied';
  }

  async hosts(): Promise<HostInfo[]> {
    const { staleAfter_ms = DEFAULT_STALE_MS, clock_ms } = this.#options;
    return [...this.#hosts]
      .map(([host, state]) => ({
        host,
        now_ns: state.origin_ns + BigInt(Math.round(state.now)),
        begin_ns: state.origin_ns + BigInt(Math.round(state.begin)),
        sequence: state.sequence,
        stale: clock_ms() - state.told_ms > staleAfter_ms,
        entities: state.living,
        bytes: null,
      }))
      .sort((a, b) => (a.host < b.host ? -1 : 1));
  }

  async list(name: string, kind: string, query: EntityQuery = {}): Promise<Entity[]> {
    const host = this.#known(name);
    const time = query.at_ns === undefined ? host.now : timeIn(host, query.at_ns);
    const found: Entity[] = [];
    for (const entity of host.kinds.get(kind)?.values() ?? []) {
      const values = valuesAt(entity, time);
      if (!isThere(values, time, query.recent === true ? host.window_ns : 0)) continue;
      if (Object.entries(query.where ?? {}).some(([property, value]) => values[property] !== value)) continue;
      found.push({ kind, uid: entity.uid, values });
    }
    return found.sort((a, b) => a.uid - b.uid);
  }

  async changes(name: string, kind: string, { from_ns, to_ns }: ChangeQuery): Promise<StoredChange[]> {
    const host = this.#known(name);
    const from = timeIn(host, from_ns);
    const to = to_ns === undefined ? host.now : Number(to_ns - host.origin_ns);
    const found: (Omit<StoredChange, 'time_ns'> & { readonly time: number })[] = [];
    for (const { uid, values, history } of host.kinds.get(kind)?.values() ?? []) {
      const born = Number(values.get('born'));
      const isNew = born > from && born <= to;
      if (isNew) found.push({ time: born, kind, uid, property: 'born', before: null, after: born });
      const after = new Map(values);
      const own: typeof found = [];
      for (const { time, property, before } of history.toReversed()) {
        const value = after.get(property) ?? null;
        after.set(property, before);
        if (time > from && time <= to && value !== before)
          own.push({ time, kind, uid, property, before, after: value });
      }
      found.push(...own.reverse());
    }
    const time_ns = (time: number): bigint => host.origin_ns + BigInt(Math.round(time));
    return found
      .sort((a, b) => a.time - b.time || a.uid - b.uid)
      .map(({ time, ...change }) => ({ time_ns: time_ns(time), ...change }));
  }

  async remove(host: string): Promise<void> {
    this.#hosts.delete(host);
  }

  async close(): Promise<void> {
    this.#hosts.clear();
  }

  #known(name: string): Host {
    const host = this.#hosts.get(name);
    if (host !== undefined) return host;
    throw new UsageError('TT_STATE_NO_HOST', `nothing is known of the host '${name}'`, {
      next: `known are: ${[...this.#hosts.keys()].join(', ') || 'none'}`,
    });
  }

  #make(delta: Delta): Host {
    if (!this.#hosts.has(delta.host) && this.#hosts.size >= MAX_HOSTS) {
      throw new UsageError('TT_STATE_HOSTS', `the store holds ${MAX_HOSTS} hosts already`, { next: 'remove some' });
    }
    const { origin_ns, to, window_ns } = delta;
    const host: Host = {
      origin_ns,
      now: to,
      begin: to,
      window_ns,
      sequence: 0,
      living: 0,
      told_ms: 0,
      kinds: new Map(),
    };
    this.#hosts.set(delta.host, host);
    return host;
  }
}

/** Nanoseconds since the epoch as the host counts; within its window. */
function timeIn(host: Host, time_ns: bigint): number {
  const time = Number(time_ns - host.origin_ns);
  if (time >= host.begin) return time;
  throw new UsageError('TT_STATE_OUTSIDE_WINDOW', 'this time is before the window of the state', {
    next: `ask for the last ${((host.now - host.begin) / 1e9).toFixed(3)} s`,
  });
}

function entityIn(host: Host, kind: string, uid: number): StoredEntity {
  let kinds = host.kinds.get(kind);
  if (kinds === undefined) {
    kinds = new Map();
    host.kinds.set(kind, kinds);
  }
  let entity = kinds.get(uid);
  if (entity === undefined) {
    entity = { uid, values: new Map(), history: [] };
    kinds.set(uid, entity);
  }
  return entity;
}

function put(entity: StoredEntity, { property, value, time }: Cell): void {
  const before = entity.values.get(property);
  if (before !== undefined) entity.history.push({ time, property, before });
  entity.values.set(property, value);
}

function valuesAt({ values, history }: StoredEntity, time: number): Record<string, Value> {
  const then = Object.fromEntries(values);
  for (let i = history.length - 1; i >= 0 && history[i]!.time > time; i--)
    then[history[i]!.property] = history[i]!.before;
  return then;
}

/** It lived at the time, or died less than `recent` before. */
function isThere({ born, died }: Record<string, Value>, time: number, recent: number): boolean {
  return typeof born === 'number' && born <= time && (died === null || Number(died) > time - recent);
}

/** Forgets what is older than the window. */
function collect(host: Host): void {
  const end = host.now - host.window_ns;
  host.begin = Math.max(host.begin, end);
  for (const entities of host.kinds.values()) {
    for (const [uid, { values, history }] of entities) {
      const died = values.get('died') ?? null;
      if (died !== null && Number(died) <= end) {
        entities.delete(uid);
        continue;
      }
      const kept = history.findIndex(({ time }) => time > end);
      if (kept !== 0) history.splice(0, kept < 0 ? history.length : kept);
    }
  }
}
