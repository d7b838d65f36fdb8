/**
 * Tables of what lives: a row is one thread, one file descriptor, one disk ..., a column one property of all of them, in
 * a typed array. Every change goes through a column and is journaled, which is all that queries of the past, differences
 * and deltas to other stores need.
 *
 * Life of a row: `create` ... `kill` (it is dead, but can be seen until the window has passed) ... `free` (its place is
 * used again). References to rows of other tables are kept only where the other row lives at least as long.
 */
import { type Column, type ColumnForm, IntColumn, NumberColumn, StampedColumn } from './columns.ts';
import type { Journal } from './journal.ts';

/** Rows that a new table has room for. */
const FIRST_ROWS = 16;
/** `died` of a row that lives. */
export const ALIVE: number = Number.POSITIVE_INFINITY;
/** No row, no number, not known. */
export const NONE = -1;
/** Not known, where -1 is a number as others are. */
export const UNTOLD: number = -(2 ** 31);

/** Told when rows go; the model queues them until the window has passed. */
export interface Graveyard {
  dead(table: Table, row: number): void;
  /** A table has no room: frees what died first, before its time. @returns false when nothing is dead */
  makeRoom(table: Table): boolean;
}

export abstract class Table {
  readonly kind: string;
  readonly journal: Journal;
  readonly columns: Column[] = [];
  /** Time of birth as far as it was seen, and of death. */
  readonly born: NumberColumn;
  readonly died: NumberColumn;
  /** Number of a row's newest record in the journal; -1: none. */
  last: Float64Array = new Float64Array(0);
  /** Never used twice, while places are: what other stores call the row. */
  uid: Float64Array = new Float64Array(0);
  /** Rows that live. */
  living = 0;
  /** Rows that found no place. */
  refused = 0;
  /** Places that were ever used. */
  used = 0;
  readonly maxRows: number;
  readonly #graveyard: Graveyard;
  readonly #free: number[] = [];
  #rows = 0;
  #nextUid = 0;

  constructor(kind: string, journal: Journal, graveyard: Graveyard, maxRows: number) {
    this.kind = kind;
    this.journal = journal;
    this.maxRows = maxRows;
    this.#graveyard = graveyard;
    this.born = this.number('born', 'time', Number.NaN);
    this.died = this.number('died', 'time', ALIVE);
  }

  protected number(name: string, form: ColumnForm = 'count', initial = 0): NumberColumn {
    return this.#added(new NumberColumn({ table: this, name, form, initial }));
  }

  protected int(name: string, form: ColumnForm = 'number', initial: number = NONE): IntColumn {
    return this.#added(new IntColumn({ table: this, name, form, initial }));
  }

  protected text(name: string): IntColumn {
    return this.int(name, 'text', 0);
  }

  protected stamped(name: string, form: ColumnForm, initial: number = NONE, labels?: readonly string[]): StampedColumn {
    return this.#added(new StampedColumn({ table: this, name, form, initial, labels }));
  }

  protected choice(name: string, labels: readonly string[]): IntColumn {
    return this.#added(new IntColumn({ table: this, name, form: 'enum', initial: 0, labels }));
  }

  #added<C extends Column>(column: C): C {
    this.columns.push(column);
    return column;
  }

  get bytes(): number {
    let perRow = 16;
    for (const column of this.columns) perRow += column.bytesPerRow;
    return perRow * this.#rows;
  }

  column(name: string): Column | undefined {
    return this.columns.find((column) => column.name === name);
  }

  /** A new row, born now; NONE when there are too many. */
  create(): number {
    let row = this.#free.pop() ?? NONE;
    if (row === NONE) {
      if (this.used >= this.maxRows) {
        row = this.#graveyard.makeRoom(this) ? (this.#free.pop() ?? NONE) : NONE;
        if (row === NONE) {
          this.refused++;
          return NONE;
        }
      } else {
        if (this.used >= this.#rows) this.#grow();
        row = this.used++;
      }
    }
    for (const column of this.columns) column.reset(row);
    this.last[row] = -1;
    this.uid[row] = this.#nextUid++;
    this.born.set(row, this.journal.now);
    this.living++;
    return row;
  }

  /** The row is dead from now on. */
  kill(row: number): void {
    if (this.died.data[row] !== ALIVE) return;
    this.died.set(row, this.journal.now);
    this.living--;
    this.#graveyard.dead(this, row);
  }

  isAlive(row: number): boolean {
    return this.died.data[row] === ALIVE && this.born.data[row]! <= this.journal.now;
  }

  /** The place may be used again. */
  free(row: number): void {
    this.born.data[row] = Number.NaN;
    this.died.data[row] = Number.NaN;
    this.#free.push(row);
  }

  #grow(): void {
    this.#rows = Math.min(this.maxRows, Math.max(FIRST_ROWS, this.#rows * 2));
    const last = new Float64Array(this.#rows);
    last.set(this.last);
    this.last = last;
    const uid = new Float64Array(this.#rows);
    uid.set(this.uid);
    this.uid = uid;
    for (const column of this.columns) column.grow(this.#rows);
  }
}
