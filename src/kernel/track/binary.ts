/** The program or library that a uprobe is placed in: found by name, read with bounds. */
import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { errnoName, messageOf, TailtrapError, UsageError } from '../../base/errors.ts';
import { ElfFile, type ElfInput } from '../elf.ts';

/** Where Debian, Fedora and Alpine keep libraries, and where programs are; `ld.so` looks there, too. */
function folders(): string[] {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const libraries = [`/lib/${machine}-linux-gnu`, `/usr/lib/${machine}-linux-gnu`, '/lib64', '/usr/lib64'];
  return [...(process.env.PATH ?? '').split(':'), ...libraries, '/usr/local/lib', '/lib', '/usr/lib'].filter(Boolean);
}

/**
 * Opens a file for the length of `use`.
 *
 * @param name a path, or the name of a program of PATH or of a library: `redis-server`, `libc.so.6`
 * @param option `--in` or `--out`, for errors
 */
export function withBinary<T>(name: string, option: string, use: (elf: ElfFile, path: string) => T): T {
  const path = name.includes('/') ? name : findByName(name, option);
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    throw new UsageError('TT_NO_BINARY', `cannot read ${path}: ${messageOf(error)}`, {
      where: option,
      next: errnoName(error) === 'ENOENT' ? 'check the path' : 'run as root, or as the owner of the file',
      cause: error,
    });
  }
  try {
    const elf = new ElfFile(inputOf(fd, path));
    if (!elf.runsHere()) throw elf.bad(`it is not for this machine (${process.arch})`);
    return use(elf, realpathSync(path));
  } finally {
    closeSync(fd);
  }
}

function findByName(name: string, option: string): string {
  for (const folder of folders()) {
    const path = join(folder, name);
    if (isElf(path)) return path;
  }
  throw new UsageError('TT_NO_BINARY', `there is no program or library '${basename(name)}' in the usual folders`, {
    where: option,
    next: 'give its whole path; for a library: ldconfig -p',
  });
}

/** A script of that name that comes earlier in PATH (a version manager's) is not what is meant. */
function isElf(path: string): boolean {
  try {
    const fd = openSync(path, 'r');
    try {
      const magic = Buffer.alloc(4);
      return readSync(fd, magic, 0, 4, 0) === 4 && magic.toString('latin1') === '\x7fELF';
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}

function inputOf(fd: number, path: string): ElfInput {
  const stat = fstatSync(fd);
  if (!stat.isFile())
    throw new TailtrapError('TT_BAD_ELF', `${path} is not a file`, { next: 'name a program or a library' });
  return {
    path,
    size: stat.size,
    read(offset, length) {
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const got = readSync(fd, bytes, done, length - done, offset + done);
        if (got === 0) break;
        done += got;
      }
      return bytes.subarray(0, done);
    },
  };
}
