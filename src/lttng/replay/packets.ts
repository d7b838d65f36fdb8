/** Packets of a recorded stream, one after the other, as a relay would have got them. */
import { clockBase_ns, nsOfCycles } from '../../ctf/clock.ts';
import { DataFault } from '../../ctf/decode/bits.ts';
import type { OpenStream } from '../../ctf/open.ts';
import { type PacketStart, readPacketStart, sizesOf } from '../../ctf/packet.ts';
import type { ByteSource } from '../../ctf/reader.ts';
import type { PacketFacts, PacketReading } from './fed-store.ts';

const START_BYTES = 4096;

export interface RecordedPacket {
  readonly facts: PacketFacts;
  readonly read: PacketReading;
  /** Nanoseconds since the epoch; null when the packet does not say. */
  readonly begin_ns: bigint | null;
  readonly end_ns: bigint | null;
}

/** Ends early, with a line, where a file is damaged. The files stay open. */
export function* packetsOf(stream: OpenStream, log: (line: string) => void): Generator<RecordedPacket, void> {
  for (const { file } of stream.files) {
    const source = file.open();
    try {
      for (let at = 0; at < source.size_bytes; ) {
        const start = startAt(stream, source, at);
        const { content, total } = sizesOf(start, source.size_bytes - at);
        const packet_bytes = total / 8;
        if (at + packet_bytes > source.size_bytes) throw new DataFault('the file ends within a packet');
        // A packet that its tracer never closed has nothing that can be read.
        if (content > 0) yield recorded(start, source, at, { packet_bytes, content_bits: BigInt(content) });
        at += packet_bytes;
      }
    } catch (error) {
      if (!(error instanceof RangeError) && !(error instanceof DataFault)) throw error;
      log(`${stream.info.trace}/${file.name}: ${error.message}; the rest of the file is left out`);
    }
  }
}

function startAt(stream: OpenStream, source: ByteSource, at: number): PacketStart {
  for (let wanted = START_BYTES; ; wanted *= 8) {
    const bytes = new Uint8Array(Math.min(wanted, source.size_bytes - at));
    source.read(bytes, at);
    try {
      return readPacketStart(stream.owner.trace, bytes);
    } catch (error) {
      if (!(error instanceof RangeError) || wanted >= source.size_bytes - at) throw error;
    }
  }
}

function recorded(
  start: PacketStart,
  source: ByteSource,
  at: number,
  sizes: Pick<PacketFacts, 'packet_bytes' | 'content_bits'>,
): RecordedPacket {
  const begin = start.begin?.cycles ?? 0n;
  const end = start.end_cycles !== null && start.end_cycles > begin ? start.end_cycles : begin;
  const clock = start.streamClass.defaultClock;
  const ns = (cycles: bigint): bigint | null =>
    clock === null || start.begin === null ? null : clockBase_ns(clock) + nsOfCycles(clock.frequency_hz, cycles);
  return {
    facts: {
      ...sizes,
      begin_cycles: begin,
      end_cycles: end,
      discarded: start.discarded ?? 0n,
      streamClassId: BigInt(start.streamClass.id),
      instance: start.streamId ?? 0n,
      sequence: start.sequence ?? 0n,
    },
    begin_ns: ns(begin),
    end_ns: ns(end),
    read: (offset_bytes, length_bytes) => {
      const bytes = new Uint8Array(length_bytes);
      return bytes.subarray(0, source.read(bytes, at + offset_bytes));
    },
  };
}
