/** Which tests there are, and how each kind is run. */
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { listFiles, ROOT } from './files.mjs';

/**
 * unit:   beside the source (src/**\/*.test.ts, compiled) and beside the scripts; need no root, no network, no kernel.
 * e2e:    test/**: the built commands against real files and daemons.
 * kernel: test/kernel/**: real latencies. One after the other, because each would be an outlier in the next one's eyes.
 */
export const KINDS = {
  unit: { parallel: availableParallelism(), fileLimitMs: 60_000 },
  e2e: { parallel: availableParallelism(), fileLimitMs: 120_000 },
  kernel: { parallel: 1, fileLimitMs: 180_000 },
};

/** Test files of a kind whose name contains one of `filters` (all when there are none); absolute paths. */
export function testFiles(kind, filters = []) {
  const compiled = (path) => path.endsWith('.test.js');
  const module = (path) => path.endsWith('.test.mjs');
  const isKernel = (path) => path.includes('/test/kernel/');
  const all = {
    unit: () => [...listFiles(join(ROOT, 'dist'), compiled), ...listFiles(join(ROOT, 'scripts'), module)],
    e2e: () => listFiles(join(ROOT, 'test'), (path) => module(path) && !isKernel(path)),
    kernel: () => listFiles(join(ROOT, 'test'), (path) => module(path) && isKernel(path)),
  }[kind]();
  if (filters.length === 0) return all;
  return all.filter((path) => filters.some((filter) => relative(ROOT, path).includes(filter)));
}
