/** Results as JSON: one object a line for each row, with the report, the table and the window it belongs to. */
import type { LogSink, LogText, Report, Window, WindowSink } from '../report.ts';
import type { RunSink } from '../run.ts';
import {
  type Cell,
  type Column,
  type RangeCell,
  type ResultTable,
  type Row,
  type TableClass,
  UNKNOWN,
} from '../table.ts';

export class JsonOutput implements RunSink {
  readonly #origin_ns: bigint;
  readonly #write: (text: string) => void;

  constructor(origin_ns: bigint, write: (text: string) => void) {
    this.#origin_ns = origin_ns;
    this.#write = write;
  }

  open(report: Report, window: Window): WindowSink {
    return this.#sink(report, window);
  }

  close(): void {}

  #sink(report: Report, window: Window): WindowSink {
    return {
      log: (_section: number, tableClass: TableClass, _text: LogText): LogSink => ({
        row: (cells) => this.#row(report, window, { class: tableClass, subtitle: null, rows: [] }, cells),
      }),
      block: (_section, tables) => {
        for (const result of tables) for (const row of result.rows) this.#row(report, window, result, row);
      },
    };
  }

  #row(report: Report, window: Window, result: ResultTable, row: Row): void {
    const { class: tableClass, subtitle, approximate } = result;
    const head = {
      report: report.name,
      table: tableClass.name ?? tableClass.title,
      ...(subtitle === null ? {} : { of: subtitle }),
      window: { begin_ns: this.#time(window.begin), end_ns: this.#time(window.end) },
      ...(approximate === true ? { approximate } : {}),
    };
    const cells = Object.fromEntries(
      tableClass.columns.map((column, i) => [keyOf(column), this.#cell(column, row[i]!)]),
    );
    this.#write(`${JSON.stringify({ ...head, ...cells })}\n`);
  }

  /** Nanoseconds since the epoch as text; null while it is not known. */
  #time(time: number): string | null {
    return Number.isNaN(time) ? null : String(this.#origin_ns + BigInt(Math.round(time)));
  }

  #cell({ class: kind }: Column, cell: Cell): unknown {
    if (cell === null || cell === UNKNOWN) return null;
    if (kind === 'timestamp') return this.#time(cell as number);
    if (kind !== 'time-range') return cell;
    const { begin, end } = cell as RangeCell;
    return { begin_ns: this.#time(begin), end_ns: this.#time(end) };
  }
}

/** With its unit: `latency_ns`, `size_bytes`. */
function keyOf({ key, class: kind }: Column): string {
  if (kind === 'timestamp') return key.replace(/(_ts)?$/, '_ns');
  if (kind === 'duration') return `${key}_ns`;
  return kind === 'size' ? `${key}_bytes` : key;
}
