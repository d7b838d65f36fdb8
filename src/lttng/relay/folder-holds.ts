/**
 * Whose the folders of live sessions are. A session names its folder itself (host, name, base path), and chunk commands
 * rename and delete in it: two sessions in one folder would destroy each other's files. So a folder, and all that is
 * below and above it, belongs to one owner until its last session and chunk let go. After that it is kept as it is:
 * names without time (base paths), and sessions of one second, would otherwise overwrite what was recorded before.
 */
import { TailtrapError } from '../../base/errors.ts';
import type { CreateSession } from '../protocol/control-session.ts';

/** Producers before 2.11 do not say which daemon they are; they can neither rename nor delete. */
export const OLD_PRODUCERS = 'producers before 2.11';
/** Folders of one name; each search for a free one is linear. */
const MAX_SAME_NAME = 999;

/** The connections of one session (kernel, user space of 64 and of 32 bits) say the same of all this. */
export function ownerOf({ chunked, hostname, name }: CreateSession): string {
  if (chunked === null) return OLD_PRODUCERS;
  return JSON.stringify([chunked.daemon, `${chunked.daemonSession}`, `${chunked.created_s}`, hostname, name]);
}

export class FolderHolds {
  private readonly held: Map<string, { readonly owner: string; holds: number }> = new Map();

  /** @returns false when the folder, or one above or below it, is somebody else's */
  take(folder: string, owner: string): boolean {
    const known = this.held.get(folder);
    if (known?.owner === owner) {
      known.holds++;
      return true;
    }
    for (const [other, { owner: its }] of this.held) {
      if (its !== owner && (isWithin(other, folder) || isWithin(folder, other))) return false;
    }
    this.held.set(folder, { owner, holds: 1 });
    return true;
  }

  /**
   * Takes the folder, or the first free one of `HOST/NAME-2`, `HOST/NAME-3` and so on.
   *
   * @param isUsed whether something is in a folder that nobody holds
   * @returns which one
   * @throws TailtrapError `TT_RELAY_REFUSED`
   */
  takeFree(folder: string, owner: string, isUsed: (folder: string) => boolean): string {
    const [top = '', name = '', ...rest] = folder.split('/');
    for (let number = 1; number <= MAX_SAME_NAME; number++) {
      const candidate = [top, number === 1 ? name : `${name}-${number}`, ...rest].join('/');
      const isOwn = this.held.get(candidate)?.owner === owner;
      if ((isOwn || !isUsed(candidate)) && this.take(candidate, owner)) return candidate;
    }
    throw new TailtrapError('TT_RELAY_REFUSED', `${MAX_SAME_NAME} other sessions have folders of this name`, {
      where: folder,
      next: 'give the session another name or base path, or take old ones away',
    });
  }

  /** Ends one `take`. */
  give(folder: string): void {
    const known = this.held.get(folder);
    if (known !== undefined && --known.holds === 0) this.held.delete(folder);
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
