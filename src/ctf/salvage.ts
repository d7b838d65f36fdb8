/**
 * Packets that their tracer never closed, because it or the machine died: sizes are 0 or all ones. (`lttng-crash` writes
 * the sizes in; buffers that come another way do not have them.) Events are read up to the first place that cannot be one:
 *
 *     header | event | event | 0000...              memory that was never written: an event's header of nothing but zeros
 *     header | event | event | older data           of a ring that went round: a time that is earlier, an unknown class
 *     header | event | event | magic ...            the next packet
 */
import { bigintOf, DataFault } from './decode/bits.ts';
import { NO_VISITOR } from './decode/compile.ts';
import type { Visitor } from './decode/emit.ts';
import { Interpreter } from './decode/interpret.ts';
import type { FileWindow } from './file-window.ts';
import type { IntegerClass, TraceClass } from './model.ts';
import { type PacketStart, readPacketStart } from './packet.ts';
import type { StreamPlan } from './plan.ts';

/** Sub-buffers of tracers are far smaller; nothing beyond is looked for. */
const MAX_SALVAGE_BYTES = 16 * 1024 * 1024;
/** Longest packet header that is looked at while the next packet is searched for. */
const START_BYTES = 4096;

export interface Salvaged {
  readonly content: number;
  readonly total: number;
  readonly events: number;
}

/** What is readable of an open packet, and where the next one begins. Sizes are in bits. */
export function salvage(
  trace: TraceClass,
  plan: StreamPlan,
  start: PacketStart,
  window: FileWindow,
  at_bytes: number,
): Salvaged {
  const left_bytes = window.size_bytes - at_bytes;
  const limit_bytes = start.totalBits === null ? left_bytes : Math.min(Number(start.totalBits) / 8, left_bytes);
  const bytes = window.bytes(at_bytes, Math.min(limit_bytes, MAX_SALVAGE_BYTES), false);
  const { end, events } = readable(plan, start, bytes);
  if (start.totalBits !== null) return { content: end, total: Number(start.totalBits), events };
  const next = nextPacket(trace, bytes, Math.ceil(end / 8));
  return { content: end, total: (next < 0 ? left_bytes : next) * 8, events };
}

function readable(plan: StreamPlan, start: PacketStart, bytes: Uint8Array): { end: number; events: number } {
  const { eventHeader, eventClasses } = plan.streamClass;
  const interpreter = new Interpreter(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), bytes);
  for (const [type, value] of start.values) interpreter.values.set(type, value);
  const header = headerValues();
  let end = start.headerBits;
  let time = start.begin?.cycles ?? 0n;
  let events = 0;
  // Events without a header cannot be told from anything else.
  while (eventHeader !== null) {
    try {
      header.id = 0;
      header.time = null;
      const body = interpreter.root(eventHeader, end, header);
      const type = eventClasses.get(header.id);
      const back = header.time !== null && header.time < time;
      if (type === undefined || back || isZero(bytes, end, body)) break;
      let at = body;
      for (const { root } of plan.trees(type)) at = interpreter.root(root, at, NO_VISITOR);
      if (at > bytes.length * 8) break;
      end = at;
      time = header.time ?? time;
      events++;
    } catch (error) {
      if (!(error instanceof RangeError) && !(error instanceof DataFault)) throw error;
      break;
    }
  }
  return { end, events };
}

function isZero(bytes: Uint8Array, from_bits: number, to_bits: number): boolean {
  for (let i = from_bits >> 3; i < to_bits / 8; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** What an event's header says: the class, and a time that does not wrap. */
interface HeaderValues extends Visitor {
  id: number;
  time: bigint | null;
}

function headerValues(): HeaderValues {
  const out: HeaderValues = {
    ...NO_VISITOR,
    id: 0,
    time: null,
    integer(field: IntegerClass, _name, value) {
      if (field.roles.includes('event-class-id')) out.id = value;
    },
    wide(field: IntegerClass, _name, low, high) {
      const value = bigintOf(low, high);
      if (field.roles.includes('event-class-id')) out.id = Number(value);
      if (field.bits === 64 && field.roles.includes('clock-timestamp')) out.time = value;
    },
  };
  return out;
}

/** Where the next thing stands that begins as packets of this trace do; -1: nowhere. */
function nextPacket(trace: TraceClass, bytes: Uint8Array, from: number): number {
  const first = trace.packetHeader?.members[0]?.type;
  if (first?.kind !== 'integer' || !first.roles.includes('magic')) return -1;
  const magic = first.byteOrder === 'le' ? [0xc1, 0x1f, 0xfc, 0xc1] : [0xc1, 0xfc, 0x1f, 0xc1];
  for (let at = bytes.indexOf(magic[0]!, from); at >= 0; at = bytes.indexOf(magic[0]!, at + 1)) {
    if (!magic.every((byte, i) => bytes[at + i] === byte)) continue;
    try {
      readPacketStart(trace, bytes.subarray(at, at + START_BYTES));
      return at;
    } catch (error) {
      if (!(error instanceof RangeError) && !(error instanceof DataFault)) throw error;
    }
  }
  return -1;
}
