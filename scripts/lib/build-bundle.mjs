/**
 * Makes one file of the modules of a command, and V8's code cache for it. Node reads, resolves and compiles some 80 files
 * for `cat` otherwise, which takes as long as starting Node itself.
 *
 *     dist/bundle/read.js           the commands that read traces; a function expression
 *     dist/bundle/report.js         the reports
 *     dist/bundle/NAME.HASH.cache   its compiled functions; refused by other versions of V8, which then compile
 *
 * Without esbuild there is no bundle, and the modules are loaded one by one.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ROOT } from './files.mjs';
import { run } from './processes.mjs';

const CACHE_LIMIT_MS = 60_000;
const FOLDER = join(ROOT, 'dist/bundle');
const ENTRY = join(ROOT, 'dist/cli/main.js');
/** tsc writes it whenever it writes something else. */
const NEWEST = join(ROOT, 'dist/.build/tsbuildinfo');
const CACHE_MAKER = fileURLToPath(new URL('code-cache.cjs', import.meta.url));
const SAMPLE = join(ROOT, 'test/ctf/data/ctf-1.8-le');

/** Bundles, their commands, and a run that uses what is worth having compiled. bin/tailtrap has the same list. */
const BUNDLES = {
  read: { commands: ['cat', 'convert'], sample: ['cat', SAMPLE] },
  report: {
    commands: ['report'],
    sample: ['report', 'cputop,schedstats,irqstats,syscallstats,iolatencystats', SAMPLE],
  },
};

/** Other commands stay outside: they load libraries, and wait for the kernel anyway. */
const only = (commands) => ({
  name: 'only-these',
  setup(build) {
    build.onResolve({ filter: /^\.\// }, ({ path, kind, importer }) => {
      if (kind !== 'dynamic-import' || !importer.endsWith('commands.js')) return undefined;
      return commands.includes(path.slice(2, -3)) ? undefined : { path, external: true };
    });
  },
});

/** @returns {Promise<string>} what there is to say; '' when all went well */
export async function buildBundle() {
  const newest = statSync(NEWEST).mtimeMs;
  const paths = Object.keys(BUNDLES).map((name) => join(FOLDER, `${name}.js`));
  if (paths.every((path) => existsSync(path) && statSync(path).mtimeMs > newest)) return '';
  rmSync(FOLDER, { recursive: true, force: true });
  const said = [];
  for (const [name, { commands, sample }] of Object.entries(BUNDLES)) {
    said.push(await bundle({ entry: ENTRY, path: join(FOLDER, `${name}.js`), plugins: [only(commands)], sample }));
  }
  return said.find((text) => text !== '') ?? '';
}

/**
 * @param {{entry: string, path: string, plugins?: object[], sample: string[], runner?: string}} what `sample`: arguments of
 *   a run that uses the functions which are worth having compiled; `runner`: a program to be written that runs the bundle
 * @returns {Promise<string>} what there is to say
 */
export async function bundle({ entry, path, plugins = [], sample, runner }) {
  const esbuild = await import('esbuild').catch(() => null);
  if (esbuild === null) return 'build: no esbuild here, so commands start slower; what to type: npm ci';
  const { outputFiles } = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    legalComments: 'none',
    // Relative to the module that was the entry, where the files beside it still are.
    define: { 'import.meta.url': 'url' },
    plugins,
  });
  const text = `(function(require,module,url){${outputFiles[0].text}\n})`;
  // V8 tells caches apart by the length of the source only: the hash makes the name.
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `/*${hash}*/${text}`);
  const cache = path.replace(/js$/, `${hash}.cache`);
  if (runner !== undefined) writeFileSync(runner, runnerText(path, cache, entry));
  const { code, output } = await run(process.execPath, [CACHE_MAKER, path, cache, entry, ...sample], {
    cwd: ROOT,
    timeoutMs: CACHE_LIMIT_MS,
  });
  return code === 0 && existsSync(cache) ? '' : `build: no code cache for ${path}\n${output}`;
}

/** As bin/tailtrap does it. */
function runnerText(path, cache, entry) {
  return `const { existsSync, readFileSync } = require('node:fs');
const { Script } = require('node:vm');
const [path, cache, entry] = ${JSON.stringify([path, cache, pathToFileURL(entry).href])};
const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
new Script(readFileSync(path, 'utf8'), { filename: path, cachedData }).runInThisContext()(require, { exports: {} }, entry);
`;
}
