/** Traces copied into a folder; several stand in folders `0`, `1`, ... of it. Until it is complete, it is `NAME.partial`. */
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TraceCopy } from '../../ctf/copy/copy.ts';
import type { FieldEncoder } from '../../ctf/copy/encode.ts';
import type { Visitor } from '../../ctf/decode/emit.ts';
import type { TraceClass } from '../../ctf/model.ts';
import { CtfFolder } from '../../ctf/node.ts';
import type { CtfEvent, CtfEvents, CtfSource } from '../../ctf/reader.ts';
import type { Notice } from '../../trace/event.ts';
import type { Progress } from '../progress.ts';
import { refuseExisting } from './output-file.ts';

interface Copied {
  readonly folder: CtfFolder;
  readonly copy: TraceCopy;
}

/** The encoder that takes the fields of the event that is being read. */
interface Current {
  encoder: FieldEncoder | null;
}

export class CopyFolder {
  readonly #path: string;
  readonly #partial: string;
  readonly #copies = new Map<TraceClass, Copied>();

  constructor(path: string, source: CtfSource) {
    refuseExisting(path);
    this.#path = path;
    this.#partial = `${path}.partial`;
    rmSync(this.#partial, { recursive: true, force: true });
    source.traces.forEach(({ name, trace }, i) => {
      const folder = new CtfFolder(source.traces.length === 1 ? this.#partial : join(this.#partial, String(i)));
      this.#copies.set(trace, { folder, copy: new TraceCopy(trace, name, folder.sink) });
    });
  }

  get bytes(): number {
    return [...this.#copies.values()].reduce((sum, { folder }) => sum + folder.bytes, 0);
  }

  onNotice(notice: Notice): void {
    for (const { copy } of this.#copies.values()) copy.onNotice(notice);
  }

  /** @returns how many events were copied */
  copy(events: CtfEvents, wanted: ((event: CtfEvent) => boolean) | null, progress: Progress): number {
    const current: Current = { encoder: null };
    let count = 0;
    // Each event's fields go to the encoder of its trace: one visitor that passes on.
    const visitor = passingOn(current);
    events.drain({ visitor: () => visitor }, current, (event) => {
      if (wanted !== null && !wanted(event)) return false;
      const { copy } = this.#copies.get(event.trace)!;
      current.encoder = copy.encoder;
      if (++count % 16_384 === 0) progress.at(count, event.time);
      return copy.each(event);
    });
    return count;
  }

  finish(): void {
    for (const { folder, copy } of this.#copies.values()) {
      copy.end();
      folder.finish(copy.writer);
    }
    renameSync(this.#partial, this.#path);
  }

  abandon(): void {
    for (const { folder } of this.#copies.values()) folder.close();
    rmSync(this.#partial, { recursive: true, force: true });
  }
}

function passingOn(current: Current): Visitor {
  const nothing = (): void => {};
  return {
    beginScope: nothing,
    endScope: nothing,
    beginStruct: nothing,
    endStruct: nothing,
    beginArray: nothing,
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
