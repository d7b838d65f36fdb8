/** Opens traces in folders: the only file of the reader that knows Node. */
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
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
        const stat = entry.isSymbolicLink() ? statSync(join(path, entry.name), { throwIfNoEntry: false }) : entry;
        // A linked folder may lead round in circles: only files are followed.
        return { name: entry.name, directory: entry.isDirectory(), file: stat?.isFile() === true };
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

function unreadable(path: string, error: unknown): TailtrapError {
  const next = errnoName(error) === 'EACCES' ? 'run it as a user who may read this' : 'check the path';
  return new TailtrapError('TT_CTF_UNREADABLE', messageOf(error), { where: path, next, cause: error });
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
