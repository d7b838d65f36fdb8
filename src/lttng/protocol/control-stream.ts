/** Control messages about streams and trace chunks. */
import { badMessage, FieldReader, FieldWriter, UNSET, withNul } from './bytes.ts';

/** Of SEND_METADATA, before the metadata itself. */
export const METADATA_HEADER_BYTES = 12;
export interface MetadataHeader {
  readonly stream: bigint;
  /** Zero bytes that belong behind what was sent. */
  readonly padding_bytes: number;
}
export function decodeMetadataHeader(payload: Uint8Array): MetadataHeader {
  const fields = new FieldReader(payload, 'SEND_METADATA');
  return { stream: fields.u64(), padding_bytes: fields.u32() };
}
export function encodeMetadata(stream: number, padding_bytes: number, bytes: Uint8Array): Uint8Array {
  return new FieldWriter(METADATA_HEADER_BYTES + bytes.length).u64(stream).u32(padding_bytes).raw(bytes).bytes;
}

/** SEND_INDEX without stream and sequence number, in the order of an index file behind the offset. */
export interface PacketIndex {
  readonly stream: number;
  readonly netSeq: number;
  readonly packetSize_bits: bigint;
  readonly contentSize_bits: bigint;
  readonly begin: bigint;
  readonly end: bigint;
  readonly discarded: bigint;
  readonly streamClass: bigint;
  /** From 2.8 on. */
  readonly instance: bigint;
  readonly packetSeq: bigint;
}
export const INDEX_BYTES = 80;
/** Before 2.8: without instance and packet sequence number. */
export const OLD_INDEX_BYTES = 64;
/** Where the fields begin that an index file has behind the packet's offset. */
export const INDEX_ENTRY_AT = 16;

export function encodeIndex(index: PacketIndex, minor: number): Uint8Array {
  const fields = new FieldWriter(minor >= 8 ? INDEX_BYTES : OLD_INDEX_BYTES);
  fields.u64(index.stream).u64(index.netSeq).u64(index.packetSize_bits).u64(index.contentSize_bits);
  fields.u64(index.begin).u64(index.end).u64(index.discarded).u64(index.streamClass);
  if (minor >= 8) fields.u64(index.instance).u64(index.packetSeq);
  return fields.bytes;
}

/** A live beacon: no event of the stream will be older than `end`. */
export function encodeBeacon(
  stream: number,
  netSeq: number,
  end: bigint,
  streamClass: bigint,
  minor: number,
): Uint8Array {
  const none = { packetSize_bits: 0n, contentSize_bits: 0n, begin: 0n, discarded: 0n, instance: 0n, packetSeq: 0n };
  return encodeIndex({ ...none, stream, netSeq, end, streamClass }, minor);
}

/** A stream and a number: CLOSE_STREAM and DATA_PENDING (last sequence number), RESET_METADATA (version). */
export interface StreamAndNumber {
  readonly stream: bigint;
  /** -1 when unset. */
  readonly number: bigint;
}
export function decodeStreamAndNumber(payload: Uint8Array, what: string): StreamAndNumber {
  const fields = new FieldReader(payload, what);
  const [stream, number] = [fields.u64(), fields.u64()];
  return { stream, number: number === UNSET ? -1n : number };
}
export function encodeStreamAndNumber(stream: number, number: number | bigint): Uint8Array {
  return new FieldWriter(16).u64(stream).u64(number).bytes;
}

/** One id: QUIESCENT_CONTROL, BEGIN and END_DATA_PENDING, TRACE_CHUNK_EXISTS, GET_CONFIGURATION. */
export function decodeId(payload: Uint8Array, what: string): bigint {
  return new FieldReader(payload, what).u64();
}
export function encodeId(id: number | bigint): Uint8Array {
  return new FieldWriter(8).u64(id).bytes;
}

export interface CreateChunk {
  readonly id: bigint;
  readonly created_s: bigint;
  /** Folder name of a snapshot; null: made of the times. */
  readonly name: string | null;
}
export function decodeCreateChunk(payload: Uint8Array): CreateChunk {
  const fields = new FieldReader(payload, 'CREATE_TRACE_CHUNK');
  const [id, created_s, length] = [fields.u64(), fields.u64(), fields.u32()];
  if (length === 0) return { id, created_s, name: null };
  if (length > fields.left || fields.bytes[fields.offset + length - 1] !== 0) {
    throw badMessage('CREATE_TRACE_CHUNK', 'a name without a NUL at its end');
  }
  return { id, created_s, name: fields.text(length) };
}
export function encodeCreateChunk({ id, created_s, name }: CreateChunk): Uint8Array {
  const bytes = name === null ? new Uint8Array(0) : withNul(name);
  return new FieldWriter(20 + bytes.length).u64(id).u64(created_s).u32(bytes.length).raw(bytes).bytes;
}

export interface CloseChunk {
  readonly id: bigint;
  readonly closed_s: bigint;
  /** ChunkCommand, or null when there is none. */
  readonly command: number | null;
}
export function decodeCloseChunk(payload: Uint8Array): CloseChunk {
  const fields = new FieldReader(payload, 'CLOSE_TRACE_CHUNK');
  const [id, closed_s, isSet, command] = [fields.u64(), fields.u64(), fields.u8(), fields.u32()];
  return { id, closed_s, command: isSet === 0 ? null : command };
}
export function encodeCloseChunk({ id, closed_s, command }: CloseChunk): Uint8Array {
  return new FieldWriter(21)
    .u64(id)
    .u64(closed_s)
    .u8(command === null ? 0 : 1)
    .u32(command ?? 0).bytes;
}
export function closeChunkReply(ret: number, path: string | null): Uint8Array {
  const bytes = path === null ? new Uint8Array(0) : withNul(path);
  return new FieldWriter(8 + bytes.length).u32(ret).u32(bytes.length).raw(bytes).bytes;
}
export function chunkExistsReply(ret: number, exists: boolean): Uint8Array {
  return new FieldWriter(5).u32(ret).u8(exists ? 1 : 0).bytes;
}

export interface RotateStreams {
  /** null: to no chunk, at the end of a session. */
  readonly chunk: bigint | null;
  readonly streams: readonly { readonly stream: bigint; readonly position: bigint }[];
}

/**
 * The one structure of the protocol with compiler padding: its header has 13, 16 or 20 bytes, as the producer is packed,
 * 32-bit or 64-bit. Only the length of the message tells which.
 */
const ROTATE_HEADER_BYTES = [13, 16, 20] as const;

export function decodeRotateStreams(payload: Uint8Array): RotateStreams {
  const fields = new FieldReader(payload, 'ROTATE_STREAMS');
  const [count, isSet] = [fields.u32(), fields.u8()];
  const header_bytes = ROTATE_HEADER_BYTES.find((bytes) => bytes + 16 * count === payload.length);
  if (header_bytes === undefined) {
    throw badMessage('ROTATE_STREAMS', `${payload.length} bytes for ${count} streams: no known layout`);
  }
  fields.offset = header_bytes - 8;
  const chunk = fields.u64();
  const streams = Array.from({ length: count }, () => ({ stream: fields.u64(), position: fields.u64() }));
  return { chunk: isSet === 0 ? null : chunk, streams };
}

export function encodeRotateStreams({ chunk, streams }: RotateStreams, header_bytes = 20): Uint8Array {
  const fields = new FieldWriter(header_bytes + 16 * streams.length);
  fields.u32(streams.length).u8(chunk === null ? 0 : 1);
  fields.offset = header_bytes - 8;
  fields.u64(chunk ?? 0n);
  for (const { stream, position } of streams) fields.u64(stream).u64(position);
  return fields.bytes;
}
