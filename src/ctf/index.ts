/** `tailtrap/ctf`: Common Trace Format. */
export { type EventWriter, eventWriter, type FieldValue } from './event-writer.ts';
export type { Field, FieldType } from './fields.ts';
export * as field from './fields.ts';
export { type ClockDescription, metadataText, type TraceDescription } from './metadata.ts';
export { encodeText, type PacketInfo, type PacketSink, StreamWriter } from './stream.ts';
export {
  CtfWriter,
  type CtfWriterOptions,
  DEFAULT_PACKET_BYTES,
  type EventClass,
  formatUuid,
  type StreamClass,
} from './writer.ts';
