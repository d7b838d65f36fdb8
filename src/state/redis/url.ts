/**
 * Where Redis is, as one text:
 *
 *     redis://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]...][/DATABASE]   a server, or any nodes of a cluster
 *     rediss://...                                                       the same over TLS
 *     unix:///PATH/TO/SOCKET                                             a socket of this machine
 *
 * Options after `?`: `password-file=PATH` (no password in lists of processes), `user=NAME` (for unix), `db=N` (for unix),
 * and for TLS `ca=PATH`, `cert=PATH`, `key=PATH`, `servername=NAME`.
 */
import { UsageError } from '../../base/errors.ts';

export interface RedisAddress {
  /** Several only for clusters. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** Path of a socket; then there are no nodes. */
  readonly socket: string | null;
  readonly tls: boolean;
  readonly user: string;
  readonly password: string;
  readonly database: number;
  /** Options, by name. */
  readonly options: Readonly<Record<string, string>>;
}

const DEFAULT_PORT = 6379;
/** Nodes of one address: one that answers is enough. */
const MAX_NODES = 64;
const OPTIONS = ['password-file', 'user', 'db', 'ca', 'cert', 'key', 'servername'];

/** Whether a text is such an address, by its beginning. */
export function isRedisUrl(text: string): boolean {
  return /^(rediss?|unix):\/\//.test(text);
}

/** Without password: for messages. */
export function safeUrl(text: string): string {
  return text.replace(/^(\w+:\/\/)[^/?]*@/, '$1***@');
}

/** @throws UsageError `TT_REDIS_URL` */
export function parseRedisUrl(text: string): RedisAddress {
  const wrong = (why: string): UsageError =>
    new UsageError('TT_REDIS_URL', `'${safeUrl(text)}' is no address of Redis: ${why}`, {
      next: 'write redis://HOST:PORT, rediss://USER:PASSWORD@HOST:PORT/DATABASE or unix:///PATH',
    });
  const parts = /^(rediss?|unix):\/\/(?:([^/?]*)@)?([^/?]*)([^?]*)(?:\?(.*))?$/.exec(text);
  if (parts === null) throw wrong('it must begin with redis://, rediss:// or unix://');
  const [, scheme, login = '', hosts = '', path = '', query = ''] = parts;
  const options = Object.fromEntries(new URLSearchParams(query));
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) throw wrong(`it has no option '${unknown}' (${OPTIONS.join(', ')})`);
  const colon = login.indexOf(':');
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw wrong('user or password has a % that is no code; write %25');
    }
  };
  const isSocket = scheme === 'unix';
  if (isSocket && (hosts !== '' || path === '')) throw wrong('a socket has a path: unix:///run/redis.sock');
  const database = isSocket ? (options.db ?? '') : path.replace(/^\//, '');
  if (!/^\d{0,5}$/.test(database)) throw wrong(`'${database}' is no number of a database`);
  const nodes = isSocket ? [] : hosts.split(',').map((host) => nodeOf(host, wrong));
  if (nodes.length > MAX_NODES) throw wrong(`it has more than ${MAX_NODES} nodes`);
  return {
    nodes,
    socket: isSocket ? decode(path) : null,
    tls: scheme === 'rediss',
    user: decode(colon < 0 ? login : login.slice(0, colon)) || (options.user ?? ''),
    password: colon < 0 ? '' : decode(login.slice(colon + 1)),
    database: Number(database),
    options,
  };
}

function nodeOf(text: string, wrong: (why: string) => UsageError): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([\da-fA-F:.]+)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || (host === '' && text !== '')) throw wrong(`'${text}' is no host`);
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  if (number < 1 || number > 65_535) throw wrong(`'${port}' is no port`);
  return { host: host === '' ? '127.0.0.1' : host, port: number };
}
