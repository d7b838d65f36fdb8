/**
 * Paths of files as programs open them (bpf/opened.bpf.c), for those who read the rest from ftrace, which tells addresses.
 *
 *     const opened = OpenedPaths.start();          // null: this kernel or user may not; /proc is all there is then
 *     opened.drain(({ pid, fd, path }) => ...);    // with each look into the ring of ftrace
 *     opened.close();
 */
import { existsSync } from 'node:fs';
import { messageOf } from '../base/errors.ts';
import { bpf, type Pointer, takeMessages } from './libbpf.ts';
import { OBJECT_FOLDER } from './paths.ts';
import { programsOf } from './prepare.ts';
import { RingReader } from './ring.ts';

/** RING_BYTES of opened.bpf.c. */
const RING_BYTES = 1024 * 1024;
/** Where the path begins in `struct opened`. */
const PATH_AT = 24;
/** More than the ring holds of the shortest. */
const MAX_RECORDS = RING_BYTES / 32;

export interface OpenedPath {
  /** CLOCK_MONOTONIC, when the call returned. */
  readonly time_ns: bigint;
  readonly pid: number;
  readonly fd: number;
  /** Descriptor of the folder that a relative path begins in; -100 (AT_FDCWD): the process's own. */
  readonly folder: number;
  /** As the program gave it. */
  readonly path: string;
}

export class OpenedPaths {
  readonly #object: Pointer;
  readonly #links: readonly Pointer[];
  readonly #ring: RingReader;
  readonly #decoder = new TextDecoder();
  #closed = false;

  private constructor(object: Pointer, links: readonly Pointer[], ring: RingReader) {
    this.#object = object;
    this.#links = links;
    this.#ring = ring;
  }

  /** @param log told why not, when null is returned */
  static start(log: (reason: string) => void): OpenedPaths | null {
    const path = `${OBJECT_FOLDER}/opened.bpf.o`;
    if (!existsSync(path)) {
      log(`${path} is not built`);
      return null;
    }
    takeMessages();
    const object = bpf.objectOpen(path, null);
    if (object === null) {
      log(takeMessages().at(-1) ?? 'the object cannot be opened');
      return null;
    }
    const links: Pointer[] = [];
    try {
      if (bpf.objectLoad(object) !== 0) throw new Error(takeMessages().at(-1) ?? 'the kernel refuses to load it');
      for (const program of programsOf(object)) {
        // Calls that a kernel does not have are not called.
        const link = bpf.programAttach(program);
        if (link !== null) links.push(link);
      }
      if (links.length === 0) throw new Error('the kernel has no tracepoints of single system calls');
      return new OpenedPaths(object, links, RingReader.map(bpf.mapFd(bpf.findMap(object, 'tt_opened')!), RING_BYTES));
    } catch (error) {
      for (const link of links) bpf.linkDestroy(link);
      bpf.objectClose(object);
      log(messageOf(error));
      return null;
    }
  }

  /** Gives what was opened since the last time, in the order of time of each CPU. */
  drain(each: (opened: OpenedPath) => void): void {
    this.#ring.drain((record) => {
      const text = new Uint8Array(record.buffer, record.byteOffset + PATH_AT, record.byteLength - PATH_AT - 1);
      each({
        time_ns: record.getBigUint64(0, true),
        pid: record.getUint32(8, true),
        fd: record.getInt32(12, true),
        folder: record.getInt32(16, true),
        path: this.#decoder.decode(text),
      });
    }, MAX_RECORDS);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ring.close();
    for (const link of this.#links) bpf.linkDestroy(link);
    bpf.objectClose(this.#object);
  }
}
