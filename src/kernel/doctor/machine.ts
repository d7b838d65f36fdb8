/** The little that the doctor touches of a machine, as an interface: tests hand in machines that we do not have. */
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { notInstalled } from '../../base/not-installed.ts';

/** How a try went: what was learnt, or why it failed. */
export type Attempt =
  | { readonly ok: true; readonly detail: string }
  /** With a remedy where it is not the usual one. */
  | { readonly ok: false; readonly why: string; readonly remedy?: string };

export interface Machine {
  /** `uname -r`. */
  readonly release: string;
  readonly root: boolean;
  /** A file's text without the white space around it; `null` when it is not there or not readable. */
  read(path: string): string | null;
  exists(path: string): boolean;
  /** True when the command is on the PATH or where administrators' tools are. */
  hasCommand(name: string): boolean;
  /** Makes a folder and removes it again. */
  tryFolder(path: string): Attempt;
  /** Loads libbpf; the detail is its version. */
  tryLibbpf(): Promise<Attempt>;
  /** Loads a BPF program of two instructions, and lets it go. */
  tryBpfProgram(): Promise<Attempt>;
}

export function thisMachine(): Machine {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return {
    release: release(),
    root: process.geteuid?.() === 0,
    read(path) {
      try {
        return readFileSync(path, 'utf8').trim();
      } catch {
        return null;
      }
    },
    exists: existsSync,
    hasCommand: (name) => folders.some((folder) => folder !== '' && existsSync(join(folder, name))),
    tryFolder(path) {
      try {
        mkdirSync(path);
        rmdirSync(path);
        return { ok: true, detail: '' };
      } catch (error) {
        return { ok: false, why: messageOf(error) };
      }
    },
    // koffi is loaded only here: everything else can be told without it, too.
    tryLibbpf: () => tryWith(({ tryLibbpf }) => tryLibbpf()),
    tryBpfProgram: () => tryWith(({ tryBpfProgram }) => tryBpfProgram()),
  };
}

async function tryWith(ask: (module: typeof import('./try-bpf.ts')) => Attempt): Promise<Attempt> {
  try {
    return ask(await import('./try-bpf.ts'));
  } catch (error) {
    const absent = notInstalled(error);
    if (absent === null) throw error;
    return { ok: false, why: absent.message, remedy: absent.next };
  }
}
