/**
 * I/O of threads by their system calls, with names of files.
 *
 * A thread's descriptors are those of its process. They come from the state dump, from calls that open, accept and
 * duplicate, are copied by fork and closed by close and exec. A descriptor that nothing told of is `unknown`.
 */
import type { EventType, TraceEvent } from '../../trace/event.ts';
import { cpuOf, type Handler, type Listener, NONE, numberOr, stringOr } from '../listener.ts';
import { addressName, kindOfName, OpenFile, OpenFiles } from './files.ts';
import { entryReader } from './io-entry.ts';
import { FILE_MAKERS, IO_CALLS, type IoCall, type IoRequest } from './io-request.ts';
import { contextPid, entryName, isExit } from './syscalls.ts';
import type { Task } from './task.ts';
import type { Tasks } from './tasks.ts';

const O_CLOEXEC = 0o2000000;
const EINPROGRESS = 115;
/** Tables of descriptors that the state dump may name: one a process. */
const MAX_TABLES = 65_536;
const PIPES = ['pipe', 'pipe2', 'socketpair'];

const FOLLOWED = [...Object.keys(IO_CALLS), ...Object.keys(FILE_MAKERS), ...PIPES, 'connect', 'close_range'];

export const IO_EVENTS: readonly string[] = [
  ...FOLLOWED.flatMap((name) =>
    ['', 'compat_'].flatMap((abi) => [
      `${abi}syscall_entry_${name}`,
      `${abi}syscall_exit_${name}`,
      `${abi}sys_${name}`,
    ]),
  ),
  'exit_syscall',
];

export class Io implements Listener {
  readonly events: readonly string[];
  /** The request that the event which was handled last ended; null: none. */
  ended: IoRequest | null = null;
  /** The request that it began; null: none. */
  begun: IoRequest | null = null;
  /** The process of which the state dump named a file just now. */
  dumped: Task | null = null;
  readonly #tasks: Tasks;
  readonly #tables = new Map<bigint, OpenFiles>();

  /** @param kinds tell sockets from other files by what leaves the machine during a write; costs these events */
  constructor(tasks: Tasks, kinds: boolean) {
    this.#tasks = tasks;
    this.events = [
      ...IO_EVENTS,
      'sched_process_fork',
      'sched_process_exec',
      'lttng_statedump_process_state',
      'lttng_statedump_file_descriptor',
      ...(kinds ? ['net_dev_xmit'] : []),
    ];
  }

  handler(type: EventType): Handler | null {
    const name = entryName(type.name);
    if (name !== null) return this.#entry(type, name);
    if (isExit(type.name)) return this.#exit(type);
    switch (type.name) {
      case 'sched_process_fork':
        return this.#fork(type);
      case 'sched_process_exec':
        return this.#exec(type);
      case 'lttng_statedump_process_state':
        return this.#dumpedProcess(type);
      case 'lttng_statedump_file_descriptor':
        return this.#dumpedFile(type);
      case 'net_dev_xmit':
        return this.#transmit(type);
      default:
        return null;
    }
  }

  /** The descriptors that a thread uses. */
  files(task: Task): OpenFiles {
    if (task.files !== null) return task.files;
    const leader = task.pid === NONE || task.pid === task.tid ? task : this.#tasks.table.of(task.pid);
    leader.files ??= new OpenFiles();
    task.files = leader.files;
    return task.files;
  }

  #entry(type: EventType, name: string): Handler {
    const cpu = cpuOf(type);
    const pid = contextPid(type);
    const call = IO_CALLS[name] ?? { operation: 'other' };
    const begin = entryReader(type, name, call, (task) => this.files(task));
    return (event) => {
      this.ended = null;
      this.begun = null;
      const task = this.#tasks.on(cpu(event));
      if (task === null) return;
      if (task.pid === NONE && pid !== null) task.pid = pid(event);
      task.request ??= newRequest(task, name, call);
      const { request } = task;
      request.name = name;
      request.call = call;
      request.begin = event.time;
      request.fd = NONE;
      request.out = NONE;
      request.made = null;
      request.active = begin(event, request);
      if (request.active && name in IO_CALLS) this.begun = request;
    };
  }

  #exit(type: EventType): Handler {
    const cpu = cpuOf(type);
    const ret = type.numberField('ret');
    return (event) => {
      this.ended = null;
      this.begun = null;
      const request = this.#tasks.on(cpu(event))?.request;
      if (request === null || request === undefined || !request.active || ret === null) return;
      request.active = false;
      request.ret = ret(event);
      request.end = event.time;
      this.#finish(event, request);
      if (request.name in IO_CALLS) this.ended = request;
    };
  }

  #finish(event: TraceEvent, request: IoRequest): void {
    const { call, ret, name, made } = request;
    const files = this.files(request.task);
    request.size =
      ret >= 0 &&
      (call.operation === 'read' || call.operation === 'write' || call.operation === 'both') &&
      call.countless !== true
        ? ret
        : Number.NaN;
    request.file = null;
    request.outFile = null;
    if (name === 'connect') {
      const file = files.get(request.fd);
      if (file !== undefined && made !== null && (ret >= 0 || ret === -EINPROGRESS)) file.name = made.name;
    } else if (PIPES.includes(name)) {
      if (ret >= 0) makePair(event, files, name);
    } else if (made !== null) {
      if (ret < 0) return;
      if (call.opens === 'accept') namePeer(event, made);
      request.fd = ret;
      files.set(ret, made);
      request.file = made;
    } else {
      // A call that failed tells nothing of its descriptor.
      if (request.fd !== NONE) request.file = ret >= 0 ? files.of(request.fd) : (files.get(request.fd) ?? null);
      if (request.out !== NONE) request.outFile = ret >= 0 ? files.of(request.out) : (files.get(request.out) ?? null);
      if (call.operation === 'close' && ret === 0) files.close(request.fd);
    }
  }

  #fork(type: EventType): Handler {
    const parentTid = numberOr(type, type.fieldNames.includes('parent_tid') ? 'parent_tid' : 'parent_pid');
    const childTid = numberOr(type, 'child_tid');
    return (event) => {
      this.ended = null;
      this.begun = null;
      const parent = this.#tasks.table.of(parentTid(event));
      const child = this.#tasks.table.of(childTid(event));
      const files = this.files(parent);
      child.files = child.pid === parent.pid ? files : files.copy();
    };
  }

  #exec(type: EventType): Handler {
    const tid = numberOr(type, 'tid');
    return (event) => {
      this.ended = null;
      this.begun = null;
      this.files(this.#tasks.table.of(tid(event))).closeOnExec();
    };
  }

  /** From lttng-modules 2.8 on processes and files are dumped with the address of their table; before, with the pid. */
  #dumpedProcess(type: EventType): Handler | null {
    const address = type.bigintField('file_table_address');
    const tid = numberOr(type, 'tid');
    if (address === null) return null;
    return (event) => {
      this.#tasks.table.of(tid(event)).files = this.#tableAt(address(event), this.#tasks.table.of(tid(event)));
    };
  }

  #tableAt(address: bigint, task: Task): OpenFiles {
    let files = this.#tables.get(address);
    if (files === undefined) {
      files = task.files ?? new OpenFiles();
      if (this.#tables.size >= MAX_TABLES) this.#tables.clear();
      this.#tables.set(address, files);
    }
    return files;
  }

  #dumpedFile(type: EventType): Handler {
    const address = type.bigintField('file_table_address');
    const pid = type.fieldNames.includes('pid') ? type.numberField('pid') : null;
    const fd = numberOr(type, 'fd');
    const flags = numberOr(type, 'flags', 0);
    const filename = stringOr(type, 'filename');
    return (event) => {
      this.dumped = pid === null ? null : this.#tasks.table.of(pid(event));
      if (this.dumped?.pid === NONE) this.dumped.pid = this.dumped.tid;
      const files =
        this.dumped !== null
          ? this.files(this.dumped)
          : address !== null
            ? this.#tables.get(address(event))
            : undefined;
      if (files === undefined) return;
      const name = filename(event);
      const known = files.get(fd(event));
      if (known !== undefined) {
        known.name = name;
        if (known.kind === 'unknown') known.kind = kindOfName(name);
      } else files.set(fd(event), new OpenFile(name, kindOfName(name), (flags(event) & O_CLOEXEC) !== 0));
    };
  }

  /** A packet that leaves during a write to something unknown makes it a socket. */
  #transmit(type: EventType): Handler {
    const cpu = cpuOf(type);
    return (event) => {
      const task = this.#tasks.on(cpu(event));
      const request = task?.request;
      if (task == null || request == null || !request.active || request.call.operation !== 'write') return;
      const file = this.files(task).get(request.fd);
      if (file?.kind === 'unknown') file.kind = 'net';
    };
  }
}

function newRequest(task: Task, name: string, call: IoCall): IoRequest {
  const none = { fd: NONE, out: NONE, file: null, outFile: null, made: null, order: null };
  return { task, name, call, active: false, begin: 0, end: 0, size: Number.NaN, ret: 0, ...none };
}

function namePeer(event: TraceEvent, file: OpenFile): void {
  const port = event.number('sport');
  const name = addressName(event.number('family'), port, event.value('v4addr'), event.value('v6addr'));
  if (name !== null) file.name = name;
}

/** pipe and socketpair return two descriptors. */
function makePair(event: TraceEvent, files: OpenFiles, name: string): void {
  const fds = event.value(name === 'socketpair' ? 'socket' : 'fildes');
  if (!Array.isArray(fds)) return;
  for (const fd of fds) {
    files.set(
      Number(fd),
      new OpenFile(name === 'socketpair' ? 'socket' : 'pipe', name === 'socketpair' ? 'net' : 'unknown', false),
    );
  }
}
