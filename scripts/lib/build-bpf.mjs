/** Compiles bpf/*.bpf.c to dist/bpf/*.bpf.o: in parallel, only what changed. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { aptCommand } from './apt.mjs';
import { changedAt, listFiles, ROOT } from './files.mjs';
import { missingNeeds, TRIPLET } from './needs.mjs';
import { run } from './processes.mjs';
import { say } from './say.mjs';

const SOURCES = join(ROOT, 'bpf');
const OBJECTS = join(ROOT, 'dist/bpf');
const COMPILE_LIMIT_MS = 120_000;

/** The name that libbpf's bpf_tracing.h knows this processor by (it says where arguments are in pt_regs). */
const TARGET_ARCH = { x64: 'x86', arm64: 'arm64' }[process.arch];

const FLAGS = [
  '-O2',
  // Debug information becomes BTF, which CO-RE needs; llvm-strip takes the rest away again.
  '-g',
  '-target',
  'bpf',
  // v3 (32-bit jumps and atomics): every kernel from 5.15 on has it.
  '-mcpu=v3',
  `-D__TARGET_ARCH_${TARGET_ARCH}`,
  '-Wall',
  '-Wno-unused-function',
  '-Wno-missing-declarations',
  '-I',
  SOURCES,
  // clang for BPF does not look where Debian keeps <asm/types.h>.
  '-idirafter',
  `/usr/include/${TRIPLET}`,
];

/**
 * @returns {Promise<number>} 0: all objects are up to date (or are there and cannot be rebuilt, which is said); 1: one does
 *     not compile; 3: there is no compiler, which is said
 */
export async function buildBpf() {
  const sources = listFiles(SOURCES, (path) => path.endsWith('.bpf.c'));
  removeOrphans(sources);
  const newestHeader = Math.max(0, ...listFiles(SOURCES, (path) => path.endsWith('.h')).map(changedAt));
  const stale = sources.filter((source) => changedAt(objectOf(source)) < Math.max(changedAt(source), newestHeader));
  if (stale.length === 0) return 0;
  if (TARGET_ARCH === undefined) {
    say(`build: no BPF objects for ${process.arch}; tailtrap knows x64 and arm64`);
    return 1;
  }
  const missing = missingNeeds('build');
  if (missing.length > 0) return cannotCompile(missing, stale);

  mkdirSync(OBJECTS, { recursive: true });
  const failures = await inParallel(stale, availableParallelism(), compile);
  for (const { source, output } of failures) say(`build: ${basename(source)} does not compile\n${output.trimEnd()}`);
  return failures.length === 0 ? 0 : 1;
}

const objectOf = (source) => join(OBJECTS, basename(source).replace(/\.c$/, '.o'));

/** An object whose source is gone would be loaded and shipped for ever. */
function removeOrphans(sources) {
  const wanted = new Set(sources.map(objectOf));
  for (const path of listFiles(OBJECTS)) if (path.endsWith('.o') && !wanted.has(path)) rmSync(path);
}

function cannotCompile(missing, stale) {
  const names = missing.map((need) => need.package);
  const usable = stale.every((source) => existsSync(objectOf(source)));
  const state = usable ? 'are older than their sources' : 'cannot be built';
  say(`build: ${usable ? 'warning: ' : ''}the BPF objects ${state}: the compiler is not all here`);
  say(`  missing: ${names.join(', ')}\n  what to type: ${aptCommand(names)}`);
  return usable ? 0 : 3;
}

/** Compiles one file; the object appears under its name only when it is whole. `null` or what went wrong. */
async function compile(source) {
  const object = objectOf(source);
  const draft = `${object}.${process.pid}.tmp`;
  const compiled = await run('clang', [...FLAGS, '-c', source, '-o', draft], { timeoutMs: COMPILE_LIMIT_MS });
  const stripped =
    compiled.code === 0 ? await run('llvm-strip', ['-g', draft], { timeoutMs: COMPILE_LIMIT_MS }) : compiled;
  if (stripped.code !== 0) {
    rmSync(draft, { force: true });
    return { source, output: compiled.output + (stripped === compiled ? '' : stripped.output) };
  }
  if (compiled.output !== '') say(compiled.output.trimEnd());
  renameSync(draft, object);
  return null;
}

/** Runs `work` over all items, `limit` at a time; the results that are not null. */
async function inParallel(items, limit, work) {
  const queue = [...items];
  const results = [];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const result = await work(item);
      if (result !== null) results.push(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
