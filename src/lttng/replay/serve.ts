/** A live port of its own, in front of any store. */
import { createServer } from 'node:net';
import { messageOf, TailtrapError } from '../../base/errors.ts';
import { Gate } from '../relay/gate.ts';
import { DEFAULT_LIMITS } from '../relay/limits.ts';
import { LiveServer } from '../relay/live/server.ts';
import type { RelayStore } from '../relay/store.ts';

export interface ServingOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly log: (line: string) => void;
}

export interface Serving {
  readonly server: LiveServer;
  readonly port: number;
  close(): void;
}

/** @throws TailtrapError `TT_LIVE_LISTEN` */
export async function serveLive(store: RelayStore, { host, port, log }: ServingOptions): Promise<Serving> {
  const server = new LiveServer(store, DEFAULT_LIMITS);
  const gate = new Gate('live', server, { limits: DEFAULT_LIMITS, tls: null, token: null, log });
  const listener = createServer((socket) => gate.enter(socket));
  try {
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen({ host, port }, resolve);
    });
  } catch (error) {
    throw new TailtrapError('TT_LIVE_LISTEN', `cannot listen: ${messageOf(error)}`, {
      where: `${host}:${port}`,
      next: 'is another relay running? Give another --port',
      cause: error,
    });
  }
  const bound = listener.address();
  return {
    server,
    port: bound !== null && typeof bound === 'object' ? bound.port : port,
    close: () => {
      listener.close();
      server.close();
      gate.close();
    },
  };
}
