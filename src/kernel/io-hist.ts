/**
 * The table of `tailtrap hist io`: how long input and output takes in each layer, one column a kind of operation, one row
 * a power of two of nanoseconds. Reading it starts it anew; minutes are kept apart, for the last 1, 5 and 15.
 *
 *     histograms in the kernel (only ever growing)
 *       |-- IoReader.read()      what came since the last read()
 *       '-- IoHistory.observe()  each minute's share, the newest 15 of them
 *
 * Pure: histograms in, tables out.
 */
import { BUCKETS, bucketLow, Histogram } from '../base/histogram.ts';

export interface IoColumn {
  readonly layer: 'syscall' | 'fs' | 'scheduler' | 'block';
  readonly operation: 'read' | 'write' | 'read+write' | 'sync' | 'open' | 'close';
}

/** In the order of `enum io_class` of bpf/io.bpf.c. */
export const IO_COLUMNS: readonly IoColumn[] = [
  { layer: 'syscall', operation: 'read' },
  { layer: 'syscall', operation: 'write' },
  { layer: 'syscall', operation: 'read+write' },
  { layer: 'syscall', operation: 'sync' },
  { layer: 'syscall', operation: 'open' },
  { layer: 'syscall', operation: 'close' },
  { layer: 'fs', operation: 'read' },
  { layer: 'fs', operation: 'write' },
  { layer: 'scheduler', operation: 'read' },
  { layer: 'scheduler', operation: 'write' },
  { layer: 'block', operation: 'read' },
  { layer: 'block', operation: 'write' },
];

/** One histogram per column. */
export type IoReading = readonly Histogram[];

export const IO_ROWS = 41;

const since = (now: IoReading, earlier: IoReading): IoReading => now.map((h, i) => h.since(earlier[i]!));
const empty = (): IoReading => IO_COLUMNS.map(() => new Histogram());

/** Row of a log-linear bucket: 2^row is the power of two at or below it; the last row takes all that is longer. */
const ROW_OF_BUCKET: readonly number[] = Array.from({ length: BUCKETS }, (_, bucket) =>
  Math.min(IO_ROWS - 1, Math.floor(Math.log2(Math.max(1, bucketLow(bucket))))),
);

export interface IoRow {
  /** 0 for the first row, else 2^row. */
  readonly low_ns: number;
  /** Exclusive; `Infinity` for the last row. */
  readonly high_ns: number;
  /** By column. */
  readonly counts: readonly number[];
}

/** All 41 rows. */
export function ioRows(reading: IoReading): IoRow[] {
  const counts = Array.from({ length: IO_ROWS }, () => reading.map(() => 0));
  reading.forEach((histogram, column) => {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = histogram.counts[bucket]!;
      if (count > 0) counts[ROW_OF_BUCKET[bucket]!]![column]! += count;
    }
  });
  return counts.map((row, i) => ({
    low_ns: i === 0 ? 0 : 2 ** i,
    high_ns: i === IO_ROWS - 1 ? Number.POSITIVE_INFINITY : 2 ** (i + 1),
    counts: row,
  }));
}

/** From the first to the last row that is not empty. */
export function filledRows(rows: readonly IoRow[]): IoRow[] {
  const filled = (row: IoRow): boolean => row.counts.some((count) => count > 0);
  return rows.slice(Math.max(0, rows.findIndex(filled)), rows.findLastIndex(filled) + 1);
}

/** Reads and resets: each read() tells what came since the one before. */
export class IoReader {
  #earlier: IoReading;

  constructor(first: IoReading) {
    this.#earlier = first;
  }

  read(now: IoReading): IoReading {
    const fresh = since(now, this.#earlier);
    this.#earlier = now;
    return fresh;
  }
}

export const MINUTE_NS = 60e9;
/** Minutes that are kept: the longest history that is told. */
const KEPT_MINUTES = 15;
export const HISTORY_MINUTES = [1, 5, 15] as const;

interface Minute {
  readonly from_ns: number;
  readonly to_ns: number;
  readonly reading: IoReading;
}

export interface IoPeriod {
  /** What it spans really: an observer that comes late makes a minute longer. */
  readonly length_ns: number;
  readonly reading: IoReading;
}

/** The last minutes, whatever read() does. */
export class IoHistory {
  readonly #minutes: Minute[] = [];
  #earlier: IoReading;
  #from_ns: number;

  /** @param now_ns any clock that only goes forward */
  constructor(first: IoReading, now_ns: number) {
    this.#earlier = first;
    this.#from_ns = now_ns;
  }

  /** When the minute that has begun will be over. */
  get due_ns(): number {
    return this.#from_ns + MINUTE_NS;
  }

  /** To be called when due; calling it more often does no harm. */
  observe(now: IoReading, now_ns: number): void {
    if (now_ns < this.due_ns) return;
    this.#minutes.push({ from_ns: this.#from_ns, to_ns: now_ns, reading: since(now, this.#earlier) });
    if (this.#minutes.length > KEPT_MINUTES) this.#minutes.shift();
    this.#earlier = now;
    this.#from_ns = now_ns;
  }

  /** The newest complete minutes together, at most so many; null in the first minute. */
  last(minutes: number): IoPeriod | null {
    const chosen = this.#minutes.slice(-minutes);
    if (chosen.length === 0) return null;
    const reading = empty();
    for (const minute of chosen) minute.reading.forEach((histogram, i) => void reading[i]!.add(histogram));
    return { length_ns: chosen.at(-1)!.to_ns - chosen[0]!.from_ns, reading };
  }
}
