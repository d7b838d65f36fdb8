/** A thread of `cat`: the text of slices of time. */
import type { CtfEvent } from '../ctf/reader.ts';
import { serveSlices } from '../ctf/threads.node.ts';
import { type CatRequest, linesOf } from './cat-text.ts';
import { openTraces } from './trace-input.ts';
import { whereTest } from './where.ts';

export interface SliceText {
  readonly lines: number;
  /** `TraceEvent.time` of its first and last line. */
  readonly first: number;
  readonly last: number;
  /** There were losses or damage: all of it has to be read where they are told in their order. */
  readonly troubled: boolean;
  /** Bytes used of each of the answer's buffers. */
  readonly used: readonly number[];
  readonly buffers: readonly ArrayBuffer[];
}

const BUFFER_BYTES = 1024 * 1024;

/** Text in buffers of one size, which go to the main thread and come back. */
class Pages {
  readonly used: number[] = [];
  readonly buffers: ArrayBuffer[] = [];
  readonly #spare: ArrayBuffer[] = [];
  #page: Uint8Array = new Uint8Array(0);
  #at = 0;

  begin(spare: readonly ArrayBuffer[]): void {
    this.#spare.push(...spare);
    this.used.length = 0;
    this.buffers.length = 0;
    this.#page = new Uint8Array(0);
    this.#at = 0;
  }

  readonly add = (bytes: Uint8Array): void => {
    if (this.#at + bytes.length > this.#page.length) {
      const buffer = this.#spare.pop() ?? new ArrayBuffer(BUFFER_BYTES);
      this.#page = new Uint8Array(buffer);
      this.#at = 0;
      this.buffers.push(buffer);
      this.used.push(0);
    }
    this.#page.set(bytes, this.#at);
    this.#at += bytes.length;
    this.used[this.used.length - 1] = this.#at;
  };
}

serveSlices<CatRequest, SliceText>((request) => {
  const traces = openTraces(request.paths);
  const wanted = whereTest(request.where);
  const pages = new Pages();
  const lines = linesOf(traces, request, pages.add);
  const each = wanted === null ? lines.line : (event: CtfEvent): boolean => wanted(event) && lines.line(event);
  return (slice, spare) => {
    pages.begin(spare);
    lines.restart();
    let troubled = false;
    const onNotice = (): void => {
      troubled = true;
    };
    const { events } = request.selection;
    const selected = traces.source.events({ ...slice, ...(events === undefined ? {} : { events }), onNotice });
    try {
      selected.drain(lines.consumer, lines.out, each);
    } catch {
      troubled = true; // it is told where it is met again
    } finally {
      selected.close();
    }
    lines.end();
    const { used, buffers } = pages;
    const { count, firstTime, time } = lines;
    const value = { lines: count, first: firstTime, last: time, troubled, used: [...used], buffers: [...buffers] };
    return { value, transfer: [...buffers] };
  };
});
