/** `tailtrap state redis://...`: the state of a machine that reports to a Redis, now or within its window. */
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../../base/errors.ts';
import { formatBytes, formatDuration } from '../../base/units.ts';
import { type Change, type HostInfo, nameOfEntity, rebuildState } from '../../state/index.ts';
import { openRedisStore, type RedisStore } from '../../state/redis/index.node.ts';
import type { Output } from '../output.ts';
import { formatTable } from '../table.ts';
import { clockText, refuseSince, showQuery, type Wanted } from './show.ts';
import { left, right } from './table.ts';

export interface RedisContext {
  readonly options: {
    readonly host: string | undefined;
    readonly watch: number | undefined;
    readonly for: number | undefined;
  };
  readonly out: Output;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  readonly wanted: Wanted;
  readonly at_ns: bigint | undefined;
}

/** What tables are made of; the others need all. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  cpus: ['cpu', 'task'],
  processes: ['process'],
  fds: ['process', 'fds', 'fd', 'file'],
  disks: ['disk'],
  requests: ['disk', 'request'],
  interfaces: ['interface'],
  interrupts: ['interrupt'],
  counters: [],
};

export async function redisState(url: string, context: RedisContext): Promise<number> {
  const { options, wanted, signal, at_ns } = context;
  if (at_ns !== undefined && wanted.ago_ns > 0) {
    throw new UsageError('TT_USAGE', '--at and --ago are two ways to say a time', { next: 'give one of them' });
  }
  const store = openRedisStore(url);
  const end_ms = performance.now() + (options.for ?? Number.POSITIVE_INFINITY) / 1e6;
  try {
    for (;;) {
      await look(store, context);
      if (options.watch === undefined || signal.aborted || performance.now() + options.watch / 1e6 > end_ms) return 0;
      await sleep(options.watch / 1e6, undefined, { signal }).catch(() => {});
      if (signal.aborted) return 0;
    }
  } finally {
    await store.close();
  }
}

async function look(store: RedisStore, context: RedisContext): Promise<void> {
  const { options, wanted } = context;
  const tables = wanted.show.filter((name) => name !== 'hosts');
  const hosts = options.host === undefined || tables.length < wanted.show.length ? await store.hosts() : [];
  const chosen = options.host ?? (hosts.length === 1 ? hosts[0]!.host : undefined);
  if (tables.length < wanted.show.length || chosen === undefined) showHosts(hosts, context);
  if (chosen === undefined || tables.length === 0) return;
  await showHost(store, chosen, { ...context, wanted: { ...wanted, show: tables } });
}

async function showHost(store: RedisStore, host: string, { wanted, out, log, at_ns }: RedisContext): Promise<void> {
  const info = await store.host(host);
  if (info.stale) log(`warning: ${host} has told nothing since ${clockText(info.now_ns, wanted.gmt)}`);
  // All kinds of one time; the host goes on meanwhile.
  const time_ns = at_ns ?? info.now_ns - BigInt(wanted.ago_ns);
  if (time_ns > info.now_ns) {
    const beyond = formatDuration(Number(time_ns - info.now_ns));
    log(`warning: --at is ${beyond} after the last that ${host} told of (${clockText(info.now_ns, wanted.gmt)})`);
  }
  refuseSince(wanted, time_ns);
  const all = Object.keys(info.kinds);
  // The process of a thread is told by the thread.
  const ofThread = wanted.tid === undefined ? [] : ['task', 'process'];
  const kinds = new Set([...wanted.show.flatMap((name) => KINDS[name] ?? all), ...ofThread]);
  const lists = await Promise.all(
    [...kinds].map((kind) => store.list(host, kind, { at_ns: time_ns, recent: wanted.recent })),
  );
  const { origin_ns, window_ns } = info;
  const state = rebuildState({ origin_ns, at_ns: time_ns, window_ns, entities: lists.flat() });
  const from_ns = wanted.since_ns ?? info.begin_ns;
  const changes: Change[] = [];
  if (wanted.show.includes('changes')) {
    for (const kind of all) {
      for (const change of await store.changes(host, kind, { from_ns, to_ns: time_ns })) {
        // Since when something is what it is, is told with it.
        if (change.property.endsWith('_since')) continue;
        changes.push({ ...change, what: nameOfEntity(state, kind, change.uid) });
      }
    }
    changes.sort((a, b) => Number(a.time_ns - b.time_ns));
  }
  const told = { ...info.counters, entities: info.entities, bytes: info.bytes ?? 0, refusedByStore: info.refused };
  const counters = Object.entries(told).map(([counter, value]) => ({ counter, value }));
  showQuery(state.at(), { changes: () => changes, counters: () => counters }, wanted, out);
}

function showHosts(hosts: readonly HostInfo[], { out, wanted }: RedisContext): void {
  for (const host of hosts) out.record({ table: 'hosts', ...host });
  out.text('hosts');
  const lines = formatTable(
    [left('HOST'), right('TOLD UNTIL'), left('STALE'), right('WINDOW'), right('ENTITIES'), right('BYTES')],
    hosts.map(({ host, now_ns, begin_ns, stale, entities, bytes }) => [
      host,
      clockText(now_ns, wanted.gmt),
      stale ? 'stale' : '-',
      formatDuration(Number(now_ns - begin_ns)),
      String(entities),
      formatBytes(bytes ?? 0),
    ]),
  );
  for (const line of hosts.length === 0 ? ['  none'] : lines) out.text(line);
}
