/** How far a long reading is, on stderr, where a person looks at it. */

const INTERVAL_MS = 200;
/** Short work shows nothing. */
const FIRST_MS = 1000;

import type { TraceSource } from '../trace/event.ts';

export class Progress {
  readonly #shown: boolean;
  readonly #range: { readonly begin: number; readonly end: number } | null;
  #next = 0;
  #written = false;

  /** @param data whether what is read goes to stdout: on the same terminal, text that scrolls by tells enough */
  static of(source: TraceSource, data = true): Progress {
    const range = source.timeRange();
    if (range === null) return new Progress(null, data);
    const since = (time_ns: bigint): number => Number(time_ns - source.origin_ns);
    return new Progress({ begin: since(range.begin_ns), end: since(range.end_ns) }, data);
  }

  /** @param range times between which the events lie, as they are passed to `at` */
  constructor(range: { readonly begin: number; readonly end: number } | null, data: boolean, wanted = true) {
    this.#shown = wanted && process.stderr.isTTY === true && !(data && process.stdout.isTTY === true);
    this.#range = range;
    // Asked only where it is needed: Node loads a module for it.
    if (this.#shown) this.#next = performance.now() + FIRST_MS;
  }

  at(events: number, time: number): void {
    if (!this.#shown) return;
    const now = performance.now();
    if (now < this.#next) return;
    this.#next = now + INTERVAL_MS;
    this.#written = true;
    const millions = (events / 1e6).toFixed(1);
    process.stderr.write(`\r${millions} million events${this.#share(time)}\u001b[K`);
  }

  /** Wipes the line, so that what follows stands alone. */
  clear(): void {
    if (this.#written) process.stderr.write('\r\u001b[K');
    this.#written = false;
  }

  #share(time: number): string {
    if (this.#range === null || this.#range.end <= this.#range.begin || Number.isNaN(time)) return '';
    const share = (time - this.#range.begin) / (this.#range.end - this.#range.begin);
    return `, ${Math.round(Math.min(1, Math.max(0, share)) * 100)}%`;
  }
}
