/** STREAMS_SENT, SEND_METADATA, RESET_METADATA, SEND_INDEX, CLOSE_STREAM. */
import { messageOf } from '../../../base/errors.ts';
import { Ret } from '../../protocol/control.ts';
import {
  decodeMetadataHeader,
  decodeStreamAndNumber,
  INDEX_BYTES,
  METADATA_HEADER_BYTES,
  OLD_INDEX_BYTES,
} from '../../protocol/control-stream.ts';
import { MetadataStream } from '../metadata.ts';
import { DataStream } from '../stream.ts';
import type { Run } from './commands.ts';
import type { ControlConnection } from './control.ts';

export const streamsSent: Run = (connection) => {
  if (connection.session === null) {
    connection.fault('STREAMS_SENT without a session');
    return;
  }
  connection.session.publish();
  connection.ret(Ret.OK);
};

/** A stream of this connection's session; those of others are none of its business. */
export function ownStream(connection: ControlConnection, id: bigint | number): DataStream | MetadataStream | undefined {
  return connection.session?.streams.get(Number(id));
}

export const sendMetadata: Run = (connection, payload) => {
  const { stream: id, padding_bytes } = decodeMetadataHeader(payload);
  const stream = ownStream(connection, id);
  if (!(stream instanceof MetadataStream)) {
    connection.fault(`metadata for stream ${id}, which is none of its metadata streams`);
    return;
  }
  try {
    const before_bytes = stream.size_bytes;
    const reason = stream.append(payload.subarray(METADATA_HEADER_BYTES), padding_bytes);
    if (reason !== null) connection.session!.break(reason);
    else connection.session!.metadataGrew(stream.size_bytes - before_bytes);
  } catch (error) {
    connection.session!.break(messageOf(error));
  }
};

export const resetMetadata: Run = (connection, payload) => {
  const { stream: id } = decodeStreamAndNumber(payload, 'RESET_METADATA');
  const stream = ownStream(connection, id);
  // Viewers of a live session have read the old one.
  if (!(stream instanceof MetadataStream) || connection.session!.liveTimer_us > 0) {
    connection.ret(Ret.UNKNOWN);
    return;
  }
  try {
    stream.reset();
    connection.ret(Ret.OK);
  } catch (error) {
    connection.session!.break(messageOf(error));
  }
};

export const sendIndex: Run = (connection, payload) => {
  const { session } = connection;
  const wanted_bytes = (session?.minor ?? 0) >= 8 ? INDEX_BYTES : OLD_INDEX_BYTES;
  if (session === null || payload.length < wanted_bytes) {
    connection.fault(session === null ? 'SEND_INDEX without a session' : `SEND_INDEX of ${payload.length} bytes`);
    return;
  }
  const id = payload.readUInt32BE(0) * 2 ** 32 + payload.readUInt32BE(4);
  const netSeq = payload.readUInt32BE(8) * 2 ** 32 + payload.readUInt32BE(12);
  const stream = session.streams.get(id);
  const whole = payload.length === wanted_bytes ? payload : payload.subarray(0, wanted_bytes);
  const reason = stream instanceof DataStream ? stream.onIndex(netSeq, whole) : null;
  if (stream instanceof DataStream && reason === null) {
    connection.ret(Ret.OK);
    return;
  }
  connection.ret(Ret.UNKNOWN);
  connection.fault(reason ?? `index for stream ${id}, which is none of its data streams`);
};

export const closeStream: Run = (connection, payload) => {
  const { stream: id, number } = decodeStreamAndNumber(payload, 'CLOSE_STREAM');
  const stream = ownStream(connection, id);
  if (stream === undefined) {
    connection.ret(Ret.UNKNOWN);
    connection.fault(`end of stream ${id}, which is none of its streams`);
    return;
  }
  if (stream instanceof MetadataStream) connection.session!.closeMetadata(stream);
  else stream.requestClose(Number(number));
  connection.ret(Ret.OK);
};
