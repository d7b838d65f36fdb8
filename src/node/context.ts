/**
 * Where an operation came from.
 *
 * `ids`: the async ids at its begin. They cost two loads: Node counts them anyway. What begins synchronously in one callback
 * (all that a request handler starts before its first await) has the same async_id.
 * `full`: besides, the HTTP request in whose course it began, across awaits. That takes an AsyncLocalStorage, for which
 * Node 20 runs a hook at each promise and callback of the application (docs/node.md has the cost).
 */
import { AsyncLocalStorage, executionAsyncId, triggerAsyncId } from 'node:async_hooks';
import type { ContextMode } from './options.ts';
import type { Scalar } from './outliers.ts';

/** The request that is being served. */
export interface ServedRequest {
  describeRequest(): string;
}

/** Taken at the begin of an operation; flat and small, one for each operation. */
export interface Origin {
  readonly async_id: number;
  readonly trigger_async_id: number;
  readonly request: ServedRequest | null;
}

export class Contexts {
  readonly mode: ContextMode;
  readonly #storage: AsyncLocalStorage<ServedRequest> | null;

  constructor(mode: ContextMode) {
    this.mode = mode;
    this.#storage = mode === 'full' ? new AsyncLocalStorage() : null;
  }

  /** All that follows in this chain of callbacks belongs to the request. */
  enter(request: ServedRequest): void {
    this.#storage?.enterWith(request);
  }

  here(): Origin | null {
    if (this.mode === 'off') return null;
    return {
      async_id: executionAsyncId(),
      trigger_async_id: triggerAsyncId(),
      request: this.#storage?.getStore() ?? null,
    };
  }

  stop(): void {
    this.#storage?.disable();
  }
}

export function originDetails(origin: Origin | null): Record<string, Scalar> {
  if (origin === null) return {};
  const { async_id, trigger_async_id, request } = origin;
  return { async_id, trigger_async_id, ...(request === null ? {} : { request: request.describeRequest() }) };
}
