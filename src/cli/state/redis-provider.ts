/** `tailtrap state --redis URL`: what the state knows goes to a Redis. */
import { hostname } from 'node:os';
import { formatBytes } from '../../base/units.ts';
import { type LiveState, StatePublisher } from '../../state/index.ts';
import { openRedisStore, type RedisStore } from '../../state/redis/index.node.ts';
import { hostKeys } from '../../state/redis/keys.ts';
import type { Output } from '../output.ts';

/** Of a live session (`net://RELAY/host/NAME/SESSION`) the machine that is traced; else this one. */
export function hostOf(url: string | undefined): string {
  return /^\w+:\/\/[^/]*\/host\/([^/]+)\//.exec(url ?? '')?.[1] ?? hostname();
}

export class RedisProvider {
  readonly #store: RedisStore;
  readonly #host: string;
  readonly #log: (line: string) => void;
  #publisher: StatePublisher | null = null;

  constructor(url: string, host: string, log: (line: string) => void) {
    // Refused now, not when the first events have come.
    hostKeys(host);
    this.#store = openRedisStore(url);
    this.#host = host;
    this.#log = log;
  }

  /** After each lot of events. */
  tick(state: LiveState): void {
    this.#publisher ??= new StatePublisher(state, this.#store, {
      host: this.#host,
      clock_ms: () => performance.now(),
      random: Math.random,
      log: this.#log,
    });
    this.#publisher.tick();
  }

  /** Tells the rest, and that nothing more comes; then what became of it. @returns whether anything was told */
  async close(out: Output): Promise<boolean> {
    await this.#publisher?.close();
    await this.#store.close();
    const { stale_ms: _, ...counters } = this.#publisher?.counters ?? { stale_ms: 0, deltas: 0, failed: 0 };
    const { commands, sent: sent_bytes } = this.#store.counters;
    out.record(
      { table: 'redis', host: this.#host, ...counters, commands, sent_bytes },
      () =>
        `${this.#host}: ${counters.deltas} deltas, ${commands} commands, ${formatBytes(sent_bytes)}; ${counters.failed} failed`,
    );
    return counters.deltas > 0;
  }
}
