/**
 * Names of relays and sessions, as babeltrace2's lttng-live takes them:
 *
 *     net://HOST[:PORT]                          a relay
 *     net://HOST[:PORT]/host/TARGET/SESSION      a session that the host TARGET records
 *
 * `net4://` and `tcp://` mean the same, `net6://` wants IPv6, `tls://` goes through TLS (relays of tailtrap only). An IPv6
 * address stands in brackets: `net6://[::1]:5344`.
 */
import { isIP } from 'node:net';
import { UsageError } from '../../base/errors.ts';
import { LIVE_PORT } from '../protocol/live.ts';

export interface RelayAddress {
  /** As given. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** 0: whatever the name resolves to. */
  readonly family: 0 | 4 | 6;
  readonly tls: boolean;
}

export interface SessionAddress extends RelayAddress {
  readonly hostname: string;
  readonly session: string;
}

const URL_FORM = /^(net|net4|net6|tcp|tls):\/\/(\[[^\]/]*\]|[^:/[\]]*)(?::(\d+))?(\/.*)?$/;
const FAMILIES = { net: 0, tcp: 0, tls: 0, net4: 4, net6: 6 } as const;

/** Whether an operand is meant as a live session, and not as a folder. */
export function isLiveUrl(text: string): boolean {
  return /^(net|net4|net6|tcp|tls):\/\//.test(text);
}

/** @throws UsageError `TT_LIVE_URL` */
export function parseLiveUrl(url: string): RelayAddress | SessionAddress {
  const match = URL_FORM.exec(url);
  if (match === null) throw badUrl(url, 'it is not understood');
  const [, scheme, bracketed = '', portText, path = ''] = match;
  const host = bracketed.startsWith('[') ? bracketed.slice(1, -1) : bracketed;
  if (host === '') throw badUrl(url, 'the host is missing');
  const port = portText === undefined ? LIVE_PORT : Number(portText);
  if (port < 1 || port > 65_535) throw badUrl(url, `there is no port ${portText}`);
  const family = FAMILIES[scheme as keyof typeof FAMILIES];
  const kind = isIP(host);
  if (kind !== 0 && family !== 0 && kind !== family) throw badUrl(url, `${host} is no IPv${family} address`);
  const address = { url, host, port, family, tls: scheme === 'tls' };
  if (path === '' || path === '/') return address;
  // A session's name may have anything but a slash.
  const parts = /^\/host\/([^/]+)\/([^/]+)\/?$/.exec(path);
  if (parts === null) throw badUrl(url, `'${path}' is not /host/NAME/SESSION`);
  return { ...address, hostname: parts[1]!, session: parts[2]! };
}

/** How `cat` is told of a session. */
export function sessionUrl(relay: RelayAddress, hostname: string, session: string): string {
  return `${relay.url.replace(/\/+$/, '')}/host/${hostname}/${session}`;
}

function badUrl(url: string, message: string): UsageError {
  return new UsageError('TT_LIVE_URL', `'${url}': ${message}`, {
    next: 'write net://HOST[:PORT]/host/NAME/SESSION, or net://HOST[:PORT] to list sessions',
  });
}
