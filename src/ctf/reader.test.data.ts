/** Traces in memory, for the reader's tests. */
import type { ByteSource, CtfSource as Source, StreamFile, TraceFiles } from './reader.ts';
import { openCtf as open } from './source.ts';

export interface CtfSource extends Source {
  /** The same without code generation. */
  interpreted(): Source;
}

export function memoryFile(name: string, bytes: Uint8Array): StreamFile {
  const source: ByteSource = {
    size_bytes: bytes.length,
    read(into, at) {
      const part = bytes.subarray(at, at + into.length);
      into.set(part);
      return part.length;
    },
    close() {},
  };
  return { name, open: () => source };
}

/** @param cut keep so many bytes of each file */
export function openCtf(metadata: string, files: ReadonlyMap<string, readonly Uint8Array[]>, cut?: number): CtfSource {
  const streams = Array.from(files, ([name, parts]) => {
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return memoryFile(name, cut === undefined ? bytes : bytes.subarray(0, cut));
  });
  const traces: TraceFiles[] = [{ name: 'memory', metadata: new TextEncoder().encode(metadata), streams }];
  return Object.assign(open(traces), { interpreted: () => open(traces, { generate: false }) });
}
