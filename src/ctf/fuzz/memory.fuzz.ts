/** Traces in memory, for the reader's bytes-in interface. */
import type { ByteSource, TraceFiles } from '../reader.ts';

class Bytes implements ByteSource {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get size_bytes(): number {
    return this.#bytes.length;
  }

  read(into: Uint8Array, at: number): number {
    const part = this.#bytes.subarray(at, at + into.length);
    into.set(part);
    return part.length;
  }

  close(): void {}
}

export function traceInMemory(
  metadata: Uint8Array | string,
  files: readonly Uint8Array[],
  name = 'memory',
): TraceFiles {
  return {
    name,
    metadata: typeof metadata === 'string' ? new TextEncoder().encode(metadata) : metadata,
    streams: files.map((bytes, i) => ({ name: `stream_${i}`, open: () => new Bytes(bytes) })),
  };
}
