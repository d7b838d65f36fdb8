/** System calls in flight, one a thread, and those that end. */
import type { EventType } from '../../trace/event.ts';
import { cpuOf, type Handler, type Listener, NONE, numberOr } from '../listener.ts';
import type { Task } from './task.ts';
import type { Tasks } from './tasks.ts';

const ENTRY = /^(?:compat_)?(?:syscall_entry_|sys_)(.+)$/;
const EXIT = /^(?:compat_)?(?:syscall_exit_.+|exit_syscall)$/;

export const SYSCALL_EVENTS: readonly string[] = [
  'syscall_entry_*',
  'syscall_exit_*',
  'compat_syscall_entry_*',
  'compat_syscall_exit_*',
  'sys_*',
  'compat_sys_*',
  'exit_syscall',
];

/** `read` of `syscall_entry_read`; null when the event is no entry. */
export function entryName(eventName: string): string | null {
  return ENTRY.exec(eventName)?.[1] ?? null;
}

export function isExit(eventName: string): boolean {
  return EXIT.test(eventName);
}

/**
 * Calls that lttng-modules 2.13 calls `unknown`, by number: from 424 on numbers are the same on all processors, those below
 * are of x86-64 (arch/x86/entry/syscalls/syscall_64.tbl).
 */
const NAMES_BY_NUMBER: Readonly<Record<number, string>> = {
  15: 'rt_sigreturn',
  158: 'arch_prctl',
  318: 'getrandom',
  332: 'statx',
  333: 'io_pgetevents',
  334: 'rseq',
  ...Object.fromEntries(
    (
      'pidfd_send_signal io_uring_setup io_uring_enter io_uring_register open_tree move_mount fsopen fsconfig fsmount ' +
      'fspick pidfd_open clone3 close_range openat2 pidfd_getfd faccessat2 process_madvise epoll_pwait2 mount_setattr ' +
      'quotactl_fd landlock_create_ruleset landlock_add_rule landlock_restrict_self memfd_secret process_mrelease ' +
      'futex_waitv set_mempolicy_home_node cachestat fchmodat2 map_shadow_stack futex_wake futex_wait futex_requeue'
    )
      .split(' ')
      .map((name, i) => [424 + i, name]),
  ),
};

/** The call that a thread is in; one object a thread, reused. */
export interface Call {
  readonly task: Task;
  name: string;
  begin: number;
  /** It has not ended. */
  active: boolean;
}

export class Syscalls implements Listener {
  readonly events: readonly string[] = SYSCALL_EVENTS;
  /** The call that the event which was handled last ended; null: none. */
  ended: Call | null = null;
  /** What it returned. */
  ret = 0;
  readonly #tasks: Tasks;

  constructor(tasks: Tasks) {
    this.#tasks = tasks;
  }

  handler(type: EventType): Handler | null {
    const name = entryName(type.name);
    if (name !== null) return this.#entry(type, name);
    return isExit(type.name) ? this.#exit(type) : null;
  }

  /** The call that a thread is in, or null. */
  of(task: Task): Call | null {
    return task.call?.active === true ? task.call : null;
  }

  #entry(type: EventType, name: string): Handler {
    const cpu = cpuOf(type);
    const pid = contextPid(type);
    // What the tracer has no name for carries the call's number.
    const id = name === 'unknown' ? type.numberField('id') : null;
    return (event) => {
      const task = this.#tasks.on(cpu(event));
      if (task === null) return;
      if (task.pid === NONE && pid !== null) task.pid = pid(event);
      task.call ??= { task, name, begin: event.time, active: true };
      const { call } = task;
      call.name = id === null ? name : (NAMES_BY_NUMBER[id(event)] ?? name);
      call.begin = event.time;
      call.active = true;
    };
  }

  #exit(type: EventType): Handler {
    const cpu = cpuOf(type);
    const ret = numberOr(type, 'ret', 0);
    return (event) => {
      const task = this.#tasks.on(cpu(event));
      const call = task === null ? null : this.of(task);
      this.ended = call;
      if (call === null) return;
      call.active = false;
      this.ret = ret(event);
    };
  }
}

/** The process of the thread in whose context an event happened: not the payload's `pid`, which may be another's. */
export function contextPid(type: EventType): ReturnType<EventType['numberField']> {
  return type.fieldNames.includes('pid') ? null : type.numberField('pid');
}
