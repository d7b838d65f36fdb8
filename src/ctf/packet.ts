/** Packet headers and contexts (notes, section 13.3; CTF 2, 6.1): what they say of the packet, by role. */
import type { FieldObject, StreamInfo } from '../trace/event.ts';
import { bigintOf, DataFault } from './decode/bits.ts';
import { Interpreter } from './decode/interpret.ts';
import { ValueVisitor } from './decode/values.ts';
import type { ArrayClass, BlobClass, DataStreamClass, IntegerClass, TraceClass } from './model.ts';
import type { CtfPacket } from './reader.ts';

export type PacketTimes = Pick<CtfPacket, 'begin_cycles' | 'end_cycles'>;

const PACKET_MAGIC = 0xc1fc1fc1n;

export interface PacketStart {
  readonly streamClass: DataStreamClass;
  readonly streamId: bigint | null;
  /** Where the first event begins. */
  readonly headerBits: number;
  /** Null: not said, or not yet. */
  readonly totalBits: bigint | null;
  readonly contentBits: bigint | null;
  /** The tracer began the packet and never closed it: how much of it is content is not known. */
  readonly open: boolean;
  /** Clock fields, with how many bits they have. */
  readonly begin: { readonly cycles: bigint; readonly bits: number } | null;
  readonly end_cycles: bigint | null;
  readonly discarded: bigint | null;
  readonly discardedBits: number;
  readonly sequence: bigint | null;
  readonly cpu: number;
  readonly header: FieldObject;
  readonly context: FieldObject;
  readonly values: ReadonlyMap<IntegerClass, bigint>;
}

/** Remembers what roles say, besides building the values. */
class PacketVisitor extends ValueVisitor {
  readonly roles = new Map<string, { value: bigint; bits: number }>();
  uuid: Uint8Array | null = null;
  #uuidBytes: number[] | null = null;

  override integer(field: IntegerClass, name: string, value: number): void {
    super.integer(field, name, value);
    this.#uuidBytes?.push(value);
    for (const role of field.roles) this.roles.set(role, { value: BigInt(value), bits: field.bits });
  }

  override wide(field: IntegerClass, name: string, low: number, high: number): void {
    super.wide(field, name, low, high);
    for (const role of field.roles) this.roles.set(role, { value: bigintOf(low, high), bits: field.bits });
  }

  override blob(field: BlobClass, name: string, bytes: Uint8Array, start: number, end: number): void {
    super.blob(field, name, bytes, start, end);
    if (field.roles.includes('uuid')) this.uuid = bytes.slice(start, end);
  }

  /** CTF 1.8: an array of 16 bytes by the name of uuid. */
  override beginArray(field: ArrayClass, name: string): void {
    super.beginArray(field, name);
    if (name === 'uuid' && field.length === 16) this.#uuidBytes = [];
  }

  override endArray(): void {
    super.endArray();
    if (this.#uuidBytes !== null) this.uuid = Uint8Array.from(this.#uuidBytes);
    this.#uuidBytes = null;
  }
}

/** Reads header and context. Throws `RangeError` where the bytes end before, `DataFault` where they contradict. */
export function readPacketStart(trace: TraceClass, bytes: Uint8Array): PacketStart {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const interpreter = new Interpreter(view, bytes);
  const visitor = new PacketVisitor();
  let at = 0;
  let header: FieldObject = {};
  if (trace.packetHeader !== null) {
    at = interpreter.root(trace.packetHeader, at, visitor);
    header = visitor.root;
  }
  const role = (name: string): bigint | null => visitor.roles.get(name)?.value ?? null;
  checkIdentity(trace, role('magic'), visitor.uuid);
  const streamClass = streamClassOf(trace, role('stream-class-id'));
  const streamId = role('stream-id');
  // The header's roles end with the header: an event header's or context's are others.
  visitor.roles.clear();
  let context: FieldObject = {};
  if (streamClass.packetContext !== null) {
    at = interpreter.root(streamClass.packetContext, at, visitor);
    context = visitor.root;
  }
  const begin = visitor.roles.get('clock-timestamp');
  const content = sizeOf(visitor.roles.get('packet-content-length'));
  const total = sizeOf(visitor.roles.get('packet-total-length'));
  const { cpu_id } = context;
  return {
    streamClass,
    streamId,
    headerBits: at,
    totalBits: total ?? null,
    contentBits: content ?? null,
    open: content === null || (content === undefined && total === null),
    begin: begin === undefined ? null : { cycles: begin.value, bits: begin.bits },
    end_cycles: role('packet-end-timestamp'),
    discarded: role('discarded-events'),
    discardedBits: visitor.roles.get('discarded-events')?.bits ?? 64,
    sequence: role('packet-sequence-number'),
    cpu: typeof cpu_id === 'number' ? cpu_id : -1,
    header,
    context,
    values: interpreter.values,
  };
}

/** Tracers put 0 or all ones into the sizes of packets that they begin. @returns null for those; undefined: no field */
function sizeOf(role: { readonly value: bigint; readonly bits: number } | undefined): bigint | null | undefined {
  if (role === undefined) return undefined;
  return role.value === 0n || role.value === BigInt.asUintN(role.bits, -1n) ? null : role.value;
}

function checkIdentity(trace: TraceClass, magic: bigint | null, uuid: Uint8Array | null): void {
  if (magic !== null && magic !== PACKET_MAGIC) {
    throw new DataFault(`a packet begins with 0x${magic.toString(16)}, not with 0x${PACKET_MAGIC.toString(16)}`);
  }
  // CTF 2 wants another UUID refused (section 6.1); babeltrace2 reads CTF 1.8 all the same, and so do we.
  const declared = trace.majorVersion === 2 ? trace.uuid : null;
  if (uuid !== null && declared !== null && !uuid.every((byte, i) => byte === declared[i])) {
    throw new DataFault("the packet's UUID is not that of the metadata");
  }
}

function streamClassOf(trace: TraceClass, id: bigint | null): DataStreamClass {
  const { streamClasses } = trace;
  if (id === null) {
    const only = streamClasses.size === 1 ? streamClasses.values().next().value : streamClasses.get(0);
    if (only === undefined) throw new DataFault('the packet does not say of which stream class it is');
    return only;
  }
  const found = streamClasses.get(Number(id));
  if (found === undefined) throw new DataFault(`there is no stream class with id ${id}`);
  return found;
}

/** Content and total size in bits; what is missing follows from the other, or from the file. */
export function sizesOf(start: PacketStart, left_bytes: number): { content: number; total: number } {
  const rest = BigInt(left_bytes) * 8n;
  const total = start.totalBits ?? start.contentBits ?? rest;
  const content = start.contentBits ?? total;
  if (content > total) throw new DataFault(`a packet has ${content} bits of content in ${total}`);
  if (total % 8n !== 0n) throw new DataFault(`a packet of ${total} bits does not end at a byte`);
  if (total < BigInt(start.headerBits)) throw new DataFault(`a packet of ${total} bits is shorter than its header`);
  return { content: Number(content), total: Number(total) };
}

/** Begin and end on the stream's clock, which stands at the begin. An end of few bits is the first such value after it. */
export function packetTimes({ begin, end_cycles }: PacketStart, clock: bigint): PacketTimes {
  const wraps = begin !== null && end_cycles !== null && begin.bits < 64;
  return {
    begin_cycles: begin === null ? null : clock,
    end_cycles: wraps ? clock + BigInt.asUintN(begin.bits, end_cycles - clock) : end_cycles,
  };
}

/** What consumers are told of a packet. @param clock at its begin */
export function packetTold(stream: StreamInfo, start: PacketStart, clock: bigint, skipped: boolean): CtfPacket {
  const { streamClass, streamId, discarded, discardedBits, sequence, context, values } = start;
  const times = packetTimes(start, clock);
  return { stream, streamClass, streamId, ...times, discarded, discardedBits, sequence, context, values, skipped };
}
