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

/** Scripts that wait at the same time. */
const MAX_SUBSCRIBERS = 64;
/** Unread bytes of a subscriber; one that reads no more is let go, and counted. */
const MAX_UNREAD_BYTES = 1024 * 1024;
const MAX_REQUEST_BYTES = 4096;
/** A snapshot is written within this time, or the client has gone. */
const ASK_WITHIN_MS = 60_000;

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
  #open = 0;
  /** Connections refused because there were too many, and clients let go because they did not read. */
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
    for (const socket of [...this.#clients.keys()]) this.#forget(socket);
    this.#server.close();
    rmSync(this.#path, { force: true });
  }

  #accept(socket: Socket): void {
    socket.on('error', () => this.#forget(socket));
    socket.setTimeout(ASK_WITHIN_MS, () => {
      if (!this.#clients.has(socket)) socket.destroy(); // connected, and never asked
    });
    this.#open++;
    let counted = true;
    const leave = (): void => {
      if (counted) this.#open--;
      counted = false;
      this.#clients.delete(socket);
    };
    socket.on('close', leave);
    if (this.#open > MAX_SUBSCRIBERS) {
      this.refused++;
      socket.end('{"error":"TT_TOO_MANY_SUBSCRIBERS"}\n');
      return;
    }
    let line = '';
    let asked = false;
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      if (asked) return; // one request a connection
      line += chunk;
      const end = line.indexOf('\n');
      if (end < 0 && line.length <= MAX_REQUEST_BYTES) return;
      asked = true;
      const request = end < 0 ? null : parseRequest(line.slice(0, end));
      if (request === null) socket.end('{"error":"TT_BAD_REQUEST"}\n');
      else if ('subscribe' in request) {
        this.#clients.set(socket, request.subscribe);
        socket.write('{"subscribed":true}\n');
      } else if ('report' in request) {
        leave(); // reporters are counted apart: programs must not crowd out scripts
        this.#answers.report(socket, line.slice(end + 1));
      } else if ('status' in request) socket.end(`${JSON.stringify(this.#answers.status())}\n`);
      else void this.#answers.snapshot().then((answer) => socket.end(`${JSON.stringify(answer)}\n`));
    });
  }

  #forget(socket: Socket): void {
    this.#clients.delete(socket);
    socket.destroy();
  }
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
