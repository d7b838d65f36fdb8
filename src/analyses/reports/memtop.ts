/** memtop: pages of memory that threads allocated and freed. */
import type { EventType } from '../../trace/event.ts';
import type { Filter } from '../filter.ts';
import { barGraph } from '../format/graph.ts';
import { cpuOf, type Handler, numberOr } from '../listener.ts';
import type { Task } from '../models/task.ts';
import type { Tasks } from '../models/tasks.ts';
import { PerWindow } from '../per-window.ts';
import type { Report, Window, WindowSink } from '../report.ts';
import { type ProcessCell, type ResultTable, type TableClass, table, tableClass } from '../table.ts';

export const ALLOCATED: TableClass = tableClass('allocd', 'Per-TID top allocated memory', [
  ['process', 'Process', 'process'],
  ['pages', 'Allocated pages', 'number', 'pages'],
]);
export const FREED: TableClass = tableClass('freed', 'Per-TID top freed memory', [
  ['process', 'Process', 'process'],
  ['pages', 'Freed pages', 'number', 'pages'],
]);
export const TOTAL: TableClass = tableClass('total', 'Total allocated/freed memory', [
  ['allocd', 'Total allocated pages', 'number', 'pages'],
  ['freed', 'Total freed pages', 'number', 'pages'],
]);

interface Thread {
  readonly task: Task;
  allocated: number;
  freed: number;
}

export class MemTop implements Report {
  readonly name = 'memtop';
  readonly sections: readonly number[] = [0];
  readonly events: readonly string[] = ['mm_page_alloc', 'mm_page_free', 'kmem_mm_page_alloc', 'kmem_mm_page_free'];
  readonly models: readonly Tasks[];
  readonly #tasks: Tasks;
  readonly #filter: Filter;
  readonly #limit: number;
  readonly #open = new PerWindow<Map<number, Thread>>();

  constructor(options: { readonly tasks: Tasks; readonly filter: Filter; readonly limit: number }) {
    this.#tasks = options.tasks;
    this.models = [options.tasks];
    this.#filter = options.filter;
    this.#limit = options.limit;
  }

  handler(type: EventType): Handler {
    const cpuField = cpuOf(type);
    // An allocation of order n is 2^n pages.
    const order = numberOr(type, 'order', 0);
    const allocates = type.name.endsWith('alloc');
    return (event) => {
      const cpu = cpuField(event);
      const task = this.#tasks.on(cpu);
      if (task === null || !this.#filter.task(task) || !this.#filter.cpu(cpu)) return;
      const pages = 2 ** order(event);
      for (const threads of this.#open.list) {
        const thread = threadOf(threads, task);
        if (allocates) thread.allocated += pages;
        else thread.freed += pages;
      }
    };
  }

  open(window: Window): void {
    this.#open.add(window, new Map());
  }

  close(window: Window, sink: WindowSink): void {
    const threads = [...this.#open.take(window).values()];
    const top = (tableClass: TableClass, pages: (thread: Thread) => number): ResultTable => {
      const result = table(tableClass);
      for (const thread of threads.toSorted((a, b) => pages(b) - pages(a)).slice(0, this.#limit)) {
        result.rows.push([{ name: thread.task.comm, tid: thread.task.tid }, pages(thread)]);
      }
      return result;
    };
    const allocated = top(ALLOCATED, (thread) => thread.allocated);
    const freed = top(FREED, (thread) => thread.freed);
    const total = table(TOTAL);
    const sum = (pages: (thread: Thread) => number): number => threads.reduce((all, thread) => all + pages(thread), 0);
    total.rows.push([sum((thread) => thread.allocated), sum((thread) => thread.freed)]);
    sink.block(0, [allocated, freed, total], () => [
      ...graph('Per-TID Memory Allocations', allocated),
      ...graph('Per-TID Memory Deallocations', freed),
      '',
      'Total memory usage:',
      `- ${String(total.rows[0]![0])} pages allocated`,
      `- ${String(total.rows[0]![1])} pages freed`,
    ]);
  }
}

function threadOf(threads: Map<number, Thread>, task: Task): Thread {
  let thread = threads.get(task.tid);
  if (thread === undefined) {
    thread = { task, allocated: 0, freed: 0 };
    threads.set(task.tid, thread);
  }
  return thread;
}

function graph(title: string, { rows }: ResultTable): string[] {
  return barGraph({
    title,
    labelHeader: 'Process',
    bars: rows.map(([process, pages]) => {
      const { name, tid } = process as ProcessCell;
      return { value: pages as number, text: `${pages as number} pages`, label: `${name} (${tid})` };
    }),
  });
}
