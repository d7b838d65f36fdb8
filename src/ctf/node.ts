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

  /** Flushes the streams, writes the metadata, closes the files. */
  finish(trace: CtfWriter): void {
    trace.flush();
    const metadata = trace.metadata();
    writeFileSync(join(this.path, 'metadata'), metadata);
    this.bytes += Buffer.byteLength(metadata);
    this.close();
  }

  /** Closes the files; idempotent. */
  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }
}
