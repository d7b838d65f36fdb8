/**
 * The state at one time of the window: the present, or the present with the newer changes undone. Undoing goes along a
 * row's own records, when the row is asked for; so one thread of the past costs what happened to that thread since.
 *
 * A view is valid until the state is fed again.
 */
import { UsageError } from '../base/errors.ts';
import type { Column } from './columns.ts';
import type { Model } from './model.ts';
import { NONE, type Table } from './table.ts';

interface Undone {
  readonly old: number;
  readonly since: number;
}

export class View {
  readonly model: Model;
  readonly origin_ns: bigint;
  /** Nanoseconds since the origin. */
  readonly time: number;
  readonly isPast: boolean;
  /** Cells that have changed since `time`, by row, for each table. */
  readonly #undone = new Map<Table, Map<number, Map<Column, Undone> | null>>();
  #fds: Map<number, Map<number, number>> | null = null;

  /**
   * @param time nanoseconds since the origin; later than the last event: the present, seen at that time
   * @throws UsageError `TT_STATE_OUTSIDE_WINDOW`
   */
  constructor(model: Model, origin_ns: bigint, time: number) {
    this.model = model;
    this.origin_ns = origin_ns;
    this.time = time;
    this.isPast = time < model.journal.now;
    if (this.isPast && time < model.journal.forgotten) {
      const seconds = (model.journal.now - Math.max(model.journal.forgotten, 0)) / 1e9;
      throw new UsageError('TT_STATE_OUTSIDE_WINDOW', 'this time is before the window of the state', {
        next: `ask for the last ${seconds.toFixed(3)} s, or keep a longer window`,
      });
    }
  }

  get(column: Column, row: number): number {
    if (!this.isPast) return column.get(row);
    return this.#changesOf(column.table, row)?.get(column)?.old ?? column.get(row);
  }

  /** Since when, nanoseconds since the origin; NaN when not known. */
  since(column: Column, row: number): number {
    if (!this.isPast) return column.since(row);
    return this.#changesOf(column.table, row)?.get(column)?.since ?? column.since(row);
  }

  text(column: Column, row: number): string {
    return this.model.texts.text(this.get(column, row));
  }

  /** The label of an enumeration. */
  label(column: Column, row: number): string {
    return column.labels[this.get(column, row)] ?? 'unknown';
  }

  exists(table: Table, row: number): boolean {
    // Both times are facts: they hold for any time of the window.
    return row >= 0 && row < table.used && table.born.data[row]! <= this.time && table.died.data[row]! > this.time;
  }

  /** Dead, but not longer than a window ago. */
  isRecent(table: Table, row: number): boolean {
    const died = table.died.data[row]!;
    return table.born.data[row]! <= this.time && died <= this.time && died > this.time - this.model.limits.window_ns;
  }

  /** Rows that live at the time, and on request those that died within the window before. */
  *rows(table: Table, recent = false): Generator<number, void> {
    for (let row = 0; row < table.used; row++) {
      if (this.exists(table, row) || (recent && this.isRecent(table, row))) yield row;
    }
  }

  /** The first living row with a value in a column; NONE. */
  find(column: Column, value: number): number {
    for (const row of this.rows(column.table)) if (this.get(column, row) === value) return row;
    return NONE;
  }

  /** The living descriptor with a number in a set; NONE. */
  fd(set: number, fd: number): number {
    if (this.#fds === null) {
      const { fds } = this.model;
      this.#fds = new Map();
      for (const row of this.rows(fds)) {
        const of = this.get(fds.files, row);
        let rows = this.#fds.get(of);
        if (rows === undefined) {
          rows = new Map();
          this.#fds.set(of, rows);
        }
        rows.set(this.get(fds.fd, row), row);
      }
    }
    return this.#fds.get(set)?.get(fd) ?? NONE;
  }

  /** Nanoseconds since the epoch; null for times that are not known. */
  clock(time: number): bigint | null {
    return Number.isFinite(time) ? this.origin_ns + BigInt(Math.round(time)) : null;
  }

  #changesOf(table: Table, row: number): Map<Column, Undone> | null {
    let rows = this.#undone.get(table);
    if (rows === undefined) {
      rows = new Map();
      this.#undone.set(table, rows);
    }
    let changes = rows.get(row);
    if (changes === undefined) {
      changes = this.#undo(table, row);
      rows.set(row, changes);
    }
    return changes;
  }

  #undo(table: Table, row: number): Map<Column, Undone> | null {
    const { journal } = this.model;
    let changes: Map<Column, Undone> | null = null;
    for (let number = table.last[row]!; number >= journal.first; number = journal.before(number)) {
      if (journal.timeOf(number) <= this.time) break;
      changes ??= new Map();
      changes.set(journal.columnOf(number), { old: journal.oldOf(number), since: journal.sinceOf(number) });
    }
    return changes;
  }
}
