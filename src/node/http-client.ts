/**
 * Requests that this process makes, with `http` and `https` or with `fetch` (undici): until the head of the response, or
 * until it failed.
 */
import type { ClientRequest } from 'node:http';
import { type Origin, originDetails } from './context.ts';
import { type Described, errorWord, type Scalar, tame } from './outliers.ts';
import { ENDED, type Marked, type Part, routeOf, subscribe } from './part.ts';

/** As undici publishes it. */
interface UndiciRequest {
  readonly origin?: unknown;
  readonly path?: unknown;
  readonly method?: unknown;
  readonly upgrade?: unknown;
}

const CALL = Symbol('tailtrap.call');

/** One request, whoever makes it. */
class Call {
  handle = 0;
  status: number | null = null;
  error: unknown = null;
  readonly origin: Origin | null;
  readonly request: ClientRequest | UndiciRequest;
  constructor(request: ClientRequest | UndiciRequest, origin: Origin | null) {
    this.request = request;
    this.origin = origin;
  }
  /** Only when it is reported. */
  target(): Record<string, Scalar> {
    const { request } = this;
    const isFetch = 'origin' in request;
    let host = '';
    if (!isFetch) host = String((request as ClientRequest).getHeader('host') ?? (request as ClientRequest).host);
    else if (URL.canParse(String(request.origin))) host = new URL(String(request.origin)).host;
    return { method: tame(String(request.method)), host: tame(host), route: tame(routeOf(String(request.path))) };
  }
}

function describe(call: Call): Described {
  const error = call.error === null ? {} : { error: errorWord(call.error) };
  return { key: call.target(), details: { status: call.status, ...error, ...originDetails(call.origin) } };
}

/** Becomes a connection, and has no response then: WebSocket, CONNECT. It would count as pending for ever. */
function isTunnel(request: ClientRequest | UndiciRequest): boolean {
  if (request.method === 'CONNECT') return true;
  return 'origin' in request ? Boolean(request.upgrade) : (request as ClientRequest).getHeader('upgrade') !== undefined;
}

export const httpClient: Part = (tools) => {
  const tracker = tools.tracker('http.client', describe);
  if (tracker === null) return () => {};
  let calls = 0;
  const begin = (request: ClientRequest | UndiciRequest): void => {
    if (isTunnel(request)) return;
    const call = new Call(request, tools.contexts.here());
    if (tracker.eventIn(++calls, undefined, call) !== 0) return;
    call.handle = tracker.lastHandle;
    (request as Marked<object>)[CALL] = call;
  };
  const end = (request: object, status: number | null, error: unknown): void => {
    const call = (request as Marked<object>)[CALL] as Call | undefined;
    if (call === undefined || call.handle === 0) return;
    call.status = status;
    call.error = error;
    tracker.eventOutHandle(call.handle, undefined, error === null ? ENDED.well : ENDED.broken);
    call.handle = 0; // an error after the head is another matter
  };
  return subscribe(tools, {
    'http.client.request.start': ({ request }: { request: ClientRequest }) => begin(request),
    'http.client.response.finish': ({ request, response }: { request: object; response: { statusCode?: number } }) =>
      end(request, response.statusCode ?? null, null),
    'http.client.request.error': ({ request, error }: { request: object; error: unknown }) => end(request, null, error),
    'undici:request:create': ({ request }: { request: UndiciRequest }) => begin(request),
    'undici:request:headers': ({ request, response }: { request: object; response: { statusCode?: number } }) =>
      end(request, response.statusCode ?? null, null),
    'undici:request:error': ({ request, error }: { request: object; error: unknown }) => end(request, null, error),
  });
};
