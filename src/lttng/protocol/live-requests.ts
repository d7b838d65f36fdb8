/** Requests of LTTng live as bytes, both ways. */

import { FieldReader, FieldWriter, UNSET } from './bytes.ts';
import { LIVE_COMMANDS, type LiveRequest, type LiveSeek, REQUEST_HEADER_BYTES, SEEKS } from './live.ts';
import type { Decoder } from './wire.ts';

const PAYLOAD_BYTES: Readonly<Record<Exclude<LiveRequest['command'], 'unknown'>, number>> = {
  connect: 20,
  list: 0,
  attach: 20,
  index: 8,
  packet: 20,
  metadata: 8,
  'new-streams': 8,
  create: 0,
  detach: 8,
};
type Known = keyof typeof PAYLOAD_BYTES;
const NAMES = new Map<number, Known>(Object.entries(LIVE_COMMANDS).map(([name, number]) => [number, name as Known]));

/** Header and payload in one piece. */
export function encodeRequest(request: LiveRequest): Uint8Array {
  const size = request.command === 'unknown' ? 0 : PAYLOAD_BYTES[request.command];
  const number = request.command === 'unknown' ? request.number : LIVE_COMMANDS[request.command];
  const out = new FieldWriter(REQUEST_HEADER_BYTES + size).u64(BigInt(size)).u32(number).u32(0);
  switch (request.command) {
    case 'connect':
      // Only the relay knows the viewer session.
      out.u64(UNSET).u32(request.major).u32(request.minor).u32(request.type);
      break;
    case 'attach':
      // An offset stands between them that nobody uses.
      out
        .u64(request.sessionId)
        .u64(0n)
        .u32(request.seek === 'unknown' ? 0 : SEEKS[request.seek]);
      break;
    case 'packet':
      out.u64(request.streamId).u64(request.offset_bytes).u32(request.bytes);
      break;
    case 'index':
    case 'metadata':
      out.u64(request.streamId);
      break;
    case 'new-streams':
    case 'detach':
      out.u64(request.sessionId);
      break;
  }
  return out.bytes;
}

/**
 * Reads one request. The size that its header tells is not looked at, as the original does not: viewers send any value
 * with commands that have no payload.
 */
export function* decodeRequest(): Decoder<LiveRequest> {
  const header = new FieldReader(yield REQUEST_HEADER_BYTES, 'LTTng live');
  header.u64();
  const number = header.u32();
  const command = NAMES.get(number);
  if (command === undefined) return { command: 'unknown', number };
  const size = PAYLOAD_BYTES[command];
  return payloadOf(command, new FieldReader(size === 0 ? new Uint8Array(0) : yield size, command));
}

function payloadOf(command: Known, payload: FieldReader): LiveRequest {
  switch (command) {
    case 'connect':
      payload.u64();
      return { command, major: payload.u32(), minor: payload.u32(), type: payload.u32() };
    case 'attach': {
      const sessionId = payload.u64();
      payload.u64();
      return { command, sessionId, seek: seekOf(payload.u32()) };
    }
    case 'packet':
      return { command, streamId: payload.u64(), offset_bytes: payload.u64(), bytes: payload.u32() };
    case 'index':
    case 'metadata':
      return { command, streamId: payload.u64() };
    case 'new-streams':
    case 'detach':
      return { command, sessionId: payload.u64() };
    case 'list':
    case 'create':
      return { command };
  }
}

function seekOf(number: number): LiveSeek | 'unknown' {
  return number === SEEKS.beginning ? 'beginning' : number === SEEKS.last ? 'last' : 'unknown';
}
