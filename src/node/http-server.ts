/**
 * Requests that this process serves: from the parsed head of the request until the response has been handed to the
 * kernel, or the connection broke.
 *
 * Each connection has a number, the key. Most requests are over long before they could time out, so a request is at first
 * only noted on its connection, and observed when it ends; what a sweep finds still open is given to the tracker, which
 * reports its timeout. (Entering each request at once cost 3 % of a hello world's throughput: the tables of the tracker are
 * out of the processor's cache whenever the kernel has been at work in between.) Pipelined requests, and those that others
 * refer to (context `full`), have an object each and are tracked at once; each response ends its own by handle. A connection
 * that closes ends what is still pending on it.
 */
import { executionAsyncId, triggerAsyncId } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { idDetails, type ServedRequest } from './context.ts';
import { type Described, tame } from './outliers.ts';
import { ENDED, type Marked, type Part, pathOf, routeOf, subscribe } from './part.ts';
import { Sweep } from './sweep.ts';

interface Message {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket;
}

const SERVED = Symbol('tailtrap.served');
/** Answers that are meant to stay open. Headers that only writeHead was given stand in the head's text, and nowhere else. */
const ENDLESS = /^\s*text\/event-stream/i;
const ENDLESS_HEAD = /\r\ncontent-type:[ \t]*text\/event-stream/i;

/**
 * The request that a connection serves. Used again for the connection's next one, so that a request costs no object: only
 * pipelined requests, and those that others refer to (context `full`), have one each.
 */
class Served implements ServedRequest {
  /** Of the connection. */
  readonly key: number;
  request: IncomingMessage | null = null;
  response: ServerResponse | null = null;
  begin_ns = 0.5; // never whole: a field of doubles from the start, which later times overwrite in place
  /** In the tracker; 0: only noted here. */
  handle = 0;
  /** Of the request, in this process, from 1. 0: context is off. */
  number = 0;
  async_id = 0;
  trigger_async_id = 0;

  constructor(key: number) {
    this.key = key;
  }
  describeRequest(): string {
    return tame(`${this.request?.method} ${this.request === null ? '' : routeOf(urlOf(this.request))}`);
  }
}

/** Of an application that is mounted in another (Express, Connect) `url` is only the part below the mount. */
function urlOf(request: IncomingMessage): string {
  const { originalUrl } = request as { originalUrl?: unknown };
  return typeof originalUrl === 'string' ? originalUrl : (request.url ?? '');
}

function isEndless(response: ServerResponse): boolean {
  if (ENDLESS.test(String(response.getHeader('content-type') ?? ''))) return true;
  const { _header: head } = response as { _header?: unknown };
  return typeof head === 'string' && ENDLESS_HEAD.test(head);
}

/** Frameworks leave the pattern that matched on the request: Express as `route.path`, Fastify as `routeOptions.url`. */
function matchedRoute(request: IncomingMessage): string | null {
  const { route, baseUrl, routeOptions } = request as {
    route?: { path?: unknown };
    baseUrl?: unknown;
    routeOptions?: { url?: unknown };
  };
  if (typeof route?.path === 'string') return (typeof baseUrl === 'string' ? baseUrl : '') + route.path;
  return typeof routeOptions?.url === 'string' ? routeOptions.url : null;
}

function describe({ request, response, number, async_id, trigger_async_id }: Served, broken: boolean): Described {
  if (request === null || response === null || isEndless(response)) return null;
  const url = urlOf(request);
  return {
    key: { method: request.method ?? '', route: tame(matchedRoute(request) ?? routeOf(url)) },
    details: {
      status: response.headersSent ? response.statusCode : null,
      path: tame(pathOf(url)),
      ...(broken ? { broken: 'the connection closed before the response was sent' } : {}),
      ...idDetails(number, async_id, trigger_async_id),
    },
  };
}

const now_ns = (): number => performance.now() * 1e6;

export const httpServer: Part = (tools) => {
  const tracker = tools.tracker('http.server', describe);
  const { contexts } = tools;
  if (tracker === null && contexts.mode !== 'full') return () => {};
  const withIds = contexts.mode !== 'off';
  const shared = contexts.mode === 'full';
  const open = new Set<Served>();
  let connections = 0;

  /** The request that a connection only noted is over. */
  const end = (served: Served, how: number): void => {
    if (served.handle !== 0) tracker?.eventOutHandle(served.handle, undefined, how);
    else tracker?.observe(served.key, served.begin_ns, now_ns(), served, how);
    served.handle = 0;
    served.request = null; // an idle connection keeps nothing
    served.response = null;
  };
  const onClose = tools.guard((socket: Marked<Socket>) => {
    const served = socket[SERVED] as Served;
    open.delete(served);
    if (served.request !== null) end(served, ENDED.broken);
    if (tracker !== null && tracker.find(served.key) !== 0) tracker.eventOut(served.key, undefined, ENDED.broken);
  });
  function closed(this: Socket): void {
    onClose(this as Marked<Socket>);
  }
  const firstOf = (socket: Marked<Socket>): Served => {
    const served = new Served(++connections);
    socket[SERVED] = served;
    open.add(served);
    socket.once('close', closed);
    return served;
  };
  /** A request that needs an object of its own. */
  const trackAlone = (message: Message, key: number): Served => {
    const served = new Served(key);
    (message.response as Marked<ServerResponse>)[SERVED] = served;
    if (tracker !== null && tracker.eventIn(key, undefined, served) === 0) served.handle = tracker.lastHandle;
    return served;
  };
  const sweep = new Sweep(tracker, () => {
    for (const served of open) {
      if (served.request === null || served.handle !== 0) continue;
      if (tracker?.eventIn(served.key, served.begin_ns, served) !== 0) break; // full: it counts one as skipped
      served.handle = tracker.lastHandle;
    }
  });

  const unsubscribe = subscribe(tools, {
    'http.server.request.start': (message: Message) => {
      const socket = message.socket as Marked<Socket>;
      let served = (socket[SERVED] as Served | undefined) ?? firstOf(socket);
      if (shared || served.request !== null) served = trackAlone(message, served.key);
      else served.begin_ns = now_ns();
      served.request = message.request;
      served.response = message.response;
      if (withIds) {
        served.async_id = executionAsyncId();
        served.trigger_async_id = triggerAsyncId();
        served.number = contexts.begins(served.async_id);
      }
      if (shared) contexts.enter(served);
    },
    'http.server.response.finish': (message: Message) => {
      const own = (message.socket as Marked<Socket>)[SERVED] as Served | undefined;
      if (own !== undefined && own.response === message.response) return end(own, ENDED.well);
      const { handle = 0 } = ((message.response as Marked<ServerResponse>)[SERVED] ?? {}) as Partial<Served>;
      if (handle !== 0) tracker?.eventOutHandle(handle);
    },
  });
  return () => {
    unsubscribe();
    sweep.stop();
  };
};
