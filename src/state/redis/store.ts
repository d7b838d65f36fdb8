/**
 * The states of many hosts in Redis 7 or Valkey: the same questions and answers as in `MemoryStore`, asked of functions that
 * run in the server (lua/), so that clients of other languages get the same. docs/state-redis.md has keys and functions.
 */
import { TailtrapError, UsageError } from '../../base/errors.ts';
import type { Delta } from '../delta.ts';
import type { Entity } from '../entity.ts';
import type { Applied, ChangeQuery, EntityQuery, HostInfo, StateStore, StoredChange } from '../store.ts';
import { changesAnswer, entitiesAnswer, type Header, type HostAnswer, hostAnswer, toError } from './answers.ts';
import { loadParts, Schema, sections, timeText } from './encode.ts';
import { hostKeys, INDEX_KEY } from './keys.ts';
import type { RedisPort, Reply } from './port.ts';

/** What is known of a host that has gone is kept for an hour. */
const DEFAULT_RETENTION_MS = 3_600_000;
/** A host is announced this often; the index forgets it with its state. */
const DEFAULT_ANNOUNCE_MS = 10_000;
/** Batches folded by one call: some milliseconds for the server. */
const FOLD_BATCHES = 16;
/** Calls for one collection; what is left is done with the next one. */
const MAX_FOLDS = 8;
/** Errors of hosts of which nothing can be told, beside others of which something can. */
const NOT_OURS = ['TT_STATE_NO_HOST', 'TT_STATE_HOST_NAME', 'TT_REDIS_ANSWER'];
/** Hosts asked for at once. */
const HOSTS_AT_ONCE = 64;

export interface RedisStoreOptions {
  /** Text of the library of functions: the files of lua/, one after the other. */
  readonly functions: string;
  /** Version of that text. */
  readonly version: number;
  /** An id that no other provider has. */
  readonly provider: string;
  /** Milliseconds on a clock that only goes forward. */
  readonly clock_ms: () => number;
  /** How long the state of a host is kept that tells nothing, milliseconds. Default an hour. */
  readonly retention_ms?: number;
  /** How often a host is entered into the list of hosts, milliseconds. Default 10 s. */
  readonly announce_ms?: number;
  /** Milliseconds that all providers and clients agree upon, for simulations. Default: the server's clock. */
  readonly now_ms?: () => number;
}

/** What this store sent. */
export interface RedisCounters {
  commands: number;
  /** Characters of all words: bytes, where names are ASCII. */
  sent: number;
  /** Times that the functions had to be loaded. */
  loaded: number;
  /** Times that the list of hosts, which may be on another node of the cluster, could not be told of one. */
  unannounced: number;
}

interface Writing {
  readonly schema: Schema;
  announced_ms: number;
}

export class RedisStore implements StateStore {
  readonly counters: RedisCounters = { commands: 0, sent: 0, loaded: 0, unannounced: 0 };
  /** For other commands at the same server. */
  readonly port: RedisPort;
  readonly #options: RedisStoreOptions;
  /** Hosts that this store writes. */
  readonly #writing = new Map<string, Writing>();

  constructor(port: RedisPort, options: RedisStoreOptions) {
    this.port = port;
    this.#options = options;
  }

  async apply(delta: Delta): Promise<Applied> {
    const { host } = delta;
    const keys = hostKeys(host);
    try {
      if (delta.full) return await this.#load(delta);
      const writing = this.#writing.get(host);
      if (writing === undefined) return 'resynchronise';
      const rows = sections(writing.schema, delta);
      const answer = await this.#call(
        'tailtrap_apply',
        [keys.meta, keys.log],
        [...this.#head(delta), writing.schema.takeGrown(), ...[...rows].flat()],
      );
      if (answer === 'resynchronise') {
        this.#writing.delete(host);
        return 'resynchronise';
      }
      if (answer === 'collect') await this.#collect(host, writing.schema.kinds);
      void this.#announce(host, writing).catch(() => {});
      return 'applied';
    } catch (error) {
      // Nobody knows what the server has got of it.
      this.#writing.delete(host);
      throw error;
    }
  }

  async hosts(): Promise<HostInfo[]> {
    const names = (await this.#command(INDEX_KEY, true, ['ZRANGE', INDEX_KEY, '0', '-1'])) as string[];
    const found: HostInfo[] = [];
    for (let at = 0; at < names.length; at += HOSTS_AT_ONCE) {
      const part = names.slice(at, at + HOSTS_AT_ONCE);
      for (const info of await Promise.all(part.map((host) => this.#infoOrNull(host))))
        if (info !== null) found.push(info);
    }
    return found.sort((a, b) => (a.host < b.host ? -1 : 1));
  }

  /** What is known about one host: also its kinds with their properties, and what its state has counted. */
  async host(host: string): Promise<HostAnswer> {
    const keys = hostKeys(host);
    return hostAnswer(host, await this.#ask(host, 'tailtrap_info', [keys.meta], [this.#now]));
  }

  async list(host: string, kind: string, query: EntityQuery = {}): Promise<Entity[]> {
    return (await this.listWithHeader(host, kind, query)).entities;
  }

  /** As `list`, with what the answer says about the host: origin of the times, the time, whether it is stale. */
  async listWithHeader(
    host: string,
    kind: string,
    { at_ns, where, recent }: EntityQuery = {},
  ): Promise<{ header: Header; entities: Entity[] }> {
    const keys = hostKeys(host);
    const words = [
      kind,
      timeText(at_ns),
      recent === true ? '1' : '0',
      where === undefined ? '' : JSON.stringify(where),
      '0',
      this.#now,
    ];
    return entitiesAnswer(await this.#ask(host, 'tailtrap_list', [keys.meta, keys.log, keys.base(kind)], words));
  }

  async changes(host: string, kind: string, { from_ns, to_ns }: ChangeQuery): Promise<StoredChange[]> {
    const keys = hostKeys(host);
    const words = [kind, timeText(from_ns), timeText(to_ns), '0', this.#now];
    return changesAnswer(await this.#ask(host, 'tailtrap_changes', [keys.meta, keys.log, keys.base(kind)], words));
  }

  async remove(host: string): Promise<void> {
    const keys = hostKeys(host);
    this.#writing.delete(host);
    const info = await this.#infoOrNull(host);
    const bases = Object.keys(info?.kinds ?? {}).map((kind) => keys.base(kind));
    await this.#command(keys.meta, false, ['UNLINK', keys.meta, keys.log, ...bases]);
    await this.#command(INDEX_KEY, false, ['ZREM', INDEX_KEY, host]);
  }

  /** Tells that this store writes a host no more: it is stale at once. */
  async leave(host: string): Promise<void> {
    if (!this.#writing.delete(host)) return;
    await this.#call('tailtrap_leave', [hostKeys(host).meta], [this.#options.provider]);
  }

  /** Hosts that were written are left, as far as the server can be reached. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#writing.keys()].map((host) => this.leave(host)));
    await this.port.close();
  }

  get #now(): string {
    const { now_ms } = this.#options;
    return now_ms === undefined ? '' : String(now_ms());
  }

  /** What batches and commits begin with. */
  #head({ sequence, to, window_ns, counters, living }: Delta): string[] {
    const { provider } = this.#options;
    const numbers = [String(sequence), String(to), String(window_ns)];
    return [provider, ...numbers, this.#now, JSON.stringify(counters), String(living)];
  }

  async #load(delta: Delta): Promise<Applied> {
    const { host, origin_ns } = delta;
    const { provider, retention_ms = DEFAULT_RETENTION_MS } = this.#options;
    const keys = hostKeys(host);
    await this.#install(keys.meta);
    const schema = new Schema();
    const writing: Writing = { schema, announced_ms: Number.NEGATIVE_INFINITY };
    // Before anything is stored: there may be too many hosts.
    await this.#announce(host, writing);
    // Kinds that were there before have to go, even when there is none of them now.
    for (const kind of Object.keys((await this.#infoOrNull(host))?.kinds ?? {})) schema.add(kind);
    const { parts, counts, bytes } = loadParts(schema, delta);
    const { kinds } = schema;
    const loading = kinds.map((kind) => keys.loading(provider, kind));
    if (loading.length > 0) await this.#command(keys.meta, false, ['UNLINK', ...loading]);
    for (const { kind, rows } of parts) await this.#call('tailtrap_load', [keys.loading(provider, kind)], [rows]);
    const answer = await this.#call(
      'tailtrap_commit',
      [keys.meta, keys.log, ...kinds.flatMap((kind) => [keys.loading(provider, kind), keys.base(kind)])],
      [
        ...this.#head(delta),
        schema.takeGrown() || '{}',
        String(origin_ns),
        String(retention_ms),
        String(bytes),
        ...kinds.map((kind) => String(counts.get(kind) ?? 0)),
      ],
    );
    if (answer !== 'applied') return 'resynchronise';
    this.#writing.set(host, writing);
    return 'applied';
  }

  async #collect(host: string, kinds: readonly string[]): Promise<void> {
    const keys = hostKeys(host);
    for (let i = 0; i < MAX_FOLDS; i++) {
      const answer = await this.#call(
        'tailtrap_collect',
        [keys.meta, keys.log, ...kinds.map((kind) => keys.base(kind))],
        [this.#options.provider, String(FOLD_BATCHES), ...kinds],
      );
      if (answer !== 'more') return;
    }
  }

  /** @throws UsageError `TT_STATE_HOSTS` */
  async #announce(host: string, writing: Writing): Promise<void> {
    const { clock_ms, retention_ms = DEFAULT_RETENTION_MS, announce_ms = DEFAULT_ANNOUNCE_MS } = this.#options;
    const now_ms = clock_ms();
    if (now_ms - writing.announced_ms < announce_ms) return;
    writing.announced_ms = now_ms;
    try {
      await this.#call('tailtrap_announce', [INDEX_KEY], [host, this.#now, String(retention_ms)]);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      // The list is in one node of a cluster: when that is lost, hosts in others go on.
      this.counters.unannounced++;
    }
  }

  async #infoOrNull(host: string): Promise<HostAnswer | null> {
    try {
      return await this.host(host);
    } catch (error) {
      // It has expired, or its node was emptied; or others wrote into its keys, or a name into the list that is none.
      if (error instanceof TailtrapError && NOT_OURS.includes(error.code)) return null;
      throw error;
    }
  }

  /** A question: the name of the host is added to what goes wrong. */
  async #ask(host: string, name: string, keys: readonly string[], words: readonly string[]): Promise<Reply> {
    try {
      return await this.#call(name, keys, words, true);
    } catch (error) {
      if (error instanceof TailtrapError && error.code === 'TT_STATE_NO_HOST') {
        throw new UsageError(error.code, `nothing is known of the host '${host}'`, {
          next: 'ask for the list of hosts',
        });
      }
      throw error;
    }
  }

  async #call(name: string, keys: readonly string[], words: readonly string[], readOnly = false): Promise<Reply> {
    const [key] = keys;
    const command = [readOnly ? 'FCALL_RO' : 'FCALL', name, String(keys.length), ...keys, ...words];
    try {
      return await this.#command(key!, readOnly, command);
    } catch (error) {
      if (!(error instanceof TailtrapError) || error.code !== 'TT_REDIS_FUNCTIONS') throw error;
      try {
        await this.#loadFunctions(key!);
      } catch (failure) {
        // Who may only ask, and who asks a replica, is told what is missing rather than what is forbidden.
        throw readOnly ? error : failure;
      }
      return this.#command(key!, readOnly, command);
    }
  }

  /** Loads the functions into the node of a key when it has none, or older ones. */
  async #install(key: string): Promise<void> {
    const { version } = this.#options;
    const found = Number(await this.#call('tailtrap_version', [key], []));
    if (found < version) await this.#loadFunctions(key);
  }

  async #loadFunctions(key: string): Promise<void> {
    this.counters.loaded++;
    await this.#command(key, false, ['FUNCTION', 'LOAD', 'REPLACE', this.#options.functions]);
  }

  async #command(key: string, readOnly: boolean, words: readonly string[]): Promise<Reply> {
    this.counters.commands++;
    this.counters.sent += words.reduce((sum, word) => sum + word.length, 0);
    try {
      return await this.port.command(key, readOnly, words);
    } catch (error) {
      throw toError(error);
    }
  }
}
