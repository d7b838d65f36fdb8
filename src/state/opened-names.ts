/**
 * Paths that were told beside the events (ftrace's events have only their addresses): found by process, descriptor and time
 * when the event of the call comes. They are as programs gave them; links are not followed.
 */
import type { LiveState } from './live-state.ts';
import { joinPath } from './paths.ts';
import { NONE } from './table.ts';

/** `folder` of a path that begins in the process's own. */
const AT_FDCWD = -100;
/** Names that wait for their events: as many as come in some hundred milliseconds of the busiest machine. */
const MAX_NAMES = 65_536;
/** The end of one call, told twice: an interrupt may be between. A number is not given away twice in that time. */
const SAME_NS = 2e6;
/** Events that have not come by then were lost. */
const LATE_NS = 5e9;

export interface OpenedName {
  /** Nanoseconds since the state's origin. */
  readonly time: number;
  readonly pid: number;
  readonly fd: number;
  readonly folder: number;
  readonly path: string;
}

export class OpenedNames {
  /** Names given up: too many, or their events did not come. */
  dropped = 0;
  readonly #state: LiveState;
  readonly #waiting = new Map<string, OpenedName[]>();
  #count = 0;

  constructor(state: LiveState) {
    this.#state = state;
  }

  add(name: OpenedName): void {
    if (this.#count >= MAX_NAMES) {
      this.dropped++;
      return;
    }
    this.#count++;
    const key = `${name.pid} ${name.fd}`;
    const others = this.#waiting.get(key);
    if (others === undefined) this.#waiting.set(key, [name]);
    else others.push(name);
  }

  /** The path of a descriptor that was opened at the state's present; '' when it was not told. */
  take(row: number): string {
    const { fds, fdSets, journal } = this.#state.model;
    const pid = fdSets.pid.data[fds.files.data[row]!]!;
    const key = `${pid} ${fds.fd.data[row]!}`;
    const names = this.#waiting.get(key);
    const at = names?.findIndex(({ time }) => Math.abs(time - journal.now) <= SAME_NS) ?? -1;
    if (names === undefined || at < 0) return '';
    const name = names[at]!;
    // Those before it are of calls that were not seen.
    names.splice(0, at + 1);
    this.#count -= at + 1;
    this.dropped += at;
    if (names.length === 0) this.#waiting.delete(key);
    return joinPath(this.#folderOf(name), name.path);
  }

  /** Forgets names whose events were lost. To be called now and then. */
  prune(): void {
    const end = this.#state.model.journal.now - LATE_NS;
    for (const [key, names] of this.#waiting) {
      const kept = names.filter(({ time }) => time > end);
      this.#count -= names.length - kept.length;
      this.dropped += names.length - kept.length;
      if (kept.length === 0) this.#waiting.delete(key);
      else this.#waiting.set(key, kept);
    }
  }

  #folderOf({ pid, folder }: OpenedName): string {
    const { model, threads, descriptors } = this.#state;
    const { processes, fds, files, texts } = model;
    const process = threads.findProcess(pid);
    if (process === NONE) return '';
    if (folder === AT_FDCWD) return texts.text(processes.directory.data[process]!);
    const row = descriptors.find(processes.files.data[process]!, folder);
    return row === NONE ? '' : texts.text(files.path.data[fds.file.data[row]!]!);
  }
}
