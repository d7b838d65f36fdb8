/** What a report is: it listens to events, counts them by window, and hands tables to a sink when a window ends. */

import type { FieldValue } from '../trace/event.ts';
import type { ClockText } from './format/clock.ts';
import type { Lines } from './format/lines.ts';
import type { Listener } from './listener.ts';
import type { ResultTable, Row, TableClass } from './table.ts';

/** A piece of the trace for which results are given: all of it, one `--refresh` interval, or an instance of a period. */
export interface Window {
  /** Nanoseconds since the source's origin. */
  readonly begin: number;
  /** Set before the window is closed; NaN while it is not known. */
  end: number;
  readonly period: PeriodInstance | null;
  /** Where the results go: the run's own. */
  sinks?: readonly WindowSink[] | null;
}

/** What reports need to know of the period that a window stands for. */
export interface PeriodInstance {
  readonly name: string;
  /** With the names of its parents: `switch/irq`. */
  readonly path: string;
  readonly parent: PeriodInstance | null;
  /** False: it ended because its parent ended, or the trace. */
  readonly completed: boolean;
  readonly beginCaptures: ReadonlyMap<string, FieldValue | undefined>;
  readonly endCaptures: ReadonlyMap<string, FieldValue | undefined>;
  /**
   * What a report knows of it. A million periods come and go, and a Map's older tables keep what was in them until a full
   * collection; a second report of the run has to use one.
   */
  known: { readonly by: object; readonly node: unknown } | null;
}

/** How text is written. */
export interface TextStyle {
  readonly clock: ClockText;
  /** Logs begin before their window's end is known. */
  readonly open?: boolean;
}

/** A table that grows with the trace: its rows are given one by one and kept by nobody. */
export interface LogText {
  /** Lines before the first row, written with it; none when there is no row and `always` is not set. */
  readonly head: (style: TextStyle) => readonly string[];
  readonly always?: boolean;
  /** Writes a row's line, without the line feed. */
  readonly line: (row: Row, style: TextStyle, out: Lines) => void;
  /** Lines behind the last one. */
  readonly tail?: (style: TextStyle) => readonly string[];
}

export interface LogSink {
  row(cells: Row): void;
}

/** Takes the results of one window of one report. Sections appear in the order of their numbers. */
export interface WindowSink {
  /** A section whose rows come while the window is open. */
  log(section: number, tableClass: TableClass, text: LogText): LogSink;
  /** A section whose tables are complete. */
  block(section: number, tables: readonly ResultTable[], text: (style: TextStyle) => readonly string[]): void;
}

export interface Report extends Listener {
  readonly name: string;
  /** Of each of these lists one event must be in the trace, or there is nothing to show; default: `events` is the only list. */
  readonly needs?: readonly (readonly string[])[];
  /** Models that must have seen an event before the report does. */
  readonly models: readonly Listener[];
  /** Numbers of the sections that a window's results have, in their order. */
  readonly sections: readonly number[];
  /** From now on what happens is counted in this window too. */
  open(window: Window, sink: WindowSink): void;
  /** The window ends; its results go to the sink. */
  close(window: Window, sink: WindowSink): void;
  /** Its results are about the run as a whole: windows are only what it counts, and have no section of their own. */
  readonly overall?: boolean;
  /** Of an `overall` report: the run begins. `end` gets the same sink. */
  begin?(sink: WindowSink): void;
  /** What went wrong and must be told, one sentence each; asked at the end. */
  warnings?(): readonly string[];
  /** The run is over: what concerns all windows together. */
  end?(sink: WindowSink): void;
}
