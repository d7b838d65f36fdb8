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
import { hostOf, type Peer, type PeerServer } from './peer.ts';
import { QuietLog } from './quiet-log.ts';

export type Port = 'control' | 'data' | 'live';

export interface GateOptions {
  readonly limits: Limits;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
  readonly token: string | null;
  /** One line. */
  readonly log: (line: string) => void;
}

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
  private readonly log: QuietLog;
  private readonly byAddress: Map<string, number> = new Map();
  /** Those that have not said what they are, the oldest first: they make room when it is needed. */
  private readonly strangers: Set<Connection> = new Set();
  private count = 0;

  /** @throws when certificate or key cannot be used */
  constructor(port: Port, server: PeerServer, options: GateOptions) {
    this.port = port;
    this.server = server;
    this.options = options;
    this.log = new QuietLog(port, options.log);
    this.context = options.tls === null ? null : createSecureContext(options.tls);
    this.digest = options.token === null ? null : sha256(Buffer.from(options.token));
  }

  /** Writes what the log has only counted. */
  close(): void {
    this.log.flush();
  }

  enter(accepted: Socket): void {
    const { remoteAddress: address, remotePort } = accepted;
    if (address === undefined) {
      // Reset before it was accepted: nobody can say any more who it was.
      accepted.on('error', () => {}).destroy();
      this.log.tell('?', '?', 'a connection was gone before it was accepted');
      return;
    }
    const plain = this.context === null && this.digest === null;
    // The live protocol's requests are few and small.
    const socket = plain && this.port !== 'live' ? directSocket(accepted) : accepted;
    const peer = new Connection(this.port, `${address}:${remotePort}`, hostOf(address), socket, this.log);
    socket.on('error', (error) => peer.fault(messageOf(error)));
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    if (!this.admit(peer)) return;
    // Connections come paused, so that nothing is read before somebody listens.
    if (socket === accepted) setImmediate(() => socket.resume());
    const passed = this.expect(peer, plain);
    if (plain) this.server.accept(peer);
    else if (this.context === null) this.checkToken(peer, passed);
    else this.checkTls(socket, peer, this.context, () => this.checkToken(peer, passed));
  }

  /**
   * Waits for TLS and token, and on control and live ports for the first request. A data connection may have nothing to
   * send for hours after that.
   *
   * @returns to be called when TLS and token are there
   */
  private expect(peer: Connection, plain: boolean): () => void {
    const { introduce_ms } = this.options.limits;
    this.strangers.add(peer);
    let passed = plain;
    const late = (): void => peer.fault(passed ? 'does not say what it is' : 'no TLS or token in time');
    const timer = plain && this.port === 'data' ? undefined : setTimeout(late, introduce_ms).unref();
    const known = (): void => {
      clearTimeout(timer);
      this.strangers.delete(peer);
    };
    peer.onIntroduced = known;
    peer.socket.on('close', known);
    return () => {
      passed = true;
      if (this.port === 'data') clearTimeout(timer);
      this.server.accept(peer);
    };
  }

  /** Counts the connection in, if there is room or a stranger to make it. */
  private admit(peer: Connection): boolean {
    const { connections, connectionsPerAddress } = this.options.limits;
    const { address } = peer;
    // Who fills the port pushes out its own.
    if (this.ofAddress(address) >= connectionsPerAddress) this.pushOut(address);
    else if (this.count >= connections) this.pushOut(address) || this.pushOut(null);
    const ofAddress = this.ofAddress(address);
    if (this.count >= connections || ofAddress >= connectionsPerAddress) {
      peer.fault(`refused: ${ofAddress} connections of this address, ${this.count} in all`);
      return false;
    }
    this.count++;
    this.byAddress.set(address, ofAddress + 1);
    peer.release = () => {
      this.count--;
      const left = this.ofAddress(address) - 1;
      if (left === 0) this.byAddress.delete(address);
      else this.byAddress.set(address, left);
    };
    peer.socket.on('close', () => peer.leave());
    return true;
  }

  private ofAddress(address: string): number {
    return this.byAddress.get(address) ?? 0;
  }

  /** Drops the oldest connection that has not said what it is. @param address null: of any @returns whether there was one */
  private pushOut(address: string | null): boolean {
    for (const stranger of this.strangers) {
      if (address !== null && stranger.address !== address) continue;
      this.strangers.delete(stranger);
      stranger.fault('made room for a newer one: it had not said what it is');
      stranger.socket.destroy();
      stranger.leave();
      return true;
    }
    return false;
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
  readonly address: string;
  socket: Duplex;
  onIntroduced: () => void = () => {};
  /** Gives its place to others; null: it has none. */
  release: (() => void) | null = null;
  private readonly log: QuietLog;
  private readonly place: string;
  private over = false;

  constructor(port: Port, place: string, address: string, socket: Duplex, log: QuietLog) {
    this.name = `${port} ${place}`;
    this.place = place;
    this.address = address;
    this.socket = socket;
    this.log = log;
  }

  introduced(): void {
    this.onIntroduced();
  }

  leave(): void {
    this.release?.();
    this.release = null;
  }

  fault(reason: string): void {
    if (this.over) return;
    this.over = true;
    this.note(`cut off: ${reason}`);
    const { socket } = this;
    socket.end();
    // Reading on lets the end of the connection be seen, and what is read is heard by nobody.
    socket.resume();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  }

  note(line: string): void {
    this.log.tell(this.address, this.place, line);
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function isToken(line: Buffer, digest: Buffer): boolean {
  return timingSafeEqual(sha256(line.subarray(line.indexOf(0x20) + 1)), digest);
}
