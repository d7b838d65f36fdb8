/** A data file of a stream and the index file beside it: one of a ring, or all that a chunk has of the stream. */
import type { TraceChunk } from './chunk.ts';
import { readAll, writeAll } from './file-io.ts';
import type { OutputFolder, Whereabouts } from './output.ts';
import { ENTRY_BYTES } from './packet.ts';

const INDEX_MAGIC = 0xc1f1dcc1;
const INDEX_HEADER_BYTES = 16;
/** Index files of producers before 2.8 have no stream instance and no sequence number. */
const OLD_ENTRY_BYTES = 56;

/** Where the files of a stream are. */
export interface SegmentPlace {
  readonly output: OutputFolder;
  readonly chunk: TraceChunk;
  /** Folder in the chunk. */
  readonly path: string;
  /** Index files of version 1.0. */
  readonly oldIndex: boolean;
}

export class Segment {
  readonly chunk: TraceChunk;
  /** Bytes that packets have been given places for. */
  placed_bytes = 0;
  /** Number in the stream of the first packet that was committed here; valid once there is one. */
  first = 0;
  count = 0;
  /** Its files are overwritten or cleared; who has them open may still read them. */
  gone = false;
  private following: Segment | (() => Segment | null) | null = null;
  private readonly output: OutputFolder;
  private readonly dataPath: string;
  private readonly indexFolder: string;
  private readonly indexPath: string;
  private readonly entry_bytes: number;
  private data = -1;
  private index = -1;
  private hasIndex = false;
  private users = 0;
  private readonly unwritten: Buffer[] = [];

  /** Of files that are there, and closed; `create` and `reopen` are the ways to get one. */
  constructor({ output, chunk, path, oldIndex }: SegmentPlace, file: string) {
    this.output = output;
    this.chunk = chunk;
    this.dataPath = `${path}/${file}`;
    this.indexFolder = `${path}/index`;
    this.indexPath = `${this.indexFolder}/${file}.idx`;
    this.entry_bytes = oldIndex ? OLD_ENTRY_BYTES : ENTRY_BYTES;
  }

  /** New files, open. @throws the system's error, and what `OutputFolder.create` throws */
  static create(place: SegmentPlace, file: string): Segment {
    const segment = new Segment(place, file);
    segment.chunk.makeFolder(place.path);
    segment.data = segment.chunk.create(segment.dataPath);
    segment.users = 1;
    return segment;
  }

  /** For reading what was written and closed before: so many packets, with these numbers. */
  static reopen(place: SegmentPlace, file: string, first: number, count: number): Segment {
    const segment = new Segment(place, file);
    segment.first = first;
    segment.count = count;
    segment.hasIndex = count > 0;
    return segment;
  }

  /** The file after it, also in another chunk. */
  get next(): Segment | null {
    return typeof this.following === 'function' ? this.following() : this.following;
  }
  /** @param next a function: is asked each time */
  set next(next: Segment | (() => Segment | null) | null) {
    this.following = next;
  }

  get dataFile(): number {
    return this.data;
  }

  /** The index file is made with the first packet, as lttng-relayd does; streams of snapshots never have one. */
  makeIndex(): void {
    if (this.hasIndex) return;
    this.hasIndex = true;
    this.chunk.makeFolder(this.indexFolder);
    this.index = this.chunk.create(this.indexPath);
    const header = Buffer.alloc(INDEX_HEADER_BYTES);
    const old = this.entry_bytes === OLD_ENTRY_BYTES;
    for (const [i, value] of [INDEX_MAGIC, 1, old ? 0 : 1, this.entry_bytes].entries())
      header.writeUInt32BE(value, i * 4);
    writeAll(this.index, header, 0);
  }

  /**
   * @param entry with its offset set
   * @param number of the packet in the stream
   */
  add(entry: Buffer, number: number): void {
    if (this.count === 0) this.first = number;
    this.unwritten.push(entry.length === this.entry_bytes ? entry : entry.subarray(0, this.entry_bytes));
    this.count++;
  }

  /** Entries that `flush` has yet to write. */
  get waiting(): number {
    return this.unwritten.length;
  }

  /** Writes the entries that were added. @throws the system's error */
  flush(): void {
    if (this.unwritten.length === 0 || this.index < 0) return;
    const entries = Buffer.concat(this.unwritten);
    const at = INDEX_HEADER_BYTES + this.count * this.entry_bytes - entries.length;
    writeAll(this.index, entries, at);
    this.unwritten.length = 0;
  }

  /** Opens the files again if they were closed. @returns false when they are gone */
  acquire(): boolean {
    if (this.users === 0) {
      if (this.gone || this.chunk.cleared) return false;
      try {
        this.data = this.output.openToRead(this.chunk.within(this.dataPath));
        if (this.count > 0) this.index = this.output.openToRead(this.chunk.within(this.indexPath));
      } catch {
        this.closeFiles();
        return false;
      }
    }
    this.users++;
    return true;
  }

  /** @throws the system's error when entries cannot be written */
  release(): void {
    if (--this.users > 0) return;
    try {
      this.flush();
    } finally {
      this.closeFiles();
    }
  }

  /** Entries from `number` (of this file) on, as many as `into` holds. @returns how many */
  readEntries(number: number, into: Buffer): number {
    this.flush();
    const wanted = Math.min(this.count - number, Math.floor(into.length / ENTRY_BYTES));
    const { entry_bytes } = this;
    for (let i = 0; i < wanted; i++) into.fill(0xff, i * ENTRY_BYTES, (i + 1) * ENTRY_BYTES);
    if (entry_bytes === ENTRY_BYTES) {
      readAll(this.index, into.subarray(0, wanted * ENTRY_BYTES), INDEX_HEADER_BYTES + number * entry_bytes);
      return wanted;
    }
    for (let i = 0; i < wanted; i++) {
      const at = INDEX_HEADER_BYTES + (number + i) * entry_bytes;
      readAll(this.index, into.subarray(i * ENTRY_BYTES, i * ENTRY_BYTES + entry_bytes), at);
    }
    return wanted;
  }

  /** Takes its files away from the folder: the ring comes round, or all its packets moved elsewhere. */
  unlink(): void {
    this.gone = true;
    this.chunk.removeFile(this.dataPath);
    if (this.hasIndex) this.chunk.removeFile(this.indexPath);
  }

  /** Whether what is written now will be found where it was begun. */
  whereabouts(): Whereabouts {
    return this.output.whereabouts(this.data, this.chunk.within(this.dataPath));
  }

  /** Its data file is not in the folder any more: nothing in its name shall stand in the way of the next one. */
  leave(): void {
    this.gone = true;
    const isThere =
      this.index >= 0 && this.output.whereabouts(this.index, this.chunk.within(this.indexPath)) === 'here';
    if (isThere) this.chunk.removeFile(this.indexPath);
  }

  private closeFiles(): void {
    for (const fd of [this.data, this.index]) if (fd >= 0) this.output.close(fd);
    this.data = -1;
    this.index = -1;
  }
}
