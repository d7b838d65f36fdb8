/**
 * The output folder: every file and folder that the relay makes is made here, and nothing outside it. Paths are relative
 * to it and were checked by names.ts; this adds that no link is followed on the way, and that no file is opened twice.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errnoName, messageOf, TailtrapError } from '../../base/errors.ts';
import { makeFolders } from '../../base/node.ts';

/** As lttng-relayd's: group may write; the process's umask takes from it. */
const FOLDER_MODE = 0o770;
const FILE_MODE = 0o660;

/** Of an open file: where it was made, nowhere, or somewhere else. */
export type Whereabouts = 'here' | 'removed' | 'moved';

export class OutputFolder {
  readonly root: string;
  /** Files that are being written, by device and inode: a second writer would destroy the first one's. */
  private readonly writing: Map<string, { path: string; readonly owner: object }> = new Map();
  private readonly keys: Map<number, string> = new Map();

  /** @param root absolute; made by `probe`, or with its first folder */
  constructor(root: string) {
    this.root = root;
  }

  path(relative: string): string {
    return join(this.root, relative);
  }

  /**
   * Makes the root and something in it, which is removed: better said now than when the first producer comes.
   *
   * @throws TailtrapError `TT_RELAY_FOLDER`
   */
  probe(): void {
    try {
      makeFolders(this.root, FOLDER_MODE);
      rmdirSync(mkdtempSync(join(this.root, '.tailtrap-probe-')));
    } catch (error) {
      throw new TailtrapError('TT_RELAY_FOLDER', `cannot write into the output folder: ${messageOf(error)}`, {
        where: this.root,
        next: 'give another one with --output, or none with --no-output',
        cause: error,
      });
    }
  }

  /** Makes a folder and those above it, up to the root. */
  makeFolder(relative: string): void {
    makeFolders(this.root, FOLDER_MODE);
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
   * @param owner who alone may rename and remove it, and folders above it, until it is closed
   * @throws TailtrapError `TT_RELAY_PATH` when a link, another writer or something recorded is in the way
   */
  create(relative: string, owner: object): number {
    const path = this.path(relative);
    if (!lstatSync(dirname(path)).isDirectory()) throw inTheWay(dirname(path));
    const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
    const fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, FILE_MODE);
    const stat = fstatSync(fd);
    const key = `${stat.dev}:${stat.ino}`;
    if (!stat.isFile() || stat.size > 0 || this.writing.has(key)) {
      closeSync(fd);
      throw inTheWay(path);
    }
    this.writing.set(key, { path: relative, owner });
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

  /** Whether an open file still has this name: others may remove or move what is being written. */
  whereabouts(fd: number, relative: string): Whereabouts {
    const file = fstatSync(fd);
    if (file.nlink === 0) return 'removed';
    const named = lstatSync(this.path(relative), { throwIfNoEntry: false });
    return named?.ino === file.ino && named.dev === file.dev ? 'here' : 'moved';
  }

  exists(relative: string): boolean {
    return lstatSync(this.path(relative), { throwIfNoEntry: false }) !== undefined;
  }

  /** Whether it is a folder with something in it. */
  isUsed(relative: string): boolean {
    const path = this.path(relative);
    const isFolder = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    return isFolder && readdirSync(path).length > 0;
  }

  /** @throws the system's error, and TailtrapError `TT_RELAY_PATH` when somebody else writes into it */
  rename(from: string, to: string, owner: object): void {
    if (from === to) return;
    const within = this.writtenIn(from, owner);
    renameSync(this.path(from), this.path(to));
    for (const file of within) file.path = to + file.path.slice(from.length);
  }

  /**
   * Renames; where the new name is a folder already, what is in the old one goes there.
   *
   * @param onMoved gets each new path that was free before
   * @throws as `rename`, and when a file is in the way
   */
  merge(from: string, to: string, owner: object, onMoved: (path: string) => void): void {
    if (!this.exists(to)) {
      this.rename(from, to, owner);
      onMoved(to);
      return;
    }
    const [source, target] = [from, to].map((path) => lstatSync(this.path(path)).isDirectory());
    if (source !== true || target !== true) throw inTheWay(this.path(to));
    for (const name of readdirSync(this.path(from))) this.merge(`${from}/${name}`, `${to}/${name}`, owner, onMoved);
    this.removeEmpty(from);
  }

  /** Files below that are being written. @throws TailtrapError `TT_RELAY_PATH` when one is not the owner's */
  private writtenIn(relative: string, owner: object): { path: string; readonly owner: object }[] {
    const files = [...this.writing.values()].filter(({ path }) => path === relative || path.startsWith(`${relative}/`));
    const other = files.find((file) => file.owner !== owner);
    if (other !== undefined) throw inTheWay(this.path(other.path));
    return files;
  }

  /** A file; it may be gone already. */
  remove(relative: string): void {
    try {
      unlinkSync(this.path(relative));
    } catch (error) {
      if (errnoName(error) !== 'ENOENT') throw error;
    }
  }

  /** @throws the system's error, and TailtrapError `TT_RELAY_PATH` when somebody else writes into it */
  removeTree(relative: string, owner: object): void {
    this.writtenIn(relative, owner);
    rmSync(this.path(relative), { recursive: true, force: true });
  }

  /** A folder and those below it, as far as nothing is in them. */
  removeEmptyTree(relative: string): void {
    const path = this.path(relative);
    if (!this.exists(relative)) return;
    const entries = readdirSync(path, { withFileTypes: true });
    for (const entry of entries) if (entry.isDirectory()) this.removeEmptyTree(`${relative}/${entry.name}`);
    this.removeEmpty(relative);
  }

  /** A folder, if it is there and nothing is in it. */
  removeEmpty(relative: string): void {
    const path = this.path(relative);
    if (this.exists(relative) && readdirSync(path).length === 0) rmdirSync(path);
  }
}

function inTheWay(path: string): TailtrapError {
  return new TailtrapError('TT_RELAY_PATH', 'a link, something else, or a file with something in it is in the way', {
    where: path,
    next: 'take it away, or give another output folder',
  });
}
