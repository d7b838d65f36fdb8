/** VERSION, GET_CONFIGURATION, CREATE_SESSION, ADD_STREAM. */
import { messageOf, TailtrapError } from '../../../base/errors.ts';
import { MAJOR, MINOR, OLDEST_MINOR, Ret } from '../../protocol/control.ts';
import {
  CLEAR_ALLOWED,
  type CreateSession,
  configurationReply,
  decodeAddStream,
  decodeCreateSession,
  decodeVersion,
  encodeSessionReply,
  encodeVersion,
  streamReply,
} from '../../protocol/control-session.ts';
import { decodeId } from '../../protocol/control-stream.ts';
import { ownerOf } from '../folder-holds.ts';
import { checkName, checkPath, regroupOldPath, sessionFolder } from '../names.ts';
import { Session } from '../session.ts';
import type { Run } from './commands.ts';
import type { ControlConnection } from './control.ts';

export const version: Run = (connection, payload) => {
  const { major, minor } = decodeVersion(payload);
  connection.reply(encodeVersion({ major: MAJOR, minor: MINOR }));
  if (major !== MAJOR) connection.fault(`speaks version ${major}.${minor} of the protocol`);
  else {
    connection.minor = Math.min(minor, MINOR);
    connection.peer.introduced();
  }
};

export const configuration: Run = (connection, payload) => {
  const known = decodeId(payload, 'GET_CONFIGURATION') === 0n;
  const flags = known && connection.relay.allowClear ? CLEAR_ALLOWED : 0n;
  connection.reply(configurationReply(known ? Ret.OK : Ret.INVALID_PROTOCOL, flags));
};

export const startData: Run = (connection) => connection.ret(Ret.OK);

export const createSession: Run = (connection, payload) => {
  const minor = connection.minor ?? 0;
  try {
    const session = makeSession(connection, payload, minor);
    connection.session = session;
    connection.relay.addSession(session);
    connection.reply(encodeSessionReply({ id: session.id, ret: Ret.OK, outputPath: session.folder }, minor));
  } catch (error) {
    connection.peer.note(`session refused: ${messageOf(error)}`);
    connection.reply(encodeSessionReply({ id: 0, ret: Ret.FATAL, outputPath: '' }, minor));
  }
};

function makeSession(connection: ControlConnection, payload: Buffer, minor: number): Session {
  const { relay, peer } = connection;
  if (minor < OLDEST_MINOR) throw refused(`the producer speaks 2.${minor}; 2.${OLDEST_MINOR} is the oldest known`);
  if (connection.session !== null) throw refused('this connection has a session already');
  if (relay.sessions().length >= relay.limits.sessions) throw refused(`there are ${relay.limits.sessions} already`);
  const created = decodeCreateSession(payload, minor);
  const named = sessionFolder(created, relay.grouping);
  // Each snapshot is a session to us, and a folder of its own in that of the session.
  const isUsed = (path: string): boolean => !created.snapshot && relay.output?.isUsed(path) === true;
  const folder = created.chunked === null ? named : relay.folders.takeFree(named, ownerOf(created), isUsed);
  try {
    if (folder !== named) peer.note(`${named} is another session's; this one goes to ${folder}`);
    return begin(connection, created, { minor, folder });
  } finally {
    // The session holds it for itself now, if there is one.
    if (created.chunked !== null) relay.folders.give(folder);
  }
}

function begin(
  connection: ControlConnection,
  created: CreateSession,
  { minor, folder }: { readonly minor: number; readonly folder: string },
): Session {
  const { relay, peer } = connection;
  const id = relay.nextSessionId();
  const session = new Session(
    relay,
    created,
    { id, minor, folder },
    {
      address: connection.address,
      note: (line) => peer.note(line),
      fault: (reason) => connection.fault(reason),
    },
  );
  if (created.chunked === null) {
    // The one chunk of old producers is the output folder itself: paths of their streams begin with host and session.
    const spec = {
      key: null,
      id: 0n,
      created_s: 0n,
      name: null,
      folder: '',
      path: '',
      note: (line: string) => peer.note(line),
    };
    session.chunk = relay.chunks.publish(spec, relay.output).acquire();
  } else if (created.chunked.chunk !== null) {
    const chunk = relay.chunks.get(session.chunkKey(created.chunked.chunk)!);
    if (chunk === undefined) throw refused(`its trace chunk ${created.chunked.chunk} is not known`);
    session.chunk = chunk.acquire();
  }
  try {
    relay.output?.makeFolder(folder);
  } catch (error) {
    session.releaseChunk(session.chunk);
    throw error;
  }
  if (created.chunked !== null) session.hold(folder);
  return session;
}

function refused(reason: string): TailtrapError {
  return new TailtrapError('TT_RELAY_REFUSED', reason);
}

export const addStream: Run = (connection, payload) => {
  const { relay, session, peer } = connection;
  if (session === null) {
    connection.fault('ADD_STREAM without a session');
    return;
  }
  const id = relay.nextStreamId();
  const handle = relay.handleOf(id);
  try {
    const spec = decodeAddStream(payload, session.minor);
    if (session.chunk === null) throw refused('the session has no trace chunk');
    if (session.streams.size >= relay.limits.streamsPerSession) {
      throw refused(`the session has ${session.streams.size} streams already`);
    }
    const tooMany = relay.refusalOfStream(session.address);
    if (tooMany !== null) throw refused(tooMany);
    checkName(spec.channel, 'channel name');
    let path = checkPath(spec.path, 'stream path');
    if (session.minor < 11) path = regroupOldPath(path, session.created, relay.grouping);
    if (path === '' || path.startsWith('.')) throw refused(`'${spec.path}' is no folder of a stream`);
    if (session.minor < 11) session.hold(path.split('/').slice(0, 2).join('/'));
    session.addStream({ id, handle }, spec, path);
    connection.reply(streamReply(handle, Ret.OK));
  } catch (error) {
    peer.note(`stream refused: ${messageOf(error)}`);
    connection.reply(streamReply(handle, Ret.UNKNOWN));
  }
};
