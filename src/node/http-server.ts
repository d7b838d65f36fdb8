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
import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { idDetails, type ServedRequest } from './context.ts';
import { type Described, tame } from './outliers.ts';
import { ENDED, type Marked, type Part, pathOf, routeOf } from './part.ts';
import { Sweep } from './sweep.ts';

interface Message {
  readonly response: ServerResponse;
  readonly socket: Socket;
}

const START = 'http.server.request.start';
const FINISH = 'http.server.response.finish';
const SERVED = Symbol('tailtrap.served');
/** A sweep found no room for it, and the tracker counted it as skipped, once. It is measured all the same, but cannot time out. */
const NO_ROOM = -1;
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
  response: ServerResponse | null = null;
  begin_ns = 0.5; // never whole: a field of doubles from the start, which later times overwrite in place
  /** In the tracker; 0: only noted here; or NO_ROOM. */
  handle = 0;
  /** Of the request, in this process, from 1. 0: context is off. */
  number = 0;
  async_id = 0;
  trigger_async_id = 0;

  constructor(key: number) {
    this.key = key;
  }
  describeRequest(): string {
    const request = this.response?.req;
    return tame(`${request?.method} ${request === undefined ? '' : routeOf(urlOf(request))}`);
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

function describe({ response, number, async_id, trigger_async_id }: Served, broken: boolean): Described {
  if (response === null || isEndless(response)) return null;
  const request = response.req;
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
    if (served.handle > 0) tracker?.eventOutHandle(served.handle, undefined, how);
    else tracker?.observe(served.key, served.begin_ns, now_ns(), served, how);
    served.handle = 0;
    served.response = null; // an idle connection keeps nothing
  };
  const onClose = tools.guard((socket: Marked<Socket>) => {
    const served = socket[SERVED] as Served;
    open.delete(served);
    if (served.response !== null) end(served, ENDED.broken);
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
      if (served.response === null || served.handle > 0) continue;
      if (served.handle === NO_ROOM && tracker?.pending === tracker?.capacity) continue;
      const isIn = tracker?.eventIn(served.key, served.begin_ns, served) === 0;
      served.handle = isIn ? tracker.lastHandle : NO_ROOM;
    }
  });

  const onStart = (message: Message): void => {
    try {
      const socket = message.socket as Marked<Socket>;
      let served = (socket[SERVED] as Served | undefined) ?? firstOf(socket);
      if (shared || served.response !== null) served = trackAlone(message, served.key);
      else served.begin_ns = now_ns();
      served.response = message.response;
      if (withIds) {
        served.async_id = executionAsyncId();
        served.trigger_async_id = triggerAsyncId();
        served.number = contexts.begins(served.async_id);
      }
      if (shared) contexts.enter(served);
    } catch (error) {
      tools.failed(error);
    }
  };
  const onFinish = ({ socket, response }: Message): void => {
    try {
      const own = (socket as Marked<Socket>)[SERVED] as Served | undefined;
      if (own !== undefined && own.response === response) {
        end(own, ENDED.well);
        return;
      }
      const { handle = 0 } = ((response as Marked<ServerResponse>)[SERVED] ?? {}) as Partial<Served>;
      if (handle !== 0) tracker?.eventOutHandle(handle);
    } catch (error) {
      tools.failed(error);
    }
  };
  // Each with its own `try`: a call through `guard`, which all parts share, is not in-lined.
  diagnostics.subscribe(START, onStart as (message: unknown) => void);
  diagnostics.subscribe(FINISH, onFinish as (message: unknown) => void);
  return () => {
    diagnostics.unsubscribe(START, onStart as (message: unknown) => void);
    diagnostics.unsubscribe(FINISH, onFinish as (message: unknown) => void);
    sweep.stop();
  };
};
