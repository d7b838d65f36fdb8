/** A metadata stream: its file, which begins anew with each trace chunk, and what viewers get, which only grows. */
import { ftruncateSync } from 'node:fs';
import type { TraceChunk } from './chunk.ts';
import { readAll, writeAll } from './file-io.ts';
import { LiveMetadata } from './live-metadata.ts';
import type { OutputFolder } from './output.ts';
import type { StoredMetadata } from './store.ts';
import type { StreamNames } from './stream.ts';
import type { Trace } from './trace.ts';

export interface MetadataOptions extends StreamNames {
  readonly trace: Trace;
  readonly channel: string;
  /** null: nothing is written. */
  readonly output: OutputFolder | null;
  /** Kept for viewers as well. */
  readonly live: boolean;
  readonly max_bytes: number;
}

export class MetadataStream implements StoredMetadata {
  readonly id: number;
  readonly handle: number;
  readonly trace: Trace;
  readonly channel: string;
  closed = false;
  published = false;
  /** Of QUIESCENT_CONTROL, as `AskedStreams` counts. */
  round = -1;
  private readonly options: MetadataOptions;
  private readonly live: LiveMetadata | null;
  private chunk: TraceChunk | null;
  private file = -1;
  private file_bytes = 0;

  /** @throws the system's error when its file cannot be made */
  constructor(options: MetadataOptions, chunk: TraceChunk) {
    this.options = options;
    this.id = options.id;
    this.handle = options.handle;
    this.trace = options.trace;
    this.channel = options.channel;
    this.live = options.live ? new LiveMetadata() : null;
    this.chunk = chunk.acquire();
    try {
      this.openFile();
    } catch (error) {
      this.letGo();
      throw error;
    }
  }

  get streamId(): number {
    return this.id;
  }
  get size_bytes(): number {
    return this.live?.size_bytes ?? 0;
  }
  read(from_bytes: number): Uint8Array {
    return this.live?.read(from_bytes) ?? new Uint8Array(0);
  }

  /**
   * SEND_METADATA.
   *
   * @param bytes kept nowhere
   * @returns why it is not taken, or null
   * @throws the system's error
   */
  append(bytes: Buffer, padding_bytes: number): string | null {
    if (this.closed) return `metadata stream ${this.id} is closed`;
    const size = bytes.length + padding_bytes;
    if (Math.max(this.file_bytes, this.size_bytes) + size > this.options.max_bytes) {
      return `metadata of ${this.trace.path} is larger than ${this.options.max_bytes} bytes`;
    }
    const padded = Buffer.alloc(size);
    bytes.copy(padded);
    if (this.options.output !== null) {
      if (this.file < 0) return `metadata stream ${this.id} has no trace chunk`;
      writeAll(this.file, padded, this.file_bytes);
    }
    this.file_bytes += size;
    this.live?.append(padded);
    return null;
  }

  /** RESET_METADATA: everything comes again. @throws the system's error */
  reset(): void {
    if (this.file >= 0) ftruncateSync(this.file, 0);
    this.file_bytes = 0;
    this.live?.restart();
  }

  /** Goes on in another chunk, where everything comes again, or in none. @throws the system's error */
  rotate(chunk: TraceChunk | null): void {
    const before = this.chunk;
    this.closeFile();
    this.chunk = chunk?.acquire() ?? null;
    this.file_bytes = 0;
    if (chunk !== null) this.live?.restart();
    try {
      this.openFile();
    } finally {
      before?.release();
    }
  }

  /** Makes its file anew, with all that was in it, if somebody removed it. @throws the system's error */
  restore(): void {
    const { output } = this.options;
    if (output === null || this.file < 0 || this.chunk === null) return;
    const lost = this.file;
    if (output.whereabouts(lost, this.chunk.within(`${this.trace.path}/${this.channel}`)) !== 'removed') return;
    // It is there as long as it is open.
    const bytes = Buffer.allocUnsafe(this.file_bytes);
    readAll(lost, bytes, 0);
    this.openFile();
    output.close(lost);
    writeAll(this.file, bytes, 0);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.closeFile();
    this.letGo();
  }

  private openFile(): void {
    const { output, channel } = this.options;
    if (output === null || this.chunk === null) return;
    this.chunk.makeFolder(this.trace.path);
    this.file = this.chunk.create(`${this.trace.path}/${channel}`);
  }

  private closeFile(): void {
    if (this.file >= 0) this.options.output!.close(this.file);
    this.file = -1;
  }

  private letGo(): void {
    const { chunk } = this;
    this.chunk = null;
    chunk?.release();
  }
}
