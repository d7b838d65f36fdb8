/** Format files of system calls: read when a call is first seen, and kept for the next snapshots. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EventFormat, parseFormat } from './format.ts';
import { syscallNames } from './syscall-names.ts';
import { type SyscallFormatSource, SyscallPlans } from './syscalls.ts';

function formatFiles(tracefs: string): SyscallFormatSource {
  const known = new Map<string, EventFormat | undefined>();
  return (name) => {
    if (known.has(name)) return known.get(name);
    let format: EventFormat | undefined;
    try {
      const text = readFileSync(join(tracefs, 'events/syscalls', `sys_enter_${name}`, 'format'), 'utf8');
      format = parseFormat('syscalls', text);
    } catch {
      format = undefined; // CONFIG_FTRACE_SYSCALLS is off, or a call without metadata
    }
    known.set(name, format);
    return format;
  };
}

/** The plans of system calls for a recorder's events; null when it records none. */
export function syscallPlans(tracefs: string, formats: readonly EventFormat[]): SyscallPlans | null {
  const enter = formats.find((f) => f.system === 'raw_syscalls' && f.name === 'sys_enter');
  const exit = formats.find((f) => f.system === 'raw_syscalls' && f.name === 'sys_exit');
  const some = enter ?? exit;
  if (some === undefined) return null;
  return new SyscallPlans(syscallNames(process.arch), enter ?? some, exit ?? some, formatFiles(tracefs));
}
