/**
 * What is written has a name of its own beside its place, `OUT.XXXXXXXX.partial`, until it is complete. Nothing that is
 * there is touched: names are taken only where there is nothing, at the beginning and at the end. `replaceFile` is for what may
 * be made again.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { errnoName, messageOf, TailtrapError } from '../base/errors.ts';

/** So many names are tried; the second is needed once in 2^32 times. */
const TRIES = 8;
/** File systems without hard links say one of these. */
const NO_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

const NEXT: Readonly<Record<string, string>> = {
  ENOENT: 'make the folder that it is to stand in',
  ENOTDIR: 'choose another name: one of the folders on the way is a file',
  EACCES: 'write where you may',
  EPERM: 'write where you may',
  EROFS: 'write to another file system',
};

/**
 * Runs what writes; an error of the system becomes one with a code and the place.
 *
 * @throws TailtrapError `TT_WRITE`
 */
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

function taken(path: string): TailtrapError {
  return new TailtrapError('TT_EXISTS', 'there is something by this name already', {
    where: path,
    next: 'remove it, or choose another name',
  });
}

/** Refuses what is there already, a link that leads nowhere too. */
export function refuseExisting(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw taken(path);
}

/** Runs what creates `path` and fails where it exists. */
function claim<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (errnoName(error) === 'EEXIST') throw taken(path);
    throw error;
  }
}

function unique<T>(path: string, make: (partial: string) => T): T {
  for (let left = TRIES; ; left--) {
    try {
      return make(`${path}.${randomBytes(4).toString('hex')}.partial`);
    } catch (error) {
      if (errnoName(error) !== 'EEXIST' || left === 1) throw error;
    }
  }
}

/** Creates a file that only its maker writes. */
export function partialFile(path: string): { readonly partial: string; readonly file: number } {
  return unique(path, (partial) => ({ partial, file: openSync(partial, 'wx') }));
}

/** Creates an empty folder that only its maker writes to. */
export function partialFolder(path: string): string {
  return unique(path, (partial) => {
    mkdirSync(partial);
    return partial;
  });
}

/** Gives a file its name; `TT_EXISTS` when something has it by now. */
export function nameFile(partial: string, path: string): void {
  try {
    claim(path, () => linkSync(partial, path));
    rmSync(partial);
  } catch (error) {
    if (!NO_LINKS.has(errnoName(error))) throw error;
    // The name is taken by an empty file of ours, which the rename then replaces.
    closeSync(claim(path, () => openSync(path, 'wx')));
    renameSync(partial, path);
  }
}

/** Gives a folder its name; `TT_EXISTS` when something has it by now. */
export function nameFolder(partial: string, path: string): void {
  // A folder may replace an empty one: that is ours, so two that end at once do not replace each other.
  claim(path, () => mkdirSync(path));
  try {
    renameSync(partial, path);
  } catch (error) {
    rmdirSync(path);
    throw error;
  }
}

/**
 * Puts a whole file in the place of one that may be there, with its permissions; or, when that fails, leaves the old one. A link
 * stays, and what it leads to is replaced; what is no ordinary file (a pipe, a device) is written to.
 */
export function replaceFile(path: string, pieces: Iterable<string>): void {
  const before = statSync(path, { throwIfNoEntry: false });
  if (before !== undefined && !before.isFile()) {
    const file = openSync(path, 'w');
    try {
      for (const piece of pieces) writeFileSync(file, piece);
    } finally {
      closeSync(file);
    }
    return;
  }
  const place = before === undefined ? path : realpathSync(path);
  const { partial, file } = partialFile(place);
  try {
    try {
      for (const piece of pieces) writeFileSync(file, piece);
      if (before !== undefined) fchmodSync(file, before.mode & 0o777);
    } finally {
      closeSync(file);
    }
    renameSync(partial, place);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}
