import { allSyscallNames, syscallNumber } from '../syscalls.ts';
import type { Choice, Names, TrackerSpec } from './spec.ts';

/** Offsets in `struct tt_data` and `struct tt_extra` of bpf/syscall.bpf.c. */
const DATA = { nr: 0, compat: 4 } as const;
const EXTRA = { ret: 0, args: 8 } as const;
const ARGUMENTS = 6;

/** `struct tt_syscall_rules`, the map `.data.syscall`: one byte a number, of 64-bit and then of 32-bit calls. */
export const SYSCALL_RULES = { map: '.data.syscall', numbers: 512, native: 0, compat: 512, bytes: 1024 } as const;

/** `enum syscall_rule`. `of_file`: timed if the first argument is a regular file, a directory or a block device. */
export const SYSCALL_RULE = { timed: 0, ignored: 1, of_file: 2 } as const;

/** Stands for every call, also those that wait by design. */
const ALL = 'all';

/** The rules as the object brings them, per loaded tracker: what `apply(undefined)` goes back to. */
const DEFAULTS = new WeakMap<ArrayBuffer, Uint8Array>();

const CHOICE: Choice = {
  what: 'system calls by name, or all',
  names: () => [ALL, ...allSyscallNames()],
  apply(target, names) {
    const memory = target.memory(SYSCALL_RULES.map, SYSCALL_RULES.bytes);
    const rules = new Uint8Array(memory, 0, SYSCALL_RULES.bytes);
    if (!DEFAULTS.has(memory)) DEFAULTS.set(memory, rules.slice());
    if (names === undefined) rules.set(DEFAULTS.get(memory)!);
    else if (names.includes(ALL)) rules.fill(SYSCALL_RULE.timed);
    else {
      rules.fill(SYSCALL_RULE.ignored);
      for (const name of names) rules[SYSCALL_RULES.native + syscallNumber(name)!] = SYSCALL_RULE.timed;
    }
  },
};

/** Errors that a call returns to the kernel's own restart logic, not to the program (include/linux/errno.h). */
const RESTARTS: Readonly<Record<number, string>> = {
  [-512]: 'ERESTARTSYS',
  [-513]: 'ERESTARTNOINTR',
  [-514]: 'ERESTARTNOHAND',
  [-516]: 'ERESTART_RESTARTBLOCK',
};

export const syscall: TrackerSpec = {
  name: 'syscall',
  summary: 'system calls that are not meant to wait',
  entry: 'sys_enter',
  exit: 'sys_exit',
  key: 'tid',
  classes: ['call'],
  threshold_ns: 50e6,
  timeout_ns: 1e9,
  gc_ns: 0,
  slots: 16384,
  data_bytes: 8,
  extra_bytes: 8 + 8 * ARGUMENTS,
  filters: ['pid', 'tid', 'comm', 'cgroup', 'cpu'],
  choice: CHOICE,
  decode(record, names: Names) {
    const { data, extra } = record;
    const tid = Number(record.key);
    const nr = data.u32(DATA.nr);
    const compat = data.u32(DATA.compat) !== 0;
    const details: Record<string, unknown> = {
      nr,
      abi: compat ? '32-bit' : 'native',
    };
    if (record.timeout) {
      details.stack = names.stackOf(tid);
    } else {
      const args: string[] = [];
      for (let i = 0; i < ARGUMENTS; i++) args.push(`0x${extra.u64(EXTRA.args + 8 * i).toString(16)}`);
      details.args = args;
      const ret = Number(extra.s64(EXTRA.ret));
      details.ret = ret;
      const restart = RESTARTS[ret];
      if (restart !== undefined) details.restart = restart;
    }
    return { key: { tid, syscall: compat ? `compat_${nr}` : names.syscall(nr) }, details };
  },
};
