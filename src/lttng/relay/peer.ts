/** A connection as its protocol sees it: bytes in both directions, a name for the log, one way to end it with a reason. */
import type { Duplex } from 'node:stream';

export interface Peer {
  /** `10.0.0.7:40112` */
  readonly name: string;
  /** As `hostOf` gives it. */
  readonly address: string;
  /** TCP, or TLS over it; past the token. TCP_NODELAY is set. */
  readonly socket: Duplex;
  /** Its protocol knows who this is (VERSION, CONNECT, a packet of a stream): before, it may be cut off to make room. */
  introduced(): void;
  /** Writes the one log line of this connection's end by a fault, and cuts it off. Later calls do nothing. */
  fault(reason: string): void;
  /** Something worth a line though the connection goes on. */
  note(line: string): void;
}

/** One spelling for each host: IPv4 in IPv6 is IPv4, and all loopback addresses are one. */
export function hostOf(address: string): string {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || plain.startsWith('127.') ? '127.0.0.1' : plain;
}

/** Serves one port; `gate.ts` accepts, checks token and limits, and hands over. */
export interface PeerServer {
  accept(peer: Peer): void;
  /** Ends all its connections. */
  close(): void | Promise<void>;
}

/** Serves each peer by a connection of its own, and knows who is there. */
export abstract class ConnectionServer implements PeerServer {
  readonly #peers = new Set<Peer>();

  /** Peers that are connected. */
  get count(): number {
    return this.#peers.size;
  }

  accept(peer: Peer): void {
    this.#peers.add(peer);
    peer.socket.on('close', () => this.#peers.delete(peer));
    this.begin(peer);
  }

  close(): void {
    for (const peer of this.#peers) peer.socket.destroy();
  }

  protected abstract begin(peer: Peer): void;
}
