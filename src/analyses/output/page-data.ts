/** Collects results for a page: tables as texts with what they are sorted by, logs as a sample and a heat map. */
import { HeatMap } from '../figures/over-time.ts';
import type { LogSink, Report, TextStyle, Window, WindowSink } from '../report.ts';
import type { RunSink } from '../run.ts';
import {
  type Cell,
  type Column,
  type IrqCell,
  type ProcessCell,
  type RangeCell,
  type ResultTable,
  type Row,
  type TableClass,
  UNKNOWN,
} from '../table.ts';
import { addToHeat, valueColumn } from './chart.ts';

/** Rows of a table that a page has: a browser draws and sorts that many at once. The heat map of a log has all. */
const TABLE_ROWS = 20_000;
/** Rows of all tables: some 30 MB of page. Beyond them each table has few. */
const ALL_ROWS = 100_000;
const FEW_ROWS = 100;
/** Rows that become text at once. */
const PIECE_ROWS = 1000;
/** Windows and tables: a page of every millisecond is of use to nobody. */
const MAX_TABLES = 2000;

/** A text, and a number to sort and draw by where there is one. */
export type PageCell = string | readonly [text: string, value: number];

export interface PageTable {
  readonly report: string;
  readonly title: string;
  /** How it is drawn besides the table. */
  readonly chart: 'timeline' | 'bars' | 'bins' | 'scatter' | 'none';
  readonly columns: readonly { readonly title: string; readonly numeric: boolean }[];
  /** The column that bars and points show, and that of the time. */
  readonly value: number;
  readonly time: number;
  /** As they came: they become texts (`PageCell`) when the page is written, one piece after the other. */
  readonly rows: Row[];
  readonly class: TableClass;
  /** Rows that there were; more than `rows` has where it is a sample (a log), or its first (any other). */
  total: number;
  readonly heat: PageHeat | null;
}

export interface PageHeat {
  readonly begin_ns: number;
  width_ns: number;
  rows: readonly { readonly low_ns: number; readonly counts: readonly number[] }[];
}

export class PageData implements RunSink {
  /** Tables that found no place. */
  dropped = 0;
  readonly #style: TextStyle;
  /** By window and report: what is complete stands before its log. */
  readonly #groups: { readonly blocks: PageTable[]; readonly logs: PageTable[] }[] = [];
  #count = 0;
  #rows = 0;

  constructor(style: TextStyle) {
    this.#style = style;
  }

  get tables(): PageTable[] {
    return this.#groups.flatMap(({ blocks, logs }) => [...blocks, ...logs]);
  }

  /** Everything as JSON, in pieces: at once it would take several times the memory of the rows. */
  *json(): Iterable<string> {
    yield '{"tables":[';
    for (const [i, { rows, class: tableClass, ...about }] of this.tables.entries()) {
      const head = JSON.stringify(about);
      yield `${i === 0 ? '' : ','}${head.slice(0, -1)},"rows":[`;
      for (let at = 0; at < rows.length; at += PIECE_ROWS) {
        const cells = rows.slice(at, at + PIECE_ROWS).map((row) => this.#cells(row, tableClass.columns));
        yield `${at === 0 ? '' : ','}${JSON.stringify(cells).slice(1, -1)}`;
      }
      yield ']}';
    }
    yield `],"dropped":${this.dropped}}`;
  }

  open(report: Report, window: Window): WindowSink {
    const group = { blocks: [], logs: [] };
    this.#groups.push(group);
    return {
      log: (_section, tableClass) => this.#log(report, window, tableClass, group.logs),
      block: (_section, tables) => {
        for (const result of tables) {
          if (result.rows.length > 0) this.#add(this.#table(report, window, result), group.blocks);
        }
      },
    };
  }

  close(): void {}

  #add(table: PageTable, to: PageTable[]): void {
    if (this.#count++ < MAX_TABLES) to.push(table);
    else this.dropped++;
  }

  /** Whether a table that has so many rows may have one more. */
  #hasRoom(rows: number): boolean {
    if (rows >= TABLE_ROWS || (this.#rows >= ALL_ROWS && rows >= FEW_ROWS)) return false;
    this.#rows++;
    return true;
  }

  #log(report: Report, window: Window, tableClass: TableClass, to: PageTable[]): LogSink {
    const heat = new HeatMap(window.begin);
    const shown: { begin_ns: number; width_ns: number; rows: ReturnType<HeatMap['rows']> } = {
      begin_ns: window.begin,
      width_ns: heat.width_ns,
      rows: [],
    };
    const page = { ...this.#empty(report, window, tableClass, null), chart: 'scatter' as const, heat: shown };
    // Asked when the page is written.
    Object.defineProperty(page.heat, 'rows', { enumerable: true, get: () => heat.rows() });
    Object.defineProperty(page.heat, 'width_ns', { enumerable: true, get: () => heat.width_ns });
    const isShown = this.#count < MAX_TABLES;
    this.#add(page, to);
    if (!isShown) return { row: () => {} };
    const { rows } = page;
    return {
      row: (row) => {
        addToHeat(heat, tableClass, row);
        page.total++;
        // Every row has the same chance to be in the sample (Vitter's algorithm R).
        if (rows.length === page.total - 1 && this.#hasRoom(rows.length)) rows.push(row);
        else {
          const at = Math.floor(Math.random() * page.total);
          if (at < rows.length) rows[at] = row;
        }
      },
    };
  }

  #table(report: Report, window: Window, result: ResultTable): PageTable {
    const { class: tableClass, subtitle, rows, approximate } = result;
    const about = approximate === true ? `${subtitle ?? ''} (approximate)` : subtitle;
    const page = this.#empty(report, window, tableClass, about);
    const isBins = tableClass.columns.length === 3 && tableClass.columns[0]!.title.includes('(lower bound)');
    const chart = tableClass.name === 'timeline' ? 'timeline' : isBins ? 'bins' : page.value >= 0 ? 'bars' : 'none';
    for (const row of rows) if (this.#hasRoom(page.rows.length)) page.rows.push(row);
    return { ...page, chart, total: rows.length, value: isBins || chart === 'timeline' ? 2 : page.value };
  }

  #empty(report: Report, { begin, end }: Window, tableClass: TableClass, about: string | null): PageTable {
    const { clock } = this.#style;
    const { columns, title } = tableClass;
    const until = Number.isNaN(end) ? '' : ` to ${clock.text(end)}`;
    const isTime = ({ class: kind }: Column): boolean => kind === 'timestamp' || kind === 'time-range';
    return {
      report: `${report.name}, ${clock.text(begin)}${until}`,
      title: about === null ? title : `${title}: ${about}`,
      chart: 'none',
      columns: columns.map((column) => ({ title: titleOf(column), numeric: isNumeric(column) || isTime(column) })),
      value: valueColumn(tableClass),
      time: columns.findIndex(isTime),
      rows: [],
      class: tableClass,
      total: 0,
      heat: null,
    };
  }

  #cells(row: Row, columns: readonly Column[]): PageCell[] {
    return columns.map((column, i) => this.#cell(row[i]!, column));
  }

  #cell(cell: Cell, { class: kind }: Column): PageCell {
    const { clock } = this.#style;
    if (cell === null) return '';
    if (cell === UNKNOWN) return '?';
    if (typeof cell === 'number') {
      if (kind === 'timestamp') return [clock.text(cell), cell];
      if (kind === 'duration') return [(cell / 1000).toFixed(3), cell];
      if (kind === 'ratio') return [(cell * 100).toFixed(2), cell];
      return [Number.isInteger(cell) ? String(cell) : cell.toFixed(3), cell];
    }
    if (typeof cell !== 'object') return String(cell);
    if ('begin' in cell) return [clock.text((cell as RangeCell).begin), (cell as RangeCell).begin];
    if ('hard' in cell) return `${(cell as IrqCell).name} (${(cell as IrqCell).nr})`;
    const { name = '', tid } = cell as ProcessCell;
    return tid === undefined ? name : `${name} (${tid})`;
  }
}

function isNumeric({ class: kind }: Column): boolean {
  return ['number', 'duration', 'ratio', 'size', 'cpu', 'fd'].includes(kind);
}

function titleOf({ title, class: kind }: Column): string {
  const unit = { duration: 'us', ratio: '%', size: 'bytes', 'time-range': 'begin' }[kind as string];
  return unit === undefined ? title : `${title} (${unit})`;
}
