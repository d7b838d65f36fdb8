/**
 * LTTng's relay protocol, control connection (port 5342): what both sides call things.
 *
 * A request is a header of 24 bytes and a payload whose length the header tells; a reply has no header and no length, so
 * that the producer has to know what it asked. Everything is big-endian. Layouts: lttng-tools, `sessiond-comm/relayd.hpp`.
 */
import { FieldReader, FieldWriter } from './bytes.ts';

export const DEFAULT_CONTROL_PORT = 5342;
export const DEFAULT_DATA_PORT = 5343;

/** The protocol that this relay announces; LTTng 2.15 and 2.16 speak it. */
export const MAJOR = 2;
export const MINOR = 15;
/** Older producers send no session names; lttng-relayd refuses them as well. */
export const OLDEST_MINOR = 4;

export const CONTROL_HEADER_BYTES = 24;
/** What lttng-relayd accepts as well. */
export const MAX_CONTROL_PAYLOAD_BYTES: number = 128 * 2 ** 20;

export const Command = {
  ADD_STREAM: 1,
  CREATE_SESSION: 2,
  START_DATA: 3,
  VERSION: 5,
  SEND_METADATA: 6,
  CLOSE_STREAM: 7,
  DATA_PENDING: 8,
  QUIESCENT_CONTROL: 9,
  BEGIN_DATA_PENDING: 10,
  END_DATA_PENDING: 11,
  SEND_INDEX: 13,
  STREAMS_SENT: 16,
  RESET_METADATA: 17,
  ROTATE_STREAMS: 18,
  CREATE_TRACE_CHUNK: 19,
  CLOSE_TRACE_CHUNK: 20,
  TRACE_CHUNK_EXISTS: 21,
  GET_CONFIGURATION: 22,
} as const;
export type Command = (typeof Command)[keyof typeof Command];

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(Command).map(([name, number]) => [number, name]));

/** `SEND_INDEX`, `command 99`. */
export function commandName(command: number): string {
  return NAMES.get(command) ?? `command ${command}`;
}

export const Ret = {
  OK: 10,
  UNKNOWN: 11,
  FATAL: 25,
  NO_MEMORY: 26,
  INVALID: 97,
  INVALID_PROTOCOL: 152,
  FILE_CREATION: 153,
} as const;
export type Ret = (typeof Ret)[keyof typeof Ret];

/** What the close of a trace chunk does to its folder. */
export const ChunkCommand = { MOVE_TO_COMPLETED: 0, NO_OPERATION: 1, DELETE: 2 } as const;

/** Header and payload of a request in one piece. */
export function encodeRequest(command: Command, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  return new FieldWriter(CONTROL_HEADER_BYTES + payload.length)
    .u64(0)
    .u64(payload.length)
    .u32(command)
    .u32(0)
    .raw(payload).bytes;
}

/** Most replies. */
export function genericReply(ret: number): Uint8Array {
  return new FieldWriter(4).u32(ret).bytes;
}
export function readGenericReply(bytes: Uint8Array): number {
  return new FieldReader(bytes, 'reply').u32();
}
