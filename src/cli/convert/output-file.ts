/** A file that has its name only when it is complete: until then it is `NAME.partial`. */
import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { messageOf, TailtrapError } from '../../base/errors.ts';

/** Refuses what is there already. */
export function refuseExisting(path: string): void {
  if (!existsSync(path)) return;
  throw new TailtrapError('TT_EXISTS', 'there is something by this name already', {
    where: path,
    next: 'remove it, or choose another name',
  });
}

export class OutputFile {
  readonly #path: string;
  readonly #partial: string;
  readonly #file: number;
  bytes = 0;

  constructor(path: string) {
    refuseExisting(path);
    this.#path = path;
    this.#partial = `${path}.partial`;
    this.#file = this.#told(() => openSync(this.#partial, 'w'));
  }

  write(data: Uint8Array | string): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    this.#told(() => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
    });
    this.bytes += bytes.length;
  }

  finish(): void {
    this.#told(() => {
      closeSync(this.#file);
      renameSync(this.#partial, this.#path);
    });
  }

  /** Leaves nothing behind. */
  abandon(): void {
    closeSync(this.#file);
    rmSync(this.#partial, { force: true });
  }

  #told<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new TailtrapError('TT_WRITE', messageOf(error), {
        where: this.#partial,
        next: 'make room, or write elsewhere',
        cause: error,
      });
    }
  }
}
