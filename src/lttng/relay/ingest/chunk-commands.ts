/** CREATE_TRACE_CHUNK, ROTATE_STREAMS, CLOSE_TRACE_CHUNK, TRACE_CHUNK_EXISTS: chunk.ts has the picture. */
import { messageOf } from '../../../base/errors.ts';
import { ChunkCommand, Ret } from '../../protocol/control.ts';
import {
  type CloseChunk,
  chunkExistsReply,
  closeChunkReply,
  decodeCloseChunk,
  decodeCreateChunk,
  decodeId,
  decodeRotateStreams,
} from '../../protocol/control-stream.ts';
import { NEW_CHUNK, OLD_CHUNK, type TraceChunk } from '../chunk.ts';
import { MetadataStream } from '../metadata.ts';
import type { Session } from '../session.ts';
import type { Run } from './commands.ts';
import { ownStream } from './stream-commands.ts';

/** The first minor version that knows chunks. */
const CHUNKS_SINCE = 11;

/** Requests about chunks need a session that has them; others are cut off without an answer, as by lttng-relayd. */
function chunked(what: string, run: (session: Session, ...rest: Parameters<Run>) => void): Run {
  return (connection, payload) => {
    const { session } = connection;
    if (session === null || session.minor < CHUNKS_SINCE)
      connection.fault(`${what} without a session of 2.11 or later`);
    else run(session, connection, payload);
  };
}

export const createChunk: Run = chunked('CREATE_TRACE_CHUNK', (session, connection, payload) => {
  const { relay } = connection;
  try {
    const { id, created_s, name } = decodeCreateChunk(payload);
    const key = session.chunkKey(id);
    if (session.closingChunk !== null) {
      connection.ret(Ret.INVALID_PROTOCOL);
      connection.fault(`trace chunk ${id} comes while another one is not closed`);
      return;
    }
    if (session.chunk?.key === key) {
      connection.ret(Ret.UNKNOWN);
      connection.fault(`trace chunk ${id} comes twice`);
      return;
    }
    const path = session.chunk !== null ? NEW_CHUNK : session.hasRotated ? null : '';
    const note = (line: string): void => connection.peer.note(line);
    const chunk = relay.chunks.publish({ key, id, created_s, name, folder: session.folder, path, note }, relay.output);
    chunk.acquire();
    try {
      if (session.chunk !== null && !session.chunk.named) session.chunk.rename(OLD_CHUNK);
    } catch (error) {
      session.releaseChunk(chunk);
      throw error;
    }
    session.closingChunk = session.chunk;
    session.chunk = chunk;
    connection.ret(Ret.OK);
  } catch (error) {
    connection.ret(Ret.INVALID);
    connection.peer.note(`trace chunk refused: ${messageOf(error)}`);
  }
});

export const rotateStreams: Run = chunked('ROTATE_STREAMS', (session, connection, payload) => {
  const { chunk: id, streams } = decodeRotateStreams(payload);
  const chunk = id === null ? null : connection.relay.chunks.get(session.chunkKey(id)!);
  if (chunk === undefined) {
    connection.ret(Ret.INVALID_PROTOCOL);
    connection.fault(`rotation to trace chunk ${id}, which is not known`);
    return;
  }
  for (const { stream: streamId, position } of streams) {
    const stream = ownStream(connection, streamId);
    if (stream === undefined) {
      connection.ret(Ret.INVALID);
      connection.fault(`rotation of stream ${streamId}, which is none of its streams`);
      return;
    }
    try {
      const reason = stream instanceof MetadataStream ? stream.rotate(chunk) : stream.rotateAt(Number(position), chunk);
      if (typeof reason === 'string') throw new Error(reason);
    } catch (error) {
      connection.ret(Ret.FILE_CREATION);
      session.break(messageOf(error));
      return;
    }
  }
  connection.ret(Ret.OK);
});

export const closeChunk: Run = chunked('CLOSE_TRACE_CHUNK', (session, connection, payload) => {
  const close = decodeCloseChunk(payload);
  const chunk = connection.relay.chunks.get(session.chunkKey(close.id)!);
  const refuse = (ret: Ret, reason: string): void => {
    connection.reply(closeChunkReply(ret, null));
    connection.fault(reason);
  };
  if (chunk === undefined) {
    refuse(Ret.NO_MEMORY, `end of trace chunk ${close.id}, which is not known`);
  } else if (close.command === ChunkCommand.DELETE && !connection.relay.allowClear) {
    refuse(Ret.INVALID_PROTOCOL, 'a clear, which is not allowed');
  } else if (session.closingChunk !== null && session.closingChunk !== chunk) {
    refuse(Ret.INVALID_PROTOCOL, `end of trace chunk ${close.id} while another one is to be closed`);
  } else {
    try {
      connection.reply(closeChunkReply(Ret.OK, finishChunk(session, chunk, close)));
    } catch (error) {
      refuse(Ret.UNKNOWN, `cannot close trace chunk ${close.id}: ${messageOf(error)}`);
    }
  }
});

/** @returns where the chunk's folder is, or will be, relative to the output folder: what the producer shows */
function finishChunk(session: Session, chunk: TraceChunk, { closed_s, command }: CloseChunk): string {
  const { hasRotated, folder } = session;
  const isClear = command === ChunkCommand.DELETE;
  if (session.chunk !== null && session.chunk !== chunk) session.chunk.rename(isClear && !hasRotated ? '' : null);
  if (command === null || command === ChunkCommand.NO_OPERATION) chunk.rename(hasRotated ? null : '');
  chunk.close(closed_s, command);
  if (isClear) session.clear();
  // Of the first rotation lttng-relayd tells the session's folder, though the chunk moves to its archives.
  const path = session.created.snapshot
    ? `${folder}/${chunk.folderName}`
    : hasRotated
      ? `${folder}/archives/${chunk.folderName}`
      : folder;
  if (command === ChunkCommand.MOVE_TO_COMPLETED) session.hasRotated = true;
  if (session.chunk === chunk) {
    session.chunk = null;
    session.releaseChunk(chunk);
  }
  const closing = session.closingChunk;
  session.closingChunk = null;
  session.releaseChunk(closing);
  return path;
}

export const doesChunkExist: Run = chunked('TRACE_CHUNK_EXISTS', (session, connection, payload) => {
  const key = session.chunkKey(decodeId(payload, 'TRACE_CHUNK_EXISTS'));
  connection.reply(chunkExistsReply(Ret.OK, connection.relay.chunks.get(key!) !== undefined));
});
