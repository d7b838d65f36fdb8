/** What the parts of the benchmark share for one run: a folder for temporary files, compiled helpers, clean-up. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../lib/files.mjs';
import { TRIPLET } from '../lib/needs.mjs';
import { endAll, findProgram, output } from './children.mjs';

/** Why a part, or a line of one, cannot be measured here: printed instead of numbers. */
export class Skipped extends Error {}

export class Bench {
  /** @type {boolean} */ quick;
  /** @type {number} */ rounds;
  /** Files that are gone after the run; on tmpfs where there is one, so that no disk is measured by mistake. */
  folder = mkdtempSync(join(findProgram('/dev/shm') ?? tmpdir(), 'tailtrap-bench-'));
  cpus = availableParallelism();
  #undo = [];
  #load;

  constructor({ quick, rounds }) {
    this.quick = quick;
    this.rounds = rounds;
  }

  /** Remembers what to do at the end, whatever happens; last in, first out. */
  defer(undo) {
    this.#undo.push(undo);
  }

  /** Idempotent. */
  async close() {
    await endAll();
    for (const undo of this.#undo.splice(0).reverse()) {
      try {
        await undo();
      } catch (error) {
        process.stderr.write(`bench: clean-up: ${error.message}\n`);
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Path of the compiled load.c. */
  async load() {
    this.#load ??= this.#compileLoad();
    return this.#load;
  }

  async #compileLoad() {
    const compiler = ['clang', 'gcc', 'cc'].find((name) => findProgram(name) !== null);
    if (compiler === undefined) throw new Skipped('no C compiler');
    const program = join(this.folder, 'load');
    await output([compiler, '-O2', '-o', program, join(ROOT, 'scripts/bench/load.c')]);
    return program;
  }

  /**
   * An object with an empty program on each of these tracepoints, attached in the same way.
   *
   * @param {string} name
   * @param {{tracepoint: string, raw: boolean}[]} points
   */
  async emptyObject(name, points) {
    const source = join(this.folder, `${name}.bpf.c`);
    const object = join(this.folder, `${name}.bpf.o`);
    const section = ({ tracepoint, raw }) => (raw ? `tp_btf/${tracepoint}` : `tp/syscalls/${tracepoint}`);
    const program = (point) =>
      `SEC("${section(point)}")\nint empty_${point.tracepoint}(void *ctx)\n{\n\treturn 0;\n}\n`;
    const lines = ['#include <linux/bpf.h>', '#include <bpf/bpf_helpers.h>', 'char LICENSE[] SEC("license") = "GPL";'];
    writeFileSync(source, [...lines, ...points.map(program)].join('\n'));
    const flags = ['-O2', '-g', '-target', 'bpf', '-mcpu=v3', '-idirafter', `/usr/include/${TRIPLET}`];
    await output(['clang', ...flags, '-c', source, '-o', object]);
    return object;
  }
}

/** Throws `Skipped` unless all these programs are there. */
export function need(...programs) {
  for (const program of programs) if (findProgram(program) === null) throw new Skipped(`${program} is not installed`);
}
