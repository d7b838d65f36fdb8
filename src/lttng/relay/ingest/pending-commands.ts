/** Has everything arrived? The producer asks at each stop: BEGIN, then for every stream, then END. */
import { Ret } from '../../protocol/control.ts';
import { decodeId, decodeStreamAndNumber } from '../../protocol/control-stream.ts';
import { DataStream } from '../stream.ts';
import type { Run } from './commands.ts';
import { ownStream } from './stream-commands.ts';

/** Answer to DATA_PENDING for a stream that is not known: -1. */
const NO_STREAM = 0xffff_ffff;

export const beginDataPending: Run = (connection, payload) => {
  decodeId(payload, 'BEGIN_DATA_PENDING');
  if (connection.session === null) {
    connection.fault('BEGIN_DATA_PENDING without a session');
    return;
  }
  connection.session.asked.begin();
  connection.ret(Ret.OK);
};

export const dataPending: Run = (connection, payload) => {
  const { stream: id, number } = decodeStreamAndNumber(payload, 'DATA_PENDING');
  if (connection.session === null) {
    connection.fault('DATA_PENDING without a session');
    return;
  }
  const stream = ownStream(connection, id);
  if (!(stream instanceof DataStream)) {
    connection.ret(NO_STREAM);
    return;
  }
  connection.session.asked.ask(stream);
  connection.ret(stream.isPending(Number(number)) ? 1 : 0);
};

export const quiescentControl: Run = (connection, payload) => {
  const id = decodeId(payload, 'QUIESCENT_CONTROL');
  if (connection.session === null) {
    connection.fault('QUIESCENT_CONTROL without a session');
    return;
  }
  const stream = ownStream(connection, id);
  if (stream !== undefined) connection.session.asked.ask(stream);
  connection.ret(Ret.OK);
};

export const endDataPending: Run = (connection, payload) => {
  decodeId(payload, 'END_DATA_PENDING');
  if (connection.session === null) {
    connection.fault('END_DATA_PENDING without a session');
    return;
  }
  // Streams that are closed are not in the list any more: those which are and were not asked for lack something.
  const { streams, asked } = connection.session;
  connection.ret(streams.size > asked.count ? 1 : 0);
};
