/** What is counted in each open window: a list, because it is gone through at every event, and nearly always has one. */
import type { Window } from './report.ts';

export class PerWindow<T> {
  /** Of the open windows, in the order in which they were opened. */
  readonly list: T[] = [];
  readonly #windows: Window[] = [];

  add(window: Window, counted: T): void {
    this.#windows.push(window);
    this.list.push(counted);
  }

  /** The window is closed. */
  take(window: Window): T {
    const at = this.#windows.indexOf(window);
    if (at < 0) throw new RangeError('the window is not open');
    this.#windows.splice(at, 1);
    return this.list.splice(at, 1)[0]!;
  }
}
