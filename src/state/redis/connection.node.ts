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
      throw new TailtrapError('TT_REDIS_AWAY', `no answer from ${safeUrl(this.#url)}: ${causeOf(error)}`, {
        next: 'see whether it runs and whether the address is right',
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

  async #inTime<T>(promise: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const fail = (): void => reject(new Error(`nothing came for ${this.#timeout_ms} ms`));
      timer = setTimeout(fail, this.#timeout_ms);
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
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
    const single = (node: Node | null): ReturnType<typeof library.createClient> => {
      const client = library.createClient({ ...common, database: address.database, socket: socketOf(node) });
      // Told to who waits for an answer; without a listener it would end the process.
      client.on('error', () => {});
      return client as unknown as ReturnType<typeof library.createClient>;
    };
    const first = await firstOf(
      address.socket === null ? [...address.nodes, ...this.#remembered] : [null],
      async (node) => {
        const client = single(node);
        try {
          await this.#inTime(client.connect());
          return client;
        } catch (error) {
          destroy(client);
          throw error;
        }
      },
    );
    const info = await this.#inTime(first.sendCommand(['INFO', 'cluster']));
    if (!String(info).includes('cluster_enabled:1')) {
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

/** The first that works. */
async function firstOf<T, R>(candidates: readonly T[], attempt: (candidate: T) => Promise<R>): Promise<R> {
  let failure: unknown = new Error('there is no address');
  for (const candidate of candidates) {
    try {
      return await attempt(candidate);
    } catch (error) {
      if (isReply(error)) throw error;
      failure = error;
    }
  }
  throw failure;
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
