/** schedlog, schedtop, schedstats, schedfreq: how long threads waited from their wake-up until they had a CPU. */
import type { EventType } from '../../trace/event.ts';
import type { ValueBudget } from '../figures/distribution.ts';
import {
  type Distributed,
  type FrequencyOptions,
  frequencyTables,
  frequencyText,
  seriesTable,
} from '../figures/frequency.ts';
import { percentileCells, statCells } from '../figures/stat-cells.ts';
import { Summary } from '../figures/summary.ts';
import { Top } from '../figures/top.ts';
import type { Filter } from '../filter.ts';
import { formatPriorities } from '../format/python.ts';
import { cpuOf, type Handler } from '../listener.ts';
import type { Task } from '../models/task.ts';
import type { Tasks } from '../models/tasks.ts';
import { PerWindow } from '../per-window.ts';
import type { LogSink, Report, Window, WindowSink } from '../report.ts';
import { type Cell, type ProcessCell, type ResultTable, type Row, table } from '../table.ts';
import { FREQ, type Grouping, LOG, LOG_TEXT, statClass, statText, TOP, topText } from './sched-tables.ts';

export interface SchedOptions {
  readonly tasks: Tasks;
  readonly filter: Filter;
  readonly limit: number;
  readonly log: boolean;
  readonly top: boolean;
  readonly stats: boolean;
  readonly freq: FrequencyOptions | null;
  /** How statistics and distributions are grouped. */
  readonly by: readonly Grouping[];
  readonly percentiles: boolean;
  readonly budget: ValueBudget;
}

/** Sections of a window's results. */
const STATS = 0;
const FREQUENCIES = 1;
const EVENTS = 2;
const LONGEST = 3;

interface Thread {
  readonly task: Task;
  readonly latencies: Summary;
  readonly priorities: Map<number, number>;
}

interface Latencies {
  readonly log: LogSink | null;
  readonly top: Top<Row> | null;
  readonly all: Summary;
  readonly threads: Map<number, Thread>;
  readonly priorities: Map<number, Summary>;
}

export class Sched implements Report {
  readonly name: string;
  readonly sections: readonly number[];
  readonly events: readonly string[] = ['sched_switch'];
  readonly needs: readonly (readonly string[])[] = [this.events, ['sched_waking', 'sched_wakeup', 'sched_wakeup_new']];
  readonly models: readonly Tasks[];
  readonly #options: SchedOptions;
  readonly #open = new PerWindow<Latencies>();

  constructor(name: string, options: SchedOptions) {
    this.name = name;
    this.#options = options;
    this.models = [options.tasks];
    const { stats, freq, log, top } = options;
    const used = [stats, freq !== null, log, top];
    this.sections = [STATS, FREQUENCIES, EVENTS, LONGEST].filter((section) => used[section]);
    options.tasks.onPriority.push((task) => {
      for (const { threads } of this.#open.list) {
        const thread = threads.get(task.tid);
        if (thread !== undefined) countPriority(thread, task.prio);
      }
    });
  }

  handler(type: EventType): Handler {
    const cpuField = cpuOf(type);
    const { tasks, filter } = this.#options;
    return (event) => {
      const { next, woken } = tasks;
      const { time } = event;
      if (Number.isNaN(woken) || !filter.duration(time - woken) || !filter.task(next)) return;
      const cpu = cpuField(event);
      if (!filter.cpu(cpu)) return;
      for (const latencies of this.#open.list) this.#count(latencies, next, woken, time, cpu);
    };
  }

  #count(
    { log, top, all, threads, priorities }: Latencies,
    task: Task,
    woken: number,
    time: number,
    cpu: number,
  ): void {
    const { waker } = this.#options.tasks;
    const latency = time - woken;
    if (waker !== null) this.#thread(threads, waker);
    this.#thread(threads, task).latencies.add(latency);
    all.add(latency);
    let ofPriority = priorities.get(task.prio);
    if (ofPriority === undefined) {
      ofPriority = this.#summary();
      priorities.set(task.prio, ofPriority);
    }
    ofPriority.add(latency);
    if (log === null && top?.accepts(latency) !== true) return;
    const row = [woken, time, latency, task.prio, cpu, process(task), waker === null ? null : process(waker)];
    log?.row(row);
    top?.add(latency, row);
  }

  #summary(): Summary {
    const { freq, percentiles, budget } = this.#options;
    return new Summary(freq !== null || percentiles ? budget : null);
  }

  #thread(threads: Map<number, Thread>, task: Task): Thread {
    let thread = threads.get(task.tid);
    if (thread === undefined) {
      thread = { task, latencies: this.#summary(), priorities: new Map() };
      if (!Number.isNaN(task.prio)) countPriority(thread, task.prio);
      threads.set(task.tid, thread);
    }
    return thread;
  }

  open(window: Window, sink: WindowSink): void {
    const { log, top, limit } = this.#options;
    this.#open.add(window, {
      log: log ? sink.log(EVENTS, LOG, LOG_TEXT) : null,
      top: top ? new Top(limit) : null,
      all: this.#summary(),
      threads: new Map(),
      priorities: new Map(),
    });
  }

  close(window: Window, sink: WindowSink): void {
    const latencies = this.#open.take(window);
    const { stats, freq, by } = this.#options;
    if (stats) {
      const tables = by.map((grouping) => this.#statTable(grouping, latencies));
      sink.block(STATS, tables, () => tables.flatMap((t, i) => statText(by[i]!, t, this.#options.percentiles)));
    }
    if (freq !== null) {
      const groups = by.map((grouping) => ({
        grouping,
        tables: frequencyTables(FREQ, distributionsOf(grouping, latencies), freq),
      }));
      const title = 'Scheduling latencies frequency distributions';
      const shown = freq.series
        ? groups.map(({ grouping, tables }) => seriesTable(title, grouping, 'schedulings', tables))
        : groups.flatMap(({ tables }) => tables);
      const text = (t: ResultTable): string[] => frequencyText(`${FREQ.title} - ${t.subtitle ?? 'Total'}`, t);
      sink.block(FREQUENCIES, shown, () => groups.flatMap(({ tables }) => tables.flatMap(text)));
    }
    if (latencies.top !== null) {
      const result = table(TOP);
      result.rows.push(...latencies.top.sorted());
      sink.block(LONGEST, [result], (style) => topText(result, style));
    }
  }

  #statTable(by: Grouping, { all, threads, priorities }: Latencies): ResultTable {
    const { percentiles } = this.#options;
    const result = table(statClass(by, percentiles));
    const add = (summary: Summary, before: readonly Cell[], after: readonly Cell[]): void => {
      const more = percentiles ? percentileCells(summary) : [];
      result.rows.push([...before, summary.count, ...statCells(summary), ...after, ...more]);
      if (percentiles && summary.values?.exact === false) result.approximate = true;
    };
    if (by === 'total') add(all, [], []);
    else if (by === 'prio') for (const [prio, summary] of byNumber(priorities)) add(summary, [prio], []);
    else {
      const named = [...threads.values()].filter(({ latencies }) => latencies.count > 0);
      named.sort((a, b) => compareNames(a.task.comm, b.task.comm));
      for (const { task, latencies, priorities: seen } of named) {
        add(latencies, [process(task)], [formatPriorities(seen)]);
      }
    }
    return result;
  }
}

function distributionsOf(by: Grouping, { all, threads, priorities }: Latencies): Distributed[] {
  if (by === 'total') return [{ subtitle: null, summary: all }];
  if (by === 'prio') {
    return byNumber(priorities).map(([prio, summary]) => ({ subtitle: `Priority: ${prio}`, summary }));
  }
  return byNumber(threads)
    .filter(([, { latencies }]) => latencies.count > 0)
    .map(([tid, { latencies }]) => ({ subtitle: `TID: ${tid}`, summary: latencies }));
}

function byNumber<T>(map: ReadonlyMap<number, T>): [number, T][] {
  return [...map].sort(([a], [b]) => a - b);
}

function compareNames(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
}

function process({ comm, pid, tid }: Task): ProcessCell {
  return pid < 0 ? { name: comm, tid } : { name: comm, pid, tid };
}

function countPriority({ priorities }: Thread, prio: number): void {
  priorities.set(prio, (priorities.get(prio) ?? 0) + 1);
}
