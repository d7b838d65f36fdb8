/**
 * What changed, in the order of time: the detailed history of the window. One record is a cell of a table (column and row)
 * with the value it had before, so the past is the present with the newer records undone.
 *
 *     oldest |  time | cell | value before | since when it had it | distance to the row's record before |  newest
 *
 * Blocks of typed arrays in a queue; the blocks of what is forgotten are used again, and nothing is allocated per record.
 */
import type { Column } from './columns.ts';
import type { Table } from './table.ts';

/** 557 kB: an idle machine needs one or two. */
const BLOCK_RECORDS = 2 ** 14;
/** Forgotten blocks that wait to be used again. */
const SPARE_BLOCKS = 4;
/** Columns of all tables together: they are numbered in 16 bits. */
const MAX_COLUMNS = 0xffff;

/** Bytes of one record in the arrays below. */
export const RECORD_BYTES = 34;

class Block {
  /** Number of its first record. */
  base = 0;
  readonly time: Float64Array = new Float64Array(BLOCK_RECORDS);
  readonly old: Float64Array = new Float64Array(BLOCK_RECORDS);
  readonly since: Float64Array = new Float64Array(BLOCK_RECORDS);
  readonly row: Int32Array = new Int32Array(BLOCK_RECORDS);
  readonly column: Uint16Array = new Uint16Array(BLOCK_RECORDS);
  readonly back: Uint32Array = new Uint32Array(BLOCK_RECORDS);
}

export class Journal {
  /** Time of the event that is being applied, nanoseconds since the origin. */
  now: number = Number.NEGATIVE_INFINITY;
  /** Records ever made: also the number of the next one. */
  recorded = 0;
  /** Number of the oldest record that is kept. */
  first = 0;
  /** Records that left before their time because of the bound. */
  dropped = 0;
  /** Changes up to here are not kept: the past begins after it. */
  forgotten: number = Number.NEGATIVE_INFINITY;
  readonly columns: Column[] = [];
  readonly #maxBlocks: number;
  #blocks: Block[] = [new Block()];
  readonly #spare: Block[] = [];
  /** The newest block, and where the next record goes in it. */
  #block: Block = this.#blocks[0]!;
  #at = 0;

  /** @param maxRecords rounded up to whole blocks, two at least */
  constructor(maxRecords: number) {
    this.#maxBlocks = Math.max(2, Math.ceil(maxRecords / BLOCK_RECORDS));
  }

  /** Records kept. */
  get count(): number {
    return this.recorded - this.first;
  }

  get bytes(): number {
    return (this.#blocks.length + this.#spare.length) * BLOCK_RECORDS * RECORD_BYTES;
  }

  /** Gives a column its number. */
  register(column: Column): number {
    if (this.columns.length >= MAX_COLUMNS) throw new Error('too many columns');
    return this.columns.push(column) - 1;
  }

  record(table: Table, column: number, row: number, old: number, since: number): void {
    if (this.#at === BLOCK_RECORDS) this.#nextBlock();
    const block = this.#block;
    const at = this.#at++;
    block.time[at] = this.now;
    block.old[at] = old;
    block.since[at] = since;
    block.row[at] = row;
    block.column[at] = column;
    const number = this.recorded++;
    const { last } = table;
    const before = last[row]!;
    // 0 where there is no earlier one: no record is its own predecessor.
    block.back[at] = before >= this.first ? number - before : 0;
    last[row] = number;
  }

  /** Forgets what happened up to `time`. */
  trim(time: number): void {
    let block = this.#blocks[0]!;
    let at = this.first - block.base;
    let left = this.count;
    while (left > 0) {
      if (at === BLOCK_RECORDS) {
        this.#forgetBlock();
        block = this.#blocks[0]!;
        at = 0;
      }
      if (block.time[at]! > time) break;
      at++;
      left--;
    }
    this.first = this.recorded - left;
    if (time > this.forgotten) this.forgotten = time;
  }

  timeOf(number: number): number {
    return this.#blockOf(number).time[number % BLOCK_RECORDS]!;
  }

  oldOf(number: number): number {
    return this.#blockOf(number).old[number % BLOCK_RECORDS]!;
  }

  sinceOf(number: number): number {
    return this.#blockOf(number).since[number % BLOCK_RECORDS]!;
  }

  rowOf(number: number): number {
    return this.#blockOf(number).row[number % BLOCK_RECORDS]!;
  }

  columnOf(number: number): Column {
    return this.columns[this.#blockOf(number).column[number % BLOCK_RECORDS]!]!;
  }

  /** Number of the row's record before `number`; -1: none is kept. */
  before(number: number): number {
    const back = this.#blockOf(number).back[number % BLOCK_RECORDS]!;
    return back === 0 || number - back < this.first ? -1 : number - back;
  }

  /** Number of the first record after `time`; `recorded` when there is none. */
  after(time: number): number {
    let low = this.first;
    let high = this.recorded;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.timeOf(middle) > time) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #blockOf(number: number): Block {
    return this.#blocks[((number - this.#blocks[0]!.base) / BLOCK_RECORDS) | 0]!;
  }

  #forgetBlock(): void {
    const block = this.#blocks.shift()!;
    if (this.#spare.length < SPARE_BLOCKS) this.#spare.push(block);
  }

  #nextBlock(): void {
    if (this.#blocks.length >= this.#maxBlocks) {
      const oldest = this.#blocks[0]!;
      const next = oldest.base + BLOCK_RECORDS;
      this.dropped += next - this.first;
      this.forgotten = Math.max(this.forgotten, oldest.time[BLOCK_RECORDS - 1]!);
      this.first = next;
      this.#forgetBlock();
    }
    const block = this.#spare.pop() ?? new Block();
    block.base = this.recorded;
    this.#blocks.push(block);
    this.#block = block;
    this.#at = 0;
  }
}
