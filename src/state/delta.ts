/**
 * What another store has to be told: the changes since the last time, in one batch.
 *
 *     const writer = new DeltaWriter(state, { host: 'web1' });
 *     setInterval(() => store.apply(writer.take()), 250);
 *
 * Coalesced (the default), each changed cell comes once, with its last value and the time of its last change: a thread
 * that was switched a thousand times costs as much as one that was switched once. What a store then knows of the past is as
 * fine as its batches. `everyChange` tells all of them, for tests and for quiet machines.
 */
import { type Column, StampedColumn } from './columns.ts';
import { meaningOf, sinceName, type Value } from './entity.ts';
import type { LiveState, StateCounters } from './live-state.ts';
import type { Model } from './model.ts';
import { ALIVE, type Table } from './table.ts';

/** One new value. Times are nanoseconds since `origin_ns` of the delta. */
export interface Cell {
  readonly property: string;
  readonly value: Value;
  readonly time: number;
}

export interface EntityDelta {
  readonly kind: string;
  readonly uid: number;
  /** In the order of time. A new entity has all its properties, `born` among them. */
  readonly cells: readonly Cell[];
}

export interface Delta {
  readonly host: string;
  /** 1, 2, 3 ...; a store that misses one asks for a full delta. */
  readonly sequence: number;
  /** It tells everything that lives, and what was known before is void. */
  readonly full: boolean;
  readonly origin_ns: bigint;
  /** The batch tells of (from, to]. */
  readonly from: number;
  readonly to: number;
  readonly window_ns: number;
  readonly entities: readonly EntityDelta[];
  /** How many entities live at `to`. */
  readonly living: number;
  readonly counters: StateCounters;
}

export interface DeltaOptions {
  readonly host: string;
  readonly everyChange?: boolean;
  /**
   * `false`: nothing is told of what was born and died since the last delta, most files of a busy machine. What lives is
   * the same; lists of `recent` lack them. On the benchmark's trace that is 3% of the bytes. Default true.
   */
  readonly shortLived?: boolean;
  /** Kinds to tell; default all. */
  readonly kinds?: readonly string[];
}

interface Recorded {
  readonly column: Column;
  readonly time: number;
  readonly old: number;
  readonly since: number;
}

/** A row of which something is told. */
interface Told {
  readonly table: Table;
  readonly row: number;
  readonly isNew: boolean;
  /** When each column changed last; of what is new all are told. */
  readonly changed: Map<Column, number>;
  /** All its records, oldest first; only for `everyChange`. */
  readonly records: Recorded[];
}

const NOTHING: Map<Column, number> = new Map();

export class DeltaWriter {
  readonly #state: LiveState;
  readonly #options: DeltaOptions;
  #sequence = 0;
  #next = -1;
  #from = 0;

  constructor(state: LiveState, options: DeltaOptions) {
    this.#state = state;
    this.#options = options;
  }

  /** The next delta tells everything again: the store has lost it. */
  restart(): void {
    this.#next = -1;
  }

  /** What changed since the last call; everything at the first one, and when the history did not reach back so far. */
  take(): Delta {
    const { model, origin_ns, counters } = this.#state;
    const { journal } = model;
    const full = this.#next < journal.first;
    const told = full ? this.#everything() : this.#changes();
    const to = Number.isFinite(journal.now) ? journal.now : 0;
    const delta: Delta = {
      host: this.#options.host,
      sequence: ++this.#sequence,
      full,
      origin_ns,
      from: this.#from,
      to,
      window_ns: model.limits.window_ns,
      entities: told.map((entity) => this.#entity(entity)),
      living: model.tables.reduce((sum, table) => sum + (this.#isWanted(table) ? table.living : 0), 0),
      counters,
    };
    this.#next = journal.recorded;
    this.#from = to;
    return delta;
  }

  #isWanted(table: Table): boolean {
    const { kinds } = this.#options;
    return kinds === undefined || kinds.includes(table.kind);
  }

  #everything(): Told[] {
    const told: Told[] = [];
    for (const table of this.#state.model.tables) {
      if (!this.#isWanted(table)) continue;
      for (let row = 0; row < table.used; row++) {
        if (table.isAlive(row)) told.push(newRow(table, row));
      }
    }
    return told;
  }

  #changes(): Told[] {
    const { journal } = this.#state.model;
    const told = new Map<Table, Map<number, Told>>();
    const skips = this.#options.shortLived === false;
    for (let number = this.#next; number < journal.recorded; number++) {
      const column = journal.columnOf(number);
      const { table } = column;
      if (!this.#isWanted(table)) continue;
      const row = journal.rowOf(number);
      if (skips && table.died.data[row] !== ALIVE && table.born.data[row]! > this.#from) continue;
      let rows = told.get(table);
      if (rows === undefined) {
        rows = new Map();
        told.set(table, rows);
      }
      let entity = rows.get(row);
      if (entity === undefined) {
        const isNew = column === table.born;
        entity = isNew ? newRow(table, row) : { table, row, isNew, changed: new Map(), records: [] };
        rows.set(row, entity);
      }
      const time = journal.timeOf(number);
      // What is new is told as it is at the end, since its birth: stores have nothing else of that time.
      if (!entity.isNew) entity.changed.set(column, time);
      if (this.#options.everyChange === true) {
        entity.records.push({ column, time, old: journal.oldOf(number), since: journal.sinceOf(number) });
      }
    }
    return [...told.values()].flatMap((rows) => [...rows.values()]);
  }

  #entity(told: Told): EntityDelta {
    const { table, row, records } = told;
    const { model } = this.#state;
    const cells =
      records.length > 0
        ? everyCell(model, told)
        : told.isNew
          ? allCells(model, table, row)
          : changedCells(model, told);
    return { kind: table.kind, uid: table.uid[row]!, cells };
  }
}

/** A row of which everything is told. */
function newRow(table: Table, row: number): Told {
  return { table, row, isNew: true, changed: NOTHING, records: [] };
}

/** Of what is new: everything, since its birth. */
function allCells(model: Model, table: Table, row: number): Cell[] {
  const born = table.born.data[row]!;
  const cells: Cell[] = [];
  for (const column of table.columns) pushCells(cells, model, column, born, column.get(row), column.since(row));
  return cells;
}

/** A stamped column is two properties: its value, and since when it has it. */
function pushCells(cells: Cell[], model: Model, column: Column, time: number, raw: number, since: number): void {
  cells.push({ property: column.name, value: meaningOf(model, column, raw), time });
  if (!(column instanceof StampedColumn)) return;
  cells.push({ property: sinceName(column), value: Number.isFinite(since) ? since : null, time });
}

/** What changed, in the order of time. */
function changedCells(model: Model, { row, changed }: Told): Cell[] {
  const cells: Cell[] = [];
  for (const [column, time] of [...changed].sort(([, a], [, b]) => a - b)) {
    pushCells(cells, model, column, time, column.get(row), column.since(row));
  }
  return cells;
}

/** Backward from the present: the value after a record is the value before the column's next one. */
function everyCell(model: Model, { table, row, isNew, records }: Told): Cell[] {
  const after = new Map<Column, { value: number; since: number }>();
  const valueAfter = (column: Column): { value: number; since: number } => {
    return after.get(column) ?? { value: column.get(row), since: column.since(row) };
  };
  const cells: Cell[] = [];
  for (const { column, time, old, since } of records.toReversed()) {
    const { value, since: from } = valueAfter(column);
    pushCells(cells, model, column, time, value, from);
    after.set(column, { value: old, since });
  }
  if (isNew) {
    const born = table.born.data[row]!;
    for (const column of table.columns) {
      if (column === table.born) continue;
      const { value, since } = valueAfter(column);
      pushCells(cells, model, column, born, value, since);
    }
  }
  return cells.reverse();
}
