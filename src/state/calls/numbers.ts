/**
 * System calls that LTTng 2.13 does not know: it records them as `syscall_entry_unknown`, with number and arguments.
 * Names of the arguments are those of the kernel, as far as the state needs them.
 */

interface NumberedCall {
  readonly name: string;
  readonly arguments: readonly string[];
}

const call = (name: string, arguments_ = ''): NumberedCall => {
  return { name, arguments: arguments_ === '' ? [] : arguments_.split(' ') };
};

/** arch/x86/entry/syscalls/syscall_64.tbl. */
const X86_64: ReadonlyMap<number, NumberedCall> = new Map([
  [15, call('rt_sigreturn')],
  [158, call('arch_prctl')],
  [317, call('seccomp')],
  [318, call('getrandom')],
  [319, call('memfd_create')],
  [321, call('bpf')],
  [322, call('execveat')],
  [323, call('userfaultfd')],
  [324, call('membarrier')],
  [326, call('copy_file_range', 'fd_in off_in fd_out off_out len flags')],
  [327, call('preadv2', 'fd')],
  [328, call('pwritev2', 'fd')],
  [332, call('statx')],
  [333, call('io_pgetevents')],
  [334, call('rseq')],
]);

/** From 424 on the numbers are the same on all architectures: include/uapi/asm-generic/unistd.h. */
const COMMON: ReadonlyMap<number, NumberedCall> = new Map([
  [424, call('pidfd_send_signal')],
  [425, call('io_uring_setup')],
  [426, call('io_uring_enter', 'fd')],
  [427, call('io_uring_register', 'fd')],
  [428, call('open_tree')],
  [429, call('move_mount')],
  [430, call('fsopen')],
  [431, call('fsconfig', 'fd')],
  [432, call('fsmount', 'fs_fd')],
  [433, call('fspick')],
  [434, call('pidfd_open', 'pid flags')],
  [435, call('clone3')],
  [436, call('close_range', 'fd max_fd flags')],
  [437, call('openat2', 'dfd')],
  [438, call('pidfd_getfd', 'pidfd fd flags')],
  [439, call('faccessat2')],
  [440, call('process_madvise')],
  [441, call('epoll_pwait2', 'epfd')],
  [442, call('mount_setattr')],
  [444, call('landlock_create_ruleset')],
  [447, call('memfd_secret')],
  [449, call('futex_waitv')],
  [452, call('fchmodat2')],
  [454, call('futex_wake', 'uaddr')],
  [455, call('futex_wait', 'uaddr')],
  [456, call('futex_requeue')],
]);

export function numberedCall(number: number): NumberedCall {
  return COMMON.get(number) ?? X86_64.get(number) ?? call(`syscall_${number}`);
}

/** Numbers of calls in the state are places in this list: names come as events do. */
export class CallNames {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();

  number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  /** '' for a number that no call has. */
  name(number: number): string {
    return this.#names[number] ?? '';
  }
}
