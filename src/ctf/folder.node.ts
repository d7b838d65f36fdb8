/** Opens traces in folders: the only file of the reader that knows Node. */
import { type BigIntStats, type Dirent, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { TailtrapError } from '../base/errors.ts';
import { File, unreadable } from './file.node.ts';
import { MAX_INDEX_BYTES } from './index-reader.ts';
import { LIMITS } from './model.ts';
import type { CtfSource, ReaderOptions, StreamFile, TraceFiles } from './reader.ts';
import { openCtf } from './source.ts';

/** Sessions nest host, session, chunk, domain, user, bits: nine deep. */
const MAX_DEPTH = 16;
/** Folders that are looked into: a link to `/` must not cost minutes. */
const MAX_FOLDERS = 100_000;

/** Every trace at or below a folder: a folder with a file `metadata` is one. */
export function tracesIn(path: string): TraceFiles[] {
  const { found } = new Search(path);
  if (found.length === 0) {
    throw new TailtrapError('TT_CTF_NO_TRACE', 'there is no CTF trace here', {
      where: path,
      next: "give a folder that has a file 'metadata' in it or below it",
    });
  }
  return found;
}

/**
 * Links to folders are followed, as babeltrace2 does, but no folder is read twice: links may lead in circles, or to what
 * is found by its own name. So links come last.
 */
class Search {
  readonly found: TraceFiles[] = [];
  readonly #root: string;
  /** Device and inode of the folders that were looked into. */
  readonly #seen = new Set<string>();
  readonly #links: { readonly path: string; readonly depth: number }[] = [];

  constructor(root: string) {
    this.#root = root;
    this.#collect(root, 0);
    for (let next = this.#links.shift(); next !== undefined; next = this.#links.shift()) {
      this.#collect(next.path, next.depth);
    }
  }

  #collect(path: string, depth: number): void {
    if (!this.#isNew(path)) return;
    const files: string[] = [];
    const folders: string[] = [];
    for (const entry of entriesOf(path)) {
      const whole = join(path, entry.name);
      const target = entry.isSymbolicLink() ? targetOf(whole) : entry;
      if (target?.isFile()) files.push(entry.name);
      else if (!target?.isDirectory()) continue;
      else if (target === entry) folders.push(whole);
      else if (depth < MAX_DEPTH) this.#links.push({ path: whole, depth: depth + 1 });
    }
    if (files.includes('metadata')) this.found.push(traceFiles(this.#root, path, files));
    else if (depth < MAX_DEPTH) for (const folder of folders) this.#collect(folder, depth + 1);
  }

  #isNew(path: string): boolean {
    const stat = statOf(path);
    const id = `${stat.dev} ${stat.ino}`;
    if (this.#seen.has(id)) return false;
    if (this.#seen.size === MAX_FOLDERS) {
      throw new TailtrapError('TT_CTF_NO_TRACE', `there are more than ${MAX_FOLDERS} folders here`, {
        where: this.#root,
        next: 'give the folder of the trace',
      });
    }
    this.#seen.add(id);
    return true;
  }
}

function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Null: the link leads nowhere, or where one may not look. */
function targetOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function statOf(path: string): BigIntStats {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    throw unreadable(path, error);
  }
}

function traceFiles(root: string, path: string, names: readonly string[]): TraceFiles {
  const metadataPath = join(path, 'metadata');
  if (statOf(metadataPath).size > BigInt(LIMITS.metadata_bytes)) {
    throw new TailtrapError('TT_CTF_METADATA', `metadata of more than ${LIMITS.metadata_bytes} bytes`, {
      where: metadataPath,
    });
  }
  const streams = names
    .filter((name) => name !== 'metadata' && !name.startsWith('.'))
    .map(
      (name): StreamFile => ({
        name: basename(name),
        open: () => new File(join(path, name)),
        index: () => readIndexFile(join(path, 'index', `${name}.idx`)),
      }),
    );
  return { name: path, place: relative(root, path), metadata: readMetadata(metadataPath), streams };
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

function readMetadata(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Opens every trace below the folders as one source. */
export function openFolder(path: string | readonly string[], options?: ReaderOptions): CtfSource {
  const paths = typeof path === 'string' ? [path] : path;
  return openCtf(paths.flatMap(tracesIn), options);
}
