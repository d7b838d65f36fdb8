/** Packets as tracers write them, and as they should not be: for tests of indexes, rotation, losses and crashes. */
import type { Notice } from '../trace/event.ts';
import { memoryFile } from './reader.test.data.ts';
import type { ByteSource, ReaderOptions, StreamFile, TraceFiles } from './reader.ts';
import { openCtf } from './source.ts';

export const METADATA = `/* CTF 1.8 */
typealias integer { size = 8; align = 8; } := uint8_t;
typealias integer { size = 32; align = 8; } := uint32_t;
typealias integer { size = 64; align = 8; } := uint64_t;
trace { major = 1; minor = 8; byte_order = le;
  packet.header := struct { uint32_t magic; uint64_t stream_instance_id; };
};
clock { name = mono; freq = 1000000000; };
typealias integer { size = 64; align = 8; map = clock.mono.value; } := time_t;
stream {
  packet.context := struct {
    time_t timestamp_begin; time_t timestamp_end; uint64_t content_size; uint64_t packet_size;
    uint64_t packet_seq_num; uint64_t events_discarded;
  };
  event.header := struct { uint8_t id; time_t timestamp; };
};
event { name = "e"; id = 1; fields := struct { uint32_t v; }; };
`;
export const HEAD_BYTES = 60;
const EVENT_BYTES = 13;
const MAGIC = 0xc1fc1fc1;

export interface PacketPlan {
  readonly begin: number;
  readonly end: number;
  /** Times of the events; their value is the time modulo 2^32. */
  readonly events: readonly number[];
  readonly stream?: number;
  readonly sequence?: number;
  readonly discarded?: number;
  /** Default: what it is. -1: all ones. */
  readonly content_bits?: number;
  readonly size_bits?: number;
  /** Padding after the content. */
  readonly padding_bytes?: number;
}

export function packet(plan: PacketPlan): Uint8Array {
  const content_bytes = HEAD_BYTES + plan.events.length * EVENT_BYTES;
  const bytes = new Uint8Array(content_bytes + (plan.padding_bytes ?? 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  [
    plan.stream ?? 0,
    plan.begin,
    plan.end,
    plan.content_bits ?? content_bytes * 8,
    plan.size_bits ?? bytes.length * 8,
    plan.sequence ?? 0,
    plan.discarded ?? 0,
  ].forEach((value, i) => {
    view.setBigUint64(4 + i * 8, BigInt.asUintN(64, BigInt(value)), true);
  });
  plan.events.forEach((time, i) => {
    const at = HEAD_BYTES + i * EVENT_BYTES;
    view.setUint8(at, 1);
    view.setBigUint64(at + 1, BigInt(time), true);
    view.setUint32(at + 9, time % 2 ** 32, true);
  });
  return bytes;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** LTTng's index of packets that follow each other. */
export function indexFor(plans: readonly PacketPlan[], version: 0 | 1 = 1): Uint8Array {
  const entry_bytes = version === 1 ? 72 : 56;
  const view = new DataView(new ArrayBuffer(16 + plans.length * entry_bytes));
  [0xc1f1dcc1, 1, version, entry_bytes].forEach((value, i) => {
    view.setUint32(i * 4, value);
  });
  let offset = 0;
  plans.forEach((plan, i) => {
    const size = packet(plan).length;
    const entry = [offset, size * 8, size * 8, plan.begin, plan.end, plan.discarded ?? 0, 0, plan.stream ?? 0];
    for (const [j, value] of [...entry, plan.sequence ?? 0].slice(0, entry_bytes / 8).entries()) {
      view.setBigUint64(16 + i * entry_bytes + j * 8, BigInt(value));
    }
    offset += size;
  });
  return new Uint8Array(view.buffer);
}

/** A file that counts what is read of it. */
export function countingFile(
  name: string,
  bytes: Uint8Array,
  index: Uint8Array | null,
): StreamFile & { read_bytes: number } {
  const inner = memoryFile(name, bytes);
  const file = {
    name,
    read_bytes: 0,
    index: () => index,
    open(): ByteSource {
      const source = inner.open();
      return {
        size_bytes: source.size_bytes,
        read(into, at) {
          const count = source.read(into, at);
          file.read_bytes += count;
          return count;
        },
        close() {},
      };
    },
  };
  return file;
}

export interface ReadResult {
  /** Values of the events. */
  readonly values: number[];
  readonly notices: Notice[];
  /** Of the damage that was thrown at the end; ''. */
  readonly error: string;
}

export function readFiles(
  files: readonly StreamFile[],
  selection: { begin_ns?: bigint; end_ns?: bigint } = {},
  options: ReaderOptions = {},
): ReadResult {
  const trace: TraceFiles = { name: 'memory', metadata: new TextEncoder().encode(METADATA), streams: files };
  const notices: Notice[] = [];
  const events = openCtf([trace], options).events({ ...selection, onNotice: (notice) => notices.push(notice) });
  const values: number[] = [];
  let error = '';
  try {
    for (let e = events.next(); e !== null; e = events.next()) values.push(e.number('v'));
  } catch (thrown) {
    error = (thrown as Error).message;
  }
  return { values, notices, error };
}
