/** Stores a trace in a folder: the only file of the writer that knows Node. */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolders } from '../base/node.ts';
import type { PacketSink, StreamWriter } from './stream.ts';
import type { CtfWriter } from './writer.ts';

/** Appends packets to one file for each stream, synchronously; a file is created with its first packet. */
export class CtfFolder {
  readonly path: string;
  bytes = 0;
  readonly #files = new Map<StreamWriter, number>();

  constructor(path: string) {
    this.path = path;
    makeFolders(path);
  }

  readonly sink: PacketSink = (stream, packet) => {
    let file = this.#files.get(stream);
    if (file === undefined) {
      file = openSync(join(this.path, stream.name), 'wx');
      this.#files.set(stream, file);
    }
    for (let done = 0; done < packet.length; ) done += writeSync(file, packet, done, packet.length - done);
    this.bytes += packet.length;
  };

  /** Flushes the streams, writes index files where the writer keeps an index, and the metadata; closes the files. */
  finish(trace: CtfWriter): void {
    trace.flush();
    if (trace.hasIndex) this.#writeIndexes(trace);
    const metadata = trace.metadata();
    writeFileSync(join(this.path, 'metadata'), metadata);
    this.bytes += Buffer.byteLength(metadata);
    this.close();
  }

  #writeIndexes(trace: CtfWriter): void {
    const folder = join(this.path, 'index');
    makeFolders(folder);
    for (const stream of trace.streams) {
      // An index entry is nothing without times.
      if (stream.packets === 0 || !stream.streamClass.parts.begin || !stream.streamClass.parts.end) continue;
      const index = trace.index(stream);
      writeFileSync(join(folder, `${stream.name}.idx`), index);
      this.bytes += index.length;
    }
  }

  /** Closes the files; idempotent. */
  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }
}
