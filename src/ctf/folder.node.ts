/** Opens traces in folders: the only file of the reader that knows Node. */
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { errnoName, messageOf, TailtrapError } from '../base/errors.ts';
import { MAX_INDEX_BYTES } from './index-reader.ts';
import { LIMITS } from './model.ts';
import type { ByteSource, CtfSource, ReaderOptions, StreamFile, TraceFiles } from './reader.ts';
import { openCtf } from './source.ts';

/** Sessions nest host, session, chunk, domain, user, bits: nine deep. */
const MAX_DEPTH = 16;

class File implements ByteSource {
  readonly size_bytes: number;
  #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
    this.size_bytes = fstatSync(this.#file).size;
  }

  read(into: Uint8Array, at: number): number {
    return readSync(this.#file, into, 0, into.length, at);
  }

  close(): void {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
  }
}

/** Every trace at or below a folder: a folder with a file `metadata` is one. */
export function tracesIn(path: string): TraceFiles[] {
  const found: TraceFiles[] = [];
  collect(path, path, 0, found);
  if (found.length === 0) {
    throw new TailtrapError('TT_CTF_NO_TRACE', 'there is no CTF trace here', {
      where: path,
      next: "give a folder that has a file 'metadata' in it or below it",
    });
  }
  return found;
}

function collect(root: string, path: string, depth: number, found: TraceFiles[]): void {
  let entries: { name: string; directory: boolean; file: boolean }[];
  try {
    entries = readdirSync(path, { withFileTypes: true })
      .map((entry) => {
        // A linked folder may lead round in circles: only files are followed.
        const file = entry.isSymbolicLink() ? leadsToFile(join(path, entry.name)) : entry.isFile();
        return { name: entry.name, directory: entry.isDirectory(), file };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw unreadable(path, error);
  }
  if (entries.some((entry) => entry.file && entry.name === 'metadata')) {
    found.push(
      traceFiles(
        root,
        path,
        entries.filter((entry) => entry.file).map((entry) => entry.name),
      ),
    );
    return;
  }
  if (depth === MAX_DEPTH) return;
  for (const entry of entries) if (entry.directory) collect(root, join(path, entry.name), depth + 1, found);
}

/** A link that leads nowhere, or where one may not look, is no file. */
function leadsToFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function unreadable(path: string, error: unknown): TailtrapError {
  const { message, next } = explained(path, error);
  return new TailtrapError('TT_CTF_UNREADABLE', message, { where: path, next, cause: error });
}

/** The mistakes that people make with paths, in words. */
function explained(path: string, error: unknown): { message: string; next: string } {
  switch (errnoName(error)) {
    case 'ENOENT':
      return { message: 'there is nothing by this name', next: 'check the path' };
    case 'ENOTDIR': {
      const folder = dirname(path);
      const inTrace = statSync(join(folder, 'metadata'), { throwIfNoEntry: false })?.isFile() === true;
      const next = inTrace
        ? `give the folder that it is in: ${folder}`
        : "give a folder that has a file 'metadata' in it";
      return { message: 'this is a file, and a trace is a folder', next };
    }
    case 'EACCES':
      return { message: messageOf(error), next: 'run it as a user who may read this' };
    default:
      return { message: messageOf(error), next: 'check the path' };
  }
}

function traceFiles(root: string, path: string, names: readonly string[]): TraceFiles {
  const metadataPath = join(path, 'metadata');
  if (statSync(metadataPath).size > LIMITS.metadata_bytes) {
    throw new TailtrapError('TT_CTF_METADATA', `metadata of more than ${LIMITS.metadata_bytes} bytes`, {
      where: metadataPath,
    });
  }
  const streams = names
    .filter((name) => name !== 'metadata' && !name.startsWith('.'))
    .map(
      (name): StreamFile => ({
        name: basename(name),
        open: () => openFile(join(path, name)),
        index: () => readIndexFile(join(path, 'index', `${name}.idx`)),
      }),
    );
  return { name: path, place: relative(root, path), metadata: readFileSync(metadataPath), streams };
}

/** LTTng writes one beside each file. What is too large to be one is not looked at. */
function readIndexFile(path: string): Uint8Array | null {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat?.isFile() && stat.size <= MAX_INDEX_BYTES ? readFileSync(path) : null;
  } catch {
    return null; // an index is a help, not a need
  }
}

function openFile(path: string): ByteSource {
  try {
    return new File(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Opens every trace below the folders as one source. */
export function openFolder(path: string | readonly string[], options?: ReaderOptions): CtfSource {
  const paths = typeof path === 'string' ? [path] : path;
  return openCtf(paths.flatMap(tracesIn), options);
}
