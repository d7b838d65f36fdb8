/** Reads and writes that are whole, or an error: a full disk writes less than it was given and calls that success. */
import { readSync, writeSync, writev, writevSync } from 'node:fs';
import { TailtrapError } from '../../base/errors.ts';

/** What padding is written from. */
export const ZEROS: Buffer = Buffer.alloc(65_536);

/** @throws the system's error */
export function writeAll(fd: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, at + done);
}

/** @throws the system's error, and TailtrapError `TT_RELAY_READ` at the end of the file */
export function readAll(fd: number, into: Buffer, at: number): void {
  for (let done = 0; done < into.length; ) {
    const read = readSync(fd, into, done, into.length - done, at + done);
    if (read === 0) {
      throw new TailtrapError('TT_RELAY_READ', 'a file is shorter than what was written into it', {
        next: 'somebody else changed the output folder',
      });
    }
    done += read;
  }
}

/** Writes buffers one after the other, now. @throws the system's error */
export function writevAll(fd: number, buffers: Buffer[], bytes: number, at: number): void {
  let [rest, left, position] = [buffers, bytes, at];
  while (left > 0) {
    const written = writevSync(fd, rest, position);
    if (written === 0) throw new TailtrapError('TT_RELAY_WRITE', 'the file takes no more bytes');
    left -= written;
    position += written;
    if (left > 0) rest = skip(rest, written);
  }
}

/** The buffers without their first `bytes`. */
function skip(buffers: readonly Buffer[], bytes: number): Buffer[] {
  let i = 0;
  let left = bytes;
  while (i < buffers.length && left >= buffers[i]!.length) left -= buffers[i++]!.length;
  const rest = buffers.slice(i);
  if (left > 0) rest[0] = rest[0]!.subarray(left);
  return rest;
}

/** Writes buffers one after the other on another thread; `then` gets the error, or null. */
export function writevOn(
  fd: number,
  buffers: Buffer[],
  bytes: number,
  at: number,
  then: (error: unknown) => void,
): void {
  writev(fd, buffers, at, (error, written) => {
    if (error !== null) then(error);
    else if (written === bytes) then(null);
    else if (written === 0) then(new TailtrapError('TT_RELAY_WRITE', 'the file takes no more bytes'));
    else writevOn(fd, skip(buffers, written), bytes - written, at + written, then);
  });
}
