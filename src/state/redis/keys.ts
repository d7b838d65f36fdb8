/** Names of keys. The braces make a cluster put all keys of a host into one slot. */
import { UsageError } from '../../base/errors.ts';

/** Hosts, by when they were last announced. */
export const INDEX_KEY = 'tailtrap:hosts';
/** As long as names in DNS may be. */
const MAX_HOST_LENGTH = 253;

export interface HostKeys {
  readonly meta: string;
  readonly log: string;
  base(kind: string): string;
  /** What a provider is loading. */
  loading(provider: string, kind: string): string;
}

/** @throws UsageError `TT_STATE_HOST_NAME`: braces would let a host's keys fall apart, or take others' names */
export function hostKeys(host: string): HostKeys {
  if (!/^[\w.:@-]+$/.test(host) || host.length > MAX_HOST_LENGTH) {
    throw new UsageError('TT_STATE_HOST_NAME', `'${host.slice(0, 80)}' cannot be the name of a host`, {
      next: `take up to ${MAX_HOST_LENGTH} letters, digits and any of . : @ _ -`,
    });
  }
  const prefix = `tailtrap:{${host}}`;
  return {
    meta: `${prefix}:meta`,
    log: `${prefix}:log`,
    base: (kind) => `${prefix}:base:${kind}`,
    loading: (provider, kind) => `${prefix}:loading:${provider}:${kind}`,
  };
}
