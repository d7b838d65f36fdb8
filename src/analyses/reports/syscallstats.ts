/** syscallstats: how long the system calls of each thread took, and what they returned. */
import type { EventType } from '../../trace/event.ts';
import type { ValueBudget } from '../figures/distribution.ts';
import { PERCENTILE_COLUMNS, PERCENTILE_TITLES, percentileCells, statCells } from '../figures/stat-cells.ts';
import { Summary } from '../figures/summary.ts';
import type { Filter } from '../filter.ts';
import { left, right, rounded } from '../format/python.ts';
import { cpuOf, type Handler, NONE } from '../listener.ts';
import { errorName } from '../models/errno.ts';
import { isExit, SYSCALL_EVENTS, type Syscalls } from '../models/syscalls.ts';
import type { Task } from '../models/task.ts';
import type { Tasks } from '../models/tasks.ts';
import { PerWindow } from '../per-window.ts';
import type { Report, Window, WindowSink } from '../report.ts';
import { type Cell, type ResultTable, type TableClass, table, tableClass } from '../table.ts';

const COLUMNS = [
  ['syscall', 'System call', 'syscall'],
  ['count', 'Call count', 'number', 'calls'],
  ['min_duration', 'Minimum call duration', 'duration'],
  ['avg_duration', 'Average call duration', 'duration'],
  ['max_duration', 'Maximum call duration', 'duration'],
  ['stdev_duration', 'Call duration standard deviation', 'duration'],
  ['return_values', 'Return values count', 'string'],
] as const;

export function perTid(percentiles: boolean): TableClass {
  return tableClass('per-tid', 'System call statistics', [...COLUMNS, ...(percentiles ? PERCENTILE_COLUMNS : [])]);
}
export const TOTAL: TableClass = tableClass('total', 'Per-TID system call statistics', [
  ['process', 'Process', 'process'],
  ['count', 'Total system call count', 'number', 'calls'],
]);

interface CallCount {
  readonly name: string;
  readonly durations: Summary;
  readonly returned: Map<string, number>;
}

interface Thread {
  readonly task: Task;
  readonly calls: Map<string, CallCount>;
  count: number;
}

export interface SyscallStatsOptions {
  readonly tasks: Tasks;
  readonly syscalls: Syscalls;
  readonly filter: Filter;
  readonly percentiles: boolean;
  readonly budget: ValueBudget;
}

export class SyscallStats implements Report {
  readonly name = 'syscallstats';
  readonly sections: readonly number[] = [0];
  readonly events: readonly string[] = SYSCALL_EVENTS;
  readonly models: readonly [Tasks, Syscalls];
  readonly #options: SyscallStatsOptions;
  readonly #open = new PerWindow<Map<number, Thread>>();

  constructor(options: SyscallStatsOptions) {
    this.#options = options;
    this.models = [options.tasks, options.syscalls];
  }

  handler(type: EventType): Handler | null {
    if (!isExit(type.name)) return null;
    const cpu = cpuOf(type);
    const { syscalls, filter } = this.#options;
    return (event) => {
      const { ended, ret } = syscalls;
      if (ended === null || !filter.task(ended.task) || !filter.cpu(cpu(event))) return;
      const duration = event.time - ended.begin;
      const outcome = ret < 0 ? errorName(ret) : 'success';
      for (const threads of this.#open.list) {
        const thread = threadOf(threads, ended.task);
        const call = this.#call(thread, ended.name);
        thread.count++;
        call.durations.add(duration);
        call.returned.set(outcome, (call.returned.get(outcome) ?? 0) + 1);
      }
    };
  }

  #call({ calls }: Thread, name: string): CallCount {
    let call = calls.get(name);
    if (call === undefined) {
      const { percentiles, budget } = this.#options;
      call = { name, durations: new Summary(percentiles ? budget : null), returned: new Map() };
      calls.set(name, call);
    }
    return call;
  }

  open(window: Window): void {
    this.#open.add(window, new Map());
  }

  close(window: Window, sink: WindowSink): void {
    const threads = [...this.#open.take(window).values()].sort((a, b) => b.count - a.count);
    const { percentiles } = this.#options;
    const tableClass = perTid(percentiles);
    const total = table(TOTAL);
    const tables = threads.map(({ task, calls, count }) => {
      const { comm, pid, tid } = task;
      total.rows.push([pid === NONE ? { name: comm, tid } : { name: comm, pid, tid }, count]);
      const result = table(tableClass, `${comm} (${pid === NONE ? '?' : pid}, TID: ${tid})`);
      for (const call of [...calls.values()].sort((a, b) => b.durations.count - a.durations.count)) {
        const { name, durations, returned } = call;
        const figures = [durations.count, ...statCells(durations), returnedText(returned)];
        result.rows.push([name, ...figures, ...(percentiles ? percentileCells(durations) : [])]);
        if (percentiles && durations.values?.exact === false) result.approximate = true;
      }
      return result;
    });
    sink.block(0, [...tables, total], () => textOf(tables, total));
  }
}

function threadOf(threads: Map<number, Thread>, task: Task): Thread {
  let thread = threads.get(task.tid);
  if (thread === undefined) {
    thread = { task, calls: new Map(), count: 0 };
    threads.set(task.tid, thread);
  }
  return thread;
}

/** `{'success': 117, 'EAGAIN': 27}`. */
function returnedText(returned: ReadonlyMap<string, number>): string {
  return `{${[...returned].map(([name, count]) => `'${name}': ${count}`).join(', ')}}`;
}

function line(first: string, figures: readonly string[], percentiles: readonly string[], last: string): string {
  const [count = '', min = '', mean = '', max = '', deviation = ''] = figures;
  const durations = `${right(min, 14)} ${right(mean, 14)} ${right(max, 12)} ${right(deviation, 10)}`;
  const more = percentiles.map((text) => ` ${right(text, 12)}`).join('');
  return `${left(first, 38)} ${right(count, 14)} ${durations}${more}  ${left(last, 14)}`;
}

function textOf(tables: readonly ResultTable[], total: ResultTable): string[] {
  const lines = ['Per-TID syscalls statistics (usec)'];
  let all = 0;
  const us = (cell: Cell): string => (typeof cell === 'number' ? rounded(cell / 1000) : '?');
  tables.forEach(({ subtitle, rows, class: { columns } }, i) => {
    const percentiles = columns.length > COLUMNS.length ? PERCENTILE_TITLES : [];
    lines.push(line(subtitle!, ['Count', 'Min', 'Average', 'Max', 'Stdev'], percentiles, 'Return values'));
    for (const [name, count, min, mean, max, deviation, returned, ...more] of rows) {
      const figures = [String(count), ...[min, mean, max, deviation].map((cell) => us(cell as Cell))];
      lines.push(
        line(
          ` - ${String(name)}`,
          figures,
          more.map((cell) => us(cell)),
          returned as string,
        ),
      );
    }
    const count = total.rows[i]![1] as number;
    lines.push(
      line(
        'Total:',
        [String(count)],
        percentiles.map(() => ''),
        '',
      ),
      '-'.repeat(113),
    );
    all += count;
  });
  return [...lines, '', `Total syscalls: ${all}`];
}
