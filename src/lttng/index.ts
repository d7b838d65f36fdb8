/** `tailtrap/lttng`: LTTng sessions over the network as sources of events, and a relay in your own process. */
import { resolve } from 'node:path';
import type { PushReader } from '../ctf/push.ts';
import type { CtfEvent } from '../ctf/reader.ts';
import { DEFAULT_CONTROL_PORT, DEFAULT_DATA_PORT } from './protocol/control.ts';
import { LIVE_PORT } from './protocol/live.ts';
import type { ListenAddress } from './relay/address.ts';
import { RelayDaemon } from './relay/daemon.ts';
import type { Port } from './relay/gate.ts';
import { DEFAULT_LIMITS, type Limits } from './relay/limits.ts';
import { LiveServer } from './relay/live/server.ts';
import { OutputFolder } from './relay/output.ts';
import type { StoredSession } from './relay/store.ts';

export type * from '../trace/event.ts';
export type { LiveSessionEntry } from './protocol/live.ts';
export { SessionSource, type SessionSourceOptions } from './relay/source.ts';
export { listSessions, type WatchOptions, watchSession } from './viewer/index.ts';
export type { LiveViewer } from './viewer/viewer.ts';
export type { CtfEvent, PushReader, StoredSession };

/** Events that come: a watched session (`watchSession`), or one of a relay in this process (`SessionSource`). */
export interface LiveSource {
  readonly reader: PushReader;
  /** Waits until the reader may have more events; false at the end. */
  advance(): Promise<boolean>;
}

/**
 * Gives every event of a session to `use`, in order of time, until the session ends. While `use` works nothing more is
 * asked for. An event is valid during the call only.
 *
 * @throws what `use` throws, and a TailtrapError when the session is lost; events before were given
 */
export async function eachEvent(source: LiveSource, use: (event: CtfEvent) => void | Promise<void>): Promise<void> {
  const { reader } = source;
  const take = async (): Promise<void> => {
    for (let event = reader.next(); event !== null; event = reader.next()) {
      const done = use(event);
      if (done !== undefined) await done;
    }
  };
  try {
    while (await source.advance()) await take();
  } finally {
    await take();
  }
}

export interface RelayConfig {
  /** Folder for what is received, laid out as by lttng-relayd; null (the default): packets are kept in memory only. */
  readonly output?: string | null;
  /** Where all three ports listen; default 127.0.0.1. */
  readonly host?: string;
  /** Default 5342, 5343, 5344; 0: any that is free. */
  readonly ports?: Partial<Readonly<Record<Port, number>>>;
  readonly limits?: Partial<Limits>;
  /** Told of peers that were cut off, and why. */
  readonly log?: (line: string) => void;
}

/** A relay that runs in this process. */
export interface RunningRelay {
  /** Where it listens. */
  readonly addresses: Readonly<Record<Port, ListenAddress>>;
  /** Sessions whose producer is connected. */
  sessions(): readonly StoredSession[];
  /** Calls with every session there is, and with each that comes. @returns the way to stop */
  onSession(listener: (session: StoredSession) => void): () => void;
  close(): Promise<void>;
}

/** @throws TailtrapError `TT_RELAY_LISTEN` */
export async function startRelay(config: RelayConfig = {}): Promise<RunningRelay> {
  const { output = null, host = '127.0.0.1', ports = {}, log = () => {} } = config;
  const limits = { ...DEFAULT_LIMITS, ...config.limits };
  const { control = DEFAULT_CONTROL_PORT, data = DEFAULT_DATA_PORT, live = LIVE_PORT } = ports;
  const daemon = await RelayDaemon.start({
    output: output === null ? null : new OutputFolder(resolve(output)),
    limits,
    grouping: 'host',
    allowClear: true,
    addresses: { control: { host, port: control }, data: { host, port: data }, live: { host, port: live } },
    sockets: null,
    tls: null,
    token: null,
    log,
    makeLive: (store) => new LiveServer(store, limits),
  });
  const { relay, addresses } = daemon;
  return {
    addresses,
    sessions: () => relay.sessions(),
    onSession: (listener) => {
      // Ids only grow.
      let last = 0;
      const tell = (): void => {
        for (const session of relay.sessions()) {
          if (session.id <= last) continue;
          last = session.id;
          listener(session);
        }
      };
      tell();
      return relay.onSessions(tell);
    },
    close: () => daemon.close(),
  };
}
