/**
 * `tailtrap/analyses`: reports over the events of any source, in Node and in a browser.
 *
 *     const source = openFolder('trace/');                                    // tailtrap/ctf
 *     const [top] = await collectReports(source, ['schedtop'], { limit: 5 });
 *
 * What is too large to be collected goes through `ReportRun`, which hands rows to a sink as they come.
 */
export { type Bounds, firstEvent, lastEvent } from './bounds.ts';
export { accepts, makeReports, type OptionGroup, REPORTS, type ReportOptions } from './catalogue.ts';
export { type CollectOptions, collectReports, type ReportTables } from './collect.ts';
export { LAMI_VERSION, metadata, summaryClass } from './describe.ts';
export { ClockText } from './format/clock.ts';
export { Lines } from './format/lines.ts';
export type { Handler, Listener } from './listener.ts';
export { EventTracker, type EventTrackerOptions } from './outliers/event-tracker.ts';
export { eventNames, type KeyPair, keyPairs } from './outliers/pair.ts';
export { ChartOutput } from './output/chart.ts';
export { JsonOutput } from './output/json.ts';
export { LamiOutput } from './output/lami.ts';
export { PageData } from './output/page-data.ts';
export { TextOutput } from './output/text.ts';
export { PeriodWindows } from './period/engine.ts';
export type { PeriodDefinition } from './period/expression.ts';
export { definePeriods, oldPeriod } from './period/registry.ts';
export type { LogSink, LogText, Report, TextStyle, Window, WindowSink } from './report.ts';
export { matches, ReportRun, type RunSink, type WindowPolicy, Windows } from './run.ts';
export type { Cell, Column, ColumnClass, ResultTable, Row, TableClass } from './table.ts';
export { UNKNOWN } from './table.ts';
export { Tracking, type TrackOptions } from './track.ts';
export { LiveWindows, Refreshed, type WholeBounds, WholeTrace } from './windows.ts';
