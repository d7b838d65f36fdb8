/** System calls under the names that people know from their manual pages. */
import { arch } from 'node:os';
import { syscallNames } from './recorder/syscall-names.ts';

/** Where the kernel's function, and so its tracepoint, is called otherwise than the call. */
const MANUAL_NAMES: Readonly<Record<string, string>> = {
  newstat: 'stat',
  newfstat: 'fstat',
  newlstat: 'lstat',
  newuname: 'uname',
  sendfile64: 'sendfile',
  sysctl: '_sysctl',
  umount: 'umount2',
};

const NAMES: readonly (string | undefined)[] = Array.from(syscallNames(arch()), (name) => {
  return name === undefined ? name : (MANUAL_NAMES[name] ?? name);
});
const NUMBERS: ReadonlyMap<string | undefined, number> = new Map(NAMES.map((name, nr) => [name, nr]));

/** Name of a system call of this machine's own ABI, `syscall_<nr>` when it is not known. */
export function syscallName(nr: number): string {
  return NAMES[nr] ?? `syscall_${nr}`;
}

/** Its number, or null. */
export function syscallNumber(name: string): number | null {
  return NUMBERS.get(name) ?? null;
}

/** Every name, for suggestions. */
export function allSyscallNames(): string[] {
  return NAMES.filter((name) => name !== undefined);
}
