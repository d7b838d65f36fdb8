/** Which function answers which request. */
import { Command } from '../../protocol/control.ts';
import { closeChunk, createChunk, doesChunkExist, rotateStreams } from './chunk-commands.ts';
import type { ControlConnection } from './control.ts';
import { beginDataPending, dataPending, endDataPending, quiescentControl } from './pending-commands.ts';
import { addStream, configuration, createSession, startData, version } from './session-commands.ts';
import { closeStream, resetMetadata, sendIndex, sendMetadata, streamsSent } from './stream-commands.ts';

/** Answers one request; the payload is valid during the call only. A throw is the producer's fault. */
export type Run = (connection: ControlConnection, payload: Buffer) => void;

export const COMMANDS: Readonly<Record<number, Run>> = {
  [Command.VERSION]: version,
  [Command.GET_CONFIGURATION]: configuration,
  [Command.CREATE_SESSION]: createSession,
  [Command.ADD_STREAM]: addStream,
  [Command.START_DATA]: startData,
  [Command.STREAMS_SENT]: streamsSent,
  [Command.SEND_METADATA]: sendMetadata,
  [Command.RESET_METADATA]: resetMetadata,
  [Command.SEND_INDEX]: sendIndex,
  [Command.CLOSE_STREAM]: closeStream,
  [Command.BEGIN_DATA_PENDING]: beginDataPending,
  [Command.DATA_PENDING]: dataPending,
  [Command.QUIESCENT_CONTROL]: quiescentControl,
  [Command.END_DATA_PENDING]: endDataPending,
  [Command.ROTATE_STREAMS]: rotateStreams,
  [Command.CREATE_TRACE_CHUNK]: createChunk,
  [Command.CLOSE_TRACE_CHUNK]: closeChunk,
  [Command.TRACE_CHUNK_EXISTS]: doesChunkExist,
};
