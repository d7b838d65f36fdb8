/**
 * What LTTng's state dump tells at the start of a trace: processes and threads, their open files, block devices, network
 * interfaces and interrupts, so that a report has names for numbers.
 *
 * It is read from /proc after the snapshot was taken, and stamped with the trace's beginning so that it comes first.
 * Threads that began inside the window are left out (their fork is in the trace); files opened inside the window are
 * shown as open at its beginning, which a report must expect. All reading is bounded in number and time.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { type EventWriter, eventWriter, type FieldValue } from '../../ctf/event-writer.ts';
import { type Field, i32, o32, string, text, u32, x32, x64 } from '../../ctf/fields.ts';
import type { StreamWriter } from '../../ctf/stream.ts';
import type { CtfWriter, EventClass, StreamClass } from '../../ctf/writer.ts';
import { type ProcessStat, parseFdFlags, parseInterrupts, parsePartitions, parseStat, TICK_NS } from './proc.ts';
import { COMM_BYTES, type TaskTable } from './tasks.ts';

export interface StateDumpLimits {
  readonly maxTasks: number;
  readonly maxFiles: number;
  readonly maxFilesPerProcess: number;
  readonly budget_ms: number;
}

/** A big server has some thousand threads; the budget keeps a snapshot below 300 ms. */
export const STATE_DUMP_LIMITS: StateDumpLimits = {
  maxTasks: 8192,
  maxFiles: 4096,
  maxFilesPerProcess: 256,
  budget_ms: 80,
};

/** Share of the budget for processes and threads; files get the rest. */
const TASKS_SHARE = 0.6;

/** lttng-modules, lttng-statedump-impl.c: enum lttng_thread_type, execution mode, submode, process status. */
const USER_THREAD = 0;
const KERNEL_THREAD = 1;
const MODE_UNKNOWN = 5;
const SUBMODE_NONE = 0;
/** At the window's beginning nobody looked. */
const STATUS_UNKNOWN = 0;
const FMODE_READ = 1;
const FMODE_WRITE = 2;

const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  lttng_statedump_start: [],
  lttng_statedump_process_state: [
    { name: 'tid', type: i32 },
    { name: 'pid', type: i32 },
    { name: 'ppid', type: i32 },
    { name: 'name', type: text(COMM_BYTES) },
    { name: 'type', type: i32 },
    { name: 'mode', type: i32 },
    { name: 'submode', type: i32 },
    { name: 'status', type: i32 },
    { name: 'cpu', type: u32 },
    { name: 'file_table_address', type: x64 },
  ],
  lttng_statedump_file_descriptor: [
    { name: 'file_table_address', type: x64 },
    { name: 'fd', type: i32 },
    { name: 'flags', type: o32 },
    { name: 'fmode', type: x32 },
    { name: 'filename', type: string },
  ],
  lttng_statedump_block_device: [
    { name: 'dev', type: u32 },
    { name: 'diskname', type: string },
  ],
  lttng_statedump_interrupt: [
    { name: 'irq', type: u32 },
    { name: 'name', type: string },
    { name: 'action', type: string },
    { name: 'tid', type: i32 },
  ],
  lttng_statedump_network_interface: [
    { name: 'name', type: string },
    // LTTng declares a big-endian integer shown in hexadecimal; ours has the same digits.
    { name: 'address_ipv4', type: x32 },
  ],
  lttng_statedump_end: [],
};

interface TaskState {
  readonly tid: number;
  readonly pid: number;
  readonly stat: ProcessStat;
}

/** What was read. */
export interface MachineState {
  readonly tasks: TaskState[];
  /** Every thread with its process, also those that the limits kept from being read. */
  readonly owners: [tid: number, pid: number][];
  readonly files: { pid: number; fd: number; flags: number; name: string }[];
  /** Threads, processes or files that are missing because of a limit. */
  truncated: number;
}

function tryRead(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the process ended, or the file is not for us
  }
}

function tryList(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Reads tasks and files. `seen` are the threads of the window: they come first when the limits are short. */
export function readMachineState(seen: ReadonlySet<number>, limits: StateDumpLimits = STATE_DUMP_LIMITS): MachineState {
  const start = performance.now();
  const order = tasksInOrder(seen);
  const state: MachineState = { tasks: [], owners: order, files: [], truncated: 0 };
  for (const [tid, pid] of order) {
    if (state.tasks.length >= limits.maxTasks || performance.now() - start > limits.budget_ms * TASKS_SHARE) {
      state.truncated += order.length - state.tasks.length;
      break;
    }
    const stat = parseStat(tryRead(tid === pid ? `/proc/${pid}/stat` : `/proc/${pid}/task/${tid}/stat`));
    if (stat !== null) state.tasks.push({ tid, pid, stat });
  }
  for (const task of state.tasks) {
    if (task.tid !== task.pid || task.stat.isKernelThread) continue;
    if (state.files.length >= limits.maxFiles || performance.now() - start > limits.budget_ms) state.truncated++;
    else readFiles(task.pid, state, limits);
  }
  return state;
}

/** Every `[tid, pid]`: threads of the window, then other processes, then other threads. */
function tasksInOrder(seen: ReadonlySet<number>): [number, number][] {
  const first: [number, number][] = [];
  const processes: [number, number][] = [];
  const threads: [number, number][] = [];
  for (const entry of tryList('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    for (const task of tryList(`/proc/${entry}/task`)) {
      const tid = Number(task);
      (seen.has(tid) ? first : tid === pid ? processes : threads).push([tid, pid]);
    }
  }
  return [...first, ...processes, ...threads];
}

function readFiles(pid: number, state: MachineState, limits: StateDumpLimits): void {
  const files = tryList(`/proc/${pid}/fd`);
  state.truncated += Math.max(0, files.length - limits.maxFilesPerProcess);
  for (const fd of files.slice(0, limits.maxFilesPerProcess)) {
    try {
      const name = readlinkSync(`/proc/${pid}/fd/${fd}`);
      const flags = parseFdFlags(tryRead(`/proc/${pid}/fdinfo/${fd}`));
      state.files.push({ pid, fd: Number(fd), flags, name });
    } catch {
      // closed meanwhile
    }
  }
}

/** Tells the table the threads that /proc knows. */
export function learnTasks(state: MachineState, tasks: TaskTable): void {
  for (const { tid, pid, stat } of state.tasks) tasks.learn(tid, pid, stat.comm);
  for (const [tid, pid] of state.owners) tasks.addTgid(tid, pid);
}

/** Nanoseconds on CLOCK_BOOTTIME, which process start times count from; 0 when unknown. */
function uptime_ns(): number {
  return Math.floor(Number.parseFloat(tryRead('/proc/uptime')) * 1e9) || 0;
}

/** O_RDONLY 0, O_WRONLY 1, O_RDWR 2 to the kernel's FMODE bits. */
function modeOf(flags: number): number {
  const access = flags & 3;
  return access === 0 ? FMODE_READ : access === 1 ? FMODE_WRITE : FMODE_READ | FMODE_WRITE;
}

export class StateDumper {
  readonly #stream: StreamWriter;
  readonly #time_ns: bigint;
  readonly #context: readonly FieldValue[];
  readonly #writers = new Map<string, EventWriter>();
  readonly #writer: CtfWriter;
  readonly #streamClass: StreamClass;

  constructor(writer: CtfWriter, streamClass: StreamClass, stream: StreamWriter, time_ns: bigint) {
    this.#writer = writer;
    this.#streamClass = streamClass;
    this.#stream = stream;
    this.#time_ns = time_ns;
    this.#context = [process.pid, process.pid, 'tailtrap'];
  }

  /** @param age_ns how long ago the window began: what is younger was not there then */
  dump(state: MachineState, age_ns: number): void {
    this.#event('lttng_statedump_start', []);
    // Process start times have a resolution of one tick; when in doubt the process is told.
    const latest_ticks = Math.floor((uptime_ns() - age_ns) / TICK_NS) + 1;
    const present = new Set<number>();
    for (const { tid, pid, stat } of state.tasks) {
      if (stat.start_ticks > latest_ticks) continue;
      present.add(pid);
      const type = stat.isKernelThread ? KERNEL_THREAD : USER_THREAD;
      this.#event('lttng_statedump_process_state', [
        tid,
        pid,
        stat.ppid,
        stat.comm,
        type,
        MODE_UNKNOWN,
        SUBMODE_NONE,
        STATUS_UNKNOWN,
        stat.cpu,
        fileTable(pid),
      ]);
    }
    for (const { pid, fd, flags, name } of state.files) {
      if (!present.has(pid)) continue;
      this.#event('lttng_statedump_file_descriptor', [fileTable(pid), fd, flags, modeOf(flags), name]);
    }
    for (const { dev, name } of parsePartitions(tryRead('/proc/partitions'))) {
      this.#event('lttng_statedump_block_device', [dev, name]);
    }
    for (const [name, addresses] of Object.entries(networkInterfaces())) {
      for (const { family, address } of addresses ?? []) {
        if (family !== 'IPv4') continue;
        const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
        this.#event('lttng_statedump_network_interface', [name, value]);
      }
    }
    for (const { irq, chip, action } of parseInterrupts(tryRead('/proc/interrupts'))) {
      this.#event('lttng_statedump_interrupt', [irq, chip, action, 0]);
    }
    this.#event('lttng_statedump_end', []);
  }

  #event(name: string, values: readonly FieldValue[]): void {
    let write = this.#writers.get(name);
    if (write === undefined) {
      const event: EventClass = this.#writer.addEventClass(this.#streamClass, name, FIELDS[name]!);
      write = eventWriter(event);
      this.#writers.set(name, write);
    }
    write(this.#stream, this.#time_ns, [...this.#context, ...values]);
  }
}

/** LTTng tells the address of the kernel's file table; here the process stands for it. */
function fileTable(pid: number): number {
  return pid;
}
