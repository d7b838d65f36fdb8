/** What makes a tracker of two kinds of events: their names, and the fields that must be equal. */
import { UsageError } from '../../base/errors.ts';

/** As many as a tracker in the kernel has (`tailtrap track` without a trace). */
const MAX_KEY_FIELDS = 4;

export interface KeyPair {
  readonly in: string;
  readonly out: string;
}

/**
 * @param text `dev,sector`, or `prev_tid=next_tid` where the names differ
 * @throws UsageError `TT_BAD_KEY`
 */
export function keyPairs(text: string): KeyPair[] {
  const parts = text.split(',').map((part) => part.split('=').map((name) => name.trim()));
  const wrong = parts.some((names) => names.length > 2 || names.includes(''));
  if (wrong || parts.length > MAX_KEY_FIELDS) {
    throw new UsageError('TT_BAD_KEY', `'${text}' is not a key`, {
      where: '--key',
      next: `write one to ${MAX_KEY_FIELDS} field names with commas between, such as dev,sector or inField=outField`,
    });
  }
  return parts.map(([inName = '', outName = inName]) => ({ in: inName, out: outName }));
}

/**
 * What an event may be called in a trace: as given; without the kernel's category; system calls as LTTng names them.
 * `block:block_rq_issue` is `block_rq_issue`, `syscalls:sys_enter_fsync` is `syscall_entry_fsync`.
 */
export function eventNames(text: string): string[] {
  const bare = text.replace(/^[a-z0-9_]+:(?!:)/i, '');
  const call = bare.replace(/^sys_enter_/, 'syscall_entry_').replace(/^sys_exit_/, 'syscall_exit_');
  return [...new Set([text, bare, call])];
}
