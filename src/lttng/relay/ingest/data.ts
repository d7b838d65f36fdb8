/** A producer's data connection: cuts it into packets and gives them to their streams. */
import { messageOf, TailtrapError } from '../../../base/errors.ts';
import { type DataHeader, PacketReader } from '../../protocol/data.ts';
import { type Bytes, takeBytes } from '../direct-socket.ts';
import type { Holder } from '../held-memory.ts';
import type { Packet } from '../packet.ts';
import { ConnectionServer, type Peer } from '../peer.ts';
import type { Relay } from '../relay.ts';
import { DataStream } from '../stream.ts';
import { Watchdog } from './watchdog.ts';

/** What all data connections read into first; taken before another one reads. */
const SHARED: Buffer = Buffer.allocUnsafe(65_536);

/** From how many streams on those that are closed are sorted out. */
const MANY_STREAMS = 1024;

export class DataConnection implements Bytes, Holder {
  readonly address: string;
  private readonly relay: Relay;
  private readonly peer: Peer;
  private readonly reader: PacketReader;
  private readonly watchdog: Watchdog;
  private streams: Set<DataStream> = new Set();
  private stream: DataStream | null = null;
  private adopted: DataStream | null = null;
  private unwritten_bytes = 0;
  private paused = false;
  private ended = false;
  private readonly settled = (packet: Packet): void => this.onSettled(packet);

  constructor(relay: Relay, peer: Peer) {
    this.relay = relay;
    this.peer = peer;
    this.address = peer.address;
    this.reader = new PacketReader(
      (header) => this.onHeader(header),
      (header, bytes) => this.onPacket(header, bytes),
      relay.pool,
      SHARED,
    );
    this.watchdog = new Watchdog(relay.limits, (reason) => this.fault(reason));
    const { socket } = peer;
    takeBytes(socket, this);
    socket.on('error', (error) => this.fault(messageOf(error)));
    socket.on('close', () => this.end());
    socket.on('end', () => {
      if (!this.reader.idle && !this.ended) peer.note('ended in the middle of a packet, which is lost');
      this.end();
    });
  }

  target(): Uint8Array {
    return this.reader.target();
  }
  took(bytes: number): void {
    this.read(() => this.reader.took(bytes));
  }
  push(chunk: Buffer): void {
    this.read(() => this.reader.push(chunk));
  }

  private read(take: () => void): void {
    if (this.ended) return;
    try {
      take();
    } catch (error) {
      this.fault(messageOf(error));
    }
    if (!this.ended) this.relay.incoming.partial.set(this, this.reader.partial_bytes);
    if (this.paused) this.watchdog.pause();
    else this.watchdog.heard(!this.reader.idle);
  }

  private onHeader(header: DataHeader): void {
    const stream = this.relay.streams.get(header.stream);
    if (!(stream instanceof DataStream)) {
      const id = Number.isSafeInteger(header.stream) ? header.stream : 'over 2^53';
      throw new TailtrapError('TT_RELAY_PACKET', `a packet of stream ${id}, which is no data stream here`);
    }
    if (this.stream !== stream) this.check(stream);
    this.stream = stream;
    const size = header.data_bytes + header.padding_bytes;
    if (size <= this.relay.limits.packet_bytes) return;
    throw new TailtrapError(
      'TT_RELAY_PACKET',
      `a packet of ${size} bytes is more than ${this.relay.limits.packet_bytes}`,
    );
  }

  private onPacket(header: DataHeader, bytes: Buffer): void {
    const { netSeq, data_bytes, padding_bytes } = header;
    const packet: Packet = { netSeq, bytes, data_bytes, padding_bytes, settled: this.settled, place: null };
    this.adopt(this.stream!);
    this.unwritten_bytes += data_bytes;
    this.relay.incoming.unwritten_bytes += memoryOf(data_bytes);
    const reason = this.stream!.onPacket(packet);
    if (reason !== null) {
      this.unwritten_bytes -= data_bytes;
      this.relay.incoming.unwritten_bytes -= memoryOf(data_bytes);
      throw new TailtrapError('TT_RELAY_PACKET', reason);
    }
    const isFull = this.unwritten_bytes >= this.relay.limits.unwritten_bytes || this.relay.incoming.full;
    if (!isFull || this.paused) return;
    this.paused = true;
    this.peer.socket.pause();
  }

  private onSettled(packet: Packet): void {
    const { data_bytes, bytes } = packet;
    const { incoming, limits, pool } = this.relay;
    this.unwritten_bytes -= data_bytes;
    incoming.unwritten_bytes -= memoryOf(data_bytes);
    if (bytes !== null) pool.give(bytes);
    packet.bytes = null;
    if (!this.paused || this.unwritten_bytes > limits.unwritten_bytes / 2) return;
    // Nobody else wakes it: with nothing of its own waiting it reads on, whatever others have.
    if (incoming.full && this.unwritten_bytes > 0) return;
    this.paused = false;
    this.watchdog.heard(!this.reader.idle);
    this.peer.socket.resume();
  }

  /** @throws TailtrapError when the stream is another connection's, or another host's */
  private check(stream: DataStream): void {
    if (!this.relay.anyDataAddress && stream.trace.session.address !== this.address) {
      const whose = `stream ${stream.id} is one of ${stream.trace.session.address}`;
      throw new TailtrapError('TT_RELAY_PACKET', `${whose} (--any-data-address takes packets from anywhere)`);
    }
    if (!stream.hasSourceOtherThan(this)) return;
    throw new TailtrapError('TT_RELAY_PACKET', `stream ${stream.id} comes by another connection`);
  }

  /** A stream is the connection's that brings its first whole packet: announcing one takes it from nobody. */
  private adopt(stream: DataStream): void {
    if (this.adopted === stream) return;
    this.check(stream);
    this.adopted = stream;
    stream.setSource(this);
    this.peer.introduced();
    this.streams.add(stream);
    if (this.streams.size % MANY_STREAMS === 0) this.streams = new Set([...this.streams].filter((one) => !one.closed));
  }

  /** Cuts the connection off, and aborts the sessions that it brought packets of: what follows could not be understood. */
  private fault(reason: string): void {
    if (this.ended) return;
    const sessions = new Set([...this.streams].filter(({ closed }) => !closed).map(({ trace }) => trace.session));
    this.peer.fault(reason);
    this.end();
    for (const session of sessions) session.break(`its data connection: ${reason}`);
  }

  cut(reason: string): void {
    this.fault(reason);
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    const { stream } = this;
    // Its first packet will not come: nobody needs to wait for it.
    if (!this.reader.idle && stream !== null && !stream.hasSource) stream.setSource(this);
    this.reader.end();
    this.relay.incoming.partial.set(this, 0);
    this.watchdog.stop();
    for (const one of this.streams) one.onSourceGone(this);
    stream?.onSourceGone(this);
    this.streams.clear();
  }
}

/** Small packets take a page. */
function memoryOf(data_bytes: number): number {
  return Math.max(data_bytes, 4096);
}

export class DataServer extends ConnectionServer {
  private readonly relay: Relay;

  constructor(relay: Relay) {
    super();
    this.relay = relay;
  }

  protected begin(peer: Peer): void {
    new DataConnection(this.relay, peer);
  }
}
