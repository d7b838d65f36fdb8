/**
 * Results as LTTng analyses machine interface (LAMI) 1.0, which Trace Compass reads: one JSON object with all tables.
 *
 * Tables without rows are left out. With several windows a summary of their totals follows the tables.
 */
import type { LogSink, LogText, Report, Window, WindowSink } from '../report.ts';
import type { RunSink } from '../run.ts';
import type { Cell, Column, IrqCell, ProcessCell, RangeCell, ResultTable, Row, TableClass } from '../table.ts';
import { UNKNOWN } from '../table.ts';
import { Queue, type Slot } from './queue.ts';

/** What a table's text begins with, so that commas can be put between tables when they are written. */
const TABLE = '\n';

export class LamiOutput implements RunSink {
  readonly #origin_ns: bigint;
  readonly #queue: Queue;
  readonly #write: (text: string) => void;
  readonly #summaryOf: (report: Report) => TableClass | null;
  readonly #summaries = new Map<Report, { readonly range: RangeCell; readonly rows: readonly Row[] }[]>();
  #tables = 0;

  /** @param summaryOf the class of a report's summary over windows; null: it has none */
  constructor(origin_ns: bigint, write: (text: string) => void, summaryOf: (report: Report) => TableClass | null) {
    this.#origin_ns = origin_ns;
    this.#write = write;
    this.#summaryOf = summaryOf;
    write('{"results": [');
    this.#queue = new Queue((text) => this.#piece(text));
  }

  open(report: Report, window: Window): WindowSink {
    return new LamiSections(this.#queue, this.#origin_ns, report.sections, window);
  }

  close(report: Report, window: Window, sink: WindowSink): void {
    const sections = sink as LamiSections;
    sections.close();
    const summaries = this.#summaries.get(report) ?? [];
    summaries.push({ range: { begin: window.begin, end: window.end }, rows: sections.totals });
    this.#summaries.set(report, summaries);
  }

  /** Call it once, after the run. */
  finish(): void {
    for (const [report, windows] of this.#summaries) {
      const tableClass = this.#summaryOf(report);
      if (tableClass === null || windows.length < 2) continue;
      const rows = windows.flatMap(({ range, rows }) => rows.map((row) => [range, ...row]));
      const range = { begin: windows[0]!.range.begin, end: windows.at(-1)!.range.end };
      if (rows.length > 0) this.#piece(tableText({ class: tableClass, subtitle: null, rows }, range, this.#origin_ns));
    }
    this.#write(']}\n');
  }

  #piece(text: string): void {
    if (!text.startsWith(TABLE)) this.#write(text);
    else this.#write(`${this.#tables++ === 0 ? '' : ', '}${text.slice(TABLE.length)}`);
  }
}

class LamiSections implements WindowSink {
  /** What a summary has of this window, but for its time. */
  readonly totals: Row[] = [];
  readonly #origin_ns: bigint;
  readonly #window: Window;
  readonly #slots: ReadonlyMap<number, Slot>;
  readonly #logs: LamiLog[] = [];

  constructor(queue: Queue, origin_ns: bigint, sections: readonly number[], window: Window) {
    this.#origin_ns = origin_ns;
    this.#window = window;
    this.#slots = new Map(sections.map((section) => [section, queue.add()]));
  }

  log(section: number, tableClass: TableClass, _text: LogText): LogSink {
    const log = new LamiLog(this.#slots.get(section)!, tableClass, this.#window, this.#origin_ns);
    this.#logs.push(log);
    return log;
  }

  block(section: number, tables: readonly ResultTable[]): void {
    for (const result of tables) {
      const { name } = result.class;
      if (name === 'total') this.totals.push(...result.rows);
      else if (name === 'hard-stats' || name === 'soft-stats')
        this.totals.push(...result.rows.map((row): Row => [row[1] as number]));
      if (result.rows.length > 0) this.#slots.get(section)!.put(tableText(result, this.#range(), this.#origin_ns));
    }
  }

  close(): void {
    for (const log of this.#logs) log.end();
    for (const slot of this.#slots.values()) slot.close();
  }

  #range(): RangeCell {
    return { begin: this.#window.begin, end: this.#window.end };
  }
}

class LamiLog implements LogSink {
  #rows = 0;
  readonly #slot: Slot;
  readonly #class: TableClass;
  readonly #window: Window;
  readonly #origin_ns: bigint;

  constructor(slot: Slot, tableClass: TableClass, window: Window, origin_ns: bigint) {
    this.#slot = slot;
    this.#class = tableClass;
    this.#window = window;
    this.#origin_ns = origin_ns;
  }

  row(cells: Row): void {
    const head = this.#rows++ === 0 ? `${TABLE}{"class": ${JSON.stringify(this.#class.name)}, "data": [` : ', ';
    this.#slot.put(head + rowText(cells, this.#class.columns, this.#origin_ns));
  }

  /** The time range comes last: the window's end was not known before. */
  end(): void {
    const { begin, end } = this.#window;
    if (this.#rows > 0) this.#slot.put(`], "time-range": ${rangeText({ begin, end }, this.#origin_ns)}}`);
  }
}

function tableText(
  { class: tableClass, subtitle, rows, approximate }: ResultTable,
  range: RangeCell,
  origin_ns: bigint,
) {
  const title = approximate === true ? `${subtitle ?? ''}, approximate`.replace(/^, /, '') : subtitle;
  const data = rows.map((row) => rowText(row, tableClass.columns, origin_ns)).join(', ');
  return `${TABLE}{"class": ${classText(tableClass, title)}, "time-range": ${rangeText(range, origin_ns)}, "data": [${data}]}`;
}

function classText(tableClass: TableClass, subtitle: string | null): string {
  const { name, title } = tableClass;
  if (name === null) return JSON.stringify(describeClass(tableClass));
  if (subtitle === null) return JSON.stringify(name);
  return JSON.stringify({ inherit: name, title: `${title} [${subtitle}]` });
}

/** A table class as `--metadata` describes it. */
export function describeClass({ title, columns }: TableClass): object {
  const descriptions = columns.map(({ title: columnTitle, class: kind, unit }) => ({
    title: columnTitle,
    class: kind,
    ...(unit === undefined ? {} : { unit }),
  }));
  return { title, 'column-descriptions': descriptions };
}

function rowText(row: Row, columns: readonly Column[], origin_ns: bigint): string {
  return `[${columns.map((column, i) => cellText(row[i]!, column, origin_ns)).join(', ')}]`;
}

function timestamp(time: number, origin_ns: bigint): string {
  return `{"class": "timestamp", "value": ${origin_ns + BigInt(Math.round(time))}}`;
}

function rangeText({ begin, end }: RangeCell, origin_ns: bigint): string {
  return `{"class": "time-range", "begin": ${timestamp(begin, origin_ns)}, "end": ${timestamp(end, origin_ns)}}`;
}

function cellText(cell: Cell, { class: kind }: Column, origin_ns: bigint): string {
  if (cell === null) return 'null';
  if (cell === UNKNOWN) return '{"class": "unknown"}';
  switch (kind) {
    case 'timestamp':
      return timestamp(cell as number, origin_ns);
    case 'time-range':
      return rangeText(cell as RangeCell, origin_ns);
    case 'process':
    case 'irq':
      return JSON.stringify({ class: kind, ...(cell as ProcessCell | IrqCell) });
    case 'syscall':
    case 'disk':
    case 'netif':
      return JSON.stringify({ class: kind, name: cell });
    case 'path':
      return JSON.stringify({ class: kind, path: cell });
    case 'fd':
      return JSON.stringify({ class: kind, fd: cell });
    case 'cpu':
      return JSON.stringify({ class: kind, id: cell });
    case 'mixed':
      return JSON.stringify({ class: typeof cell === 'string' ? 'string' : 'number', value: cell });
    default:
      return JSON.stringify({ class: kind, value: cell });
  }
}
