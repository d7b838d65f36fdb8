/** Compiles src/ to dist/ with tsc, incrementally; this is the type check, too. */
import { existsSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { listFiles, ROOT } from './files.mjs';
import { run } from './processes.mjs';

const COMPILE_LIMIT_MS = 180_000;
const DIST = join(ROOT, 'dist');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** Folders of dist/ that tsc does not write. */
const NOT_OURS = ['bpf', 'bundle', 'console', '.build'];

/** @returns {Promise<{code: number, output: string}>} like processes.mjs `run` */
export async function buildJs() {
  if (!existsSync(TSC)) return { code: 1, output: 'build: no TypeScript here; what to type: npm ci\n' };
  removeOrphans();
  const args = [TSC, '-p', ROOT, '--incremental', '--tsBuildInfoFile', join(DIST, '.build/tsbuildinfo')];
  return run(process.execPath, args, { cwd: ROOT, timeoutMs: COMPILE_LIMIT_MS });
}

/** Output whose source is gone would still be imported, tested and shipped. */
function removeOrphans() {
  for (const path of listFiles(DIST, (name) => /\.(js|d\.ts)$/.test(name))) {
    const name = relative(DIST, path);
    if (NOT_OURS.includes(name.split(sep)[0])) continue;
    if (!existsSync(join(ROOT, 'src', name.replace(/\.(js|d\.ts)$/, '.ts')))) rmSync(path);
  }
}
