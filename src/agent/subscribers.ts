/**
 * The agent's socket. A client sends one line of JSON and reads lines of JSON:
 *
 *     {"subscribe":{"trackers":["block"],"threshold_ns":20000000}}   {"subscribed":true}, then outliers as they come, once
 *                                                                    their snapshot is there or is known not to come
 *     {"snapshot":true}                                              {"path":...} or {"error":...}
 *     {"status":true}                                                what runs and what was lost
 *     {"report":true}                                                {"reporting":true}; then the client sends outliers of
 *                                                                    its own, a line each (reports.ts)
 *
 * Both fields of subscribe may be left out.
 */
import { chmodSync, chownSync, lstatSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { errnoName, TailtrapError } from '../base/errors.ts';
import { makeFolders } from '../base/node.ts';
import type { Outlier } from '../base/outlier.ts';

/** Scripts that wait at the same time, for outliers or for a snapshot. */
const MAX_SUBSCRIBERS = 64;
/**
 * Connections that have not asked yet: more than the programs that report (reports.ts), which may all come at once when the agent
 * starts. A newcomer over it takes the place of the one that has been silent for longest, so that silent ones shut nobody out.
 */
const MAX_SILENT = 256;
/** Unread bytes of a subscriber; one that reads no more is let go, and counted. */
const MAX_UNREAD_BYTES = 1024 * 1024;
const MAX_REQUEST_BYTES = 4096;
/** Clients ask as soon as they are connected. */
const ASK_WITHIN_MS = 1000;
/** A snapshot is written within this time, or the client has gone. */
const ANSWER_WITHIN_MS = 60_000;

interface Wish {
  readonly trackers: readonly string[] | null;
  readonly threshold_ns: number;
}
export type Request = { subscribe: Wish } | { snapshot: true } | { status: true } | { report: true };

/** Answers of the agent to what is not a subscription. Must not throw. */
export interface Answers {
  snapshot(): Promise<object>;
  status(): object;
  /** Takes a connection over, with what came behind the request. */
  report(socket: Socket, text: string): void;
}

export class Subscribers {
  readonly #server: Server;
  readonly #path: string;
  readonly #clients = new Map<Socket, Wish>();
  /** In the order in which they came. */
  readonly #silent = new Set<Socket>();
  readonly #wantSnapshot = new Set<Socket>();
  /** Connections refused because there were too many, or too many silent ones; clients let go because they did not read. */
  refused = 0;
  dropped = 0;

  readonly #answers: Answers;

  private constructor(server: Server, path: string, answers: Answers) {
    this.#server = server;
    this.#path = path;
    this.#answers = answers;
    server.on('connection', (socket) => this.#accept(socket));
  }

  /**
   * The caller holds the agent's lock.
   *
   * @param gid of the group that may use it besides root; null: the agent's own
   * @throws TailtrapError `TT_SOCKET` when the path cannot be used, or not be given to the group
   */
  static async listen(path: string, answers: Answers, gid: number | null = null): Promise<Subscribers> {
    const server = createServer();
    try {
      makeFolders(dirname(path));
      // Of an agent that was killed: ours is the only one now. Anything but a socket is not ours to remove.
      if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ path }, () => resolve());
      });
      giveTo(path, gid);
    } catch (error) {
      server.close();
      if (error instanceof TailtrapError) throw error;
      throw new TailtrapError('TT_SOCKET', `cannot listen on ${path}: ${errnoName(error) || String(error)}`, {
        next: 'set `socket:` in the configuration to a path that this user may create',
        cause: error,
      });
    }
    server.unref();
    return new Subscribers(server, path, answers);
  }

  get count(): number {
    return this.#clients.size;
  }

  publish(outlier: Outlier): void {
    const line = `${JSON.stringify(outlier)}\n`;
    for (const [socket, wish] of this.#clients) {
      if (wish.trackers !== null && !wish.trackers.includes(outlier.tracker)) continue;
      if (outlier.kind === 'threshold' && outlier.delay_ns <= wish.threshold_ns) continue;
      if (socket.writableLength > MAX_UNREAD_BYTES) {
        this.dropped++;
        this.#forget(socket);
      } else socket.write(line);
    }
  }

  close(): void {
    for (const socket of [...this.#clients.keys(), ...this.#silent, ...this.#wantSnapshot]) this.#forget(socket);
    this.#server.close();
    rmSync(this.#path, { force: true });
  }

  #accept(socket: Socket): void {
    socket.on('error', () => this.#forget(socket));
    socket.on('close', () => this.#forget(socket));
    this.#silent.add(socket);
    if (this.#silent.size > MAX_SILENT) {
      this.refused++;
      for (const oldest of this.#silent) {
        this.#forget(oldest);
        break;
      }
    }
    // Not the socket's timeout, which a byte now and then puts off.
    const late = setTimeout(() => this.#forget(socket), ASK_WITHIN_MS).unref();
    let line = '';
    const listen = (chunk: string): void => {
      line += chunk;
      const end = line.indexOf('\n');
      if (end < 0 && line.length <= MAX_REQUEST_BYTES) return;
      socket.off('data', listen); // one request a connection
      clearTimeout(late);
      this.#silent.delete(socket);
      this.#answer(socket, end < 0 ? null : parseRequest(line.slice(0, end)), line.slice(end + 1));
    };
    socket.once('close', () => clearTimeout(late));
    socket.setEncoding('utf8').on('data', listen);
  }

  #answer(socket: Socket, request: Request | null, behind: string): void {
    if (request === null) turnAway(socket, { error: 'TT_BAD_REQUEST' });
    else if ('report' in request)
      this.#answers.report(socket, behind); // counted there: programs must not crowd out scripts
    else if ('status' in request) turnAway(socket, this.#answers.status());
    else if (this.#clients.size + this.#wantSnapshot.size >= MAX_SUBSCRIBERS) {
      this.refused++;
      turnAway(socket, { error: 'TT_TOO_MANY_SUBSCRIBERS' });
    } else {
      socket.resume();
      if ('subscribe' in request) {
        this.#clients.set(socket, request.subscribe);
        socket.write('{"subscribed":true}\n');
        return;
      }
      this.#wantSnapshot.add(socket);
      socket.setTimeout(ANSWER_WITHIN_MS, () => this.#forget(socket));
      void this.#answers.snapshot().then((answer) => {
        this.#wantSnapshot.delete(socket);
        turnAway(socket, answer);
      });
    }
  }

  #forget(socket: Socket): void {
    this.#clients.delete(socket);
    this.#silent.delete(socket);
    this.#wantSnapshot.delete(socket);
    socket.destroy();
  }
}

/**
 * The last line, and gone: a client that neither reads nor leaves keeps no place. What it still sends is read, because closing
 * with unread bytes would be an error at its end.
 */
export function turnAway(socket: Socket, answer: object): void {
  socket.resume();
  socket.end(`${JSON.stringify(answer)}\n`, () => socket.destroy());
}

/** The group first: until the mode is set nobody but the owner may write. */
function giveTo(path: string, gid: number | null): void {
  try {
    if (gid !== null) chownSync(path, -1, gid);
  } catch (cause) {
    throw new TailtrapError(
      'TT_SOCKET',
      `cannot give the socket to group ${gid}: ${errnoName(cause) || String(cause)}`,
      {
        where: path,
        next: 'run as root, or set `socket_group:` in the configuration to a group that this user is in',
        cause,
      },
    );
  }
  chmodSync(path, 0o660);
}

/** Null when it is not a request. */
export function parseRequest(line: string): Request | null {
  try {
    const value = JSON.parse(line) as {
      subscribe?: { trackers?: unknown; threshold_ns?: unknown };
      snapshot?: unknown;
      status?: unknown;
      report?: unknown;
    };
    if (value.snapshot === true) return { snapshot: true };
    if (value.status === true) return { status: true };
    if (value.report === true) return { report: true };
    if (typeof value.subscribe !== 'object' || value.subscribe === null) return null;
    const { trackers, threshold_ns } = value.subscribe;
    const names = Array.isArray(trackers) ? trackers.filter((name): name is string => typeof name === 'string') : null;
    return { subscribe: { trackers: names, threshold_ns: typeof threshold_ns === 'number' ? threshold_ns : 0 } };
  } catch {
    return null;
  }
}
