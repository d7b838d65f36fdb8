/**
 * The engine: one pass over the events of a source for any number of reports.
 *
 *     events -> window (begin, end, refresh, periods) -> models -> reports -> sinks
 *
 * Windows open and close before an event is counted, so an event that opens a window belongs to it. Models see events
 * that lie before the first window as well: they know files and names from the state dump at a trace's begin.
 */
import type { EventIterator, EventType, TraceEvent } from '../trace/event.ts';
import { type Handler, inOrder, type Listener } from './listener.ts';
import type { Report, Window, WindowSink } from './report.ts';

/** Between looks at the clock, at the signal, at the progress. */
const EVENTS_PER_BREATH = 16_384;

/** Which windows there are. */
export interface WindowPolicy {
  /** Called for every event before anything else; opens and closes windows. @returns false when no more can come */
  before(event: TraceEvent, windows: Windows): boolean;
  /** Everything before this time was given; only where events come while they happen. */
  passed?(time: number, windows: Windows): void;
  /** The events are over. */
  finish(windows: Windows, last: number): void;
}

/** Gives each report's results a place. */
export interface RunSink {
  open(report: Report, window: Window): WindowSink;
  close(report: Report, window: Window, sink: WindowSink): void;
}

/** When the run as a whole begins and ends; for reports about all windows together. */
export interface Overall {
  readonly begin: number;
  readonly end: () => number;
  /** The end is asked at once. */
  readonly early: boolean;
}

/** Takes results of windows of reports that have none. */
const NOWHERE: WindowSink = {
  log: () => ({ row: () => {} }),
  block: () => {},
};

export class Windows {
  readonly #reports: readonly Report[];
  readonly #sink: RunSink;
  readonly #nowhere: readonly WindowSink[] | null;
  readonly #overall: Overall | null;
  readonly #whole: Window | null;
  readonly #wholeSinks: ReadonlyMap<Report, WindowSink>;

  constructor(reports: readonly Report[], sink: RunSink, overall: Overall | null) {
    this.#reports = reports;
    this.#sink = sink;
    this.#overall = overall;
    this.#whole =
      overall === null ? null : { begin: overall.begin, end: overall.early ? overall.end() : Number.NaN, period: null };
    const ofAll = this.#whole === null ? [] : reports.filter((report) => report.overall === true);
    this.#wholeSinks = new Map(ofAll.map((report) => [report, sink.open(report, this.#whole!)]));
    this.#nowhere = reports.every((report) => report.overall === true) ? reports.map(() => NOWHERE) : null;
    for (const [report, wholeSink] of this.#wholeSinks) report.begin?.(wholeSink);
  }

  open(window: Window): void {
    const sinks =
      this.#nowhere ??
      this.#reports.map((report) => (report.overall === true ? NOWHERE : this.#sink.open(report, window)));
    window.sinks = sinks;
    for (let i = 0; i < sinks.length; i++) this.#reports[i]!.open(window, sinks[i]!);
  }

  close(window: Window): void {
    const { sinks } = window;
    if (sinks === undefined || sinks === null) return;
    window.sinks = null;
    for (let i = 0; i < sinks.length; i++) {
      const report = this.#reports[i]!;
      report.close(window, sinks[i]!);
      if (report.overall !== true) this.#sink.close(report, window, sinks[i]!);
    }
  }

  end(): void {
    if (this.#whole !== null) this.#whole.end = this.#overall!.end();
    for (const [report, sink] of this.#wholeSinks) {
      report.end?.(sink);
      this.#sink.close(report, this.#whole!, sink);
    }
  }
}

export interface RunOptions {
  readonly windows: WindowPolicy;
  readonly sink: RunSink;
  /** Needed where a report is about all windows together. */
  readonly overall?: Overall;
  /** Called now and then; may throw to stop. */
  readonly onProgress?: (events: number, time: number) => void;
}

export class ReportRun {
  /** Events that were looked at. */
  events = 0;
  readonly #options: RunOptions;
  readonly #windows: Windows;
  readonly #listeners: readonly Listener[];
  readonly #handlers = new Map<EventType, Handler | null>();
  #last: number = Number.NaN;

  constructor(reports: readonly Report[], options: RunOptions) {
    this.#options = options;
    this.#windows = new Windows(reports, options.sink, options.overall ?? null);
    this.#listeners = [...new Set([...reports.flatMap(({ models }) => models), ...reports])];
  }

  /** Names of the events that are needed, for the decoder. */
  static eventsOf(reports: readonly Report[]): string[] {
    return [...new Set(reports.flatMap((report) => [...report.events, ...report.models.flatMap((m) => m.events)]))];
  }

  /** Takes the next event. @returns false when no later one is needed */
  feed(event: TraceEvent): boolean {
    if (!this.#options.windows.before(event, this.#windows)) return false;
    this.events++;
    this.#last = event.time;
    const { type } = event;
    const handler = this.#handlers.get(type);
    if (handler === undefined) this.#handlerOf(type)?.(event);
    else if (handler !== null) handler(event);
    return true;
  }

  /** Tells that all events before this time were fed: windows that ended until then are closed. */
  passed(time: number): void {
    this.#options.windows.passed?.(time, this.#windows);
  }

  /** All events of an iterator; `breathe` gives the caller's event loop a turn. */
  async drain(events: EventIterator, breathe: () => Promise<boolean>): Promise<void> {
    for (;;) {
      const event = events.next();
      if (event === null && events.paused !== true) return;
      if (event !== null) {
        if (!this.feed(event)) return;
        if (this.events % EVENTS_PER_BREATH !== 0) continue;
        this.#options.onProgress?.(this.events, event.time);
      }
      // The event is that of the iterator again when it goes on: nothing is kept over the pause.
      if (!(await breathe())) return;
    }
  }

  /** Time of the last event that was looked at; NaN before the first. */
  get last(): number {
    return this.#last;
  }

  /** @param until when events were looked for, where that is known to be after the last of them */
  finish(until: number = Number.NEGATIVE_INFINITY): void {
    this.#options.windows.finish(this.#windows, until > this.#last ? until : this.#last);
    this.#windows.end();
  }

  #handlerOf(type: EventType): Handler | null {
    const handlers: Handler[] = [];
    for (const listener of this.#listeners) {
      const handler = wants(listener, type.name) ? listener.handler(type) : null;
      if (handler !== null) handlers.push(handler);
    }
    const handler = handlers.length === 0 ? null : inOrder(handlers);
    this.#handlers.set(type, handler);
    return handler;
  }
}

/** Other reports of the run may need events that this listener did not ask for. */
function wants(listener: Listener, name: string): boolean {
  return listener.events.some((pattern) => matches(pattern, name));
}

/** Shell pattern: `*` any text, `?` any character. */
export function matches(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === name;
  const source = pattern
    .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'su').test(name);
}
