/** Control messages about a connection and its session: VERSION, GET_CONFIGURATION, CREATE_SESSION, ADD_STREAM. */
import { badMessage, FieldReader, FieldWriter, withNul } from './bytes.ts';
import type { Ret } from './control.ts';

export interface Version {
  readonly major: number;
  readonly minor: number;
}
export function encodeVersion({ major, minor }: Version): Uint8Array {
  return new FieldWriter(8).u32(major).u32(minor).bytes;
}
export function decodeVersion(payload: Uint8Array): Version {
  const fields = new FieldReader(payload, 'VERSION');
  return { major: fields.u32(), minor: fields.u32() };
}

/** Reply to GET_CONFIGURATION; bit 0: sessions may be cleared. */
export const CLEAR_ALLOWED = 1n;
export function configurationReply(ret: Ret, flags: bigint): Uint8Array {
  return new FieldWriter(12).u32(ret).u64(flags).bytes;
}

/** The numbers of trace_format here; the live protocol has others. */
const FORMATS = { ctf1: 1, ctf2: 2 } as const;
export type TraceFormat = keyof typeof FORMATS;

export interface CreateSession {
  readonly name: string;
  readonly hostname: string;
  /** Given by the user instead of the usual folder name; from 2.11 on. */
  readonly basePath: string;
  /** 0: not live. */
  readonly liveTimer_us: number;
  readonly snapshot: boolean;
  /** From 2.11 on; null before. */
  readonly chunked: {
    /** The name has its creation time in it already. */
    readonly nameHasTime: boolean;
    /** 32 hexadecimal digits. */
    readonly daemon: string;
    readonly daemonSession: bigint;
    readonly created_s: bigint;
    /** The chunk that another connection of the same session made. */
    readonly chunk: bigint | null;
  } | null;
  readonly format: TraceFormat;
}

const OLD_NAME_BYTES = 255;
const HOSTNAME_BYTES = 64;
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4096;
const NIL = '0'.repeat(32);

export function decodeCreateSession(payload: Uint8Array, minor: number): CreateSession {
  const fields = new FieldReader(payload, 'CREATE_SESSION');
  if (minor >= 11) return decodeChunked(fields, minor);
  return {
    name: fields.text(OLD_NAME_BYTES),
    hostname: fields.text(HOSTNAME_BYTES),
    basePath: '',
    liveTimer_us: fields.u32(),
    snapshot: fields.u32() !== 0,
    chunked: null,
    format: 'ctf1',
  };
}

function decodeChunked(fields: FieldReader, minor: number): CreateSession {
  const lengths = [fields.u32(), fields.u32(), fields.u32()] as const;
  const liveTimer_us = fields.u32();
  const snapshot = fields.u8() !== 0;
  const nameHasTime = fields.u8() !== 0;
  const daemon = Buffer.from(fields.raw(16)).toString('hex');
  const [daemonSession, created_s] = [fields.u64(), fields.u64()];
  const hasChunk = fields.u8() !== 0;
  const chunk = fields.u64();
  const format = minor >= 15 ? decodeFormat(fields.u32()) : 'ctf1';
  const [name, hostname, basePath] = [
    text(fields, lengths[0], MAX_NAME_BYTES, 'session name'),
    text(fields, lengths[1], HOSTNAME_BYTES, 'host name'),
    lengths[2] === 0 ? '' : text(fields, lengths[2], MAX_PATH_BYTES, 'base path'),
  ];
  if (daemon === NIL) throw badMessage('CREATE_SESSION', 'the session daemon has no UUID');
  const chunked = { nameHasTime, daemon, daemonSession, created_s, chunk: hasChunk ? chunk : null };
  return { name, hostname, basePath, liveTimer_us, snapshot, chunked, format };
}

function decodeFormat(number: number): TraceFormat {
  const found = Object.entries(FORMATS).find(([, value]) => value === number);
  if (found === undefined) throw badMessage('CREATE_SESSION', `trace format ${number} is neither CTF 1.8 nor CTF 2`);
  return found[0] as TraceFormat;
}

function text(fields: FieldReader, length: number, max: number, what: string): string {
  if (length === 0 || length > max) throw badMessage('message', `${what} of ${length} bytes (1 to ${max} may be)`);
  if (fields.bytes[fields.offset + length - 1] !== 0) throw badMessage('message', `${what} without a NUL at its end`);
  return fields.text(length);
}

export function encodeCreateSession(session: CreateSession, minor: number): Uint8Array {
  const { chunked } = session;
  if (chunked === null || minor < 11) {
    const fields = new FieldWriter(OLD_NAME_BYTES + HOSTNAME_BYTES + 8);
    fields.text(session.name, OLD_NAME_BYTES).text(session.hostname, HOSTNAME_BYTES);
    return fields.u32(session.liveTimer_us).u32(session.snapshot ? 1 : 0).bytes;
  }
  const names = [session.name, session.hostname, session.basePath].map(withNul);
  const fields = new FieldWriter(59 + (minor >= 15 ? 4 : 0) + names.reduce((sum, name) => sum + name.length, 0));
  for (const name of names) fields.u32(name.length);
  fields
    .u32(session.liveTimer_us)
    .u8(session.snapshot ? 1 : 0)
    .u8(chunked.nameHasTime ? 1 : 0);
  fields.raw(Buffer.from(chunked.daemon, 'hex')).u64(chunked.daemonSession).u64(chunked.created_s);
  fields.u8(chunked.chunk === null ? 0 : 1).u64(chunked.chunk ?? 0n);
  if (minor >= 15) fields.u32(FORMATS[session.format]);
  for (const name of names) fields.raw(name);
  return fields.bytes;
}

export interface SessionReply {
  readonly id: number;
  readonly ret: number;
  /** Where its traces go, relative to the output folder; '' before 2.11. */
  readonly outputPath: string;
}
export function encodeSessionReply({ id, ret, outputPath }: SessionReply, minor: number): Uint8Array {
  if (minor < 11) return new FieldWriter(12).u64(id).u32(ret).bytes;
  const path = outputPath === '' ? new Uint8Array(0) : withNul(outputPath);
  return new FieldWriter(16 + path.length).u64(id).u32(ret).u32(path.length).raw(path).bytes;
}
export const sessionReplyBytes = (minor: number): number => (minor < 11 ? 12 : 16);

export interface AddStream {
  readonly channel: string;
  readonly path: string;
  /** 0: one file of any size. */
  readonly tracefileSize_bytes: bigint;
  readonly tracefileCount: bigint;
  /** From 2.11 on; 0 before. */
  readonly chunk: bigint;
}

const CHANNEL_BYTES = 264;
const OLD_PATH_BYTES = 4096;
const PATH_BYTES = 255;

export function decodeAddStream(payload: Uint8Array, minor: number): AddStream {
  const fields = new FieldReader(payload, 'ADD_STREAM');
  if (minor < 11) {
    const [channel, path] = [fields.text(CHANNEL_BYTES), fields.text(OLD_PATH_BYTES)];
    return { channel, path, tracefileSize_bytes: fields.u64(), tracefileCount: fields.u64(), chunk: 0n };
  }
  const lengths = [fields.u32(), fields.u32()] as const;
  const [tracefileSize_bytes, tracefileCount, chunk] = [fields.u64(), fields.u64(), fields.u64()];
  const channel = text(fields, lengths[0], CHANNEL_BYTES, 'channel name');
  const path = text(fields, lengths[1], PATH_BYTES, 'path');
  return { channel, path, tracefileSize_bytes, tracefileCount, chunk };
}

export function encodeAddStream(stream: AddStream, minor: number): Uint8Array {
  const { channel, path, tracefileSize_bytes, tracefileCount, chunk } = stream;
  if (minor < 11) {
    const fields = new FieldWriter(CHANNEL_BYTES + OLD_PATH_BYTES + 16);
    return fields.text(channel, CHANNEL_BYTES).text(path, OLD_PATH_BYTES).u64(tracefileSize_bytes).u64(tracefileCount)
      .bytes;
  }
  const [channelBytes, pathBytes] = [withNul(channel), withNul(path)];
  const fields = new FieldWriter(32 + channelBytes.length + pathBytes.length);
  fields.u32(channelBytes.length).u32(pathBytes.length).u64(tracefileSize_bytes).u64(tracefileCount).u64(chunk);
  return fields.raw(channelBytes).raw(pathBytes).bytes;
}

export function streamReply(handle: number, ret: number): Uint8Array {
  return new FieldWriter(12).u64(handle).u32(ret).bytes;
}
export function readStreamReply(bytes: Uint8Array): { handle: number; ret: number } {
  const fields = new FieldReader(bytes, 'reply to ADD_STREAM');
  return { handle: Number(fields.u64()), ret: fields.u32() };
}
