/** Paths as programs give them, and what kind of file a path is. */
import {
  FILE_DEVICE,
  FILE_EVENT,
  FILE_OTHER,
  FILE_PIPE,
  FILE_REGULAR,
  FILE_SOCKET,
  FILE_UNKNOWN,
} from './tables/files.ts';

/** Addresses that ftrace tells instead of texts (see kernel/recorder/syscalls.ts). */
const ADDRESS = /^0x[0-9a-f]{8,16}$/;

/** A text argument; '' where the source has only its address. */
export function told(text: string): string {
  return text.startsWith('0x') && ADDRESS.test(text) ? '' : text;
}

/** A part that is empty, `.` or `..`: most paths have none. */
const UNTIDY = /\/\.{0,2}(?:\/|$)/;

/** A path from a folder on; without looking at links. `folder` '': not known, then the path stays as it was given. */
export function joinPath(folder: string, path: string): string {
  if (path === '' || path.startsWith('/') || !folder.startsWith('/')) return path;
  const joined = `${folder}/${path}`;
  if (!UNTIDY.test(joined)) return joined;
  const parts = folder.split('/').filter((part) => part !== '');
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

const NUMBERED = /^(socket|pipe|mnt|net|uts|ipc|pid|user|cgroup|time):\[(\d+)\]$/;

/** What /proc/PID/fd and LTTng's state dump call a file: its kind, and the inode where the name has it. */
export function kindOfPath(path: string): { readonly type: number; readonly inode: number } {
  const numbered = NUMBERED.exec(path);
  const inode = numbered === null ? Number.NaN : Number(numbered[2]);
  if (numbered?.[1] === 'socket') return { type: FILE_SOCKET, inode };
  if (numbered?.[1] === 'pipe') return { type: FILE_PIPE, inode };
  if (path.startsWith('anon_inode:')) return { type: FILE_EVENT, inode };
  if (path.startsWith('/dev/') && !path.startsWith('/dev/shm/')) return { type: FILE_DEVICE, inode };
  if (path.startsWith('/')) return { type: FILE_REGULAR, inode };
  return { type: path === '' ? FILE_UNKNOWN : FILE_OTHER, inode };
}
