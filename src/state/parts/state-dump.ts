/**
 * What was there before: LTTng's state dump at the beginning of a trace, and the same events that our recorder writes.
 * It tells of the moment of each of its events, so what other events have told already stays.
 */
import type { EventType } from '../../trace/event.ts';
import type { NumberColumn } from '../columns.ts';
import type { Descriptors } from '../descriptors.ts';
import { type Handler, type Part, partOf } from '../part.ts';
import { kindOfPath } from '../paths.ts';
import { NONE } from '../table.ts';
import { FILE_FOLDER, FILE_UNKNOWN } from '../tables/files.ts';
import type { Interrupts } from './interrupts.ts';

const O_CLOEXEC = 0o2000000;
const O_DIRECTORY = 0o200000;
/** What files are called as long as nobody tells the inode or the name. */
const PROVISIONAL = new Set(['', 'socket', 'pipe', '/memfd:']);
/** lttng_thread_type in lttng-statedump-impl.c. */
const KERNEL_THREAD = 1;

export function stateDumpPart(descriptors: Descriptors, interrupts: Interrupts): Part {
  const { processes } = descriptors.model;
  /** Sets by the address of the kernel's table, of the dump that goes on. */
  const tables = new Map<bigint, number>();
  const namespace = (column: NumberColumn): ((type: EventType) => Handler | null) => {
    return (type) => namespaceHandler(descriptors, type, column);
  };
  return partOf('statedump', {
    lttng_statedump_start: () => () => tables.clear(),
    lttng_statedump_process_state: (type) => processHandler(descriptors, type, tables),
    lttng_statedump_file_descriptor: (type) => fileHandler(descriptors, type, tables),
    lttng_statedump_process_pid_ns: namespace(processes.pidNamespace),
    lttng_statedump_process_net_ns: namespace(processes.networkNamespace),
    lttng_statedump_process_uts_ns: namespace(processes.utsNamespace),
    lttng_statedump_process_ipc_ns: namespace(processes.ipcNamespace),
    lttng_statedump_process_user_ns: namespace(processes.userNamespace),
    lttng_statedump_process_cgroup_ns: namespace(processes.cgroupNamespace),
    lttng_statedump_process_time_ns: namespace(processes.timeNamespace),
    lttng_statedump_interrupt: (type) => {
      const irq = type.numberField('irq');
      const action = type.stringField('action');
      if (irq === null || action === null) return null;
      return (event) => {
        interrupts.hard(irq(event), action(event));
      };
    },
    lttng_statedump_end: () => () => tables.clear(),
  });
}

function processHandler(descriptors: Descriptors, type: EventType, tables: Map<bigint, number>): Handler | null {
  const tid = type.numberField('tid');
  const pid = type.numberField('pid');
  const ppid = type.numberField('ppid');
  const name = type.stringField('name');
  const kind = type.numberField('type');
  const cpu = type.numberField('cpu');
  const table = type.bigintField('file_table_address');
  if (tid === null || pid === null) return null;
  const { threads, model } = descriptors;
  const { processes, tasks } = model;
  return (event) => {
    const number = tid(event);
    if (number <= 0) return;
    const called = name === null ? '' : name(event);
    const isNew = threads.find(number) === NONE;
    const row = threads.get(number, called);
    if (row === NONE) return;
    if (!isNew && tasks.name.data[row] === 0) threads.rename(row, called);
    threads.belongs(row, pid(event));
    if (cpu !== null && tasks.cpu.data[row] === NONE) tasks.cpu.set(row, cpu(event));
    const process = tasks.process.data[row]!;
    if (process === NONE) return;
    if (ppid !== null && number === pid(event)) processes.parent.set(process, ppid(event));
    if (kind !== null && kind(event) === KERNEL_THREAD) {
      // All of them have the table of the first one, and use none of it.
      processes.isKernel.set(process, 1);
      return;
    }
    if (table === null) return;
    const known = tables.get(table(event));
    if (known === undefined) tables.set(table(event), descriptors.setOf(process));
    else if (processes.files.data[process] === NONE) descriptors.share(process, known);
  };
}

function fileHandler(descriptors: Descriptors, type: EventType, tables: Map<bigint, number>): Handler | null {
  const table = type.bigintField('file_table_address');
  const pid = type.fieldNames.includes('pid') ? type.numberField('pid') : null;
  const fd = type.numberField('fd');
  const name = type.stringField('filename');
  const flags = type.numberField('flags');
  if (fd === null || name === null || (table === null && pid === null)) return null;
  const { threads } = descriptors;
  return (event) => {
    const set = table === null ? descriptors.setOf(threads.process(pid!(event))) : tables.get(table(event));
    if (set === undefined || set === NONE) return;
    learnFile(descriptors, set, fd(event), name(event), flags === null ? 0 : flags(event));
  };
}

/**
 * Something outside the events says what a descriptor is.
 *
 * @param flags O_ flags
 * @returns row of the descriptor
 */
export function learnFile(descriptors: Descriptors, set: number, fd: number, path: string, flags: number): number {
  const { fds, files, texts } = descriptors.model;
  const { type, inode } = kindOfPath(path);
  const kind = (flags & O_DIRECTORY) !== 0 ? FILE_FOLDER : type;
  const row = descriptors.learn(set, fd, () => descriptors.newFile(kind, path), (flags & O_CLOEXEC) !== 0);
  if (row === NONE) return NONE;
  const file = fds.file.data[row]!;
  if (files.type.data[file] === FILE_UNKNOWN) files.type.set(file, kind);
  if (PROVISIONAL.has(texts.text(files.path.data[file]!))) files.path.set(file, texts.number(path));
  if (files.flags.data[file] === NONE) files.flags.set(file, flags | 0);
  if (!Number.isNaN(inode)) {
    files.inode.set(file, inode);
    if (Number.isNaN(files.ends.data[file]!)) files.ends.set(file, inode);
  }
  return row;
}

function namespaceHandler(descriptors: Descriptors, type: EventType, column: NumberColumn): Handler | null {
  const tid = type.numberField('tid');
  const inode = type.numberField('ns_inum');
  const vtid = type.numberField('vtid');
  const vpid = type.numberField('vpid');
  const user = type.numberField('vuid');
  const level = type.numberField('ns_level');
  if (tid === null || inode === null) return null;
  const { threads, model } = descriptors;
  const { processes, tasks } = model;
  // A process in nested namespaces has an event for each, one after the other; the innermost has the highest level.
  let lastTid = NONE;
  let lastDepth = 0;
  return (event) => {
    const row = threads.find(tid(event));
    if (row === NONE) return;
    const process = threads.processOf(row);
    if (process === NONE) return;
    const depth = level === null ? 0 : level(event);
    if (tid(event) === lastTid && depth < lastDepth) return;
    lastTid = tid(event);
    lastDepth = depth;
    column.set(process, inode(event));
    if (vtid !== null && column === processes.pidNamespace) {
      tasks.vtid.set(row, vtid(event));
      if (vpid !== null) processes.vpid.set(process, vpid(event));
    }
    if (user !== null) processes.user.set(process, user(event));
  };
}
