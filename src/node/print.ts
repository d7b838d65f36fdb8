/**
 * Lines on stderr that never wait for its reader.
 *
 * Of a pipe or a terminal, writes that would wait are given up: it is opened once more, which gives a description of its own that
 * may be O_NONBLOCK without changing the one that others share. A file never waits. A socket (a service whose stderr is the
 * journal) cannot be opened again: there a full one holds the program up, as it does for the program's own lines.
 */
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';

const STDERR = 2;
const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;

export class StderrLines {
  /** Lines that the reader left no room for. */
  dropped = 0;
  #fd: number | null = null;
  /** Of a line that did not fit whole: the next one must not be glued to it. */
  #rest: Buffer = Buffer.alloc(0);

  /**
   * @param line without its newline
   * @throws what write(2) says when nobody reads any more
   */
  print(line: string): void {
    const data = Buffer.concat([this.#rest, Buffer.from(`${line}\n`)]);
    let written = 0;
    try {
      this.#fd ??= openStderr();
      while (written < data.length) written += writeSync(this.#fd, data, written);
      this.#rest = data.subarray(data.length);
    } catch (error) {
      const begun = written > this.#rest.length;
      if (!begun) this.dropped++;
      this.#rest = data.subarray(written, begun ? undefined : Math.max(written, this.#rest.length));
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }

  close(): void {
    if (this.#fd !== null && this.#fd !== STDERR) closeSync(this.#fd);
    this.#fd = null;
  }
}

function openStderr(): number {
  const kind = fstatSync(STDERR);
  if (!kind.isFIFO() && !kind.isCharacterDevice()) return STDERR;
  try {
    return openSync('/proc/self/fd/2', O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    return STDERR; // another user's, or no /proc
  }
}
