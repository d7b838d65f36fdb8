/**
 * Figures over time in a fixed number of columns, though nobody knows how long it will take: a column begins as a
 * millisecond, and when the last one is passed each two become one.
 */

const FIRST_WIDTH_NS = 1e6;
const COLUMNS = 256;
/** Rows of a heat map: halves of powers of two, from 1 ns to 2^42 ns (73 minutes). */
const ROWS_PER_OCTAVE = 2;
const ROWS = 42 * ROWS_PER_OCTAVE + 1;

abstract class Columns {
  /** Nanoseconds since the source's origin. */
  readonly begin: number;
  width_ns: number = FIRST_WIDTH_NS;
  /** Columns that were used. */
  used = 0;

  constructor(begin: number) {
    this.begin = begin;
  }

  /** Halves the number of columns in use. */
  protected abstract merge(): void;

  /** The column of a time, after making room for it. */
  protected column(time: number): number {
    const since = Math.max(0, time - this.begin);
    while (since >= this.width_ns * COLUMNS) {
      this.merge();
      this.width_ns *= 2;
      this.used = Math.ceil(this.used / 2);
    }
    const column = Math.floor(since / this.width_ns);
    if (column >= this.used) this.used = column + 1;
    return column;
  }
}

function mergePairs(cells: Float64Array, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const at = row * COLUMNS;
    for (let i = 0; i < COLUMNS / 2; i++) cells[at + i] = cells[at + 2 * i]! + cells[at + 2 * i + 1]!;
    cells.fill(0, at + COLUMNS / 2, at + COLUMNS);
  }
}

/** How long something was busy, by key (CPU) and time. */
export class BusyTime extends Columns {
  readonly #series: Float64Array[] = [];

  /** Busy from one time to another. */
  add(key: number, from: number, to: number): void {
    const last = this.column(to);
    this.#series[key] ??= new Float64Array(COLUMNS);
    const series = this.#series[key]!;
    for (let column = this.column(from); column <= last; column++) {
      const begin = this.begin + column * this.width_ns;
      series[column] = series[column]! + Math.min(to, begin + this.width_ns) - Math.max(from, begin);
    }
  }

  /** Shares of the columns' time, by key. */
  shares(): { readonly key: number; readonly values: number[] }[] {
    return this.#series.map((series, key) => ({
      key,
      values: Array.from(series.subarray(0, this.used), (busy) => Math.min(1, busy / this.width_ns)),
    }));
  }

  protected merge(): void {
    for (const series of this.#series) if (series !== undefined) mergePairs(series, 1);
  }
}

/** How many values of which size, by time. */
export class HeatMap extends Columns {
  readonly #cells = new Float64Array(COLUMNS * ROWS);

  add(time: number, value_ns: number): void {
    const column = this.column(time);
    const row = value_ns < 1 ? 0 : Math.min(ROWS - 1, Math.floor(Math.log2(value_ns) * ROWS_PER_OCTAVE));
    const at = row * COLUMNS + column;
    this.#cells[at] = this.#cells[at]! + 1;
  }

  /** Rows from the least to the greatest value that occurred. */
  rows(): { readonly low_ns: number; readonly counts: number[] }[] {
    const all = Array.from({ length: ROWS }, (_, row) => ({
      low_ns: 2 ** (row / ROWS_PER_OCTAVE),
      counts: Array.from(this.#cells.subarray(row * COLUMNS, row * COLUMNS + this.used)),
    }));
    const has = all.map(({ counts }) => counts.some((count) => count > 0));
    return has.includes(true) ? all.slice(has.indexOf(true), has.lastIndexOf(true) + 1) : [];
  }

  protected merge(): void {
    mergePairs(this.#cells, ROWS);
  }
}
