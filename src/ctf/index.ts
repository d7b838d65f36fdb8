/** `tailtrap/ctf`: Common Trace Format. */
export type * from '../trace/event.ts';
export type { Constant, Consumer, Emitter, Visitor } from './decode/emit.ts';
export { type EventWriter, eventWriter, type FieldValue as WrittenValue } from './event-writer.ts';
export type { Field, FieldType } from './fields.ts';
export * as field from './fields.ts';
export { type ClockDescription, metadataText, type TraceDescription } from './metadata.ts';
export type * as model from './model.ts';
export { type PushOptions, PushReader } from './push.ts';
export type { ByteSource, CtfEvent, CtfEvents, CtfSource, ReaderOptions, StreamFile, TraceFiles } from './reader.ts';
export { openCtf } from './source.ts';
export { encodeText, type PacketInfo, type PacketSink, StreamWriter } from './stream.ts';
export {
  CtfWriter,
  type CtfWriterOptions,
  DEFAULT_PACKET_BYTES,
  type EventClass,
  formatUuid,
  type StreamClass,
} from './writer.ts';
