/** Stores a trace in a folder: the only file of the writer that knows Node. */
import { closeSync, existsSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errnoName, TailtrapError } from '../base/errors.ts';
import { makeFolders } from '../base/node.ts';
import type { PacketSink, StreamWriter } from './stream.ts';
import { CtfWriterError } from './write/errors.ts';
import type { CtfWriter } from './writer.ts';

/** Metadata that is being written anew; readers skip hidden files. */
const NEXT_METADATA = '.metadata.partial';

/**
 * Appends packets to one file for each stream, synchronously; a file is created with its first packet. The metadata is
 * there before the packets that it describes, so that what is in the folder can be read if the program dies.
 */
export class CtfFolder {
  readonly path: string;
  bytes = 0;
  readonly #files = new Map<StreamWriter, number>();
  /** Declarations that the stored metadata has; -1: it is not there. */
  #declared = -1;
  #metadata_bytes = 0;
  #finished = false;

  /** Throws `TailtrapError` with `TT_EXISTS` when there is a trace in the folder. */
  constructor(path: string) {
    this.path = path;
    makeFolders(path);
    if (existsSync(join(path, 'metadata'))) throw taken(join(path, 'metadata'));
  }

  readonly sink: PacketSink = (stream, packet, trace) => {
    if (this.#finished) throw new CtfWriterError('TT_CTF_STATE', `the trace in ${this.path} is finished`);
    if (trace.declared !== this.#declared) this.#writeMetadata(trace);
    let file = this.#files.get(stream);
    if (file === undefined) {
      file = create(join(this.path, stream.name));
      this.#files.set(stream, file);
    }
    for (let done = 0; done < packet.length; ) done += writeSync(file, packet, done, packet.length - done);
    this.bytes += packet.length;
  };

  /**
   * Flushes the streams, writes index files where the writer keeps an index, and what the metadata does not say yet;
   * closes the files. Nothing can be written after it: `TT_CTF_STATE`.
   */
  finish(trace: CtfWriter): void {
    if (this.#finished) throw new CtfWriterError('TT_CTF_STATE', `the trace in ${this.path} is finished`);
    trace.flush();
    if (trace.hasIndex) this.#writeIndexes(trace);
    if (trace.declared !== this.#declared) this.#writeMetadata(trace);
    this.close();
  }

  #writeMetadata(trace: CtfWriter): void {
    const text = trace.metadata();
    const path = join(this.path, 'metadata');
    if (this.#declared < 0) {
      const file = create(path);
      writeFileSync(file, text);
      closeSync(file);
    } else {
      // At any moment there is one that can be read.
      writeFileSync(join(this.path, NEXT_METADATA), text);
      renameSync(join(this.path, NEXT_METADATA), path);
    }
    this.#declared = trace.declared;
    const bytes = Buffer.byteLength(text);
    this.bytes += bytes - this.#metadata_bytes;
    this.#metadata_bytes = bytes;
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

  /** Closes the files, for good; idempotent. */
  close(): void {
    this.#finished = true;
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }
}

/** Opens a file that was not there. */
function create(path: string): number {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    if (errnoName(error) === 'EEXIST') throw taken(path);
    throw error;
  }
}

function taken(path: string): TailtrapError {
  return new TailtrapError('TT_EXISTS', 'there is something by this name already', {
    where: path,
    next: 'write to a new folder',
  });
}
