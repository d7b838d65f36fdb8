/** `--chart`: results as pictures of characters. */
import { HeatMap } from '../figures/over-time.ts';
import { barGraph, histogram } from '../format/graph.ts';
import { fixed, formatSize, left, right } from '../format/python.ts';
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

const SPARKS = ' ▁▂▃▄▅▆▇█';
const SHADES = ' ░▒▓█';
const CHART_COLUMNS = 80;

export class ChartOutput implements RunSink {
  readonly #style: TextStyle;
  readonly #write: (text: string) => void;

  constructor(style: TextStyle, write: (text: string) => void) {
    this.#style = style;
    this.#write = write;
  }

  open(_report: Report, window: Window): ChartSections {
    return new ChartSections(window);
  }

  close(report: Report, { begin, end }: Window, sink: WindowSink): void {
    const { clock } = this.#style;
    const lines = [`${report.name}: [${clock.dated(begin)}, ${clock.dated(end)}]`, ''];
    this.#write(`${[...lines, ...(sink as ChartSections).lines()].join('\n')}\n`);
  }
}

class ChartSections implements WindowSink {
  readonly #window: Window;
  readonly #sections = new Map<number, () => string[]>();

  constructor(window: Window) {
    this.#window = window;
  }

  log(section: number, tableClass: TableClass): LogSink {
    const heat = new HeatMap(this.#window.begin);
    this.#sections.set(section, () => heatText(tableClass.title, heat));
    return { row: (row) => addToHeat(heat, tableClass, row) };
  }

  block(section: number, tables: readonly ResultTable[]): void {
    this.#sections.set(section, () => tables.flatMap(chartOf));
  }

  lines(): string[] {
    return [...this.#sections].sort(([a], [b]) => a - b).flatMap(([, lines]) => lines());
  }
}

/** Begin and duration of a row of a log. */
export function addToHeat(heat: HeatMap, { columns }: TableClass, row: Row): void {
  const range = row[columns.findIndex((column) => column.class === 'time-range')] as RangeCell | undefined;
  const begin = range?.begin ?? row[columns.findIndex((column) => column.class === 'timestamp')];
  const duration =
    range === undefined ? row[columns.findIndex((column) => column.class === 'duration')] : range.end - range.begin;
  if (typeof begin === 'number' && typeof duration === 'number') heat.add(begin, duration);
}

function chartOf(result: ResultTable): string[] {
  const { class: tableClass, subtitle, rows } = result;
  if (rows.length === 0) return [];
  const title = subtitle === null ? tableClass.title : `${tableClass.title}: ${subtitle}`;
  if (tableClass.name === 'timeline') return timelineText(title, rows);
  const isFrequency = tableClass.columns[0]?.title.includes('(lower bound)') === true;
  if (isFrequency && tableClass.columns.length === 3) {
    return histogram(
      title,
      rows.map(([lower, , count]) => ({ lower_us: (lower as number) / 1000, count: count as number })),
    );
  }
  const value = valueColumn(tableClass);
  if (value < 0) return [];
  const column = tableClass.columns[value]!;
  const bars = rows.flatMap((row) => {
    const cell = row[value];
    return typeof cell !== 'number'
      ? []
      : [{ value: cell, text: valueText(column, cell), label: labelOf(tableClass, row, value) }];
  });
  return barGraph({ title, labelHeader: column.title, bars });
}

/** What a bar's length means: what took or is longest, or how many. */
export function valueColumn({ columns }: TableClass): number {
  const kinds = ['ratio', 'size', 'duration', 'number'];
  const preferred = columns.findIndex(({ key }) => /^(avg|duration|latency|usage|size)/.test(key));
  if (preferred >= 0 && kinds.includes(columns[preferred]!.class)) return preferred;
  for (const kind of kinds) {
    const at = columns.findIndex((column) => column.class === kind);
    if (at >= 0) return at;
  }
  return -1;
}

function valueText({ class: kind, unit }: Column, value: number): string {
  if (kind === 'ratio') return `${fixed(value * 100, 2)} %`;
  if (kind === 'size') return formatSize(value);
  if (kind === 'duration') return `${fixed(value / 1000, 3)} us`;
  return `${Number.isInteger(value) ? value : fixed(value, 3)} ${unit ?? ''}`.trim();
}

/** Texts that say what else there is, not what the row is about. */
const NO_LABELS = ['prio_list', 'return_values', 'fd_owners', 'begin_captures', 'end_captures', 'parent_captures'];

/** The cells that name a row. */
function labelOf({ columns }: TableClass, row: Row, value: number): string {
  const named = columns.flatMap(({ class: kind, key }, i) => {
    if (kind === 'cpu') return [`CPU ${Number(row[i])}`];
    if (
      i === value ||
      NO_LABELS.includes(key) ||
      ['duration', 'number', 'ratio', 'timestamp', 'bool', 'fd', 'size'].includes(kind)
    )
      return [];
    const text = cellText(row[i]!);
    return text === '' ? [] : [text];
  });
  return named.slice(0, 3).join('  ');
}

function cellText(cell: Cell): string {
  if (cell === null || cell === UNKNOWN) return '';
  if (typeof cell !== 'object') return String(cell);
  if ('tid' in cell) return `${(cell as ProcessCell).name} (${(cell as ProcessCell).tid})`;
  if ('hard' in cell) return `${(cell as IrqCell).name} (${(cell as IrqCell).nr})`;
  return '';
}

/** A line for each CPU: the higher, the busier. */
function timelineText(title: string, rows: readonly Row[]): string[] {
  const byCpu = new Map<number, number[]>();
  for (const [, cpu, usage] of rows) byCpu.set(cpu as number, [...(byCpu.get(cpu as number) ?? []), usage as number]);
  const lines = [...byCpu].map(([cpu, usage]) => {
    const sparks = squeezed(usage, CHART_COLUMNS, (a, b) => (a + b) / 2);
    return `${sparks.map((share) => SPARKS[Math.round(share * (SPARKS.length - 1))]).join('')} CPU ${cpu}`;
  });
  return [title, '#'.repeat(CHART_COLUMNS), ...lines, ''];
}

function squeezed(values: readonly number[], most: number, join: (a: number, b: number) => number): number[] {
  let list = [...values];
  while (list.length > most) {
    list = Array.from({ length: Math.ceil(list.length / 2) }, (_, i) =>
      list[2 * i + 1] === undefined ? list[2 * i]! : join(list[2 * i]!, list[2 * i + 1]!),
    );
  }
  return list;
}

/** Time to the right, duration upward, darker where there is more. */
export function heatText(title: string, heat: HeatMap): string[] {
  const rows = heat
    .rows()
    .map(({ low_ns, counts }) => ({ low_ns, counts: squeezed(counts, CHART_COLUMNS, (a, b) => a + b) }));
  if (rows.length === 0) return [];
  const most = Math.max(...rows.flatMap(({ counts }) => counts));
  const lines = rows.toReversed().map(({ low_ns, counts }) => {
    // Logarithmic: single ones are to be seen beside thousands.
    const shades = counts.map((count) =>
      count === 0 ? 0 : 1 + Math.floor((Math.log1p(count - 1) / Math.log1p(most)) * (SHADES.length - 1.01)),
    );
    return `${right(fixed(low_ns / 1000, 3), 14)} ${left(shades.map((shade) => SHADES[shade]).join(''), CHART_COLUMNS)}`;
  });
  return [`${title} (us from, over time; up to ${most})`, '#'.repeat(CHART_COLUMNS), ...lines, ''];
}
