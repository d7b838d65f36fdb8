/** cputop: how much of the CPUs each thread had, by sched_switch. */
import type { EventType } from '../../trace/event.ts';
import { BusyTime } from '../figures/over-time.ts';
import type { Filter } from '../filter.ts';
import { barGraph } from '../format/graph.ts';
import { fixed, formatPriorities, left, right } from '../format/python.ts';
import { cpuOf, type Handler, numberOr } from '../listener.ts';
import type { Task } from '../models/task.ts';
import type { Tasks } from '../models/tasks.ts';
import { PerWindow } from '../per-window.ts';
import type { Report, Window, WindowSink } from '../report.ts';
import { type ProcessCell, type ResultTable, type TableClass, table, tableClass } from '../table.ts';

export const PER_PROCESS: TableClass = tableClass('per-process', 'Per-TID top CPU usage', [
  ['process', 'Process', 'process'],
  ['migrations', 'Migration count', 'number', 'migrations'],
  ['prio_list', 'Chronological priorities', 'string'],
  ['usage', 'CPU usage', 'ratio'],
]);
export const PER_CPU: TableClass = tableClass('per-cpu', 'Per-CPU top CPU usage', [
  ['cpu', 'CPU', 'cpu'],
  ['usage', 'CPU usage', 'ratio'],
]);
export const TOTAL: TableClass = tableClass('total', 'Total CPU usage', [['usage', 'CPU usage', 'ratio']]);

/** For charts only. */
export const TIMELINE: TableClass = tableClass('timeline', 'CPU usage over time', [
  ['begin_ts', 'Begin', 'timestamp'],
  ['cpu', 'CPU', 'cpu'],
  ['usage', 'CPU usage', 'ratio'],
]);

interface ThreadUse {
  /** Its name is the latest. */
  readonly task: Task;
  used_ns: number;
  /** When it got the CPU that it has; NaN while it has none. */
  since: number;
  migrations: number;
  readonly priorities: Map<number, number>;
}

interface CpuUse {
  used_ns: number;
  since: number;
}

interface Usage {
  readonly begin: number;
  readonly threads: Map<number, ThreadUse>;
  readonly cpus: (CpuUse | undefined)[];
  readonly timeline: BusyTime | null;
}

export class CpuTop implements Report {
  readonly name = 'cputop';
  readonly sections: readonly number[] = [0];
  readonly events: readonly string[] = ['sched_switch', 'sched_migrate_task'];
  readonly needs: readonly (readonly string[])[] = [['sched_switch']];
  readonly models: readonly Tasks[];
  readonly #tasks: Tasks;
  readonly #filter: Filter;
  readonly #limit: number;
  readonly #timeline: boolean;
  readonly #usage = new PerWindow<Usage>();

  constructor(options: {
    readonly tasks: Tasks;
    readonly filter: Filter;
    readonly limit: number;
    readonly timeline: boolean;
  }) {
    this.#tasks = options.tasks;
    this.models = [options.tasks];
    this.#filter = options.filter;
    this.#limit = options.limit;
    this.#timeline = options.timeline;
    options.tasks.onPriority.push((task) => {
      for (const { threads } of this.#usage.list) {
        const thread = threads.get(task.tid);
        if (thread !== undefined) countPriority(thread, task.prio);
      }
    });
  }

  handler(type: EventType): Handler {
    return type.name === 'sched_switch' ? this.#onSwitch(type) : this.#onMigration(type);
  }

  open(window: Window): void {
    this.#usage.add(window, {
      begin: window.begin,
      threads: new Map(),
      cpus: [],
      timeline: this.#timeline ? new BusyTime(window.begin) : null,
    });
  }

  #onSwitch(type: EventType): Handler {
    const cpuField = cpuOf(type);
    const tasks = this.#tasks;
    return (event) => {
      const cpu = cpuField(event);
      if (!this.#filter.cpu(cpu)) return;
      for (const usage of this.#usage.list) this.#count(usage, cpu, event.time, tasks);
    };
  }

  #count(usage: Usage, cpu: number, time: number, { prev, next }: Tasks): void {
    const { begin } = usage;
    let cpuUse = usage.cpus[cpu];
    const counted = next.tid !== 0 && this.#filter.task(next);
    if (cpuUse === undefined) {
      // Who leaves at a CPU's first switch had it since the window began, unless that was nobody.
      const busy = prev.tid !== 0 && this.#filter.task(prev);
      cpuUse = { used_ns: 0, since: busy ? begin : Number.NaN };
      usage.cpus[cpu] = cpuUse;
      if (busy && !usage.threads.has(prev.tid)) this.#thread(usage, prev).since = begin;
    }
    if (!Number.isNaN(cpuUse.since)) {
      cpuUse.used_ns += time - cpuUse.since;
      usage.timeline?.add(cpu, cpuUse.since, time);
    }
    cpuUse.since = counted ? time : Number.NaN;
    const left = usage.threads.get(prev.tid);
    if (left !== undefined && !Number.isNaN(left.since)) {
      left.used_ns += time - left.since;
      left.since = Number.NaN;
    }
    if (counted) this.#thread(usage, next).since = time;
  }

  #onMigration(type: EventType): Handler {
    const cpu = cpuOf(type);
    const tid = numberOr(type, 'tid');
    return (event) => {
      const task = this.#tasks.table.of(tid(event));
      if (task.tid === 0 || !this.#filter.task(task) || !this.#filter.cpu(cpu(event))) return;
      for (const usage of this.#usage.list) this.#thread(usage, task).migrations++;
    };
  }

  #thread(usage: Usage, task: Task): ThreadUse {
    let thread = usage.threads.get(task.tid);
    if (thread === undefined) {
      thread = { task, used_ns: 0, since: Number.NaN, migrations: 0, priorities: new Map() };
      if (!Number.isNaN(task.prio)) countPriority(thread, task.prio);
      usage.threads.set(task.tid, thread);
    }
    return thread;
  }

  close(window: Window, sink: WindowSink): void {
    const { threads, cpus, timeline } = this.#usage.take(window);
    const duration = window.end - window.begin;
    const share = ({ used_ns, since }: CpuUse): number => {
      const used = Number.isNaN(since) ? used_ns : used_ns + window.end - since;
      return duration > 0 ? used / duration : 0;
    };
    const perProcess = table(PER_PROCESS);
    const sorted = [...threads.values()].map((thread) => ({ thread, usage: share(thread) }));
    sorted.sort((a, b) => b.usage - a.usage);
    for (const { thread, usage } of sorted.slice(0, this.#limit)) {
      const { task, migrations, priorities } = thread;
      perProcess.rows.push([{ name: task.comm, tid: task.tid }, migrations, formatPriorities(priorities), usage]);
    }
    const perCpu = table(PER_CPU);
    const total = table(TOTAL);
    let sum = 0;
    cpus.forEach((use, cpu) => {
      const usage = share(use!);
      sum += usage;
      perCpu.rows.push([cpu, usage]);
    });
    if (perCpu.rows.length > 0) total.rows.push([sum / perCpu.rows.length]);
    const overTime = table(TIMELINE);
    if (timeline !== null) {
      cpus.forEach((use, cpu) => {
        if (use !== undefined && !Number.isNaN(use.since)) timeline.add(cpu, use.since, window.end);
      });
      for (const { key, values } of timeline.shares()) {
        for (const [i, usage] of values.entries())
          overTime.rows.push([timeline.begin + i * timeline.width_ns, key, usage]);
      }
    }
    const shown = timeline === null ? [perProcess, perCpu, total] : [perProcess, perCpu, total, overTime];
    sink.block(0, shown, () => textOf(perProcess, perCpu, total));
  }
}

function countPriority({ priorities }: ThreadUse, prio: number): void {
  priorities.set(prio, (priorities.get(prio) ?? 0) + 1);
}

const percent = (ratio: number): string => `${fixed(ratio * 100, 2)} %`;

function label(name: string, migrations: string | number, priorities: string): string {
  return `  ${left(name, 25)} ${right(migrations, 10)}   ${priorities}`;
}

function textOf(perProcess: ResultTable, perCpu: ResultTable, total: ResultTable): string[] {
  const lines = barGraph({
    title: 'Per-TID Usage',
    labelHeader: label('Process', 'Migrations', 'Priorities'),
    bars: perProcess.rows.map(([process, migrations, priorities, usage]) => {
      const { name, tid } = process as ProcessCell;
      return {
        value: usage as number,
        text: percent(usage as number),
        label: label(`${name} (${tid})`, migrations as number, priorities as string),
      };
    }),
  });
  lines.push(
    ...barGraph({
      title: 'Per-CPU Usage',
      labelHeader: '',
      bars: perCpu.rows.map(([cpu, usage]) => ({
        value: usage as number,
        text: percent(usage as number),
        label: `CPU ${String(cpu)}`,
      })),
    }),
  );
  const [usage] = total.rows[0] ?? [];
  if (usage !== undefined) lines.push('', `Total CPU Usage: ${fixed((usage as number) * 100, 2)}%`, '');
  return lines;
}
