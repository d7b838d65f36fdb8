/**
 * From records to CTF events: picks the plan of each record, writes header, context and fields, and keeps the names of
 * threads up to date on the way.
 */
import { type Field, i32, text } from '../../ctf/fields.ts';
import type { StreamWriter } from '../../ctf/stream.ts';
import type { CtfWriter, EventClass, StreamClass } from '../../ctf/writer.ts';
import { type EventFormat, fieldOf, type RecordField } from './format.ts';
import type { PageCursor } from './page.ts';
import { type Plan, planOf } from './plan.ts';
import { PlanRunner } from './run-plan.ts';
import type { SyscallPlans } from './syscalls.ts';
import { COMM_BYTES, type TaskTable } from './tasks.ts';

/** The context in front of every event, as `lttng add-context -t pid -t tid -t procname`. */
export const KERNEL_CONTEXT: readonly Field[] = [
  { name: 'pid', type: i32 },
  { name: 'tid', type: i32 },
  { name: 'procname', type: text(COMM_BYTES) },
];

/** Highest system call number that gets a class of its own; the rest share `unknown`. */
const MAX_SYSCALL = 1024;
const UNKNOWN_SYSCALL = MAX_SYSCALL;
/** common_type is a u16. */
const MAX_TYPES = 65536;

/** A plan with its event class, made when the first record of its kind comes. */
interface Target {
  readonly plan: Plan;
  readonly event: EventClass;
}

type Kind = 'plain' | 'switch' | 'exec' | 'sys_enter' | 'sys_exit';

interface Source {
  readonly format: EventFormat;
  readonly kind: Kind;
  target: Target | undefined;
  /** By system call number. */
  readonly targets: (Target | undefined)[];
  /** Offsets of what the kind needs besides the plan. */
  readonly first: number;
  readonly second: number;
}

function isText16(field: RecordField | undefined): field is RecordField {
  return field !== undefined && field.place === 'here' && field.size === COMM_BYTES;
}

/** What must be done with a record beyond its plan. */
function sourceOf(format: EventFormat): Source {
  const at = (name: string): number => fieldOf(format, name)?.offset ?? -1;
  const wide = (name: string): boolean => (fieldOf(format, name)?.size ?? 0) >= 4;
  const make = (kind: Kind, first = -1, second = -1): Source => {
    return { format, kind, target: undefined, targets: [], first, second };
  };
  switch (`${format.system}/${format.name}`) {
    case 'sched/sched_switch':
      return wide('next_pid') && isText16(fieldOf(format, 'next_comm'))
        ? make('switch', at('next_pid'), at('next_comm'))
        : make('plain');
    case 'sched/sched_process_exec':
      return wide('pid') && wide('filename') && fieldOf(format, 'filename')?.place === 'data_loc'
        ? make('exec', at('filename'), at('pid'))
        : make('plain');
    case 'raw_syscalls/sys_enter':
      return wide('id') ? make('sys_enter', at('id')) : make('plain');
    case 'raw_syscalls/sys_exit':
      return wide('id') ? make('sys_exit', at('id')) : make('plain');
    default:
      return make('plain');
  }
}

export class Translator {
  /** Records of types that were not enabled by us, or shorter than their format says. */
  unknown = 0;
  readonly #cursor: PageCursor;
  readonly #writer: CtfWriter;
  readonly #streamClass: StreamClass;
  readonly #tasks: TaskTable;
  readonly #syscalls: SyscallPlans | null;
  readonly #sources: (Source | undefined)[] = new Array(MAX_TYPES);
  readonly #runner: PlanRunner;
  #lastTid = -1;
  #lastSlot = 0;

  constructor(options: {
    cursor: PageCursor;
    writer: CtfWriter;
    streamClass: StreamClass;
    tasks: TaskTable;
    syscalls: SyscallPlans | null;
    formats: readonly EventFormat[];
  }) {
    this.#cursor = options.cursor;
    this.#writer = options.writer;
    this.#streamClass = options.streamClass;
    this.#tasks = options.tasks;
    this.#syscalls = options.syscalls;
    this.#runner = new PlanRunner(options.cursor, options.tasks);
    for (const format of options.formats) this.#sources[format.id] = sourceOf(format);
  }

  /** Records with locations outside themselves. */
  get malformed(): number {
    return this.#runner.malformed;
  }

  /** Declares every event that may come, so that the metadata need not grow later: for traces that are read meanwhile. */
  prepare(): void {
    for (const source of this.#sources) {
      if (source === undefined) continue;
      if (source.kind !== 'sys_enter' && source.kind !== 'sys_exit')
        source.target ??= this.#target(planOf(source.format));
      else for (let number = 0; number <= UNKNOWN_SYSCALL; number++) this.#callTarget(source, number);
    }
  }

  /** Starts a CPU's stream: the idle task there has a name of its own. */
  startCpu(cpu: number): void {
    this.#tasks.restore();
    this.#tasks.set(0, 0, `swapper/${cpu}`);
    this.#lastTid = -1;
  }

  /** Translates the cursor's record. */
  record(stream: StreamWriter): void {
    const cursor = this.#cursor;
    const { start, end, view } = cursor;
    // common_type u16, common_flags u8, common_preempt_count u8, common_pid i32: struct trace_entry since 2.6.
    if (end - start < 8) {
      this.unknown++;
      return;
    }
    const source = this.#sources[view.getUint16(start, true)];
    if (source === undefined || end - start < source.format.bytes) {
      this.unknown++;
      return;
    }
    const tid = view.getInt32(start + 4, true);
    const { plan, event } = this.#targetOf(source);
    stream.begin(event, cursor.timeHigh, cursor.timeLow, plan.extraBytes + plan.extraRecords * (end - start));
    this.#context(stream, tid);
    this.#runner.run(plan, stream, tid);
    if (source.kind === 'switch') this.#afterSwitch(source);
    else if (source.kind === 'exec') this.#afterExec(source);
  }

  #context(stream: StreamWriter, tid: number): void {
    const tasks = this.#tasks;
    if (tid !== this.#lastTid) {
      this.#lastTid = tid;
      this.#lastSlot = tasks.slotOf(tid);
    }
    const slot = this.#lastSlot;
    const view = stream.view;
    const at = stream.pos;
    view.setInt32(at, tasks.tgid[slot]!, true);
    view.setInt32(at + 4, tid, true);
    const comm = tasks.comm;
    const word = slot * 4;
    view.setUint32(at + 8, comm[word]!, true);
    view.setUint32(at + 12, comm[word + 1]!, true);
    view.setUint32(at + 16, comm[word + 2]!, true);
    view.setUint32(at + 20, comm[word + 3]!, true);
    stream.pos = at + 24;
  }

  #afterSwitch(source: Source): void {
    const { view, start } = this.#cursor;
    const next = view.getInt32(start + source.first, true);
    if (next !== 0) this.#tasks.setComm(next, view, start + source.second);
    this.#lastTid = -1;
  }

  #afterExec(source: Source): void {
    const { view, bytes, start, end } = this.#cursor;
    const location = view.getUint32(start + source.first, true);
    const from = start + (location & 0xffff);
    const to = from + (location >>> 16);
    if (to <= end) this.#tasks.setCommOfPath(view.getInt32(start + source.second, true), bytes, from, to);
    this.#lastTid = -1;
  }

  #targetOf(source: Source): Target {
    if (source.kind !== 'sys_enter' && source.kind !== 'sys_exit') {
      source.target ??= this.#target(planOf(source.format));
      return source.target;
    }
    const id =
      source.first < 0 ? UNKNOWN_SYSCALL : this.#cursor.view.getUint32(this.#cursor.start + source.first, true);
    return this.#callTarget(source, Math.min(id, UNKNOWN_SYSCALL));
  }

  #callTarget(source: Source, number: number): Target {
    const known = source.targets[number];
    if (known !== undefined) return known;
    const plans = this.#syscalls;
    const plan =
      plans === null ? planOf(source.format) : source.kind === 'sys_enter' ? plans.entry(number) : plans.exit(number);
    // Every number without a name shares one class.
    const shared = plan.name.endsWith('_unknown') ? source.targets[UNKNOWN_SYSCALL] : undefined;
    const target = shared ?? this.#target(plan);
    source.targets[number] = target;
    if (plan.name.endsWith('_unknown')) source.targets[UNKNOWN_SYSCALL] = target;
    return target;
  }

  #target(plan: Plan): Target {
    return { plan, event: this.#writer.addEventClass(this.#streamClass, plan.name, plan.fields) };
  }
}
