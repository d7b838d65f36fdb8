/** Output that has its name only when it is complete: see ../partial.ts. */
import { closeSync, rmSync, writeSync } from 'node:fs';
import { TailtrapError } from '../../base/errors.ts';
import { CtfWriterError } from '../../ctf/write/errors.ts';
import { BulkOutput } from '../bulk.ts';
import { nameFile, partialFile, writing as partialWriting, refuseExisting } from '../partial.ts';

/** What is written by `convert`. */
export interface Output {
  readonly bytes: number;
  /** Gives it its name. */
  finish(): void;
  /** Leaves nothing behind. */
  abandon(): void;
}

/** `partial.writing`, and what a format cannot take. */
export function writing<T>(where: string, work: () => T): T {
  return partialWriting(where, () => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof CtfWriterError)) throw error;
      const next = 'convert to json, perfetto or chrome, or to the other --ctf-version';
      throw new TailtrapError('TT_CONVERT', error.message, { where, next, cause: error });
    }
  });
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
