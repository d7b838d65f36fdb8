/** `tcp://HOST:PORT`, as lttng-relayd takes them. */
import { UsageError } from '../../base/errors.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const ADDRESS = /^(?:(?:tcp|tcp4|tcp6|net):\/\/)?(\[[^\]]+\]|[^:/[\]]+)?(?::(\d{1,5}))?$/;

/** @param text `tcp://HOST:PORT`; scheme, host (`[::1]` when IPv6) or port may be missing */
export function parseAddress(text: string, option: string, otherwise: ListenAddress): ListenAddress {
  const match = ADDRESS.exec(text);
  const port = match?.[2] === undefined ? otherwise.port : Number(match[2]);
  if (match === null || port > 65_535) {
    throw new UsageError('TT_BAD_ADDRESS', `${option} '${text}' is no address`, { next: 'write tcp://HOST:PORT' });
  }
  const host = match[1]?.replace(/^\[|\]$/g, '') ?? otherwise.host;
  return { host, port };
}

export function formatAddress({ host, port }: ListenAddress): string {
  return `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
