/** Output that has its name only when it is complete: see partial.ts. */
import { closeSync, rmSync, writeSync } from 'node:fs';
import { errnoName, messageOf, TailtrapError } from '../../base/errors.ts';
import { CtfWriterError } from '../../ctf/write/errors.ts';
import { BulkOutput } from '../bulk.ts';
import { nameFile, partialFile, refuseExisting } from './partial.ts';

/** What is written by `convert`. */
export interface Output {
  readonly bytes: number;
  /** Gives it its name. */
  finish(): void;
  /** Leaves nothing behind. */
  abandon(): void;
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
    if (error instanceof CtfWriterError) {
      const next = 'convert to json, perfetto or chrome, or to the other --ctf-version';
      throw new TailtrapError('TT_CONVERT', error.message, { where, next, cause: error });
    }
    const errno = errnoName(error);
    if (error instanceof TailtrapError || !/^E[A-Z0-9]+$/.test(errno)) throw error;
    const next = NEXT[errno] ?? 'make room, or write elsewhere';
    throw new TailtrapError('TT_WRITE', messageOf(error), { where, next, cause: error });
  }
}

/** Thrown out of the writing when nobody reads stdout any more. */
export class NobodyReads extends Error {}

/** Names of stdout. */
export function isStdout(path: string): boolean {
  return path === '-' || path === '/dev/stdout';
}

/** Takes the bytes of an output in their order. */
interface Destination {
  write(bytes: Uint8Array): void;
  finish(): void;
  abandon(): void;
}

export class OutputFile implements Output {
  readonly #to: Destination;
  bytes = 0;

  constructor(path: string) {
    this.#to = isStdout(path) ? new Stdout() : new NewFile(path);
  }

  write(data: Uint8Array | string): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    this.#to.write(bytes);
    this.bytes += bytes.length;
  }

  finish(): void {
    this.#to.finish();
  }

  abandon(): void {
    this.#to.abandon();
  }
}

/** What went there cannot be taken back. */
class Stdout implements Destination {
  readonly #out = new BulkOutput();

  write(bytes: Uint8Array): void {
    this.#out.write(bytes);
    if (this.#out.closed) throw new NobodyReads();
  }

  finish(): void {}
  abandon(): void {}
}

class NewFile implements Destination {
  readonly #path: string;
  /** '' once it has its name. */
  #partial: string;
  #file: number;

  constructor(path: string) {
    this.#path = path;
    const { partial, file } = writing(path, () => {
      refuseExisting(path);
      return partialFile(path);
    });
    this.#partial = partial;
    this.#file = file;
  }

  write(bytes: Uint8Array): void {
    writing(this.#path, () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
    });
  }

  finish(): void {
    writing(this.#path, () => {
      this.#close();
      nameFile(this.#partial, this.#path);
      this.#partial = '';
    });
  }

  abandon(): void {
    this.#close();
    if (this.#partial !== '') rmSync(this.#partial, { force: true });
  }

  #close(): void {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
  }
}
