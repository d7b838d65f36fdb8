/** The steps of `npm run check` that need no tests to run. Each returns the complaints, '' when there are none. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildJs } from '../lib/build-js.mjs';
import { ROOT } from '../lib/files.mjs';
import { run } from '../lib/processes.mjs';
import { bold, green, red, say, seconds } from '../lib/say.mjs';
import { checkFloors } from './floors.mjs';
import { checkTidy } from './tidy.mjs';

const LINT_LIMIT_MS = 60_000;

export const STEPS = {
  types: async () => {
    const { code, output } = await buildJs();
    return code === 0 ? '' : output;
  },
  lint: async () => {
    const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
    if (!existsSync(biome)) return 'Biome is not installed; what to type: npm ci';
    const args = [biome, 'check', '--error-on-warnings', '--max-diagnostics=50'];
    const { code, output } = await run(process.execPath, args, { cwd: ROOT, timeoutMs: LINT_LIMIT_MS });
    return code === 0
      ? ''
      : `${output.trimEnd()}\n\nformatting and simple faults are mended by: npx biome check --write`;
  },
  floors: async () => checkFloors().join('\n'),
  tidy: async () => checkTidy().join('\n'),
};

/** Runs steps side by side and prints a line for each. @returns {Promise<boolean>} all well */
export async function runSteps(names) {
  const results = await Promise.all(
    names.map(async (name) => {
      const began = performance.now();
      const complaints = await STEPS[name]();
      return { name, complaints, ms: performance.now() - began };
    }),
  );
  for (const { name, complaints, ms } of results) {
    say(`${complaints === '' ? green('  ok    ') : red('  not ok')} ${bold(name)} (${seconds(ms)})`);
    if (complaints !== '') say(complaints.trimEnd());
  }
  return results.every((result) => result.complaints === '');
}
