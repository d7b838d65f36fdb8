/**
 * File descriptors of processes: opened, duplicated, inherited, closed. Tables shared by CLONE_FILES are one table; a thread
 * with a table apart from its process's (unshare in one thread) is not told apart.
 */
import type { Pending } from './calls/pending.ts';
import type { Model } from './model.ts';
import { ALIVE, NONE } from './table.ts';
import { FILE_UNKNOWN } from './tables/files.ts';
import type { Threads } from './threads.ts';

/** fs.nr_open of the kernel is 1,048,576 unless somebody raised it. */
const MAX_FD = 2 ** 20;
const FIRST_FDS = 8;

const CLONE_FILES = 0x400;

export class Descriptors {
  /** Descriptors with impossible numbers. */
  refused = 0;
  /** Opened with a name that the source does not tell (ftrace): somebody may look it up. Bounded by who listens. */
  onNameless: ((fd: number) => void) | null = null;
  /** Descriptors were made and the source does not tell which (pipe2 of ftrace): the process must be looked at. */
  onUnseen: ((process: number) => void) | null = null;
  readonly model: Model;
  readonly threads: Threads;
  readonly #pending: Pending;
  /** Rows of a set's descriptors by their number, NONE where there is none. */
  readonly #rows: Int32Array[] = [];

  /** @param cloneFlags what clone was given by the thread that is in it; 0: not known */
  constructor(threads: Threads, pending: Pending, cloneFlags: (task: number) => number) {
    this.threads = threads;
    this.#pending = pending;
    this.model = threads.model;
    const { tasks, processes } = this.model;
    threads.listeners.push({
      forked: (parent, child) => {
        const from = tasks.process.data[parent]!;
        const to = tasks.process.data[child]!;
        if (from === to || from === NONE || to === NONE) return;
        const files = processes.files.data[from]!;
        if (files === NONE) return;
        if ((cloneFlags(parent) & CLONE_FILES) !== 0) this.share(to, files);
        else this.#copy(files, to);
      },
      executed: (task) => this.#execute(tasks.process.data[task]!),
      exited: (task) => {
        const process = tasks.process.data[task]!;
        if (process !== NONE && processes.running.data[process] === 0) this.leave(process);
      },
      ended: (process) => this.leave(process),
      moved: (_task, from, to) => {
        const files = processes.files.data[from]!;
        if (files === NONE || processes.running.data[from] !== 0) return;
        if (processes.files.data[to] === NONE) this.share(to, files);
        else this.#merge(files, this.setOf(to));
        this.leave(from);
      },
    });
  }

  /** The set of a process, made when there is none; NONE when there is no room. */
  setOf(process: number): number {
    const { processes, fdSets } = this.model;
    const known = processes.files.data[process]!;
    if (known !== NONE) return known;
    const set = fdSets.create();
    if (set === NONE) return NONE;
    fdSets.pid.set(set, processes.pid.data[process]!);
    fdSets.users.set(set, 1);
    processes.files.set(process, set);
    this.#rows[set] = new Int32Array(0);
    return set;
  }

  /** The set that a thread's calls work on. */
  setOfTask(task: number): number {
    const process = this.threads.processOf(task);
    return process === NONE ? NONE : this.setOf(process);
  }

  find(set: number, fd: number): number {
    const rows = this.#rows[set];
    return rows === undefined || !(fd >= 0 && fd < rows.length) ? NONE : rows[fd]!;
  }

  /** The descriptor of a thread, made as one that was there before we looked. */
  ensure(task: number, fd: number): number {
    // Calls are given -1 and worse, and fail in other ways than EBADF.
    if (!(fd >= 0 && fd < MAX_FD)) return NONE;
    const set = this.setOfTask(task);
    if (set === NONE) return NONE;
    const known = this.find(set, fd);
    if (known !== NONE) return known;
    const file = this.newFile(FILE_UNKNOWN, '');
    const row = file === NONE ? NONE : this.#put(set, fd, file, Number.NaN, 0);
    if (row !== NONE) this.onNameless?.(row);
    return row;
  }

  newFile(type: number, path: string): number {
    const { files, texts } = this.model;
    const row = files.create();
    if (row === NONE) return NONE;
    files.type.set(row, type);
    if (path !== '') files.path.set(row, texts.number(path));
    return row;
  }

  /** A thread has opened a file now. */
  open(task: number, fd: number, file: number, closeOnExec: boolean): number {
    const set = this.setOfTask(task);
    if (set === NONE || file === NONE) return NONE;
    // Its close was lost.
    this.close(set, fd);
    const row = this.#put(set, fd, file, this.model.journal.now, closeOnExec ? 1 : 0);
    if (row !== NONE) this.model.fds.asked.set(row, this.#pending.began);
    return row;
  }

  /** A state dump or /proc tells of a descriptor. `file` is used when it was not known. */
  learn(set: number, fd: number, file: () => number, closeOnExec: boolean): number {
    const known = this.find(set, fd);
    if (known !== NONE) return known;
    const made = file();
    return made === NONE ? NONE : this.#put(set, fd, made, Number.NaN, closeOnExec ? 1 : 0);
  }

  /** Descriptor `to` now refers to the open file of `from`. */
  duplicate(task: number, from: number, to: number, closeOnExec: boolean): void {
    if (from === to) return;
    const row = this.ensure(task, from);
    if (row !== NONE) this.open(task, to, this.model.fds.file.data[row]!, closeOnExec);
  }

  close(set: number, fd: number): void {
    const row = this.find(set, fd);
    if (row === NONE) return;
    this.#rows[set]![fd] = NONE;
    this.#end(row);
  }

  /** Calls `each` with every descriptor from `first` to `last` that is known. */
  forEach(set: number, first: number, last: number, each: (row: number, fd: number) => void): void {
    const rows = this.#rows[set];
    if (rows === undefined) return;
    for (let fd = Math.max(0, first); fd < rows.length && fd <= last; fd++) {
      if (rows[fd] !== NONE) each(rows[fd]!, fd);
    }
  }

  /** The process uses a set that is there already. */
  share(process: number, set: number): void {
    const { processes, fdSets } = this.model;
    if (processes.files.data[process] === set) return;
    this.leave(process);
    processes.files.set(process, set);
    fdSets.users.set(set, fdSets.users.data[set]! + 1);
  }

  /** The process has its descriptors for itself from now on. */
  unshare(process: number): void {
    const { processes, fdSets } = this.model;
    const set = processes.files.data[process]!;
    if (set === NONE || fdSets.users.data[set]! <= 1) return;
    fdSets.users.set(set, fdSets.users.data[set]! - 1);
    processes.files.set(process, NONE);
    this.#copy(set, process);
  }

  /** The process uses its descriptors no more. */
  leave(process: number): void {
    const { processes, fdSets } = this.model;
    const set = processes.files.data[process]!;
    if (set === NONE) return;
    processes.files.set(process, NONE);
    const users = fdSets.users.data[set]! - 1;
    fdSets.users.set(set, users);
    if (users > 0) return;
    for (const row of this.#rows[set] ?? []) if (row !== NONE) this.#end(row);
    this.#rows[set] = new Int32Array(0);
    fdSets.kill(set);
  }

  #execute(process: number): void {
    if (process === NONE) return;
    this.unshare(process);
    const { processes, fds } = this.model;
    const set = processes.files.data[process]!;
    if (set === NONE) return;
    this.forEach(set, 0, MAX_FD, (row, fd) => {
      if (fds.closeOnExec.data[row] === 1) this.close(set, fd);
    });
  }

  #copy(from: number, process: number): void {
    this.#merge(from, this.setOf(process));
  }

  #merge(from: number, to: number): void {
    if (from === to || to === NONE) return;
    const { fds } = this.model;
    this.forEach(from, 0, MAX_FD, (row, fd) => {
      if (this.find(to, fd) !== NONE) return;
      const copy = this.#put(to, fd, fds.file.data[row]!, fds.opened.data[row]!, fds.closeOnExec.data[row]!);
      if (copy !== NONE) fds.asked.set(copy, fds.asked.data[row]!);
    });
  }

  #put(set: number, fd: number, file: number, opened: number, closeOnExec: number): number {
    const { fds, files } = this.model;
    if (!(fd >= 0 && fd < MAX_FD)) {
      this.refused++;
      if (files.users.data[file] === 0) files.kill(file);
      return NONE;
    }
    const row = fds.create();
    if (row === NONE) {
      if (files.users.data[file] === 0) files.kill(file);
      return NONE;
    }
    fds.files.set(row, set);
    fds.fd.set(row, fd);
    fds.file.set(row, file);
    fds.opened.set(row, opened);
    fds.closeOnExec.set(row, closeOnExec);
    files.users.set(file, files.users.data[file]! + 1);
    let rows = this.#rows[set]!;
    if (fd >= rows.length) {
      const grown = new Int32Array(Math.max(FIRST_FDS, 2 ** Math.ceil(Math.log2(fd + 1)))).fill(NONE);
      grown.set(rows);
      rows = grown;
      this.#rows[set] = rows;
    }
    rows[fd] = row;
    return row;
  }

  #end(row: number): void {
    const { fds, files } = this.model;
    const file = fds.file.data[row]!;
    fds.kill(row);
    if (file === NONE || files.died.data[file] !== ALIVE) return;
    const users = files.users.data[file]! - 1;
    files.users.set(file, users);
    if (users <= 0) files.kill(file);
  }
}
