/**
 * What stands before each port: limits of connections, TLS and the token if they are wanted. Behind it a connection is a
 * `Peer`. A plain LTTng tool at a port that wants TLS or a token is told in its own language that it cannot talk here.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { messageOf } from '../../base/errors.ts';
import { FieldWriter } from '../protocol/bytes.ts';
import { looksLikeToken, MAX_TOKEN_LINE_BYTES } from '../protocol/token.ts';
import { directSocket } from './direct-socket.ts';
import type { Limits } from './limits.ts';
import type { Peer, PeerServer } from './peer.ts';

export type Port = 'control' | 'data' | 'live';

export interface GateOptions {
  readonly limits: Limits;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
  readonly token: string | null;
  /** One line. */
  readonly log: (line: string) => void;
}

/** TLS and token have to be there so soon. */
const HANDSHAKE_MS = 10_000;
/** What was written last before a fault may still be read so long. */
const LINGER_MS = 1000;
/** As the kernel's default of two hours would find a dead peer after the disk is long full of nothing. */
const KEEP_ALIVE_MS = 60_000;
/** First byte of a TLS connection. */
const TLS_HANDSHAKE = 0x16;
/** A major version that no LTTng has: its tools say "version mismatch" then. */
const NO_VERSION = 0xffff_ffff;

export class Gate {
  private readonly port: Port;
  private readonly server: PeerServer;
  private readonly options: GateOptions;
  private readonly context: SecureContext | null;
  private readonly digest: Buffer | null;
  private readonly byAddress: Map<string, number> = new Map();
  private count = 0;

  /** @throws when certificate or key cannot be used */
  constructor(port: Port, server: PeerServer, options: GateOptions) {
    this.port = port;
    this.server = server;
    this.options = options;
    this.context = options.tls === null ? null : createSecureContext(options.tls);
    this.digest = options.token === null ? null : sha256(Buffer.from(options.token));
  }

  enter(accepted: Socket): void {
    const plain = this.context === null && this.digest === null;
    // The live protocol's requests are few and small.
    const socket = plain && this.port !== 'live' ? directSocket(accepted) : accepted;
    const name = `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`;
    const peer = new Connection(`${this.port} ${name}`, socket, this.options.log);
    socket.on('error', (error) => peer.fault(messageOf(error)));
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    if (!this.admit(socket, peer)) return;
    // Connections come paused, so that nothing is read before somebody listens.
    if (socket === accepted) setImmediate(() => socket.resume());
    if (plain) {
      this.server.accept(peer);
      return;
    }
    const late = setTimeout(() => peer.fault('no TLS or token in time'), HANDSHAKE_MS);
    socket.on('close', () => clearTimeout(late));
    const pass = (): void => {
      clearTimeout(late);
      this.server.accept(peer);
    };
    if (this.context !== null) this.checkTls(socket, peer, this.context, () => this.checkToken(peer, pass));
    else this.checkToken(peer, pass);
  }

  /** Counts the connection in, if there is room. */
  private admit(socket: Socket, peer: Connection): boolean {
    const { connections, connectionsPerAddress } = this.options.limits;
    const address = socket.remoteAddress ?? '?';
    const ofAddress = this.byAddress.get(address) ?? 0;
    if (this.count >= connections || ofAddress >= connectionsPerAddress) {
      peer.fault(`refused: ${ofAddress} connections of this address, ${this.count} in all`);
      return false;
    }
    this.count++;
    this.byAddress.set(address, ofAddress + 1);
    socket.on('close', () => {
      this.count--;
      const left = this.byAddress.get(address)! - 1;
      if (left === 0) this.byAddress.delete(address);
      else this.byAddress.set(address, left);
    });
    return true;
  }

  private checkTls(socket: Socket, peer: Connection, secureContext: SecureContext, then: () => void): void {
    socket.once('data', (chunk: Buffer) => {
      socket.pause();
      if (chunk[0] !== TLS_HANDSHAKE) {
        this.refusePlain(peer, 'speaks without TLS');
        return;
      }
      socket.unshift(chunk);
      const secure = new TLSSocket(socket, { isServer: true, secureContext });
      peer.socket = secure;
      secure.on('error', (error) => peer.fault(`TLS: ${messageOf(error)}`));
      secure.once('secure', then);
    });
  }

  private checkToken(peer: Connection, then: () => void): void {
    const { digest } = this;
    if (digest === null) {
      then();
      return;
    }
    let line: Buffer = Buffer.alloc(0);
    const { socket } = peer;
    const onData = (chunk: Buffer): void => {
      line = Buffer.concat([line, chunk.subarray(0, MAX_TOKEN_LINE_BYTES)]);
      const end = line.indexOf(0x0a);
      if (!looksLikeToken(line)) {
        socket.off('data', onData);
        this.refusePlain(peer, 'sends no token');
      } else if (end >= 0 ? !isToken(line.subarray(0, end), digest) : line.length >= MAX_TOKEN_LINE_BYTES) {
        socket.off('data', onData);
        peer.fault('wrong token');
      } else if (end >= 0) {
        socket.off('data', onData);
        socket.pause();
        const rest = Buffer.concat([line.subarray(end + 1), chunk.subarray(MAX_TOKEN_LINE_BYTES)]);
        if (rest.length > 0) socket.unshift(rest);
        then();
        socket.resume();
      }
    };
    socket.on('data', onData);
  }

  /** Producers and viewers of LTTng understand that versions do not fit; on the data port nothing is ever answered. */
  private refusePlain(peer: Connection, reason: string): void {
    if (this.port === 'control') peer.socket.write(new FieldWriter(8).u32(NO_VERSION).u32(0).bytes);
    if (this.port === 'live') peer.socket.write(new FieldWriter(20).u64(0).u32(NO_VERSION).u32(0).u32(0).bytes);
    peer.fault(`${reason}: plain LTTng tools cannot use this port`);
  }
}

class Connection implements Peer {
  readonly name: string;
  socket: Duplex;
  private readonly log: (line: string) => void;
  private over = false;

  constructor(name: string, socket: Duplex, log: (line: string) => void) {
    this.name = name;
    this.socket = socket;
    this.log = log;
  }

  fault(reason: string): void {
    if (this.over) return;
    this.over = true;
    this.log(`${this.name}: cut off: ${reason}`);
    const { socket } = this;
    socket.end();
    // Reading on lets the end of the connection be seen, and what is read is heard by nobody.
    socket.resume();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  }

  note(line: string): void {
    this.log(`${this.name}: ${line}`);
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function isToken(line: Buffer, digest: Buffer): boolean {
  return timingSafeEqual(sha256(line.subarray(line.indexOf(0x20) + 1)), digest);
}
