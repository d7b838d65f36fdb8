/** Replies of LTTng live as bytes, both ways. A decoder of each kind reads what its command is answered with. */

import { badMessage, FieldReader, FieldWriter } from './bytes.ts';
import {
  ATTACH_STATUS,
  type AttachReply,
  type ConnectReply,
  CREATE_STATUS,
  DETACH_STATUS,
  FLAG_NEW_METADATA,
  FLAG_NEW_STREAMS,
  INDEX_STATUS,
  type IndexReply,
  LIVE_LIMITS,
  LIVE_MINOR_TRACE_FORMAT,
  type LiveFlags,
  type LiveSessionEntry,
  type LiveStream,
  METADATA_STATUS,
  type MetadataReply,
  NEW_STREAMS_STATUS,
  type NewStreamsReply,
  PACKET_STATUS,
  type PacketReply,
} from './live.ts';
import type { Decoder } from './wire.ts';

const CONNECT_BYTES = 20;
const HOSTNAME_BYTES = 64;
const SESSION_NAME_BYTES = 255;
const OLD_SESSION_BYTES = 20 + HOSTNAME_BYTES + SESSION_NAME_BYTES;
const NEW_SESSION_BYTES = 32;
const PATH_BYTES = 4096;
const CHANNEL_BYTES = 255;
const STREAM_BYTES = 20 + PATH_BYTES + CHANNEL_BYTES;
const INDEX_BYTES = 64;
/** What stands before the packet: a server reads the file behind it. */
export const PACKET_HEAD_BYTES = 12;

export function encodeConnect(reply: ConnectReply): Uint8Array {
  return new FieldWriter(CONNECT_BYTES).u64(reply.viewerSessionId).u32(reply.major).u32(reply.minor).u32(0).bytes;
}

export function* decodeConnect(): Decoder<ConnectReply> {
  const reply = new FieldReader(yield CONNECT_BYTES, 'LTTng live');
  return { viewerSessionId: reply.u64(), major: reply.u32(), minor: reply.u32() };
}

/** @param minor the version in use. Names of fixed size are cut. */
export function encodeList(sessions: readonly LiveSessionEntry[], minor: number): Uint8Array {
  return minor < LIVE_MINOR_TRACE_FORMAT ? encodeOldList(sessions) : encodeNewList(sessions);
}

function encodeOldList(sessions: readonly LiveSessionEntry[]): Uint8Array {
  const out = new FieldWriter(4 + sessions.length * OLD_SESSION_BYTES).u32(sessions.length);
  for (const { id, liveTimer_us, clients, streams, hostname, name } of sessions) {
    out.u64(id).u32(liveTimer_us).u32(clients).u32(streams);
    out.text(hostname, HOSTNAME_BYTES).text(name, SESSION_NAME_BYTES);
  }
  return out.bytes;
}

function encodeNewList(sessions: readonly LiveSessionEntry[]): Uint8Array {
  const utf8 = new TextEncoder();
  const entries = sessions.map((entry) => ({
    entry,
    hostname: utf8.encode(entry.hostname),
    name: utf8.encode(entry.name),
  }));
  const size = entries.reduce((sum, e) => sum + NEW_SESSION_BYTES + e.hostname.length + e.name.length, 4);
  const out = new FieldWriter(size).u32(sessions.length);
  for (const { entry, hostname, name } of entries) {
    out.u64(entry.id).u32(entry.liveTimer_us).u32(entry.clients).u32(entry.streams);
    out.u32(hostname.length).u32(name.length);
    out.u32(entry.format === 'ctf-2' ? 1 : 0);
    out.raw(hostname).raw(name);
  }
  return out.bytes;
}

export function* decodeList(minor: number): Decoder<LiveSessionEntry[]> {
  const count = new FieldReader(yield 4, 'LTTng live').u32();
  limit(count, LIVE_LIMITS.sessions, 'sessions');
  const sessions: LiveSessionEntry[] = [];
  while (sessions.length < count) {
    if (minor < LIVE_MINOR_TRACE_FORMAT)
      sessions.push(oldSession(new FieldReader(yield OLD_SESSION_BYTES, 'LTTng live')));
    else sessions.push(yield* newSession());
  }
  return sessions;
}

function oldSession(entry: FieldReader): LiveSessionEntry {
  return {
    id: entry.u64(),
    liveTimer_us: entry.u32(),
    clients: entry.u32(),
    streams: entry.u32(),
    hostname: entry.text(HOSTNAME_BYTES),
    name: entry.text(SESSION_NAME_BYTES),
    format: 'ctf-1.8',
  };
}

function* newSession(): Decoder<LiveSessionEntry> {
  const entry = new FieldReader(yield NEW_SESSION_BYTES, 'LTTng live');
  const [id, liveTimer_us, clients, streams] = [entry.u64(), entry.u32(), entry.u32(), entry.u32()];
  const [hostnameBytes, nameBytes, format] = [entry.u32(), entry.u32(), entry.u32()];
  limit(hostnameBytes, LIVE_LIMITS.name_bytes, 'bytes of host name');
  limit(nameBytes, LIVE_LIMITS.name_bytes, 'bytes of session name');
  if (format > 1) throw badMessage('LTTng live', `a session has the unknown trace format ${format}`);
  const names = new FieldReader(yield hostnameBytes + nameBytes, 'LIST_SESSIONS');
  return {
    id,
    liveTimer_us,
    clients,
    streams,
    hostname: names.text(hostnameBytes, true),
    name: names.text(nameBytes, true),
    format: format === 1 ? 'ctf-2' : 'ctf-1.8',
  };
}

/** Of `streamsInPieces`: some 280 KB. */
const STREAMS_IN_PIECE = 64;

export function encodeAttach({ status, streams }: AttachReply): Uint8Array {
  return encodeStreams(ATTACH_STATUS[status], streams);
}

export function encodeNewStreams({ status, streams }: NewStreamsReply): Uint8Array {
  return encodeStreams(NEW_STREAMS_STATUS[status], streams);
}

/** Streams take 4371 bytes each, and a session may have thousands: the same bytes as `encode...`, in pieces. */
export function* streamsInPieces(
  reply: 'attach' | 'new-streams',
  streams: readonly LiveStream[],
): Iterable<Uint8Array> {
  const ok = reply === 'attach' ? ATTACH_STATUS.ok : NEW_STREAMS_STATUS.ok;
  const head = new FieldWriter(8).u32(ok).u32(streams.length).bytes;
  yield Buffer.concat([head, encodeEntries(streams.slice(0, STREAMS_IN_PIECE))]);
  for (let at = STREAMS_IN_PIECE; at < streams.length; at += STREAMS_IN_PIECE) {
    yield encodeEntries(streams.slice(at, at + STREAMS_IN_PIECE));
  }
}

function encodeStreams(status: number, streams: readonly LiveStream[]): Uint8Array {
  const head = new FieldWriter(8).u32(status).u32(streams.length).bytes;
  return Buffer.concat([head, encodeEntries(streams)]);
}

function encodeEntries(streams: readonly LiveStream[]): Uint8Array {
  const out = new FieldWriter(streams.length * STREAM_BYTES);
  for (const { id, traceId, isMetadata, path, channel } of streams) {
    out.u64(id).u64(traceId).u32(Number(isMetadata));
    out.text(path, PATH_BYTES).text(channel, CHANNEL_BYTES);
  }
  return out.bytes;
}

export function* decodeAttach(): Decoder<AttachReply> {
  const reply = new FieldReader(yield 8, 'LTTng live');
  const status = statusOf(ATTACH_STATUS, reply.u32(), 'ATTACH_SESSION');
  return { status, streams: status === 'ok' ? yield* decodeStreams(reply.u32()) : [] };
}

export function* decodeNewStreams(): Decoder<NewStreamsReply> {
  const reply = new FieldReader(yield 8, 'LTTng live');
  const status = statusOf(NEW_STREAMS_STATUS, reply.u32(), 'GET_NEW_STREAMS');
  return { status, streams: status === 'ok' ? yield* decodeStreams(reply.u32()) : [] };
}

function* decodeStreams(count: number): Decoder<LiveStream[]> {
  limit(count, LIVE_LIMITS.streams, 'streams');
  const streams: LiveStream[] = [];
  while (streams.length < count) {
    const record = new FieldReader(yield STREAM_BYTES, 'LTTng live');
    streams.push({
      id: record.u64(),
      traceId: record.u64(),
      isMetadata: record.u32() !== 0,
      path: record.text(PATH_BYTES),
      channel: record.text(CHANNEL_BYTES),
    });
  }
  return streams;
}

export function encodeIndex(reply: IndexReply): Uint8Array {
  const out = new FieldWriter(INDEX_BYTES);
  out.u64(reply.offset_bytes).u64(reply.packet_bits).u64(reply.content_bits);
  out.u64(reply.begin_cycles).u64(reply.end_cycles).u64(reply.discarded).u64(reply.streamClassId);
  return out.u32(INDEX_STATUS[reply.status]).u32(flagBits(reply)).bytes;
}

export function* decodeIndex(): Decoder<IndexReply> {
  const reply = new FieldReader(yield INDEX_BYTES, 'LTTng live');
  const [offset_bytes, packet_bits, content_bits] = [reply.u64(), reply.u64(), reply.u64()];
  const [begin_cycles, end_cycles, discarded, streamClassId] = [reply.u64(), reply.u64(), reply.u64(), reply.u64()];
  const status = statusOf(INDEX_STATUS, reply.u32(), 'GET_NEXT_INDEX');
  const flags = flagsOf(reply.u32());
  return {
    status,
    offset_bytes,
    packet_bits,
    content_bits,
    begin_cycles,
    end_cycles,
    discarded,
    streamClassId,
    ...flags,
  };
}

/** Fills the head of a reply whose packet stands behind it already. */
export function writePacketHead(
  into: Uint8Array,
  status: PacketReply['status'],
  length: number,
  flags: LiveFlags,
): void {
  into.set(new FieldWriter(PACKET_HEAD_BYTES).u32(PACKET_STATUS[status]).u32(length).u32(flagBits(flags)).bytes);
}

/** @param length_bytes of the packet, when the rest of it follows */
export function encodePacket(reply: PacketReply, length_bytes: number = reply.bytes.length): Uint8Array {
  const out = new Uint8Array(PACKET_HEAD_BYTES + reply.bytes.length);
  writePacketHead(out, reply.status, length_bytes, reply);
  out.set(reply.bytes, PACKET_HEAD_BYTES);
  return out;
}

/** @param most bytes that were asked for */
export function* decodePacket(most: number = LIVE_LIMITS.packet_bytes): Decoder<PacketReply> {
  const reply = new FieldReader(yield PACKET_HEAD_BYTES, 'LTTng live');
  const status = statusOf(PACKET_STATUS, reply.u32(), 'GET_PACKET');
  const length = reply.u32();
  const flags = flagsOf(reply.u32());
  limit(length, most, 'bytes of packet');
  return { status, bytes: status === 'ok' && length > 0 ? yield length : new Uint8Array(0), ...flags };
}

export function encodeMetadata({ status, bytes }: MetadataReply): Uint8Array {
  // The only reply whose length comes before its status.
  return new FieldWriter(12 + bytes.length).u64(BigInt(bytes.length)).u32(METADATA_STATUS[status]).raw(bytes).bytes;
}

/** @param most bytes that are accepted */
export function* decodeMetadata(most: number = LIVE_LIMITS.metadata_bytes): Decoder<MetadataReply> {
  const reply = new FieldReader(yield 12, 'LTTng live');
  const length = reply.u64();
  const status = statusOf(METADATA_STATUS, reply.u32(), 'GET_METADATA');
  limit(length, most, 'bytes of metadata');
  return { status, bytes: status === 'ok' && length > 0n ? yield Number(length) : new Uint8Array(0) };
}

export function encodeCreate(status: keyof typeof CREATE_STATUS): Uint8Array {
  return new FieldWriter(4).u32(CREATE_STATUS[status]).bytes;
}

export function* decodeCreate(): Decoder<keyof typeof CREATE_STATUS> {
  return statusOf(CREATE_STATUS, new FieldReader(yield 4, 'LTTng live').u32(), 'CREATE_SESSION');
}

export function encodeDetach(status: keyof typeof DETACH_STATUS): Uint8Array {
  return new FieldWriter(4).u32(DETACH_STATUS[status]).bytes;
}

export function* decodeDetach(): Decoder<keyof typeof DETACH_STATUS> {
  return statusOf(DETACH_STATUS, new FieldReader(yield 4, 'LTTng live').u32(), 'DETACH_SESSION');
}

/** LTTng's code for "unknown error"; the original closes the connection behind it. */
export const UNKNOWN_COMMAND_REPLY: Uint8Array = new FieldWriter(4).u32(11).bytes;

function flagBits({ newMetadata, newStreams }: LiveFlags): number {
  return (newMetadata ? FLAG_NEW_METADATA : 0) | (newStreams ? FLAG_NEW_STREAMS : 0);
}

function flagsOf(bits: number): LiveFlags {
  return { newMetadata: (bits & FLAG_NEW_METADATA) !== 0, newStreams: (bits & FLAG_NEW_STREAMS) !== 0 };
}

function statusOf<T extends Readonly<Record<string, number>>>(table: T, number: number, command: string): keyof T {
  for (const name in table) if (table[name] === number) return name;
  throw badMessage('LTTng live', `${command} was answered with the unknown status ${number}`);
}

function limit(count: number | bigint, most: number, what: string): void {
  if (count > most)
    throw badMessage('LTTng live', `the relay announces ${count} ${what}; at most ${most} are accepted`);
}
