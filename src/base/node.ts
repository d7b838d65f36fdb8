/** What base has to do with Node: making folders. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errnoName } from './errors.ts';

/**
 * Makes a folder and those above it. Not `mkdirSync(path, { recursive: true })`: where mkdir answers ENOENT though the
 * parent is there, as in /proc, Node 20 tries again for ever.
 *
 * @param mode of those it makes; the process's mask applies
 * @throws the system's error, of the folder that could not be made
 */
export function makeFolders(path: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let folder = resolve(path); !isFolder(folder); folder = dirname(folder)) missing.unshift(folder);
  for (const folder of missing) {
    try {
      mkdirSync(folder, mode);
    } catch (error) {
      if (errnoName(error) !== 'EEXIST' || !isFolder(folder)) throw error;
    }
  }
}

/** `/` always is, so that the way up ends. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return path === '/';
  }
}
