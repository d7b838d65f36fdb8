/** Runs sleeper.c, compiled on the spot under a name of its own, so that a tracker can be told to look at it alone. */
import { fileURLToPath } from 'node:url';
import { run, temporaryFolder } from './lib.mjs';

const SOURCE = fileURLToPath(new URL('./sleeper.c', import.meta.url));

/** Name of the process: at most 15 characters. */
export const SLEEPER = 'tt-sleeper-test';

/**
 * @param {import('node:test').TestContext} t
 * @returns a function: `(mode, ms, mode, ms, ...)` runs these and returns `[{ what, tid, ns, ret }]`
 */
export async function sleeper(t) {
  const path = `${temporaryFolder(t)}/${SLEEPER}`;
  const compiled = await run('clang', ['-O1', '-o', path, SOURCE]);
  if (compiled.code !== 0) throw new Error(compiled.stderr);
  return async (...modes) => {
    const { code, stdout, stderr } = await run(path, modes.map(String));
    if (code !== 0) throw new Error(`sleeper ${modes.join(' ')} ended with ${code}: ${stderr}`);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
}
