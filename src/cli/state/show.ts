/** Prints tables of the state. */
import { UsageError } from '../../base/errors.ts';
import { formatDuration } from '../../base/units.ts';
import { timeText } from '../../ctf/text/time-text.ts';
import type { LiveState, Query } from '../../state/index.ts';
import type { Output } from '../output.ts';
import { formatTable } from '../table.ts';
import { type Asked, NO_PROCESS, type Told } from './table.ts';
import { STATE_TABLES } from './tables.ts';

export interface Wanted extends Pick<Asked, 'pid' | 'tid' | 'path' | 'recent' | 'limit' | 'since_ns'> {
  /** Names of tables. */
  readonly show: readonly string[];
  readonly gmt: boolean;
  /** How long before the present the state is asked for, nanoseconds. */
  readonly ago_ns: number;
}

/** Nothing changes between a time and an earlier one. */
export function refuseSince({ since_ns }: Wanted, until_ns: bigint | undefined): void {
  if (since_ns === undefined || until_ns === undefined || since_ns <= until_ns) return;
  throw new UsageError(
    'TT_USAGE',
    `--since is ${formatDuration(Number(since_ns - until_ns))} after the time asked for`,
    {
      next: 'give an earlier time, or a later --at',
    },
  );
}

export function showState(state: LiveState, wanted: Wanted, out: Output, log: (line: string) => void): void {
  const query = state.at(wanted.ago_ns === 0 ? undefined : state.now_ns - BigInt(wanted.ago_ns));
  showQuery(query, toldBy(state), wanted, out);
  tellHoles(state, log);
}

function toldBy(state: LiveState): Told {
  const { model } = state;
  return {
    changes: (from_ns, to_ns) => state.changes(from_ns, to_ns),
    counters: () => [
      ...Object.entries(state.counters).map(([counter, value]) => ({ counter, value })),
      { counter: 'changes', value: model.journal.count },
      ...model.tables.map(({ kind, living }) => ({ counter: `living ${kind}`, value: living })),
      { counter: 'dead in the window', value: model.deadRows },
      { counter: 'bytes', value: model.bytes },
    ],
  };
}

/** Each record has its table's name in front: a script chooses by it. */
export function showQuery(query: Query, told: Told, wanted: Wanted, out: Output): void {
  const clock = (time_ns: bigint | null): string => (time_ns === null ? '-' : clockText(time_ns, wanted.gmt));
  const asked: Asked = { ...wanted, ...told, query, clock, pid: wanted.pid ?? processOf(query, wanted) };
  out.text(`state at ${clock(query.time_ns)}`);
  for (const name of wanted.show) {
    const { columns, rows } = STATE_TABLES[name]!;
    const { shown, count } = rows(asked);
    if (out.json) {
      for (const { record } of shown) out.record({ table: name, at_ns: query.time_ns, ...record });
      continue;
    }
    out.text('');
    out.text(count > shown.length ? `${name} (the first ${shown.length} of ${count}; see --limit)` : name);
    const lines = formatTable(
      columns,
      shown.map(({ cells }) => cells),
    );
    for (const line of count === 0 ? ['  none'] : lines) out.text(line);
  }
}

/** Files and the process of a thread are those of its process; there is none of idle threads and of those not found. */
function processOf(query: Query, { tid, recent }: Wanted): number | undefined {
  if (tid === undefined) return undefined;
  const thread =
    query.thread(tid) ?? (recent ? query.threads({ recent }).find((ended) => ended.tid === tid) : undefined);
  return thread?.pid ?? NO_PROCESS;
}

/** What the state had to do without: an answer that is incomplete says so. */
function tellHoles({ counters }: LiveState, log: (line: string) => void): void {
  const { lost, refused, droppedChanges, hurried } = counters;
  if (lost > 0) log(`warning: ${lost} events were lost; what they told is missing`);
  if (refused > 0) log(`warning: ${refused} threads, files or others found no room`);
  if (droppedChanges + hurried > 0) log('warning: the window is shorter than asked for: there were too many changes');
}

export function clockText(time_ns: bigint, gmt: boolean): string {
  return timeText(time_ns, { cycles: false, seconds: false, date: false, gmt });
}
