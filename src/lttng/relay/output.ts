/**
 * The output folder: every file and folder that the relay makes is made here, and nothing outside it. Paths are relative
 * to it and were checked by names.ts; this adds that no link is followed on the way, and that no file is opened twice.
 */
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errnoName, TailtrapError } from '../../base/errors.ts';

/** As lttng-relayd's: group may write; the process's umask takes from it. */
const FOLDER_MODE = 0o770;
const FILE_MODE = 0o660;

export class OutputFolder {
  readonly root: string;
  /** Files that are being written, by device and inode: a second writer would destroy the first one's. */
  private readonly writing: Set<string> = new Set();
  private readonly keys: Map<number, string> = new Map();

  /** @param root absolute; made with its first folder */
  constructor(root: string) {
    this.root = root;
  }

  path(relative: string): string {
    return join(this.root, relative);
  }

  /** Makes a folder and those above it, up to the root. */
  makeFolder(relative: string): void {
    mkdirSync(this.root, { recursive: true, mode: FOLDER_MODE });
    let path = this.root;
    for (const part of relative.split('/').filter((name) => name !== '')) {
      path = join(path, part);
      try {
        mkdirSync(path, FOLDER_MODE);
      } catch (error) {
        if (errnoName(error) !== 'EEXIST') throw error;
        if (!lstatSync(path).isDirectory()) throw inTheWay(path);
      }
    }
  }

  /**
   * An empty file, open for reading and writing; its folder must exist.
   *
   * @throws TailtrapError `TT_RELAY_PATH` when a link or another writer is in the way
   */
  create(relative: string): number {
    const path = this.path(relative);
    if (!lstatSync(dirname(path)).isDirectory()) throw inTheWay(dirname(path));
    const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
    const fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, FILE_MODE);
    const stat = fstatSync(fd);
    const key = `${stat.dev}:${stat.ino}`;
    if (!stat.isFile() || this.writing.has(key)) {
      closeSync(fd);
      throw inTheWay(path);
    }
    if (stat.size > 0) ftruncateSync(fd, 0);
    this.writing.add(key);
    this.keys.set(fd, key);
    return fd;
  }

  /** For reading only. */
  openToRead(relative: string): number {
    return openSync(this.path(relative), constants.O_RDONLY | constants.O_NOFOLLOW);
  }

  close(fd: number): void {
    const key = this.keys.get(fd);
    if (key !== undefined) {
      this.keys.delete(fd);
      this.writing.delete(key);
    }
    closeSync(fd);
  }

  rename(from: string, to: string): void {
    if (from !== to) renameSync(this.path(from), this.path(to));
  }

  /** A file; it may be gone already. */
  remove(relative: string): void {
    try {
      unlinkSync(this.path(relative));
    } catch (error) {
      if (errnoName(error) !== 'ENOENT') throw error;
    }
  }

  removeTree(relative: string): void {
    rmSync(this.path(relative), { recursive: true, force: true });
  }

  /** A folder, if nothing is in it. */
  removeEmpty(relative: string): void {
    const path = this.path(relative);
    if (readdirSync(path).length === 0) rmdirSync(path);
  }
}

function inTheWay(path: string): TailtrapError {
  return new TailtrapError('TT_RELAY_PATH', 'a link, something else, or a file that is being written is in the way', {
    where: path,
    next: 'remove it, or give another output folder',
  });
}
