/**
 * Requests that this process serves: from the parsed head of the request until the response has been handed to the
 * kernel, or the connection broke.
 *
 * Each connection has a number, the key. Pipelined requests are duplicates under it; each response ends its own by handle;
 * a connection that closes ends what is still pending on it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Origin, originDetails, type ServedRequest } from './context.ts';
import { type Described, tame } from './outliers.ts';
import { ENDED, type Marked, type Part, routeOf, subscribe } from './part.ts';

interface Message {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket;
}

const CONNECTION = Symbol('tailtrap.connection');
const HANDLE = Symbol('tailtrap.handle');
/** Answers that are meant to stay open. */
const ENDLESS = /^text\/event-stream/;

class Served implements ServedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly origin: Origin | null;
  constructor(message: Message, origin: Origin | null) {
    this.request = message.request;
    this.response = message.response;
    this.origin = origin;
  }
  describeRequest(): string {
    return tame(`${this.request.method} ${routeOf(this.request.url ?? '')}`);
  }
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

function describe({ request, response, origin }: Served, broken: boolean): Described {
  if (ENDLESS.test(String(response.getHeader('content-type') ?? ''))) return null;
  const url = request.url ?? '';
  return {
    key: { method: request.method ?? '', route: tame(matchedRoute(request) ?? routeOf(url)) },
    details: {
      status: response.headersSent ? response.statusCode : null,
      path: tame(url.split('?', 1)[0]!),
      ...(broken ? { broken: 'the connection closed before the response was sent' } : {}),
      ...originDetails(origin),
    },
  };
}

export const httpServer: Part = (tools) => {
  const tracker = tools.tracker('http.server', describe);
  const { contexts } = tools;
  if (tracker === null && contexts.mode !== 'full') return () => {};
  let connections = 0;
  const onClose = tools.guard((socket: Marked<Socket>) => {
    tracker?.eventOut(socket[CONNECTION] as number, undefined, ENDED.broken);
  });
  function closed(this: Socket): void {
    onClose(this as Marked<Socket>);
  }
  return subscribe(tools, {
    'http.server.request.start': (message: Message) => {
      const served = new Served(message, contexts.here());
      contexts.enter(served);
      if (tracker === null) return;
      const socket = message.socket as Marked<Socket>;
      let connection = socket[CONNECTION] as number | undefined;
      if (connection === undefined) {
        connection = ++connections;
        socket[CONNECTION] = connection;
        socket.once('close', closed);
      }
      if (tracker.eventIn(connection, undefined, served) !== 0) return;
      (message.response as Marked<ServerResponse>)[HANDLE] = tracker.lastHandle;
    },
    'http.server.response.finish': (message: Message) => {
      const handle = (message.response as Marked<ServerResponse>)[HANDLE] as number | undefined;
      if (handle !== undefined) tracker?.eventOutHandle(handle);
    },
  });
};
