/** Traces copied into a folder; several stand in folders `0`, `1`, ... of it. Until it is complete it has another name: partial.ts. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { TraceCopy } from '../../ctf/copy/copy.ts';
import type { FieldEncoder } from '../../ctf/copy/encode.ts';
import type { Consumer, Visitor } from '../../ctf/decode/emit.ts';
import type { DataStreamClass, TraceClass } from '../../ctf/model.ts';
import { CtfFolder } from '../../ctf/node.ts';
import type { CtfEvent, CtfEvents, CtfPacket, CtfSource } from '../../ctf/reader.ts';
import type { CtfVersion } from '../../ctf/writer.ts';
import { nameFolder, partialFolder, refuseExisting } from '../partial.ts';
import { type Output, writing } from './output-file.ts';

interface Copied {
  readonly folder: CtfFolder;
  readonly copy: TraceCopy;
}

export interface CopyFolderOptions {
  readonly version: CtfVersion;
  /** Told once for each way in which a copy differs from its original. */
  readonly note: (text: string) => void;
}

/** The encoder that takes the fields of the event that is being read. */
interface Current {
  encoder: FieldEncoder | null;
}

export class CopyFolder implements Output {
  readonly #path: string;
  /** '' once it has its name. */
  #partial: string;
  readonly #copies = new Map<TraceClass, Copied>();
  readonly #byStreamClass = new Map<DataStreamClass, TraceCopy>();
  readonly #current: Current = { encoder: null };
  readonly #consumer: Consumer<Current>;

  constructor(path: string, source: CtfSource, options: CopyFolderOptions) {
    // `second/` is a folder beside others as `second` is.
    this.#path = path.replace(/(?<=.)\/+$/, '');
    this.#partial = writing(path, () => {
      refuseExisting(this.#path);
      return partialFolder(this.#path);
    });
    // Each event's fields go to the encoder of its trace: one visitor that passes on.
    const visitor = passingOn(this.#current);
    this.#consumer = { visitor: () => visitor };
    try {
      writing(path, () => this.#open(source, options));
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  #open(source: CtfSource, { version, note }: CopyFolderOptions): void {
    // Told when nothing was refused.
    const notes = new Set<string>();
    source.traces.forEach(({ name, trace }, i) => {
      const folder = new CtfFolder(source.traces.length === 1 ? this.#partial : join(this.#partial, String(i)));
      const sink = folder.sink;
      const copy = new TraceCopy(trace, { name, sink, version, index: true, note: (text) => notes.add(text) });
      this.#copies.set(trace, { folder, copy });
      for (const streamClass of trace.streamClasses.values()) this.#byStreamClass.set(streamClass, copy);
    });
    for (const text of notes) note(text);
  }

  get bytes(): number {
    return [...this.#copies.values()].reduce((sum, { folder }) => sum + folder.bytes, 0);
  }

  readonly onPacket = (packet: CtfPacket): void => {
    writing(this.#path, () => this.#byStreamClass.get(packet.streamClass)!.packet(packet));
  };

  /** The event that `next` gave. */
  add(events: CtfEvents, event: CtfEvent): void {
    const { copy } = this.#copies.get(event.trace)!;
    this.#current.encoder = copy.encoder;
    writing(this.#path, () => copy.each(event));
    events.visit(this.#consumer, this.#current);
  }

  finish(): void {
    writing(this.#path, () => {
      for (const { folder, copy } of this.#copies.values()) {
        copy.end();
        folder.finish(copy.writer);
      }
      nameFolder(this.#partial, this.#path);
      this.#partial = '';
    });
  }

  abandon(): void {
    for (const { folder } of this.#copies.values()) folder.close();
    if (this.#partial !== '') rmSync(this.#partial, { recursive: true, force: true });
  }
}

function passingOn(current: Current): Visitor {
  const nothing = (): void => {};
  return {
    beginScope: nothing,
    endScope: nothing,
    beginStruct: (field) => current.encoder!.beginStruct(field),
    endStruct: nothing,
    beginArray: (field) => current.encoder!.beginArray(field),
    endArray: nothing,
    absent: nothing,
    option: nothing,
    integer: (field, name, value) => current.encoder!.integer(field, name, value),
    wide: (field, name, low, high) => current.encoder!.wide(field, name, low, high),
    float: (field, name, value) => current.encoder!.float(field, name, value),
    string: (field, name, bytes, start, end) => current.encoder!.string(field, name, bytes, start, end),
    blob: (field, name, bytes, start, end) => current.encoder!.blob(field, name, bytes, start, end),
  };
}
