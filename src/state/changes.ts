/** What changed: between two times, and as it happens. */
import type { Column } from './columns.ts';
import { meaningOf, type Value } from './entity.ts';
import type { Model } from './model.ts';
import type { Table } from './table.ts';
import { View } from './view.ts';

export interface Change {
  /** Nanoseconds since the epoch. */
  readonly time_ns: bigint;
  readonly kind: string;
  readonly uid: number;
  /** What people call it: `4711`, `/dev/sda`, `fd 3 of 4711`. */
  readonly what: string;
  /** Name of the property; `born` and `died` for beginnings and ends. */
  readonly property: string;
  readonly before: Value;
  readonly after: Value;
}

export interface ChangeFilter {
  /** Default: all. */
  readonly kinds?: readonly string[];
  readonly properties?: readonly string[];
}

/** Name of a row for people. */
export function nameOf(model: Model, table: Table, row: number): string {
  const { cpus, tasks, processes, fdSets, fds, files, disks, interfaces, interrupts, texts } = model;
  switch (table) {
    case cpus:
      return `cpu ${cpus.cpu.data[row]}`;
    case tasks:
      return `thread ${tasks.tid.data[row]} (${texts.text(tasks.name.data[row]!)})`;
    case processes:
      return `process ${processes.pid.data[row]} (${texts.text(processes.name.data[row]!)})`;
    case fds: {
      const set = fds.files.data[row]!;
      return `fd ${fds.fd.data[row]} of ${set < 0 ? '?' : fdSets.pid.data[set]}`;
    }
    case files:
      return `file ${texts.text(files.path.data[row]!) || '?'}`;
    case disks:
      return `disk ${texts.text(disks.name.data[row]!) || disks.dev.data[row]}`;
    case interfaces:
      return `interface ${texts.text(interfaces.name.data[row]!)}`;
    case interrupts:
      return `${interrupts.isSoft.data[row] === 1 ? 'softirq' : 'irq'} ${interrupts.nr.data[row]}`;
    default:
      return table.kind;
  }
}

/** Whether a column is wanted, by its number: looked up once. */
function wantedColumns(model: Model, { kinds, properties }: ChangeFilter): Uint8Array {
  return Uint8Array.from(model.journal.columns, (column) => {
    const kind = kinds === undefined || kinds.includes(column.table.kind);
    return kind && (properties === undefined || properties.includes(column.name)) ? 1 : 0;
  });
}

interface Draft {
  readonly time: number;
  readonly column: Column;
  readonly row: number;
  readonly old: number;
  after: number;
}

/** Changes by number, `from` included, `to` not. */
function collect(model: Model, from: number, to: number, wanted: Uint8Array, end: View): Draft[] {
  const { journal } = model;
  const drafts: Draft[] = [];
  const last = new Map<Column, Map<number, Draft>>();
  for (let number = from; number < to; number++) {
    const column = journal.columnOf(number);
    if (wanted[column.number] === 0) continue;
    const row = journal.rowOf(number);
    const draft: Draft = { time: journal.timeOf(number), column, row, old: journal.oldOf(number), after: Number.NaN };
    let rows = last.get(column);
    if (rows === undefined) {
      rows = new Map();
      last.set(column, rows);
    }
    const before = rows.get(row);
    if (before !== undefined) before.after = draft.old;
    rows.set(row, draft);
    drafts.push(draft);
  }
  for (const rows of last.values()) {
    for (const draft of rows.values()) draft.after = end.get(draft.column, draft.row);
  }
  return drafts;
}

function told(model: Model, origin_ns: bigint, { time, column, row, old, after }: Draft): Change {
  const { table } = column;
  return {
    time_ns: origin_ns + BigInt(Math.round(time)),
    kind: table.kind,
    uid: table.uid[row]!,
    what: nameOf(model, table, row),
    property: column.name,
    before: meaningOf(model, column, old),
    after: meaningOf(model, column, after),
  };
}

/**
 * Changes after one time, up to another, in order.
 *
 * @throws UsageError `TT_STATE_OUTSIDE_WINDOW`
 */
export function changesBetween(
  model: Model,
  origin_ns: bigint,
  from: number,
  to: number,
  filter: ChangeFilter = {},
): Change[] {
  // Asked for its complaint when the window does not reach back so far.
  new View(model, origin_ns, from);
  const end = new View(model, origin_ns, to);
  const { journal } = model;
  const drafts = collect(model, journal.after(from), journal.after(to), wantedColumns(model, filter), end);
  return drafts.map((draft) => told(model, origin_ns, draft));
}

/** Told of changes, in their order. `missed`: how many there were that the history did not keep. */
export type Subscriber = (changes: readonly Change[], missed: number) => void;

export class Subscription {
  readonly #model: Model;
  readonly #origin_ns: bigint;
  readonly #wanted: Uint8Array;
  readonly #tell: Subscriber;
  #next: number;

  constructor(model: Model, origin_ns: bigint, filter: ChangeFilter, tell: Subscriber) {
    this.#model = model;
    this.#origin_ns = origin_ns;
    this.#wanted = wantedColumns(model, filter);
    this.#tell = tell;
    this.#next = model.journal.recorded;
  }

  /** Tells what changed since the last time. */
  deliver(): void {
    const { journal } = this.#model;
    const from = Math.max(this.#next, journal.first);
    const missed = from - this.#next;
    this.#next = journal.recorded;
    if (from === journal.recorded && missed === 0) return;
    const end = new View(this.#model, this.#origin_ns, journal.now);
    const drafts = collect(this.#model, from, journal.recorded, this.#wanted, end);
    if (drafts.length === 0 && missed === 0) return;
    this.#tell(
      drafts.map((draft) => told(this.#model, this.#origin_ns, draft)),
      missed,
    );
  }
}
