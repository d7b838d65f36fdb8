/**
 * LTTng live: what a viewer asks and a relay answers (port 5344). Requests are a header of 16 bytes and a payload whose
 * size follows from the command; replies have neither length nor command, so a reader has to know what was asked.
 *
 *     viewer  CONNECT, CREATE_SESSION, LIST, ATTACH
 *             then for each stream again and again  GET_NEXT_INDEX -> GET_PACKET
 *             when a reply's flags say so           GET_METADATA, GET_NEW_STREAMS
 *
 * Layouts: lttng-tools' include/lttng/lttng-viewer-abi (versions 2.4 to 2.15). Only LIST differs between versions.
 */

export const LIVE_PORT = 5344;
export const LIVE_MAJOR = 2;
/** The newest layout that is known; both sides use the smaller minor. */
export const LIVE_MINOR = 15;
/** From here on LIST has names of any length, and the format of the trace. */
export const LIVE_MINOR_TRACE_FORMAT = 15;
/** From here on there is DETACH. */
export const LIVE_MINOR_DETACH = 8;

export const REQUEST_HEADER_BYTES = 16;

export const LIVE_COMMANDS = {
  connect: 1,
  list: 2,
  attach: 3,
  index: 4,
  packet: 5,
  metadata: 6,
  'new-streams': 7,
  create: 8,
  detach: 9,
} as const;

/** Where a viewer starts: at the oldest packet that the relay has, or at the first that is not complete yet. */
export type LiveSeek = 'beginning' | 'last';
export const SEEKS = { beginning: 1, last: 2 } as const;

export type LiveRequest =
  | { readonly command: 'connect'; readonly major: number; readonly minor: number; readonly type: number }
  | { readonly command: 'list' }
  | { readonly command: 'attach'; readonly sessionId: bigint; readonly seek: LiveSeek | 'unknown' }
  | { readonly command: 'index'; readonly streamId: bigint }
  | { readonly command: 'packet'; readonly streamId: bigint; readonly offset_bytes: bigint; readonly bytes: number }
  | { readonly command: 'metadata'; readonly streamId: bigint }
  | { readonly command: 'new-streams'; readonly sessionId: bigint }
  | { readonly command: 'create' }
  | { readonly command: 'detach'; readonly sessionId: bigint }
  /** Answered with UNKNOWN_COMMAND_REPLY, then closed. */
  | { readonly command: 'unknown'; readonly number: number };

/** CONNECT's types: a command connection, or one for notifications, which behaves the same. */
export const CONNECTION_COMMAND = 1;
export const CONNECTION_NOTIFICATION = 2;

export interface ConnectReply {
  readonly viewerSessionId: bigint;
  readonly major: number;
  readonly minor: number;
}

export interface LiveSessionEntry {
  readonly id: bigint;
  /** 0: not a live session, cannot be attached. */
  readonly liveTimer_us: number;
  readonly clients: number;
  readonly streams: number;
  readonly hostname: string;
  readonly name: string;
  /** Told from 2.15 on; before, all are CTF 1.8. */
  readonly format: 'ctf-1.8' | 'ctf-2';
}

export interface LiveStream {
  readonly id: bigint;
  /** Streams of one trace, with one metadata stream among them, have one number. */
  readonly traceId: bigint;
  readonly isMetadata: boolean;
  /** Folder within the session: `ust/uid/0/64-bit`. */
  readonly path: string;
  /** `channel0_1`, `metadata`. */
  readonly channel: string;
}

export const ATTACH_STATUS = {
  ok: 1,
  already: 2,
  unknown: 3,
  'not-live': 4,
  'seek-error': 5,
  'no-session': 6,
} as const;
export const INDEX_STATUS = { ok: 1, retry: 2, hangup: 3, error: 4, inactive: 5, end: 6 } as const;
export const PACKET_STATUS = { ok: 1, retry: 2, error: 3, end: 4 } as const;
export const METADATA_STATUS = { ok: 1, 'no-new': 2, error: 3 } as const;
export const NEW_STREAMS_STATUS = { ok: 1, 'no-new': 2, error: 3, hangup: 4 } as const;
export const CREATE_STATUS = { ok: 1, error: 2 } as const;
export const DETACH_STATUS = { ok: 1, unknown: 2, error: 3 } as const;

/** Flags of index and packet replies. */
export const FLAG_NEW_METADATA = 1;
export const FLAG_NEW_STREAMS = 2;

export interface AttachReply {
  readonly status: keyof typeof ATTACH_STATUS;
  readonly streams: readonly LiveStream[];
}

export interface NewStreamsReply {
  readonly status: keyof typeof NEW_STREAMS_STATUS;
  readonly streams: readonly LiveStream[];
}

export interface LiveFlags {
  readonly newMetadata: boolean;
  readonly newStreams: boolean;
}

/** Where the next packet of a stream is; cycles are the tracer's clock without its offset. */
export interface IndexReply extends LiveFlags {
  readonly status: keyof typeof INDEX_STATUS;
  readonly offset_bytes: bigint;
  readonly packet_bits: bigint;
  readonly content_bits: bigint;
  readonly begin_cycles: bigint;
  /** With `inactive`: no event of this stream will be before. */
  readonly end_cycles: bigint;
  readonly discarded: bigint;
  /** CTF stream class; -1 as u64 when not known. */
  readonly streamClassId: bigint;
}

export interface PacketReply extends LiveFlags {
  readonly status: keyof typeof PACKET_STATUS;
  readonly bytes: Uint8Array;
}

export interface MetadataReply {
  readonly status: keyof typeof METADATA_STATUS;
  readonly bytes: Uint8Array;
}

/** What a peer may make us keep. Larger is refused before anything is allocated. */
export const LIVE_LIMITS = {
  /** As large as the ingest side of the original takes a message. */
  packet_bytes: 134_217_728,
  /** Kernel metadata with all system calls is 2 MB. */
  metadata_bytes: 134_217_728,
  sessions: 65_536,
  /** A record is 4371 bytes: 70 MB on the wire. Per-PID sessions of 4000 processes on 4 CPUs have fewer. */
  streams: 16_384,
  /** Of LIST from 2.15 on. */
  name_bytes: 4096,
} as const;
