/** The viewer with Node's sockets: watching a session, and listing those of a relay. */
import { UsageError } from '../../base/errors.ts';
import { NODE_CLOCK } from '../channel/socket.ts';
import type { LiveSessionEntry } from '../protocol/live.ts';
import { type ConnectOptions, connectToRelay } from './connect.ts';
import { LiveConnection } from './connection.ts';
import { parseLiveUrl } from './url.ts';
import { LiveViewer, type ViewerOptions } from './viewer.ts';

export interface WatchOptions extends Omit<ViewerOptions, 'connect' | 'clock'>, ConnectOptions {}

/** @param url `net://HOST[:PORT]/host/NAME/SESSION` */
export function watchSession(url: string, options: WatchOptions): LiveViewer {
  const address = parseLiveUrl(url);
  if (!('session' in address)) {
    throw new UsageError('TT_LIVE_URL', `'${url}' names a relay, not a session`, {
      next: `tailtrap sessions ${url} lists its sessions`,
    });
  }
  return new LiveViewer(address, {
    ...options,
    connect: () => connectToRelay(address, withToken(options)),
    clock: NODE_CLOCK,
  });
}

/** The sessions of a relay, by host and name. @param url `net://HOST[:PORT]` */
export async function listSessions(url: string, options: ConnectOptions = {}): Promise<LiveSessionEntry[]> {
  const address = parseLiveUrl(url);
  const channel = await connectToRelay(address, withToken(options));
  const connection = new LiveConnection({ channel, clock: NODE_CLOCK, name: `${address.host}:${address.port}` });
  const close = (): void => connection.close();
  options.signal?.addEventListener('abort', close);
  try {
    await connection.connect();
    const sessions = await connection.list();
    return sessions.sort((a, b) => compare(a.hostname, b.hostname) || compare(a.name, b.name) || compare(a.id, b.id));
  } finally {
    options.signal?.removeEventListener('abort', close);
    connection.close();
  }
}

/** A token on the command line could be read by everybody on the machine. */
function withToken(options: ConnectOptions): ConnectOptions {
  const token = options.token ?? process.env.TAILTRAP_TOKEN;
  return token === undefined || token === '' ? options : { ...options, token };
}

function compare<T>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
