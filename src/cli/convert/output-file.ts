/** Output that has its name only when it is complete: until then it is `NAME.partial`. */
import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { errnoName, messageOf, TailtrapError } from '../../base/errors.ts';

/** What is written by `convert`. */
export interface Output {
  readonly bytes: number;
  /** Gives it its name. */
  finish(): void;
  /** Leaves nothing behind. */
  abandon(): void;
}

/** Refuses what is there already. */
export function refuseExisting(path: string): void {
  if (!existsSync(path)) return;
  throw new TailtrapError('TT_EXISTS', 'there is something by this name already', {
    where: path,
    next: 'remove it, or choose another name',
  });
}

const NEXT: Readonly<Record<string, string>> = {
  ENOENT: 'make the folder that it is to stand in',
  ENOTDIR: 'choose another name: one of the folders on the way is a file',
  EACCES: 'write where you may',
  EPERM: 'write where you may',
  EROFS: 'write to another file system',
};

/** Runs what writes; an error of the system becomes one with a code and the place. */
export function writing<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const errno = errnoName(error);
    if (error instanceof TailtrapError || !/^E[A-Z0-9]+$/.test(errno)) throw error;
    const next = NEXT[errno] ?? 'make room, or write elsewhere';
    throw new TailtrapError('TT_WRITE', messageOf(error), { where, next, cause: error });
  }
}

export class OutputFile implements Output {
  readonly #path: string;
  readonly #partial: string;
  #file: number;
  bytes = 0;

  constructor(path: string) {
    refuseExisting(path);
    this.#path = path;
    this.#partial = `${path}.partial`;
    this.#file = writing(path, () => openSync(this.#partial, 'w'));
  }

  write(data: Uint8Array | string): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    writing(this.#path, () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
    });
    this.bytes += bytes.length;
  }

  finish(): void {
    writing(this.#path, () => {
      this.#close();
      renameSync(this.#partial, this.#path);
    });
  }

  abandon(): void {
    this.#close();
    rmSync(this.#partial, { force: true });
  }

  #close(): void {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
  }
}
