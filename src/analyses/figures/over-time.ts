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

function mergePairs(series: readonly (Float64Array | Uint32Array | undefined)[]): void {
  for (const cells of series) {
    if (cells === undefined) continue;
    for (let i = 0; i < COLUMNS / 2; i++) cells[i] = cells[2 * i]! + cells[2 * i + 1]!;
    cells.fill(0, COLUMNS / 2);
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
    mergePairs(this.#series);
  }
}

/** How many values of which size, by time. */
export class HeatMap extends Columns {
  /** Those that something is in: a page may have two thousand heat maps. */
  readonly #rows: (Uint32Array | undefined)[] = new Array(ROWS).fill(undefined);

  add(time: number, value_ns: number): void {
    const column = this.column(time);
    const row = value_ns < 1 ? 0 : Math.min(ROWS - 1, Math.floor(Math.log2(value_ns) * ROWS_PER_OCTAVE));
    let counts = this.#rows[row];
    if (counts === undefined) {
      counts = new Uint32Array(COLUMNS);
      this.#rows[row] = counts;
    }
    counts[column] = counts[column]! + 1;
  }

  /** Rows from the least to the greatest value that occurred. */
  rows(): { readonly low_ns: number; readonly counts: number[] }[] {
    const first = this.#rows.findIndex((counts) => counts !== undefined);
    const last = this.#rows.findLastIndex((counts) => counts !== undefined);
    return Array.from({ length: first < 0 ? 0 : last - first + 1 }, (_, i) => ({
      low_ns: 2 ** ((first + i) / ROWS_PER_OCTAVE),
      counts: Array.from(this.#rows[first + i]?.subarray(0, this.used) ?? new Array<number>(this.used).fill(0)),
    }));
  }

  protected merge(): void {
    mergePairs(this.#rows);
  }
}
