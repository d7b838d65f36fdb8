/**
 * Trace chunks: what a session recorded between two rotations. A chunk's folder changes its name with the chunk's age:
 *
 *     first                 the session's folder itself
 *     a next one is made    .tmp_old_chunk, and the next one's .tmp_new_chunk
 *     closed by a rotation  archives/BEGIN-END-ID, and the next one's BEGIN-ID
 *     closed by a clear     gone
 *     snapshot              its own name, always
 *
 * The last step comes when its last user (session, stream) lets go. Two connections (kernel and user space) of one
 * session daemon share a chunk: the registry finds it by daemon, session and id.
 */
import { dirname } from 'node:path';
import { TailtrapError } from '../../base/errors.ts';
import { ChunkCommand } from '../protocol/control.ts';
import { checkName, chunkName } from './names.ts';
import type { OutputFolder } from './output.ts';

export const OLD_CHUNK = '.tmp_old_chunk';
export const NEW_CHUNK = '.tmp_new_chunk';
const ARCHIVES = 'archives';

export interface ChunkSpec {
  /** Daemon, its session and the chunk; null for the one chunk of producers before 2.11. */
  readonly key: string | null;
  readonly id: bigint;
  readonly created_s: bigint;
  /** Of a snapshot. */
  readonly name: string | null;
  /** Folder of the session, relative to the output folder. */
  readonly folder: string;
  /** Inside the session's folder; '': that itself; null: named after the chunk. */
  readonly path: string | null;
  /** Told what cannot be moved because somebody took it away. */
  readonly note: (line: string) => void;
}

export class TraceChunk {
  readonly key: string | null;
  readonly id: bigint;
  /** The folder keeps the name that the producer gave. */
  readonly named: boolean;
  /** Its packets are not to be read any more. */
  cleared = false;
  private readonly spec: ChunkSpec;
  private name: string;
  private path: string;
  private readonly output: OutputFolder | null;
  private made = false;
  /** Folders and files that it made, topmost only: folders that were there before are not its own. */
  private readonly own: Set<string> = new Set();
  /** Before it was `.tmp_...`; null: it never had another. */
  private settledPath: string | null = null;
  private users = 0;
  private command: number | null = null;
  private readonly onRelease: (chunk: TraceChunk) => void;

  /** @param output null: nothing is written */
  constructor(spec: ChunkSpec, output: OutputFolder | null, onRelease: (chunk: TraceChunk) => void) {
    this.spec = spec;
    this.key = spec.key;
    this.id = spec.id;
    this.named = spec.name !== null;
    this.name = spec.name ?? (spec.key === null ? '' : chunkName(spec.id, spec.created_s, null));
    this.path = spec.name === null ? (spec.path ?? this.name) : checkName(spec.name, 'chunk name');
    this.output = output;
    if (this.path !== NEW_CHUNK) this.settledPath = this.path;
    this.onRelease = onRelease;
  }

  /** Name of its folder, or what it will be in `archives`. */
  get folderName(): string {
    return this.name;
  }

  /** Path in the output folder of something in this chunk, now. */
  within(relative: string): string {
    return [this.spec.folder, this.path, relative].filter((part) => part !== '').join('/');
  }

  makeFolder(relative: string): void {
    if (this.output === null) return;
    const top = relative.split('/')[0]!;
    const isNew = !this.own.has(top) && !this.output.exists(this.within(top));
    this.output.makeFolder(this.within(relative));
    this.made = true;
    if (isNew) this.own.add(top);
  }

  /** An empty file in a folder that `makeFolder` made. @throws as `OutputFolder.create` */
  create(relative: string): number {
    const file = this.output!.create(this.within(relative), this);
    if (!this.isOwn(relative)) this.own.add(relative);
    return file;
  }

  removeFile(relative: string): void {
    this.output?.remove(this.within(relative));
    this.own.delete(relative);
  }

  acquire(): this {
    this.users++;
    return this;
  }

  /** @throws the system's error when the last step fails; the chunk is released all the same */
  release(): void {
    if (--this.users > 0) return;
    this.onRelease(this);
    if (this.output === null) return;
    if (this.command === ChunkCommand.MOVE_TO_COMPLETED) this.archive(this.output);
    else if (this.command === ChunkCommand.DELETE && this.made) this.remove(this.output);
    else if (this.path === OLD_CHUNK || this.path === NEW_CHUNK) this.rename(this.settledPath);
  }

  /** Gives its folder another name. @param path '': the session's folder; null: the chunk's own name */
  rename(path: string | null): void {
    const [from, to] = [this.path, path ?? this.name];
    if (this.named || from === to) return;
    if (this.output !== null && this.made) this.move(this.output, from, to);
    this.path = to;
    if (to !== OLD_CHUNK && to !== NEW_CHUNK) this.settledPath = to;
  }

  close(closed_s: bigint, command: number | null): void {
    if (!this.named) this.name = chunkName(this.id, this.spec.created_s, closed_s);
    if (command !== null && command > ChunkCommand.DELETE) {
      throw new TailtrapError('TT_LTTNG_MESSAGE', `close command ${command} of a trace chunk is unknown`);
    }
    this.command = command === ChunkCommand.NO_OPERATION ? null : command;
    if (command === ChunkCommand.DELETE) this.cleared = true;
  }

  private move(output: OutputFolder, from: string, to: string): void {
    const { folder } = this.spec;
    const at = (path: string, name = ''): string => [folder, path, name].filter((part) => part !== '').join('/');
    this.forgetMissing(output);
    if (from !== '' && to !== '' && this.sharedTops().size === 0) {
      if (output.exists(at(from))) output.rename(at(from), at(to), this);
      return;
    }
    // From or to the session's folder, where others live too: only what is this chunk's moves.
    if (to !== '') output.makeFolder(at(to));
    const moved: string[] = [];
    try {
      for (const name of this.own) {
        if (name.includes('/')) output.makeFolder(at(to, dirname(name)));
        output.merge(at(from, name), at(to, name), this, (path) =>
          moved.push(to === '' && folder === '' ? path : path.slice(at(to).length + 1)),
        );
      }
    } catch (error) {
      // Half a chunk in each place could be read in neither.
      for (const name of moved) output.rename(at(to, name), at(from, name), this);
      if (to !== '') output.removeEmptyTree(at(to));
      throw error;
    }
    this.own.clear();
    for (const name of moved) this.own.add(name);
    for (const top of this.sharedTops()) output.removeEmptyTree(at(from, top));
    if (from !== '') output.removeEmpty(at(from));
  }

  /** Somebody removed or moved what was recorded: it cannot be moved or removed once more. */
  private forgetMissing(output: OutputFolder): void {
    for (const name of this.own) {
      if (output.exists(this.within(name))) continue;
      this.own.delete(name);
      this.spec.note(`${output.path(this.within(name))} was taken away while it was recorded: it is in no trace chunk`);
    }
  }

  /** Top-level folders in which not all is its own. */
  private sharedTops(): ReadonlySet<string> {
    return new Set([...this.own].filter((name) => name.includes('/')).map((name) => name.split('/')[0]!));
  }

  /** Whether it or a folder above it is. */
  private isOwn(relative: string): boolean {
    for (let path = relative; path !== '.'; path = dirname(path)) if (this.own.has(path)) return true;
    return false;
  }

  private archive(output: OutputFolder): void {
    const to = [this.spec.folder, ARCHIVES, this.name].join('/');
    if (!this.made) {
      // Nothing was recorded: its folder is there all the same, as lttng-relayd makes it.
      output.makeFolder(to);
      return;
    }
    output.makeFolder([this.spec.folder, ARCHIVES].join('/'));
    this.rename(OLD_CHUNK);
    if (output.exists(this.within(''))) output.rename(this.within(''), to, this);
    this.path = `${ARCHIVES}/${this.name}`;
  }

  private remove(output: OutputFolder): void {
    for (const name of this.own) output.removeTree(this.within(name), this);
    for (const top of this.sharedTops()) output.removeEmptyTree(this.within(top));
    if (this.path !== '') output.removeEmpty(this.within(''));
  }
}

export class ChunkRegistry {
  private readonly chunks: Map<string, TraceChunk> = new Map();

  get(key: string): TraceChunk | undefined {
    return this.chunks.get(key);
  }

  /** The chunk of this key, made unless another connection has. */
  publish(spec: ChunkSpec, output: OutputFolder | null): TraceChunk {
    const known = spec.key === null ? undefined : this.chunks.get(spec.key);
    if (known !== undefined) return known;
    const chunk = new TraceChunk(spec, output, ({ key }) => {
      if (key !== null) this.chunks.delete(key);
    });
    if (spec.key !== null) this.chunks.set(spec.key, chunk);
    return chunk;
  }
}
