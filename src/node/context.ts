/**
 * Where an operation came from.
 *
 * `ids`: the async ids at its begin. They cost two loads: Node counts them anyway. What begins synchronously in one callback
 * (all that a request handler starts before its first await) has the same async_id. All requests of a connection that is kept
 * alive have the same, too: it is the connection's. So requests are numbered, and what begins under the async_id of the
 * request that began last has its number.
 * `full`: besides, the HTTP request in whose course it began, across awaits. That takes an AsyncLocalStorage, for which
 * Node 20 runs a hook at each promise and callback of the application (docs/node.md has the cost).
 */
import { AsyncLocalStorage, executionAsyncId, triggerAsyncId } from 'node:async_hooks';
import type { ContextMode } from './options.ts';
import type { Scalar } from './outliers.ts';

/** The request that is being served. */
export interface ServedRequest {
  readonly number: number;
  describeRequest(): string;
}

/** Taken at the begin of an operation; flat and small, one for each operation. */
export interface Origin {
  readonly async_id: number;
  readonly trigger_async_id: number;
  /** Of the request in whose course it began; 0: not known. */
  readonly number: number;
  readonly request: ServedRequest | null;
}

export class Contexts {
  readonly mode: ContextMode;
  readonly #storage: AsyncLocalStorage<ServedRequest> | null;

  #requests = 0;
  #latestAsyncId = 0;

  constructor(mode: ContextMode) {
    this.mode = mode;
    this.#storage = mode === 'full' ? new AsyncLocalStorage() : null;
  }

  /** A request begins, under this async id. @returns its number */
  begins(async_id: number): number {
    this.#latestAsyncId = async_id;
    return ++this.#requests;
  }

  /** All that follows in this chain of callbacks belongs to the request. */
  enter(request: ServedRequest): void {
    this.#storage?.enterWith(request);
  }

  here(): Origin | null {
    if (this.mode === 'off') return null;
    const async_id = executionAsyncId();
    const request = this.#storage?.getStore() ?? null;
    const number = request?.number ?? (async_id === this.#latestAsyncId ? this.#requests : 0);
    return { async_id, trigger_async_id: triggerAsyncId(), number, request };
  }

  stop(): void {
    this.#storage?.disable();
  }
}

export function originDetails(origin: Origin | null): Record<string, Scalar> {
  if (origin === null) return {};
  const { async_id, trigger_async_id, number, request } = origin;
  const ids = idDetails(number, async_id, trigger_async_id);
  return request === null ? ids : { ...ids, request: request.describeRequest() };
}

/** A zero says nothing: Node knows no origin. */
export function idDetails(request_number: number, async_id: number, trigger_async_id: number): Record<string, Scalar> {
  const ids: Record<string, Scalar> = {};
  if (request_number > 0) ids.request_number = request_number;
  if (async_id > 0) ids.async_id = async_id;
  if (trigger_async_id > 0) ids.trigger_async_id = trigger_async_id;
  return ids;
}
