/**
 * A connection to a server or cluster, with the client library behind it, which is loaded when the first command is sent.
 *
 * It is made when it is needed, and thrown away when something goes wrong: the next command makes a new one. How often to
 * try is for those who ask; nothing is queued for a server that is away.
 */
import { readFileSync } from 'node:fs';
import { messageOf, TailtrapError } from '../../base/errors.ts';
import type { RedisPort, Reply } from './port.ts';
import { parseRedisUrl, type RedisAddress, safeUrl } from './url.ts';

/** A server that is slower than this is treated as away. */
const DEFAULT_TIMEOUT_MS = 5000;
/** Nodes of a cluster that are remembered, to find it again when those of the address are lost. */
const MAX_REMEMBERED = 64;

interface Node {
  readonly host: string;
  readonly port: number;
}

/** What we use of the library. */
interface Client {
  send(key: string, readOnly: boolean, words: readonly string[]): Promise<unknown>;
  /** Addresses of the cluster's nodes. */
  nodes(): readonly Node[];
  destroy(): void;
}

/** Of the library, for one server. */
interface SingleClient {
  connect(): Promise<unknown>;
  sendCommand(words: string[]): Promise<unknown>;
  destroy(): void;
}

export interface ConnectionOptions {
  /** For one command, connecting included; milliseconds. */
  readonly timeout_ms?: number;
}

export class RedisConnection implements RedisPort {
  readonly #url: string;
  readonly #address: RedisAddress;
  readonly #timeout_ms: number;
  #client: Promise<Client> | null = null;
  #remembered: readonly Node[] = [];
  #closed = false;

  /** @throws UsageError `TT_REDIS_URL` */
  constructor(url: string, { timeout_ms = DEFAULT_TIMEOUT_MS }: ConnectionOptions = {}) {
    this.#url = url;
    this.#address = parseRedisUrl(url);
    this.#timeout_ms = timeout_ms;
  }

  async command(key: string, readOnly: boolean, words: readonly string[]): Promise<Reply> {
    if (this.#closed) throw new TailtrapError('TT_REDIS_AWAY', 'the connection is closed');
    this.#client ??= this.#connect();
    const client = this.#client;
    try {
      return (await this.#inTime(client.then((connected) => connected.send(key, readOnly, words)))) as Reply;
    } catch (error) {
      // The server said no: the connection is well.
      if (isReply(error)) throw error;
      this.#drop(client);
      if (error instanceof TailtrapError) throw error;
      throw new TailtrapError('TT_REDIS_AWAY', `no answer from ${safeUrl(this.#url)}: ${causeOf(error)}`, {
        next: messageOf(error).startsWith('READONLY')
          ? 'give the address of the master, before or after this one: redis://A,B'
          : 'see whether it runs and whether the address is right',
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#client !== null) this.#drop(this.#client);
  }

  #drop(client: Promise<Client>): void {
    if (this.#client === client) this.#client = null;
    client.then(
      (connected) => connected.destroy(),
      () => {},
    );
  }

  async #inTime<T>(promise: Promise<T>, limit_ms: number = this.#timeout_ms): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const fail = (): void => reject(new Error(`nothing came for ${Math.round(limit_ms)} ms`));
      timer = setTimeout(fail, limit_ms);
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The first node that belongs to a cluster or takes writes; when there is none, one that can be asked. */
  async #reach(
    open: (node: Node | null) => SingleClient,
  ): Promise<{ readonly client: SingleClient; readonly isCluster: boolean }> {
    const { socket, nodes } = this.#address;
    const candidates = socket === null ? [...nodes, ...this.#remembered] : [null];
    // One that swallows everything must leave time for the others.
    const limit_ms = this.#timeout_ms / candidates.length;
    let failure: unknown = new Error('there is no address');
    let replica: SingleClient | null = null;
    for (const candidate of candidates) {
      const client = open(candidate);
      try {
        await this.#inTime(client.connect(), limit_ms);
        const info = String(await this.#inTime(client.sendCommand(['INFO', 'cluster', 'replication']), limit_ms));
        const isCluster = info.includes('cluster_enabled:1');
        if (isCluster || !/^role:slave/m.test(info)) {
          if (replica !== null) destroy(replica);
          return { client, isCluster };
        }
        if (replica === null) replica = client;
        else destroy(client);
      } catch (error) {
        destroy(client);
        failure = error;
        if (isReply(error)) break;
      }
    }
    if (replica === null) throw failure;
    return { client: replica, isCluster: false };
  }

  async #connect(): Promise<Client> {
    const library = await import('@redis/client');
    const address = this.#address;
    const common = { RESP: 2 as const, disableOfflineQueue: true, ...credentials(address) };
    const socketOf = (node: Node | null): object => ({
      ...(node === null ? { path: address.socket, tls: false } : node),
      ...(address.tls ? tlsOptions(address) : {}),
      connectTimeout: this.#timeout_ms,
      reconnectStrategy: false,
    });
    const single = (node: Node | null): SingleClient => {
      const client = library.createClient({ ...common, database: address.database, socket: socketOf(node) });
      // Told to who waits for an answer; without a listener it would end the process.
      client.on('error', () => {});
      return client as unknown as SingleClient;
    };
    const { client: first, isCluster } = await this.#reach(single);
    if (!isCluster) {
      return {
        send: (_key, _readOnly, words) => first.sendCommand([...words]),
        nodes: () => [],
        destroy: () => destroy(first),
      };
    }
    destroy(first);
    const cluster = library.createCluster({
      RESP: 2 as const,
      rootNodes: [...address.nodes, ...this.#remembered].map((node) => ({ socket: socketOf(node) })),
      defaults: { ...common, socket: address.tls ? { ...tlsOptions(address) } : {} } as object,
      minimizeConnections: true,
    });
    cluster.on('error', () => {});
    cluster.on('node-error', () => {});
    try {
      await this.#inTime(cluster.connect());
    } catch (error) {
      destroy(cluster);
      throw error;
    }
    const nodes = (): Node[] => [...cluster.masters, ...cluster.replicas].map(({ host, port }) => ({ host, port }));
    this.#remembered = nodes().slice(0, MAX_REMEMBERED);
    return {
      send: (key, readOnly, words) => cluster.sendCommand(key, readOnly, [...words]),
      nodes,
      destroy: () => destroy(cluster),
    };
  }
}

function destroy(client: { destroy(): void }): void {
  try {
    client.destroy();
  } catch {
    // It was closed already.
  }
}

/** Errors that the server sent: `WORD text`. What the library and the system say have other beginnings. */
function isReply(error: unknown): boolean {
  const { name } = (error as Error | null)?.constructor ?? { name: '' };
  if (!['SimpleError', 'BlobError', 'ErrorReply'].includes(name)) return false;
  // A cluster that has lost a node, and a server that still loads its file, are away.
  return !/^(CLUSTERDOWN|LOADING|MASTERDOWN|MOVED|ASK|TRYAGAIN|READONLY)/.test(messageOf(error));
}

function causeOf(error: unknown): string {
  const text = messageOf(error);
  return text === '' ? String((error as { code?: unknown })?.code ?? 'it closed the connection') : text;
}

function credentials({ user, password, options }: RedisAddress): object {
  const secret =
    options['password-file'] === undefined ? password : fileText('password-file', options['password-file']);
  return { ...(user === '' ? {} : { username: user }), ...(secret === '' ? {} : { password: secret.trimEnd() }) };
}

function tlsOptions({ options }: RedisAddress): object {
  const found: Record<string, unknown> = { tls: true };
  for (const name of ['ca', 'cert', 'key'])
    if (options[name] !== undefined) found[name] = fileText(name, options[name]);
  if (options.servername !== undefined) found.servername = options.servername;
  return found;
}

function fileText(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new TailtrapError('TT_REDIS_URL', `the file of ${option} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
