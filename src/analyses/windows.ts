/** Windows without periods: the whole trace, or one after the other every `--refresh`. */
import type { TraceEvent } from '../trace/event.ts';
import type { Window } from './report.ts';
import type { WindowPolicy, Windows } from './run.ts';

/** Bounds of the whole: the reader skips events that no report needs, so they are looked up apart from the reading. */
export interface WholeBounds {
  readonly begin: number;
  /** Events after it are not counted. */
  readonly stop: number;
  /** Time of the last event of any kind; asked when it is needed. */
  readonly end: () => number;
  /** Ask for `end` at once: what is printed while the trace is read begins with it. */
  readonly early: boolean;
}

/** One window. */
export class WholeTrace implements WindowPolicy {
  readonly #bounds: WholeBounds;
  #window: Window | null = null;

  constructor(bounds: WholeBounds) {
    this.#bounds = bounds;
  }

  before({ time }: TraceEvent, windows: Windows): boolean {
    if (this.#window === null && time >= this.#bounds.begin) this.#open(windows);
    return !(time > this.#bounds.stop);
  }

  finish(windows: Windows): void {
    const window = this.#window ?? this.#open(windows);
    window.end = this.#bounds.end();
    windows.close(window);
  }

  #open(windows: Windows): Window {
    const { begin, end, early } = this.#bounds;
    this.#window = { begin, end: early ? end() : Number.NaN, period: null };
    windows.open(this.#window);
    return this.#window;
  }
}

/**
 * A window is closed by the first event that is a whole interval or more after its first, and that event opens the next.
 * So every event must be read, whatever the reports need.
 */
export class Refreshed implements WindowPolicy {
  readonly #interval_ns: number;
  readonly #begin: number;
  readonly #end: number;
  #window: Window | null = null;

  constructor(interval_ns: number, begin: number = Number.NEGATIVE_INFINITY, end: number = Number.POSITIVE_INFINITY) {
    this.#interval_ns = interval_ns;
    this.#begin = begin;
    this.#end = end;
  }

  before({ time }: TraceEvent, windows: Windows): boolean {
    if (time > this.#end) return false;
    const window = this.#window;
    if (window === null) {
      if (time >= this.#begin) this.#open(windows, time);
    } else if (time >= window.begin + this.#interval_ns) {
      this.#close(windows, window, time);
      this.#open(windows, time);
    }
    return true;
  }

  finish(windows: Windows, last: number): void {
    if (this.#window !== null) this.#close(windows, this.#window, last);
  }

  #open(windows: Windows, time: number): void {
    this.#window = { begin: time, end: Number.NaN, period: null };
    windows.open(this.#window);
  }

  #close(windows: Windows, window: Window, end: number): void {
    window.end = end;
    windows.close(window);
    this.#window = null;
  }
}

/** After so many windows without an event in a row the next one is longer instead: the session slept for a day. */
const EMPTY_WINDOWS = 60;

/**
 * Of what goes on: windows of one length, the first from the begin on, each closed when its time is over, whether something
 * happened in it or not.
 */
export class LiveWindows implements WindowPolicy {
  readonly #interval_ns: number;
  /** Of the window that is open, or of the next. */
  #begin: number;
  #window: Window | null = null;
  /** Without an event, until the one that is open. */
  #empty = 0;

  /** @param interval_ns of one window; Infinity: there is only one */
  constructor(begin: number, interval_ns: number = Number.POSITIVE_INFINITY) {
    this.#begin = begin;
    this.#interval_ns = interval_ns;
  }

  before({ time }: TraceEvent, windows: Windows): boolean {
    if (time >= this.#begin + this.#interval_ns) this.passed(time, windows);
    this.#empty = -1;
    if (this.#window === null) this.#open(windows);
    return true;
  }

  passed(time: number, windows: Windows): void {
    const interval_ns = this.#interval_ns;
    while (time >= this.#begin + interval_ns) {
      const many = this.#empty < EMPTY_WINDOWS ? 1 : Math.floor((time - this.#begin) / interval_ns);
      this.#close(windows, this.#begin + many * interval_ns);
      this.#empty++;
    }
  }

  finish(windows: Windows, last: number): void {
    this.passed(last, windows);
    const isLeft = last > this.#begin || this.#window !== null;
    if (isLeft) this.#close(windows, Math.max(last, this.#begin));
  }

  #open(windows: Windows): Window {
    const window = { begin: this.#begin, end: Number.NaN, period: null };
    this.#window = window;
    windows.open(window);
    return window;
  }

  #close(windows: Windows, end: number): void {
    const window = this.#window ?? this.#open(windows);
    window.end = end;
    this.#begin = end;
    this.#window = null;
    windows.close(window);
  }
}
