/**
 * System calls as LTTng names them, `syscall_entry_openat` and `syscall_exit_openat`, from `raw_syscalls`.
 *
 * `raw_syscalls/sys_enter` has the number and the six registers. Names and C types of the arguments are in the format
 * files of `syscalls/sys_enter_NAME`, which exist whether or not these events are enabled.
 * Cost, measured on Linux 6.18 in a virtual machine (dd with bs=1, CPU time, median of 5): no tracing 175 ns per call,
 * `raw_syscalls` 589, all of `syscalls/*` 619; and two events to enable and describe instead of 700.
 *
 * Not as in LTTng: text arguments (`filename`) hold the address as text, because ftrace copies no user memory; all
 * arguments are at the entry, none but `ret` at the exit. 32-bit programs on a 64-bit kernel are named as 64-bit ones:
 * the tracepoint does not tell them apart.
 */
import { type FieldType, i32, i64, integerType, u16, u32, u64, x64 } from '../../ctf/fields.ts';
import { type EventFormat, fieldOf } from './format.ts';
import { SYSCALL_TEXT_ARGUMENTS } from './lttng-events.ts';
import { COPY, type Plan, PlanBuilder } from './plan.ts';

/** Registers in `sys_enter`. */
const ARGUMENTS = 6;
const ARGUMENT_BYTES = 8;

const SIGNED_32 = /^(const )?(int|pid_t|__s32|clockid_t|key_t|timer_t|mqd_t|rwf_t|key_serial_t)$/;
const UNSIGNED_32 = /^(const )?(unsigned|unsigned int|__?u32|uid_t|gid_t|qid_t|enum \w+)$/;
const SIGNED_64 = /^(const )?(long|loff_t|off_t)$/;

/** The CTF type of a C argument. */
export function argumentType(cType: string): FieldType {
  if (cType.includes('*')) return x64;
  if (SIGNED_32.test(cType)) return i32;
  if (UNSIGNED_32.test(cType)) return u32;
  if (SIGNED_64.test(cType)) return i64;
  return cType === 'umode_t' ? u16 : u64;
}

/** Reads a format file `syscalls/sys_enter_NAME`; undefined when there is none. */
export type SyscallFormatSource = (name: string) => EventFormat | undefined;

export class SyscallPlans {
  readonly #names: readonly (string | undefined)[];
  readonly #formats: SyscallFormatSource;
  readonly #enter: EventFormat;
  readonly #exit: EventFormat;

  /** @param enter, exit the formats of `raw_syscalls/sys_enter` and `sys_exit` */
  constructor(
    names: readonly (string | undefined)[],
    enter: EventFormat,
    exit: EventFormat,
    formats: SyscallFormatSource,
  ) {
    this.#names = names;
    this.#enter = enter;
    this.#exit = exit;
    this.#formats = formats;
  }

  entry(number: number): Plan {
    const name = this.#names[number];
    const plan = new PlanBuilder();
    const arguments_ = fieldOf(this.#enter, 'args');
    if (arguments_ === undefined || arguments_.size < ARGUMENTS * ARGUMENT_BYTES) {
      this.#number(plan, this.#enter);
      return plan.build(`syscall_entry_${name ?? 'unknown'}`, this.#enter.bytes);
    }
    const base = arguments_.offset;
    const format = name === undefined ? undefined : this.#formats(name);
    if (format === undefined) {
      this.#number(plan, this.#enter);
      plan.field('args', { kind: 'array', element: integerType(64, false), length: ARGUMENTS });
      plan.row(COPY, base, ARGUMENTS * ARGUMENT_BYTES);
      return plan.build(`syscall_entry_${name ?? 'unknown'}`, this.#enter.bytes);
    }
    const fields = format.fields.filter(
      (f) => !f.name.startsWith('common_') && f.name !== '__syscall_nr' && f.place === 'here',
    );
    fields.slice(0, ARGUMENTS).forEach((field, i) => {
      const offset = base + i * ARGUMENT_BYTES;
      if (/\bchar \*$/.test(field.type) && SYSCALL_TEXT_ARGUMENTS.has(field.name)) plan.addressText(field.name, offset);
      else plan.integer(field.name, argumentType(field.type), { ...field, offset, size: ARGUMENT_BYTES });
    });
    return plan.build(`syscall_entry_${name}`, this.#enter.bytes);
  }

  exit(number: number): Plan {
    const name = this.#names[number];
    const plan = new PlanBuilder();
    if (name === undefined) this.#number(plan, this.#exit);
    const ret = fieldOf(this.#exit, 'ret');
    if (ret !== undefined) plan.integer('ret', name === 'mmap' ? x64 : i64, ret);
    return plan.build(`syscall_exit_${name ?? 'unknown'}`, this.#exit.bytes);
  }

  #number(plan: PlanBuilder, format: EventFormat): void {
    const id = fieldOf(format, 'id');
    if (id !== undefined) plan.integer('id', i32, id);
  }
}
