/** Files of streams: opened when they are read, and only so many open at once. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errnoName, messageOf, TailtrapError } from '../base/errors.ts';
import type { ByteSource } from './reader.ts';

/**
 * Open files of one thread. A trace may have thousands of streams, and a process 1024 files (`ulimit -n`; some have 256);
 * one that was closed costs a few microseconds when it is read again.
 */
export const MAX_OPEN_FILES = 128;

/** Those that are open, the least recently read first. */
const opened = new Set<File>();

/** For tests. */
export function openFiles(): number {
  return opened.size;
}

export class File implements ByteSource {
  readonly size_bytes: number;
  readonly #path: string;
  readonly #inode: bigint;
  #file: number;

  /** @throws TailtrapError `TT_CTF_UNREADABLE` */
  constructor(path: string) {
    this.#path = path;
    this.#file = openBounded(path);
    const { size, ino } = fstatSync(this.#file, { bigint: true });
    this.size_bytes = Number(size);
    this.#inode = ino;
    opened.add(this);
  }

  /** @throws TailtrapError `TT_CTF_UNREADABLE` */
  read(into: Uint8Array, at: number): number {
    opened.delete(this);
    if (this.#file < 0) this.#reopen();
    opened.add(this);
    try {
      return readSync(this.#file, into, 0, into.length, at);
    } catch (error) {
      throw unreadable(this.#path, error);
    }
  }

  close(): void {
    opened.delete(this);
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
  }

  #reopen(): void {
    const file = openBounded(this.#path);
    if (fstatSync(file, { bigint: true }).ino !== this.#inode) {
      closeSync(file);
      throw new TailtrapError('TT_CTF_UNREADABLE', 'the file was replaced by another while it was read', {
        where: this.#path,
        next: 'read the trace when nothing writes to it, or a copy of it',
      });
    }
    this.#file = file;
  }
}

/** Other parts of the process have files, too: at the limit of the process fewer must do. */
function openBounded(path: string): number {
  for (let most = MAX_OPEN_FILES - 1; ; most = opened.size - 1) {
    for (const file of opened) {
      if (opened.size <= most) break;
      file.close();
    }
    try {
      return openSync(path, 'r');
    } catch (error) {
      if (opened.size === 0 || !['EMFILE', 'ENFILE'].includes(errnoName(error))) throw unreadable(path, error);
    }
  }
}

/** An error of Node about a file, as one that says what to do. */
export function unreadable(path: string, error: unknown): TailtrapError {
  const { message, next } = explained(path, error);
  return new TailtrapError('TT_CTF_UNREADABLE', message, { where: path, next, cause: error });
}

/** The mistakes that people make with paths, in words. */
function explained(path: string, error: unknown): { message: string; next: string } {
  switch (errnoName(error)) {
    case 'ENOENT':
      return { message: 'there is nothing by this name', next: 'check the path' };
    case 'ENOTDIR': {
      const folder = dirname(path);
      const inTrace = statSync(join(folder, 'metadata'), { throwIfNoEntry: false })?.isFile() === true;
      const next = inTrace
        ? `give the folder that it is in: ${folder}`
        : "give a folder that has a file 'metadata' in it";
      return { message: 'this is a file, and a trace is a folder', next };
    }
    case 'EACCES':
      return { message: messageOf(error), next: 'run it as a user who may read this' };
    case 'EMFILE':
    case 'ENFILE':
      return { message: 'too many files are open', next: "raise the limit with 'ulimit -n 4096'" };
    default:
      return { message: messageOf(error), next: 'check the path' };
  }
}
