/** Reads the packets of a stream from its files, from file to file. */
import { read as readFile } from 'node:fs';
import { TailtrapError } from '../../base/errors.ts';
import { readAll } from './file-io.ts';
import { ENTRY_BYTES, packetBytesOf } from './packet.ts';
import type { Segment } from './segment.ts';
import type { PacketCursor, StoredPacket } from './store.ts';

/** Entries read from an index file at once: each viewer holds them of each stream. */
const ENTRIES_AHEAD = 16;
const NO_ENTRIES: Buffer = Buffer.alloc(0);
/** So much of the stream's newest packet is read by the event loop itself. */
const READ_NOW_BYTES = 65_536;

/** What a cursor needs to know of the files. */
export interface Segments {
  readonly oldest: Segment | null;
  readonly current: Segment | null;
  /** Packets committed so far. */
  readonly count: number;
}

export class DiskCursor implements PacketCursor {
  skipped = 0;
  private readonly files: Segments;
  /** Number in the stream of the packet that `next` returns next. */
  private number: number;
  /** Acquired; that of the packet returned last, or of the next one. */
  private segment: Segment | null = null;
  private entries: Buffer = NO_ENTRIES;
  private entriesFrom = 0;
  private entriesTo = 0;
  private packetAt = 0;
  private packet_bytes = 0;
  private closed = false;

  constructor(files: Segments, from: 'first' | 'next') {
    this.files = files;
    // Held from the start: a rotation must not take away what nobody has read yet.
    this.segment = from === 'first' ? files.oldest : files.current;
    if (this.segment?.acquire() === false) this.segment = null;
    let first = from === 'first' ? this.segment : null;
    while (first !== null && first.count === 0) first = first.next;
    this.number = first?.first ?? files.count;
  }

  get pending(): number {
    return this.files.count - this.number;
  }

  next(): StoredPacket | null {
    if (this.closed || !this.seek()) return null;
    const segment = this.segment!;
    if (this.number < this.entriesFrom || this.number >= this.entriesTo) {
      const there = Math.min(ENTRIES_AHEAD, segment.first + segment.count - this.number);
      this.entries = Buffer.allocUnsafe(there * ENTRY_BYTES);
      this.entriesFrom = this.number;
      this.entriesTo = this.number + segment.readEntries(this.number - segment.first, this.entries);
    }
    const at = (this.number - this.entriesFrom) * ENTRY_BYTES;
    const entry = this.entries.subarray(at, at + ENTRY_BYTES);
    this.packetAt = entry.readUInt32BE(0) * 2 ** 32 + entry.readUInt32BE(4);
    this.packet_bytes = packetBytesOf(entry);
    return { number: this.number++, size_bytes: this.packet_bytes, entry };
  }

  read(offset_bytes: number, length_bytes: number): Promise<Uint8Array> {
    const length = Math.max(0, Math.min(length_bytes, this.packet_bytes - offset_bytes));
    const { segment } = this;
    if (segment === null) return Promise.reject(noPacket());
    const into = Buffer.allocUnsafe(length);
    // What was written last is still in memory: handing it to another thread would only make the viewer wait.
    if (this.pending === 0 && length <= READ_NOW_BYTES) {
      try {
        readAll(segment.dataFile, into, this.packetAt + offset_bytes);
        return Promise.resolve(into);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    // Keeps the file open until it was read, whatever `next` and `close` do meanwhile.
    segment.acquire();
    return new Promise((resolve, reject) => {
      const readOn = (done: number): void => {
        readFile(segment.dataFile, into, done, length - done, this.packetAt + offset_bytes + done, (error, read) => {
          if (error === null && read > 0 && done + read < length) {
            readOn(done + read);
            return;
          }
          segment.release();
          if (error === null) resolve(into.subarray(0, done + read));
          else reject(error);
        });
      };
      readOn(0);
    });
  }

  close(): void {
    this.closed = true;
    this.segment?.release();
    this.segment = null;
  }

  /** Goes to the file of packet `number`, or of the next that is still there. @returns false when there is none yet */
  private seek(): boolean {
    if (this.number >= this.files.count) return false;
    if (this.segment !== null && !this.segment.chunk.cleared && this.has(this.segment)) return true;
    let candidate: Segment | null = this.segment?.next ?? this.files.oldest;
    for (; candidate !== null; candidate = candidate.next) {
      const past = candidate.first + candidate.count <= this.number;
      if (past || candidate.count === 0 || candidate.chunk.cleared || candidate.gone) continue;
      if (candidate.acquire()) break;
    }
    if (candidate === null) {
      // What is between was overwritten or cleared, and nothing came since.
      this.skipped += this.files.count - this.number;
      this.number = this.files.count;
      return false;
    }
    this.segment?.release();
    this.segment = candidate;
    this.skipped += Math.max(0, candidate.first - this.number);
    this.number = Math.max(this.number, candidate.first);
    // Numbers do not tell files apart after a clear: what was read ahead may be of another.
    this.entriesTo = this.entriesFrom;
    return this.has(candidate);
  }

  private has(segment: Segment): boolean {
    return this.number >= segment.first && this.number < segment.first + segment.count;
  }
}

function noPacket(): TailtrapError {
  return new TailtrapError('TT_RELAY_READ', 'no packet has been taken from this stream yet');
}
