/** A relay in memory, fed by the test: sessions of real CTF packets, connections that can be harmed. */
import { duplexPair } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EventWriter, eventWriter } from '../../ctf/event-writer.ts';
import * as field from '../../ctf/fields.ts';
import type { StreamWriter } from '../../ctf/stream.ts';
import { CtfWriter } from '../../ctf/writer.ts';
import type { ByteChannel, Clock } from '../channel/channel.ts';
import { SocketChannel } from '../channel/socket.ts';
import { DEFAULT_LIMITS } from '../relay/limits.ts';
import { LiveServer } from '../relay/live/server.ts';
import type { StoredSession } from '../relay/store.ts';
import { type FedSession, FedStore, type FedStream, type FedTrace } from '../replay/fed-store.ts';
import { inPackets } from '../replay/metadata-packets.ts';

/** A hundred times faster than ours. */
const FASTER = 100;
export const FAST_CLOCK: Clock = {
  now_ns: () => performance.now() * 1e6 * FASTER,
  wait: async (duration_ns, signal) => {
    try {
      await sleep(duration_ns / 1e6 / FASTER, undefined, signal === undefined ? {} : { signal });
    } catch {
      // Aborted.
    }
  },
};

class CountingServer extends LiveServer {
  /** How often a viewer attached a session. */
  attached = 0;

  override watch(session: StoredSession, change: 1 | -1): void {
    if (change > 0) this.attached++;
    super.watch(session, change);
  }
}

export class TestRelay {
  readonly store: FedStore = new FedStore();
  readonly faults: string[] = [];
  /** Packets that viewers fetched. */
  reads = 0;
  readonly server: CountingServer;
  #cut: (() => void)[] = [];

  constructor(minor?: number) {
    this.server = new CountingServer(this.store, DEFAULT_LIMITS, minor);
  }

  /** A new connection to it. */
  readonly connect = (): Promise<ByteChannel> => {
    const [near, far] = duplexPair();
    far.on('error', () => {});
    near.on('error', () => {});
    // As with a socket, which a pair in memory does not do by itself.
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    this.#cut.push(() => {
      near.destroy();
      far.destroy();
    });
    this.server.accept({
      name: 'viewer',
      address: '127.0.0.1',
      socket: far,
      fault: (reason) => {
        this.faults.push(reason);
        far.end();
      },
      introduced: () => {},
      note: () => {},
    });
    return Promise.resolve(new SocketChannel(near));
  };

  /** Cuts all connections. */
  cut(): void {
    for (const cut of this.#cut.splice(0)) cut();
  }

  session(name = 's', liveTimer_us = 1000): FedSession {
    return this.store.add({ name, hostname: 'h', liveTimer_us, format: 'ctf1' });
  }
}

/** A traced program: streams whose events say when they are. */
export class TestTrace {
  readonly fed: FedTrace;
  readonly streams: FedStream[] = [];
  readonly #ctf: CtfWriter;
  readonly #writers: StreamWriter[] = [];
  readonly #write: EventWriter;
  #sequence = 0n;
  readonly #onRead: () => void;

  constructor(session: FedSession, streams: number, uuid: number, onRead: () => void = () => {}) {
    this.#onRead = onRead;
    this.fed = session.addTrace(`ust/uid/${uuid}`);
    this.#ctf = new CtfWriter({
      uuid: new Uint8Array(16).fill(uuid),
      clock: { name: 'monotonic', description: '', uuid: '01234567-89ab-cdef-0123-456789abcdef', offset_cycles: 5000n },
      environment: [['hostname', 'h']],
      sink: (stream, packet) => this.#packet(stream, packet.slice()),
    });
    const streamClass = this.#ctf.addStreamClass({ header: 'compact', context: [] });
    this.#write = eventWriter(this.#ctf.addEventClass(streamClass, 'e', [{ name: 'at', type: field.u64 }]));
    for (let cpu = 0; cpu < streams; cpu++) {
      this.#writers.push(this.#ctf.addStream(streamClass, { name: `c_${cpu}`, cpu }));
      this.streams.push(this.fed.addStream(`c_${cpu}`));
    }
  }

  /** Metadata is sent late, as LTTng does. */
  sendMetadata(): void {
    this.fed.metadata.append(inPackets(new TextEncoder().encode(this.#ctf.metadata()), new Uint8Array(16)));
  }

  /** One packet with these events. */
  packet(stream: number, times: readonly bigint[]): void {
    for (const time of times) this.#write(this.#writers[stream]!, time, [time]);
    this.#writers[stream]!.flush();
  }

  beacon(stream: number, time: bigint): void {
    this.streams[stream]!.promise(time, 0n);
  }

  #packet(stream: StreamWriter, bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer);
    this.streams[stream.cpu]!.add(
      {
        packet_bytes: bytes.length,
        content_bits: view.getBigUint64(48, true),
        begin_cycles: view.getBigUint64(32, true),
        end_cycles: view.getBigUint64(40, true),
        discarded: 0n,
        streamClassId: 0n,
        instance: BigInt(stream.cpu),
        sequence: this.#sequence++,
      },
      (offset, length) => {
        this.#onRead();
        return bytes.subarray(offset, offset + length);
      },
    );
  }
}

/** One byte at a time. */
export function oneByte(channel: ByteChannel): ByteChannel {
  let rest: Uint8Array = new Uint8Array(0);
  return {
    async read() {
      if (rest.length === 0) rest = (await channel.read()) ?? rest;
      if (rest.length === 0) return null;
      const byte = rest.subarray(0, 1);
      rest = rest.subarray(1);
      return byte;
    },
    write: (bytes) => {
      for (const byte of bytes) channel.write(Uint8Array.of(byte));
    },
    drained: () => channel.drained(),
    close: () => channel.close(),
  };
}

/** What is read is changed; `change` gets every piece with the number of bytes before it. */
export function harmed(
  channel: ByteChannel,
  change: (piece: Uint8Array, at: number) => Uint8Array | null,
): ByteChannel {
  let at = 0;
  return {
    async read() {
      const piece = await channel.read();
      if (piece === null) return null;
      const changed = change(piece.slice(), at);
      at += piece.length;
      return changed;
    },
    write: (bytes) => channel.write(bytes),
    drained: () => channel.drained(),
    close: () => channel.close(),
  };
}

/** From a number of bytes on nothing arrives, and nobody tells. */
export function halfOpen(channel: ByteChannel, after: number): ByteChannel {
  let at = 0;
  let close = (): void => {};
  const closed = new Promise<null>((resolve) => {
    close = () => resolve(null);
  });
  return {
    async read() {
      if (at >= after) return closed;
      const piece = await channel.read();
      at += piece?.length ?? 0;
      return piece;
    },
    write: (bytes) => channel.write(bytes),
    drained: () => channel.drained(),
    close: () => {
      close();
      channel.close();
    },
  };
}

/** Far away: everything arrives so much later. Counts what is sent in one piece. */
export function distant(channel: ByteChannel, delay_ms: number, onWrite: () => void): ByteChannel {
  return {
    async read() {
      const piece = await channel.read();
      await sleep(delay_ms);
      return piece;
    },
    write: (bytes) => {
      onWrite();
      channel.write(bytes);
    },
    drained: () => channel.drained(),
    close: () => channel.close(),
  };
}
