/** `--tid`, `--procname`, `--cpu`, `--min`, `--max`: what is counted. */
import type { Task } from './models/task.ts';

export interface FilterOptions {
  readonly tids?: readonly number[];
  readonly procnames?: readonly string[];
  readonly cpus?: readonly number[];
  readonly min_ns?: number;
  readonly max_ns?: number;
}

export class Filter {
  readonly min_ns: number;
  readonly max_ns: number;
  readonly #tids: ReadonlySet<number> | null;
  readonly #procnames: ReadonlySet<string> | null;
  readonly #cpus: ReadonlySet<number> | null;

  constructor(options: FilterOptions = {}) {
    this.#tids = setOf(options.tids);
    this.#procnames = setOf(options.procnames);
    this.#cpus = setOf(options.cpus);
    this.min_ns = options.min_ns ?? Number.NEGATIVE_INFINITY;
    this.max_ns = options.max_ns ?? Number.POSITIVE_INFINITY;
  }

  task(task: Task): boolean {
    if (this.#procnames !== null && !this.#procnames.has(task.comm)) return false;
    return this.#tids === null || this.#tids.has(task.tid);
  }

  cpu(cpu: number): boolean {
    return this.#cpus === null || this.#cpus.has(cpu);
  }

  duration(ns: number): boolean {
    return ns >= this.min_ns && ns <= this.max_ns;
  }
}

function setOf<T>(items: readonly T[] | undefined): ReadonlySet<T> | null {
  return items === undefined || items.length === 0 ? null : new Set(items);
}
