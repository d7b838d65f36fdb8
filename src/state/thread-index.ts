/** Threads and processes by their numbers. */
import type { Model } from './model.ts';
import { ALIVE, NONE } from './table.ts';

export class ThreadIndex {
  readonly model: Model;
  /** The newest row of a tid, of a pid; it may be dead. */
  readonly #byTid = new Map<number, number>();
  readonly #byPid = new Map<number, number>();

  constructor(model: Model) {
    this.model = model;
    const { tasks, processes } = model;
    model.onFree.push((table, row) => {
      if (table === tasks) forget(this.#byTid, tasks.tid.data[row]!, row);
      else if (table === processes) forget(this.#byPid, processes.pid.data[row]!, row);
    });
  }

  /** Row of a living thread; NONE when it is not known. */
  find(tid: number): number {
    const row = this.#byTid.get(tid);
    return row !== undefined && this.model.tasks.died.data[row] === ALIVE ? row : NONE;
  }

  findProcess(pid: number): number {
    const row = this.#byPid.get(pid);
    return row !== undefined && this.model.processes.died.data[row] === ALIVE ? row : NONE;
  }

  /** Row of a thread, made when it is not known; NONE when there is no room. */
  get(tid: number, name: string): number {
    const row = this.find(tid);
    if (row !== NONE) return row;
    const made = this.create(tid, name);
    if (made !== NONE) this.#byTid.set(tid, made);
    return made;
  }

  rename(row: number, name: string): void {
    const { tasks, processes, texts } = this.model;
    if (name === '' || texts.text(tasks.name.data[row]!) === name) return;
    const text = texts.number(name);
    tasks.name.set(row, text);
    const process = tasks.process.data[row]!;
    if (process === NONE) return;
    const isFirst = processes.pid.data[process] === tasks.tid.data[row];
    if (isFirst || processes.name.data[process] === 0) processes.name.set(process, text);
  }

  /** Row of a process, made when it is not known. */
  process(pid: number): number {
    const known = this.findProcess(pid);
    if (known !== NONE) return known;
    const { processes } = this.model;
    const before = this.#byPid.get(pid);
    const row = processes.create();
    if (row === NONE) return NONE;
    processes.pid.set(row, pid);
    if (before !== undefined) processes.incarnation.set(row, processes.incarnation.data[before]! + 1);
    this.#byPid.set(pid, row);
    return row;
  }

  protected create(tid: number, name: string): number {
    const { tasks, texts } = this.model;
    const before = tid === 0 ? undefined : this.#byTid.get(tid);
    const incarnation = before === undefined ? 0 : tasks.incarnation.data[before]! + 1;
    const row = tasks.create();
    if (row === NONE) return NONE;
    tasks.tid.set(row, tid);
    tasks.incarnation.set(row, incarnation);
    if (name !== '') tasks.name.set(row, texts.number(name));
    return row;
  }
}

function forget(map: Map<number, number>, key: number, row: number): void {
  if (map.get(key) === row) map.delete(key);
}
