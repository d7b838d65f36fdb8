/** Reports in one call: the tables of a source, as data. */
import type { TraceSource } from '../trace/event.ts';
import { type Bounds, firstEvent, lastEvent } from './bounds.ts';
import { makeReports, type ReportOptions } from './catalogue.ts';
import { PeriodWindows } from './period/engine.ts';
import type { Report, Window, WindowSink } from './report.ts';
import { ReportRun, type RunSink } from './run.ts';
import type { ResultTable, Row } from './table.ts';
import { WholeTrace } from './windows.ts';

export interface ReportTables {
  readonly report: string;
  /** Nanoseconds since the source's origin. */
  readonly begin: number;
  readonly end: number;
  readonly tables: readonly ResultTable[];
}

export interface CollectOptions extends ReportOptions {
  /** What is read, nanoseconds since the epoch. */
  readonly bounds?: Bounds;
  /** Called every some ten thousand events, so that others get their turn; false stops. Default: never. */
  readonly breathe?: () => Promise<boolean>;
}

/**
 * Makes reports in one pass over the events.
 *
 *     const [cputop] = await collectReports(openFolder('trace/'), ['cputop'], { limit: 5 });
 *     for (const row of cputop.tables[0].rows) console.log(row);
 *
 * All rows of logs are kept: with large traces ask for tops and statistics, or use `ReportRun` with a sink of your own.
 *
 * @param names of `REPORTS` @returns for each window (one, or each period) and report its tables; [] without events
 */
export async function collectReports(
  source: TraceSource,
  names: readonly string[],
  options: CollectOptions = {},
): Promise<ReportTables[]> {
  const { bounds = {}, periods = [], breathe = async (): Promise<boolean> => true } = options;
  const reports = makeReports(names, options);
  const begin = firstEvent(source, bounds);
  if (begin === null) return [];
  const end = lastEvent(source, bounds, begin);
  const whole = { begin, stop: end, end: () => end, early: true };
  const windows = periods.length === 0 ? new WholeTrace(whole) : new PeriodWindows(periods, begin, end);
  const collected = new Collected();
  const run = new ReportRun(reports, { windows, sink: collected, overall: whole });
  const eventNames = source.eventTypes.map(({ name }) => name);
  const wanted = windows instanceof PeriodWindows ? eventNames.filter((name) => windows.wants(name)) : [];
  const events = source.events({ ...bounds, events: [...ReportRun.eventsOf(reports), ...wanted] });
  try {
    await run.drain(events, breathe);
  } finally {
    events.close();
  }
  run.finish();
  return collected.results;
}

class Collected implements RunSink {
  readonly results: ReportTables[] = [];
  readonly #tables = new Map<WindowSink, ResultTable[]>();

  open(): WindowSink {
    const tables: ResultTable[] = [];
    const sink: WindowSink = {
      log: (_section, tableClass) => {
        const result: ResultTable = { class: tableClass, subtitle: null, rows: [] };
        tables.push(result);
        return { row: (row: Row) => result.rows.push(row) };
      },
      block: (_section, more) => tables.push(...more),
    };
    this.#tables.set(sink, tables);
    return sink;
  }

  close({ name }: Report, { begin, end }: Window, sink: WindowSink): void {
    this.results.push({ report: name, begin, end, tables: this.#tables.get(sink)! });
    this.#tables.delete(sink);
  }
}
