/** The relay daemon: three ports in front of one store. */
import { createServer, type Server } from 'node:net';
import { errnoName, messageOf, TailtrapError } from '../../base/errors.ts';
import { formatAddress, type ListenAddress } from './address.ts';
import { Gate, type GateOptions, type Port } from './gate.ts';
import { ControlServer } from './ingest/control.ts';
import { DataServer } from './ingest/data.ts';
import { fittingFiles, openFilesLimit } from './open-files.ts';
import type { PeerServer } from './peer.ts';
import { Relay, type RelayOptions } from './relay.ts';
import type { RelayStore } from './store.ts';

export interface DaemonOptions extends Omit<RelayOptions, 'log'>, GateOptions {
  readonly addresses: Readonly<Record<Port, ListenAddress>>;
  /** Open sockets instead of addresses. */
  readonly sockets: ReadonlyMap<Port, number> | null;
  /** Serves viewers. */
  readonly makeLive: (store: RelayStore) => PeerServer;
}

/** So long what was received is written at the end. */
const CLOSE_MS = 5000;
const CLOSE_POLL_MS = 10;

const UNKNOWN_HOST = 'this host name is not known here: give an address of this machine with -C, -D and -L';
/** What to do when a port cannot be opened. */
const NEXT: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is another relay running? Give other ports with -C, -D and -L',
  EADDRNOTAVAIL: 'this machine has no such address: give one of its own with -C, -D and -L',
  EACCES: 'ports below 1024 need root: give others with -C, -D and -L',
  ENOTFOUND: UNKNOWN_HOST,
  EAI_AGAIN: UNKNOWN_HOST,
};

export class RelayDaemon {
  readonly relay: Relay;
  /** Where each port listens in fact. */
  readonly addresses: Record<Port, ListenAddress>;
  private readonly servers: Readonly<Record<Port, PeerServer>>;
  private readonly listeners: Server[] = [];
  private readonly gates: Gate[] = [];

  private constructor(options: DaemonOptions) {
    this.relay = new Relay(options);
    this.addresses = { ...options.addresses };
    this.servers = {
      control: new ControlServer(this.relay),
      data: new DataServer(this.relay),
      live: options.makeLive(this.relay),
    };
  }

  /** @throws TailtrapError `TT_RELAY_LISTEN`, `TT_RELAY_FOLDER` */
  static async start(options: DaemonOptions): Promise<RelayDaemon> {
    options.output?.probe();
    const limits = fittingFiles(options.limits, openFilesLimit(), options.output !== null);
    const fitting = { ...options, limits };
    const daemon = new RelayDaemon(fitting);
    try {
      for (const port of ['control', 'data', 'live'] as const) await daemon.listen(port, fitting);
    } catch (error) {
      await daemon.close();
      throw error;
    }
    return daemon;
  }

  private async listen(port: Port, options: DaemonOptions): Promise<void> {
    const address = options.addresses[port];
    const gate = new Gate(port, this.servers[port], options);
    this.gates.push(gate);
    const server = createServer({ pauseOnConnect: true }, (socket) => gate.enter(socket));
    this.listeners.push(server);
    const fd = options.sockets?.get(port);
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(fd === undefined ? { ...address } : { fd }, resolve);
      });
    } catch (error) {
      throw new TailtrapError('TT_RELAY_LISTEN', `cannot listen: ${messageOf(error)}`, {
        where: `${port} port ${fd === undefined ? formatAddress(address) : `socket ${fd}`}`,
        next: NEXT[errnoName(error)] ?? 'give other addresses with -C, -D and -L',
        cause: error,
      });
    }
    server.on('error', (error) => options.log(`${port} port: ${messageOf(error)}`));
    const bound = server.address();
    if (bound !== null && typeof bound === 'object') this.addresses[port] = { host: bound.address, port: bound.port };
  }

  /** Takes no more connections, ends those that are there, and writes what was received. */
  async close(): Promise<void> {
    for (const listener of this.listeners) listener.close();
    await this.servers.live.close();
    await this.servers.control.close();
    await this.servers.data.close();
    for (const gate of this.gates) gate.close();
    const until_ms = performance.now() + CLOSE_MS;
    while (performance.now() < until_ms && this.relay.streams.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, CLOSE_POLL_MS));
    }
  }
}
