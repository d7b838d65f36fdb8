/** Where things are in this repository, and walking over them. No npm packages: set-up runs before they exist. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** All files below `folder` (absolute paths, sorted) whose path passes `wanted`. A missing folder is empty. */
export function listFiles(folder, wanted = () => true) {
  if (!existsSync(folder)) return [];
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules') found.push(...listFiles(path, wanted));
    } else if (entry.isFile() && wanted(path)) {
      found.push(path);
    }
  }
  return found.sort();
}

/** Time of the last change in milliseconds; 0 when there is no such file. */
export function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
