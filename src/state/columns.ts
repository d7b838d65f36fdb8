/** Columns of tables: one property of all rows, in a typed array. Every change is journaled. */
import type { Journal } from './journal.ts';
import type { Table } from './table.ts';

/** What a column's numbers mean: `row` is a row of another table, `text` a number of `Texts`, `call` one of `CallNames`. */
export type ColumnForm = 'number' | 'time' | 'bytes' | 'count' | 'duration' | 'text' | 'row' | 'enum' | 'flag' | 'call';

interface ColumnOptions {
  readonly table: Table;
  readonly name: string;
  readonly form: ColumnForm;
  readonly initial: number;
  /** Labels of an enumeration, by value. */
  readonly labels?: readonly string[] | undefined;
}

export abstract class Column {
  readonly name: string;
  readonly table: Table;
  readonly form: ColumnForm;
  readonly labels: readonly string[];
  /** Value in a new row. */
  readonly initial: number;
  readonly number: number;
  protected readonly journal: Journal;

  constructor({ table, name, form, initial, labels }: ColumnOptions) {
    this.table = table;
    this.name = name;
    this.form = form;
    this.initial = initial;
    this.labels = labels ?? [];
    this.journal = table.journal;
    this.number = this.journal.register(this);
  }

  abstract get(row: number): number;
  /** Since when the row has this value; NaN where the column does not keep it. */
  abstract since(row: number): number;
  /** Changes a cell, journaled. */
  abstract set(row: number, value: number): void;
  abstract grow(rows: number): void;
  /** Makes a row new, not journaled. */
  abstract reset(row: number): void;
  abstract readonly bytesPerRow: number;
}

/** Small integers: rows, enumerations, flags, texts. */
export class IntColumn extends Column {
  data: Int32Array = new Int32Array(0);
  readonly bytesPerRow: number = 4;

  get(row: number): number {
    return this.data[row]!;
  }

  since(_row: number): number {
    return Number.NaN;
  }

  set(row: number, value: number): void {
    const { data } = this;
    const old = data[row]!;
    if (old === value) return;
    this.journal.record(this.table, this.number, row, old, Number.NaN);
    data[row] = value;
  }

  grow(rows: number): void {
    const data = new Int32Array(rows);
    data.set(this.data);
    this.data = data;
  }

  reset(row: number): void {
    this.data[row] = this.initial;
  }
}

/** A small integer, and since when: the states of things. */
export class StampedColumn extends Column {
  data: Int32Array = new Int32Array(0);
  stamps: Float64Array = new Float64Array(0);
  readonly bytesPerRow: number = 12;
  /** What others call the time since when. */
  readonly sinceName: string = `${this.name}_since`;

  get(row: number): number {
    return this.data[row]!;
  }

  since(row: number): number {
    return this.stamps[row]!;
  }

  set(row: number, value: number): void {
    const { data, stamps } = this;
    const old = data[row]!;
    if (old === value) return;
    this.journal.record(this.table, this.number, row, old, stamps[row]!);
    data[row] = value;
    stamps[row] = this.journal.now;
  }

  /** As `set`, for a value that began earlier than we learned of it (NaN: nobody knows). */
  setSince(row: number, value: number, since: number): void {
    this.set(row, value);
    this.stamps[row] = since;
  }

  grow(rows: number): void {
    const data = new Int32Array(rows);
    data.set(this.data);
    this.data = data;
    const stamps = new Float64Array(rows);
    stamps.set(this.stamps);
    this.stamps = stamps;
  }

  reset(row: number): void {
    this.data[row] = this.initial;
    this.stamps[row] = Number.NaN;
  }
}

/** Counters, times, addresses: exact up to 2^53. */
export class NumberColumn extends Column {
  data: Float64Array = new Float64Array(0);
  readonly bytesPerRow: number = 8;

  get(row: number): number {
    return this.data[row]!;
  }

  since(_row: number): number {
    return Number.NaN;
  }

  set(row: number, value: number): void {
    const { data } = this;
    const old = data[row]!;
    // Not known stays not known.
    if (old === value || (Number.isNaN(value) && Number.isNaN(old))) return;
    this.journal.record(this.table, this.number, row, old, Number.NaN);
    data[row] = value;
  }

  add(row: number, amount: number): void {
    const { data } = this;
    const old = data[row]!;
    if (amount === 0) return;
    this.journal.record(this.table, this.number, row, old, Number.NaN);
    data[row] = old + amount;
  }

  grow(rows: number): void {
    const data = new Float64Array(rows);
    data.set(this.data);
    this.data = data;
  }

  reset(row: number): void {
    this.data[row] = this.initial;
  }
}
