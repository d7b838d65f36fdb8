/** Opens connections to relays. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { errnoName, messageOf } from '../../base/errors.ts';
import type { ByteChannel } from '../channel/channel.ts';
import { SocketChannel } from '../channel/socket.ts';
import { tokenLine } from '../protocol/token.ts';
import { ConnectionLost } from './connection.ts';
import type { RelayAddress } from './url.ts';

/** A relay that is there accepts at once; the rest is the network's. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Node's codes for certificates that are not believed. */
const UNTRUSTED = /CERT|^UNABLE_TO_|ISSUER/;
const TRUST =
  'if it is your relay, trust its certificate with NODE_EXTRA_CA_CERTS=FILE.pem, and use a name that is in it';

export interface ConnectOptions {
  /** For relays that want one (`tailtrap relay --token`). */
  readonly token?: string;
  /** Certificates of authorities to trust besides the system's, PEM; for `tls://`. */
  readonly tlsCa?: string;
  readonly signal?: AbortSignal;
}

/** @throws ConnectionLost */
export async function connectToRelay(address: RelayAddress, options: ConnectOptions = {}): Promise<ByteChannel> {
  const { host, port, family } = address;
  const socket: Socket = address.tls
    ? connectTls({
        host,
        port,
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ...(options.tlsCa === undefined ? {} : { ca: options.tlsCa }),
      })
    : connectTcp({ host, port, family, autoSelectFamily: family === 0 });
  const abort = (): void => void socket.destroy(new Error('interrupted'));
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(address.tls ? 'secureConnect' : 'connect', resolve);
      socket.once('error', reject);
      socket.setTimeout(CONNECT_TIMEOUT_MS, () =>
        socket.destroy(new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1000} s`)),
      );
    });
  } catch (error) {
    socket.destroy();
    const next = UNTRUSTED.test(errnoName(error)) ? TRUST : undefined;
    throw new ConnectionLost(`cannot connect: ${messageOf(error)}`, `${host}:${port}`, error, next);
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
  socket.setTimeout(0);
  socket.setNoDelay(true);
  if (options.token !== undefined) socket.write(tokenLine(options.token));
  return new SocketChannel(socket);
}
