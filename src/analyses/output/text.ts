/**
 * Results as text, in the order of windows, reports and sections.
 *
 * What is first in that order and not finished is written at once; the rest waits for its turn. A log that is the only
 * thing asked for therefore goes through in constant memory.
 */
import { Lines, linesText } from '../format/lines.ts';
import type { LogSink, LogText, Report, TextStyle, Window, WindowSink } from '../report.ts';
import type { RunSink } from '../run.ts';
import type { ResultTable, Row, TableClass } from '../table.ts';
import { Queue, type Slot } from './queue.ts';

export class TextOutput implements RunSink {
  readonly #style: TextStyle;
  readonly #queue: Queue;

  /** @param out takes text; `Lines` take that of logs in a third of the time */
  constructor(style: TextStyle, out: ((text: string) => void) | Lines) {
    this.#style = style;
    this.#queue = out instanceof Lines ? new Queue((text) => out.text(text), out) : new Queue(out);
  }

  open(report: Report, window: Window): TextSections {
    return new TextSections(this.#queue, this.#style, report.sections, window);
  }

  close(_report: Report, _window: Window, sink: WindowSink): void {
    (sink as TextSections).close();
  }
}

class TextSections implements WindowSink {
  readonly #style: TextStyle;
  readonly #head: Slot;
  readonly #slots: ReadonlyMap<number, Slot>;
  readonly #window: Window;
  readonly #logs: TextLog[] = [];

  constructor(queue: Queue, style: TextStyle, sections: readonly number[], window: Window) {
    this.#style = style;
    this.#window = window;
    this.#head = queue.add();
    this.#slots = new Map(sections.map((section) => [section, queue.add()]));
    if (!Number.isNaN(window.end)) this.#writeHead();
  }

  log(section: number, _tableClass: TableClass, text: LogText): LogSink {
    if (this.#style.open === true) this.#writeHead();
    const log = new TextLog(text, this.#style, this.#slots.get(section)!);
    this.#logs.push(log);
    return log;
  }

  block(section: number, _tables: readonly ResultTable[], text: (style: TextStyle) => readonly string[]): void {
    const slot = this.#slots.get(section)!;
    for (const line of text(this.#style)) slot.put(`${line}\n`);
  }

  close(): void {
    this.#writeHead();
    for (const log of this.#logs) log.end();
    for (const slot of this.#slots.values()) slot.close();
  }

  #writeHead(): void {
    if (this.#head.closed) return;
    const { begin, end } = this.#window;
    const { clock } = this.#style;
    this.#head.put(`Timerange: [${clock.dated(begin)}, ${Number.isNaN(end) ? '...' : clock.dated(end)}]\n`);
    this.#head.close();
  }
}

class TextLog implements LogSink {
  readonly #text: LogText;
  readonly #style: TextStyle;
  readonly #slot: Slot;
  #begun = false;

  constructor(text: LogText, style: TextStyle, slot: Slot) {
    this.#text = text;
    this.#style = style;
    this.#slot = slot;
  }

  row(cells: Row): void {
    this.#begin();
    const out = this.#slot.lines;
    if (out !== null) {
      this.#text.line(cells, this.#style, out);
      out.text('\n');
    } else this.#slot.put(`${linesText((lines) => this.#text.line(cells, this.#style, lines))}\n`);
  }

  end(): void {
    if (this.#text.always === true) this.#begin();
    if (this.#begun) for (const line of this.#text.tail?.(this.#style) ?? []) this.#slot.put(`${line}\n`);
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    for (const line of this.#text.head(this.#style)) this.#slot.put(`${line}\n`);
  }
}
