/**
 * Name look-ups and outgoing TCP connections.
 *
 * `dns.lookup` comes from perf_hooks ('dns' entries: dns.lookup, dns.resolve*, callbacks and promises, those that
 * succeeded). Connections come from the channel net.client.socket: from the making of the socket (so with its look-up)
 * until connected or failed. Sockets of tls.connect do not pass that channel in Node 20; theirs are taken from perf_hooks
 * ('net' entries, without the look-up), which hold all connections: those already seen are left out.
 */
import type { Socket } from 'node:net';
import { PerformanceObserver } from 'node:perf_hooks';
import { type Origin, originDetails } from './context.ts';
import { type Described, errorWord, type Scalar, tame } from './outliers.ts';
import { ENDED, type Part, type PartTools, subscribe } from './part.ts';

interface Entry {
  readonly name: string;
  readonly startTime: number;
  readonly duration: number;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Connections seen, whose perf_hooks entry has not come yet. */
const MAX_SEEN = 1024;

const text = (value: unknown): string => tame(value === undefined || value === null ? '' : String(value));

function describeLookup({ name, detail }: Entry): Described {
  const addresses = Array.isArray(detail?.addresses) ? detail.addresses.length : null;
  return { key: { name: text(detail?.hostname ?? detail?.host), operation: text(name) }, details: { addresses } };
}

function observe(tools: PartTools, type: 'dns' | 'net', onEntry: (entry: Entry) => void): () => void {
  const guarded = tools.guard(onEntry);
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) guarded(entry as unknown as Entry);
  });
  observer.observe({ entryTypes: [type] });
  return () => observer.disconnect();
}

export const dnsLookup: Part = (tools) => {
  const tracker = tools.tracker('dns.lookup', describeLookup);
  if (tracker === null) return () => {};
  let lookups = 0;
  return observe(tools, 'dns', (entry) => {
    const begin_ns = entry.startTime * 1e6;
    tracker.observe(++lookups, begin_ns, begin_ns + entry.duration * 1e6, entry);
  });
};

/** A connection under way: the socket, or the entry of one that was made unseen. */
type Connecting = { readonly socket: Socket; readonly origin: Origin | null } | { readonly entry: Entry };

function describeConnect(connecting: Connecting, broken: boolean): Described {
  if ('entry' in connecting) {
    const { host, port } = connecting.entry.detail ?? {};
    return { key: { host: text(host), port: Number(port) || 0 }, details: { address: text(host) } };
  }
  const { socket, origin } = connecting;
  // `_host` is the name that is looked up, in all versions of Node; without it the address has to do.
  const error = socket.errored as { code?: unknown; address?: unknown; port?: unknown; hostname?: unknown } | null;
  const address = socket.remoteAddress ?? error?.address;
  const host = (socket as { _host?: unknown })._host ?? error?.hostname ?? address;
  const failure: Record<string, Scalar> = broken ? { error: error ? errorWord(error) : 'closed' } : {};
  return {
    key: { host: text(host), port: Number(socket.remotePort ?? error?.port) || 0 },
    details: { address: text(address), ...failure, ...originDetails(origin) },
  };
}

/** A local socket (a path, no host), also one that is gone already. */
function isLocal(socket: Socket): boolean {
  const { _handle: handle } = socket as { _handle?: object | null };
  const error = socket.errored as { syscall?: unknown; port?: unknown; address?: unknown } | null;
  const failed = error?.syscall === 'connect' && error.port === undefined && typeof error.address === 'string';
  return failed || handle?.constructor?.name === 'Pipe';
}

export const netConnect: Part = (tools) => {
  const tracker = tools.tracker('net.connect', describeConnect);
  if (tracker === null) return () => {};
  let connects = 0;
  const seen = new Map<string, number>();
  const count = (place: string, change: number): void => {
    const now = (seen.get(place) ?? 0) + change;
    if (now <= 0) seen.delete(place);
    else if (seen.size < MAX_SEEN || seen.has(place)) seen.set(place, now);
  };
  const unsubscribe = subscribe(tools, {
    'net.client.socket': ({ socket }: { socket: Socket }) => {
      if (tools.isOwnSocket()) return;
      const begin_ns = performance.now() * 1e6;
      const origin = tools.contexts.here();
      let handle = 0;
      // Published before it is said where to: that is known when the caller of connect() goes on.
      process.nextTick(
        tools.guard(() => {
          if (isLocal(socket)) {
            socket.off('connect', ended);
            socket.off('close', failed);
          } else if (tracker.eventIn(++connects, begin_ns, { socket, origin }) === 0) handle = tracker.lastHandle;
        }),
      );
      const ended = tools.guard(() => {
        socket.off('close', failed);
        count(`${socket.remoteAddress}:${socket.remotePort}`, 1);
        tracker.eventOutHandle(handle);
      });
      const failed = tools.guard(() => {
        socket.off('connect', ended);
        tracker.eventOutHandle(handle, undefined, ENDED.broken);
      });
      socket.once('connect', ended);
      socket.once('close', failed);
    },
  });
  const disconnect = observe(tools, 'net', (entry) => {
    const place = `${entry.detail?.host}:${entry.detail?.port}`;
    if (seen.has(place)) return count(place, -1);
    if (entry.detail?.port === undefined) return; // a local socket
    const begin_ns = entry.startTime * 1e6;
    tracker.observe(++connects, begin_ns, begin_ns + entry.duration * 1e6, { entry });
  });
  return () => {
    unsubscribe();
    disconnect();
  };
};
