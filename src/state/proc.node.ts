/**
 * What /proc tells of the machine that is watched live, and events do not: folders, executables, cgroups, namespaces, and
 * the names of files that ftrace has only addresses of.
 *
 * /proc tells of its own moment, some milliseconds after the events that the state has seen: a file that was closed
 * meanwhile keeps no name, and a number that was used again meanwhile gets the name of the new file until the events of
 * both are there.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { SUBJECT_FIRST } from './calls/io.ts';
import type { LiveState } from './live-state.ts';
import { learnFile } from './parts/state-dump.ts';
import { kindOfPath } from './paths.ts';
import { SocketLookup } from './socket-lookup.node.ts';
import { NONE } from './table.ts';
import { FILE_REGULAR, FILE_UNKNOWN } from './tables/files.ts';
import { IDLE, PARKED, SLEEPING, STOPPED, TRACED, UNINTERRUPTIBLE, UNKNOWN, ZOMBIE } from './tables/tasks.ts';

/** Letters of /proc/PID/stat. Who runs, or could, is told by the next switch. */
const STATES: Readonly<Record<string, number>> = {
  S: SLEEPING,
  D: UNINTERRUPTIBLE,
  T: STOPPED,
  t: TRACED,
  Z: ZOMBIE,
  P: PARKED,
  I: IDLE,
};
const O_CLOEXEC = 0o2000000;
/** Descriptors and processes that wait to be looked up: more in one moment than we could read before they are gone. */
const MAX_WAITING = 4096;

export interface ProcOptions {
  /** Default `/proc`. */
  readonly root?: string;
  /** Name of a system call; without it calls that began before are not told. */
  readonly callName?: (number: number) => string | undefined;
  /** Name of a descriptor that was opened just now, '' when it is not told: for files that /proc has forgotten when it is asked. */
  readonly openedAs?: (fd: number) => string;
  /** Milliseconds on a clock that only goes forward. */
  readonly clock_ms?: () => number;
}

export class ProcLookup {
  /** Names that were looked up, that the program's call told, that were gone, and that had to be left out. */
  found = 0;
  named = 0;
  gone = 0;
  skipped = 0;
  readonly #state: LiveState;
  readonly #root: string;
  readonly #callName: (number: number) => string | undefined;
  readonly #openedAs: (fd: number) => string;
  #fds: { readonly row: number; readonly uid: number; readonly path: string }[] = [];
  readonly #processes = new Set<number>();
  readonly #sockets: SocketLookup;

  /** Follows a state from now on. */
  constructor(state: LiveState, options: ProcOptions = {}) {
    this.#openedAs = options.openedAs ?? (() => '');
    const { root = '/proc', clock_ms = () => performance.now(), callName = () => undefined } = options;
    this.#callName = callName;
    this.#state = state;
    this.#root = root;
    this.#sockets = new SocketLookup(state, { root, clock_ms });
    const { descriptors } = state;
    descriptors.onNameless = (row) => {
      if (row === NONE) return;
      const path = this.#openedAs(row);
      if (this.#fds.length < MAX_WAITING) this.#fds.push({ row, uid: descriptors.model.fds.uid[row]!, path });
      else this.#nameGone(row, path, true);
    };
    // What is closed by exec is known only of descriptors whose making was seen.
    // A child has what its parent has, and of that /proc has not been asked yet: a pipe, before the fork of a shell.
    descriptors.threads.listeners.push({
      executed: (task) => descriptors.onUnseen?.(descriptors.threads.processOf(task)),
      forked: (parent, child) => {
        const { process } = state.model.tasks;
        if (this.#processes.has(process.data[parent]!)) descriptors.onUnseen?.(process.data[child]!);
      },
    });
    descriptors.onUnseen = (process) => {
      if (process === NONE) return;
      if (this.#processes.size < MAX_WAITING) this.#processes.add(process);
      else this.skipped++;
    };
  }

  /** Reads what there is to know of all processes: once, when the state has been told of them. */
  learnAll(): void {
    const { processes, tasks } = this.#state.model;
    for (let row = 0; row < processes.used; row++) if (processes.isAlive(row)) this.#learnProcess(row);
    for (let row = 0; row < tasks.used; row++) {
      if (tasks.isAlive(row) && tasks.state.data[row] === UNKNOWN) this.#learnThread(row);
    }
    this.#sockets.lookAtAll();
  }

  /** Looks up what events have left open. Call it when the events of a moment are applied. */
  resolve(): void {
    const { fds, fdSets } = this.#state.model;
    for (const { row, uid, path } of this.#fds.splice(0)) {
      if (fds.uid[row] !== uid || !fds.isAlive(row)) {
        this.#nameGone(row, fds.uid[row] === uid ? path : '');
        continue;
      }
      const set = fds.files.data[row]!;
      const pid = fdSets.pid.data[set]!;
      if (!this.#learnFd(pid, set, fds.fd.data[row]!)) {
        this.#nameGone(row, path);
        this.#processes.add(this.#state.threads.findProcess(pid));
      }
    }
    for (const process of this.#processes) if (process !== NONE) this.#compare(process);
    this.#processes.clear();
    this.#sockets.look();
  }

  /** /proc has it no more, or was not asked: the name that the program gave is all there is. */
  #nameGone(row: number, path: string, isSkipped = false): void {
    const { fds, files, texts } = this.#state.model;
    const file = fds.file.data[row]!;
    if (path !== '' && file !== NONE && texts.text(files.path.data[file]!) === '') {
      // Not journaled: it has had this name from its beginning, and its row may go before the change would.
      files.path.data[file] = texts.number(path);
      if (files.type.data[file] === FILE_UNKNOWN) {
        files.type.data[file] = path.startsWith('/') ? kindOfPath(path).type : FILE_REGULAR;
      }
      this.named++;
    } else if (isSkipped) this.skipped++;
    else this.gone++;
  }

  /** Makes the descriptors of a process what /proc says. Events that are still to come change nothing of it, or again. */
  #compare(process: number): void {
    const { model, descriptors } = this.#state;
    const { processes, fds, files, texts } = model;
    if (!processes.isAlive(process)) return;
    const pid = processes.pid.data[process]!;
    const numbers = new Set(list(`${this.#root}/${pid}/fd`).map(Number));
    // The process is gone, and its end is still to be told.
    if (numbers.size === 0) return;
    const set = descriptors.setOf(process);
    if (set === NONE) return;
    const closed: number[] = [];
    descriptors.forEach(set, 0, Number.POSITIVE_INFINITY, (row, fd) => {
      if (!numbers.delete(fd)) closed.push(fd);
      else if (texts.text(files.path.data[fds.file.data[row]!]!) === '' && !this.#learnFd(pid, set, fd)) this.gone++;
    });
    for (const fd of closed) descriptors.close(set, fd);
    for (const fd of numbers) if (!this.#learnFd(pid, set, fd)) this.gone++;
  }

  #learnFd(pid: number, set: number, fd: number): boolean {
    const path = link(`${this.#root}/${pid}/fd/${fd}`);
    if (path === '') return false;
    const told = /^flags:\s*0?([0-7]+)/m.exec(read(`${this.#root}/${pid}/fdinfo/${fd}`))?.[1] ?? '0';
    const flags = Number.parseInt(told, 8) | 0;
    const row = learnFile(this.#state.descriptors, set, fd, path, flags);
    // Of openat2 the flags are in user memory.
    if (row !== NONE) {
      const { fds } = this.#state.model;
      fds.closeOnExec.set(row, (flags & O_CLOEXEC) !== 0 ? 1 : 0);
      this.#sockets.want(fds.file.data[row]!);
    }
    this.found++;
    return true;
  }

  /** What a thread that has done nothing yet is in. Since when nobody knows. */
  #learnThread(row: number): void {
    const { model } = this.#state;
    const { tasks, processes } = model;
    const process = tasks.process.data[row]!;
    if (process === NONE) return;
    const path = `${this.#root}/${processes.pid.data[process]}/task/${tasks.tid.data[row]}`;
    const stat = read(`${path}/stat`);
    const state = STATES[stat.slice(stat.lastIndexOf(')') + 2)[0] ?? ''];
    if (state === undefined) return;
    tasks.state.setSince(row, state, Number.NaN);
    // Threads of the kernel are in no call: /proc says 0 of them, which is the number of read.
    if (processes.isKernel.data[process] === 1) return;
    const [number, subject] = read(`${path}/syscall`).split(' ');
    const name = /^\d+$/.test(number ?? '') ? (this.#callName(Number(number)) ?? '') : '';
    if (name === '') return;
    tasks.syscall.setSince(row, model.calls.number(name), Number.NaN);
    if (SUBJECT_FIRST.has(name)) tasks.waitsFor.set(row, Number(subject));
  }

  #learnProcess(row: number): void {
    const { processes, tasks, texts } = this.#state.model;
    const pid = processes.pid.data[row]!;
    const path = `${this.#root}/${pid}`;
    const cgroup = /^0::(.*)$/m.exec(read(`${path}/cgroup`))?.[1] ?? '';
    processes.cgroup.set(row, texts.number(cgroup));
    if (processes.isKernel.data[row] === 1) return;
    const executable = link(`${path}/exe`);
    if (executable !== '') processes.executable.set(row, texts.number(executable));
    const directory = link(`${path}/cwd`);
    if (directory !== '') processes.directory.set(row, texts.number(directory));
    const status = read(`${path}/status`);
    const user = /^Uid:\s+(\d+)/m.exec(status)?.[1];
    if (user !== undefined) processes.user.set(row, Number(user));
    const inner = /^NSpid:.*?(\d+)$/m.exec(status)?.[1];
    if (inner !== undefined) {
      processes.vpid.set(row, Number(inner));
      const first = this.#state.threads.find(pid);
      if (first !== NONE) tasks.vtid.set(first, Number(inner));
    }
    for (const [name, column] of [
      ['pid', processes.pidNamespace],
      ['net', processes.networkNamespace],
      ['uts', processes.utsNamespace],
      ['ipc', processes.ipcNamespace],
      ['user', processes.userNamespace],
      ['cgroup', processes.cgroupNamespace],
      ['time', processes.timeNamespace],
    ] as const) {
      const inode = /\[(\d+)\]$/.exec(link(`${path}/ns/${name}`))?.[1];
      if (inode !== undefined) column.set(row, Number(inode));
    }
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the process ended, or it is not for us
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
