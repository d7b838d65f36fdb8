/** Groups of this machine, by name: group(5). Those of a directory service have no line there; their number will do. */
import { readFileSync } from 'node:fs';
import { messageOf, UsageError } from '../base/errors.ts';
import { didYouMean } from '../base/nearest.ts';

const FILE = '/etc/group';
/** 2^32 - 1 means "leave it" to chown(2). */
const MAX_GID = 2 ** 32 - 2;

/** `name:password:number:members`, a line each. */
function groupsOf(file: string): Map<string, number> {
  const groups = new Map<string, number>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [name = '', , number = ''] = line.split(':');
    if (name !== '' && /^\d+$/.test(number) && !groups.has(name)) groups.set(name, Number(number));
  }
  return groups;
}

/**
 * @param name or number of a group
 * @throws UsageError `TT_NO_GROUP`
 */
export function groupId(name: string, file: string = FILE): number {
  if (/^\d+$/.test(name) && Number(name) <= MAX_GID) return Number(name);
  let groups: Map<string, number>;
  try {
    groups = groupsOf(file);
  } catch (error) {
    throw new UsageError('TT_NO_GROUP', `cannot look up the group '${name}': ${messageOf(error)}`, {
      where: file,
      next: 'give its number',
      cause: error,
    });
  }
  const found = groups.get(name);
  if (found !== undefined) return found;
  const near = didYouMean(name, [...groups.keys()]);
  throw new UsageError('TT_NO_GROUP', `there is no group '${name}'`, {
    where: file,
    next: near === '' ? `make it (groupadd), or give the number of one that ${file} does not list` : near,
  });
}
