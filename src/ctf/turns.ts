/** Draining several streams at once: the loop of one goes on with the next without being left (decode/loops.ts). */
import type { Merge } from '../trace/merge.ts';
import type { StreamCursor } from './cursor.ts';
import type { HeaderWindow, Turns } from './decode/header.ts';

export class DrainTurns implements Turns {
  current: StreamCursor | null = null;
  readonly #merge: Merge<StreamCursor>;

  /** @param merge whose top is being drained */
  constructor(merge: Merge<StreamCursor>) {
    this.#merge = merge;
  }

  turn(c: HeaderWindow): HeaderWindow | null {
    const merge = this.#merge;
    const last = c as StreamCursor;
    const swapped = merge.swapped();
    if (!swapped) merge.settle();
    const top = merge.top!;
    // The tables are those of the plan and of the selection.
    if (top.steps !== last.steps || top.end >= top.soft) return null;
    const second = swapped ? last.time : merge.secondTime();
    const stop = top.stopTime + 1;
    top.limit = second < stop ? second : stop;
    return top;
  }
}
