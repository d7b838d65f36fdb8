/** The program timing.c, compiled. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { run, temporaryFolder } from './lib.mjs';

const SOURCE = fileURLToPath(new URL('./timing.c', import.meta.url));

/** @returns a function that runs it and resolves with its lines, `[due_ns, awake_ns]` each */
export function timingProgram(t) {
  const path = `${temporaryFolder(t)}/timing`;
  const compiled = spawnSync('gcc', ['-O2', '-Wall', SOURCE, '-o', path], { encoding: 'utf8' });
  if (compiled.status !== 0) throw new Error(compiled.stderr);
  return async (...args) => {
    const { code, stdout, stderr } = await run(path, args.map(String));
    if (code !== 0) throw new Error(`timing ${args.join(' ')}: ${stderr}`);
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => line.split(' ').map(Number));
  };
}
