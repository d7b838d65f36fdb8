/**
 * TCP connections read into memory that their protocol chooses. Node's own way allocates 64 KiB for each read; `onread`
 * does not, but only outgoing connections can have it, so that an accepted one is wrapped anew here.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How a protocol takes what comes. */
export interface Bytes {
  /** Memory to read into. */
  target(): Uint8Array;
  /** So many bytes were read into it. */
  took(bytes: number): void;
  /** Bytes that were read elsewhere; valid during the call only. */
  push(chunk: Buffer): void;
}

/** Until the protocol has spoken; what is read here is handed to `push`. */
const FIRST: Buffer = Buffer.allocUnsafe(65_536);

interface WithHandle {
  _handle: { useUserBuffer?: unknown } | null;
}

const direct: WeakMap<Duplex, { bytes: Bytes | null }> = new WeakMap();

/** @returns a socket for `takeBytes`; the same one where this Node has no such thing */
export function directSocket(accepted: Socket): Socket {
  const { _handle: handle } = accepted as unknown as WithHandle;
  if (typeof handle?.useUserBuffer !== 'function') return accepted;
  const state: { bytes: Bytes | null; paused: boolean } = { bytes: null, paused: false };
  let target: Uint8Array = FIRST;
  const onread = {
    buffer: (): Uint8Array => {
      target = state.bytes?.target() ?? FIRST;
      return target;
    },
    callback: (read: number): boolean => {
      if (target === FIRST) state.bytes?.push(FIRST.subarray(0, read));
      else state.bytes?.took(read);
      return !socket.isPaused();
    },
  };
  (accepted as unknown as WithHandle)._handle = null;
  const socket: Socket = new Socket({ handle, onread } as object);
  direct.set(socket, state);
  return socket;
}

/** Gives all that comes to `bytes`. Call it in the turn in which the connection was accepted. */
export function takeBytes(socket: Duplex, bytes: Bytes): void {
  const state = direct.get(socket);
  if (state === undefined) socket.on('data', (chunk: Buffer) => bytes.push(chunk));
  else state.bytes = bytes;
}
