/** `tailtrap/state/redis`: states of hosts in Redis 7 or Valkey. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { type ConnectionOptions, RedisConnection } from './connection.node.ts';
import { RedisStore, type RedisStoreOptions } from './store.ts';

export type { Header, HostAnswer } from './answers.ts';
export { type HostKeys, hostKeys, INDEX_KEY } from './keys.ts';
export type { RedisPort, Reply } from './port.ts';
export { type RedisCounters, RedisStore, type RedisStoreOptions } from './store.ts';
export { isRedisUrl, parseRedisUrl, type RedisAddress, safeUrl } from './url.ts';

/** Of the functions in lua/; a server that has older ones gets ours. */
export const FUNCTIONS_VERSION = 2;
const FOLDER = new URL('../../../lua/', import.meta.url);

/** The library of functions, as FUNCTION LOAD takes it. */
export function functionsText(): string {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.lua'));
  return names
    .sort()
    .map((name) => readFileSync(new URL(name, FOLDER), 'utf8'))
    .join('\n');
}

export interface OpenOptions extends ConnectionOptions, Partial<RedisStoreOptions> {}

/**
 * A store in the Redis at an address (see `parseRedisUrl`). It connects when it is used.
 *
 * @throws UsageError `TT_REDIS_URL`
 */
export function openRedisStore(url: string, options: OpenOptions = {}): RedisStore {
  return new RedisStore(new RedisConnection(url, options), {
    functions: functionsText(),
    version: FUNCTIONS_VERSION,
    provider: randomBytes(8).toString('hex'),
    clock_ms: () => performance.now(),
    ...options,
  });
}
