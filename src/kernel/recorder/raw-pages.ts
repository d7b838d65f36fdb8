/**
 * The raw pages of a frozen instance in memory: chunks that are made as they are needed and kept for the next snapshot up
 * to a bound, so that an idle recorder is small.
 */
import { readSync } from 'node:fs';
import { errnoName } from '../../base/errors.ts';
import type { PageCursor } from './page.ts';

/** One chunk; a multiple of every page size up to 1 MiB. */
const CHUNK_BYTES = 1024 * 1024;
/** What stays allocated between snapshots. */
const KEEP_CHUNKS = 4;

/** Reads one page into `bytes` at `offset`; the number of bytes, 0 when there is no more. */
export type ReadPage = (cpu: number, bytes: Uint8Array, offset: number, length: number) => number;

export class RawPages {
  readonly pageBytes: number;
  readonly #maxPages: number;
  readonly #perChunk: number;
  #chunks: Uint8Array[] = [];
  #views: DataView[] = [];
  #used = 0;
  /** First page and number of pages by CPU. */
  readonly #ranges = new Map<number, { first: number; count: number; lengths: number[] }>();
  /** CPUs that had more pages than fit: somebody let the instance record while it was read. */
  readonly #truncated = new Set<number>();

  constructor(pageBytes: number, maxBytes: number) {
    this.pageBytes = pageBytes;
    this.#perChunk = Math.max(1, Math.floor(CHUNK_BYTES / pageBytes));
    this.#maxPages = Math.ceil(maxBytes / pageBytes);
  }

  get cpus(): number[] {
    return [...this.#ranges.keys()];
  }

  get bytes(): number {
    return this.#used * this.pageBytes;
  }

  count(cpu: number): number {
    return this.#ranges.get(cpu)?.count ?? 0;
  }

  isTruncated(cpu: number): boolean {
    return this.#truncated.has(cpu);
  }

  /** Puts the cursor on a page; false when the page is damaged. */
  open(cursor: PageCursor, cpu: number, page: number): boolean {
    const range = this.#ranges.get(cpu)!;
    const index = range.first + page;
    const chunk = Math.floor(index / this.#perChunk);
    if (cursor.bytes !== this.#chunks[chunk]) {
      cursor.bytes = this.#chunks[chunk]!;
      cursor.view = this.#views[chunk]!;
    }
    return cursor.open((index % this.#perChunk) * this.pageBytes, range.lengths[page]!);
  }

  /**
   * Leaves out what is older than the window. The kernel's reader page keeps its place when a snapshot has read it: it
   * takes the first events after that snapshot, and the ring may then overwrite everything between it and its oldest page.
   *
   *     last snapshot | reader page |  overwritten ...  | oldest page | ... | newest page |
   *
   * @returns events left out
   */
  dropStale(cursor: PageCursor): number {
    let events = 0;
    for (const [cpu, range] of this.#ranges) {
      if (range.count < 2 || !this.open(cursor, cpu, 1) || cursor.missed === 0) continue;
      if (this.open(cursor, cpu, 0)) while (cursor.next()) events++;
      range.first++;
      range.count--;
      range.lengths.shift();
    }
    return events;
  }

  /** Forgets the pages, keeps some of the memory. */
  reset(): void {
    this.#ranges.clear();
    this.#used = 0;
    this.#truncated.clear();
    this.#chunks.length = Math.min(this.#chunks.length, KEEP_CHUNKS);
    this.#views.length = this.#chunks.length;
  }

  /** Reads a CPU's pages until there are no more, or `stop` says so. */
  read(cpu: number, read: ReadPage, stop: () => boolean): void {
    const range = { first: this.#used, count: 0, lengths: [] as number[] };
    this.#ranges.set(cpu, range);
    while (!stop()) {
      if (this.#used >= this.#maxPages) {
        this.#truncated.add(cpu);
        return;
      }
      const chunk = Math.floor(this.#used / this.#perChunk);
      if (chunk === this.#chunks.length) this.#addChunk();
      const length = read(cpu, this.#chunks[chunk]!, (this.#used % this.#perChunk) * this.pageBytes, this.pageBytes);
      if (length <= 0) return;
      range.lengths.push(length);
      range.count++;
      this.#used++;
    }
  }

  #addChunk(): void {
    const chunk = new Uint8Array(this.#perChunk * this.pageBytes);
    this.#chunks.push(chunk);
    this.#views.push(new DataView(chunk.buffer));
  }
}

/** Reads from `trace_pipe_raw` files opened with O_NONBLOCK. */
export function pageReader(files: ReadonlyMap<number, number>): ReadPage {
  return (cpu, bytes, offset, length) => {
    try {
      return readSync(files.get(cpu)!, bytes, offset, length, null);
    } catch (error) {
      if (errnoName(error) === 'EAGAIN') return 0;
      throw error;
    }
  };
}
