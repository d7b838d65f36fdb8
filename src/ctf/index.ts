/** `tailtrap/ctf`: Common Trace Format. */
export type * from '../trace/event.ts';
export type { Constant, Consumer, Emitter, Visitor } from './decode/emit.ts';
export { type EventWriter, eventWriter, type FieldValue as WrittenValue } from './event-writer.ts';
export type { Field, FieldType } from './fields.ts';
export * as field from './fields.ts';
export type { PacketInfo } from './index-file.ts';
export { type ClockDescription, formatUuid, type TraceDescription } from './metadata.ts';
export type * as model from './model.ts';
export { type PushOptions, PushReader } from './push.ts';
export type {
  ByteSource,
  CtfEvent,
  CtfEvents,
  CtfPacket,
  CtfSelection,
  CtfSource,
  ReaderOptions,
  StreamFile,
  TimeSlice,
  TraceFiles,
} from './reader.ts';
export { openCtf } from './source.ts';
export { encodeText, type PacketEnd, type PacketSink, type StreamWriter } from './stream.ts';
export {
  type CtfVersion,
  CtfWriter,
  type CtfWriterOptions,
  DEFAULT_PACKET_BYTES,
  type EventClass,
  type StreamClass,
  type StreamClassOptions,
  type StreamOptions,
} from './writer.ts';
