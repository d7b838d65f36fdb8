/**
 * The files that a stream has in one trace chunk: a single one, a ring, or as many as are needed. Of the last kind there
 * may be millions: only the newest are kept as objects, the others as numbers, from which viewers get them again.
 *
 *     file       0 1 2 ... 99 | 100 ... 163
 *     kept as    numbers      | `Segment`s; the last is being written
 */
import type { TraceChunk } from './chunk.ts';
import type { OutputFolder } from './output.ts';
import { Segment, type SegmentPlace } from './segment.ts';

/** Files as objects, of each stream; viewers that keep up are in the last two. */
const KEPT_FILES = 16;

export interface FileOptions {
  readonly output: OutputFolder;
  /** Folder in the chunk. */
  readonly path: string;
  readonly channel: string;
  /** 0: one file of any size. */
  readonly file_bytes: number;
  /** 0: without end. */
  readonly files: number;
  /** Index files: none, version 1.0 or 1.1. */
  readonly index: 'none' | 'old' | 'new';
}

export class ChunkFiles {
  readonly chunk: TraceChunk;
  private readonly options: FileOptions;
  /** Oldest first; never empty. */
  private readonly kept: Segment[] = [];
  /** Of the files before those: what `Segment` calls `first` and `count`. */
  private readonly firsts: number[] = [];
  private readonly counts: number[] = [];
  /** Still points to the one after it, which then is kept for nobody. */
  private lastForgotten: Segment | null = null;
  private fileIndex = 0;

  /** Opens the first file. @param chunk acquired as long as this is used */
  constructor(options: FileOptions, chunk: TraceChunk) {
    this.options = options;
    this.chunk = chunk;
    this.open();
  }

  get oldest(): Segment {
    return this.at(0)!;
  }
  get current(): Segment {
    return this.kept.at(-1)!;
  }

  /** Begins the next file, in the place of the oldest when the ring is full. The current one is released. */
  advance(): void {
    const { files } = this.options;
    const full = this.current;
    full.flush();
    this.fileIndex = files > 0 ? (this.fileIndex + 1) % files : this.fileIndex + 1;
    if (files > 0 && this.kept.length >= files) this.kept.shift()!.unlink();
    this.open();
    full.release();
    if (files === 0) this.forgetOld();
  }

  /** Its file was removed by somebody: begins another of the same name. @throws when something is in the way */
  replaceCurrent(): void {
    const lost = this.current;
    lost.leave();
    this.open();
    this.kept.splice(-2, 1);
    const before = this.kept.at(-2);
    if (before !== undefined) before.next = this.current;
    lost.release();
  }

  get hasSeveral(): boolean {
    return this.kept.length > 1;
  }

  /** Takes the last file of several away: all its packets moved elsewhere. */
  dropCurrent(): void {
    const dropped = this.kept.pop()!;
    dropped.unlink();
    dropped.release();
    this.current.next = null;
    this.current.acquire();
  }

  flush(): void {
    for (const segment of this.kept) segment.flush();
  }

  private open(): void {
    const last = this.kept.at(-1);
    const segment = Segment.create(this.place(), this.fileName(this.fileIndex));
    if (last !== undefined) last.next = segment;
    this.kept.push(segment);
  }

  private forgetOld(): void {
    // Packets get their indexes in order: when a later file has some, this one will not get any more.
    const last = this.kept.findLast(({ count }) => count > 0);
    while (last !== undefined && this.kept.length > KEPT_FILES && this.kept[0] !== last) {
      const number = this.firsts.length;
      const forgotten = this.kept.shift()!;
      this.firsts.push(forgotten.first);
      this.counts.push(forgotten.count);
      if (this.lastForgotten !== null) this.lastForgotten.next = () => this.at(number);
      this.lastForgotten = forgotten;
    }
  }

  private at(number: number): Segment | null {
    const { firsts, counts } = this;
    if (number >= firsts.length) return this.kept[number - firsts.length] ?? null;
    const segment = Segment.reopen(this.place(), this.fileName(number), firsts[number]!, counts[number]!);
    segment.next = () => this.at(number + 1);
    return segment;
  }

  private place(): SegmentPlace {
    const { output, path, index } = this.options;
    return { output, chunk: this.chunk, path, oldIndex: index === 'old' };
  }

  private fileName(number: number): string {
    const { channel, file_bytes } = this.options;
    return file_bytes > 0 ? `${channel}_${number}` : channel;
  }
}
