/** Open files of processes, as system calls and the state dump tell of them. */
import type { FieldValue } from '../../trace/event.ts';

/** What is behind a descriptor. */
export type FileKind = 'unknown' | 'disk' | 'net';

/**
 * Descriptors that are remembered of one process. Linux allows about a thousand unless asked for more; the oldest is
 * forgotten beyond this, and is `unknown` from then on.
 */
const MAX_FILES = 65_536;

export class OpenFile {
  /** Path, `address:port`, `socket:[1234]`, `unknown`. */
  name: string;
  kind: FileKind;
  closeOnExec: boolean;
  /** A report's own: where it counts the file. */
  counted: unknown = null;

  constructor(name: string, kind: FileKind, closeOnExec: boolean) {
    this.name = name;
    this.kind = kind;
    this.closeOnExec = closeOnExec;
  }
}

/** A table of descriptors. */
export class OpenFiles {
  readonly #files = new Map<number, OpenFile>();

  get(fd: number): OpenFile | undefined {
    return this.#files.get(fd);
  }

  set(fd: number, file: OpenFile): void {
    if (this.#files.size >= MAX_FILES && !this.#files.has(fd)) {
      const [oldest] = this.#files.keys();
      this.#files.delete(oldest!);
    }
    this.#files.set(fd, file);
  }

  /** The file, made as an unknown one when nothing told of it. */
  of(fd: number): OpenFile {
    let file = this.#files.get(fd);
    if (file === undefined) {
      file = new OpenFile('unknown', 'unknown', false);
      this.set(fd, file);
    }
    return file;
  }

  close(fd: number): void {
    this.#files.delete(fd);
  }

  closeRange(first: number, last: number): void {
    for (const fd of [...this.#files.keys()]) if (fd >= first && fd <= last) this.#files.delete(fd);
  }

  /** execve. */
  closeOnExec(): void {
    for (const [fd, file] of this.#files) if (file.closeOnExec) this.#files.delete(fd);
  }

  /** fork: the same files; what is written through a copy is still another process's. */
  copy(): OpenFiles {
    const copy = new OpenFiles();
    for (const [fd, { name, kind, closeOnExec }] of this.#files) copy.set(fd, new OpenFile(name, kind, closeOnExec));
    return copy;
  }
}

/** Kind of a file whose name the state dump gives. */
export function kindOfName(name: string): FileKind {
  if (name.startsWith('/')) return 'disk';
  return name.startsWith('socket:') ? 'net' : 'unknown';
}

const AF_INET = 2;
const AF_INET6 = 10;

/**
 * `127.0.0.1:80`, `[::1]:80`; null for other families.
 *
 * @param v4 four bytes @param v6 sixteen bytes, or eight words as lttng-modules writes them
 */
export function addressName(
  family: number,
  port: number,
  v4: FieldValue | undefined,
  v6: FieldValue | undefined,
): string | null {
  if (family === AF_INET) {
    const bytes = numbersOf(v4);
    return bytes.length === 4 ? `${bytes.join('.')}:${port}` : null;
  }
  if (family !== AF_INET6) return null;
  const items = numbersOf(v6);
  const words =
    items.length === 16
      ? Array.from({ length: 8 }, (_, i) => items[2 * i]! * 256 + items[2 * i + 1]!)
      : items.length === 8
        ? items
        : null;
  return words === null ? null : `[${shortest(words)}]:${port}`;
}

function numbersOf(value: FieldValue | undefined): number[] {
  if (value instanceof Uint8Array) return [...value];
  return Array.isArray(value) ? value.map(Number) : [];
}

/** RFC 5952: the longest run of two or more zeros becomes `::`; IPv4 in IPv6 keeps its dots. */
function shortest(words: readonly number[]): string {
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff) {
    const [high = 0, low = 0] = words.slice(6);
    return `::ffff:${[high >> 8, high & 255, low >> 8, low & 255].join('.')}`;
  }
  let best = { at: -1, length: 1 };
  for (let i = 0; i < words.length; ) {
    let end = i;
    while (words[end] === 0) end++;
    if (end - i > best.length) best = { at: i, length: end - i };
    i = Math.max(end, i + 1);
  }
  const text = (part: readonly number[]): string => part.map((word) => word.toString(16)).join(':');
  if (best.at < 0) return text(words);
  return `${text(words.slice(0, best.at))}::${text(words.slice(best.at + best.length))}`;
}
