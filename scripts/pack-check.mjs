#!/usr/bin/env node
/**
 * Is what `npm publish` would ship complete? Packs the package, installs the tarball into an empty folder and uses it
 * there, with a PATH on which there is no compiler.
 *
 *     node scripts/pack-check.mjs [COMMAND...]     tailtrap commands to try besides --help and doctor
 *
 * Needs a build. Exit status: 0 complete, 1 not.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './lib/files.mjs';
import { run } from './lib/processes.mjs';
import { say } from './lib/say.mjs';

const NPM_LIMIT_MS = 120_000;
const COMMAND_LIMIT_MS = 20_000;

/** What must be in the tarball, and what must not. */
const WANTED = [
  /^bin\/tailtrap$/,
  /^dist\/cli\/main\.js$/,
  /^dist\/bundle\/read\.js$/,
  /^dist\/bpf\/\w+\.bpf\.o$/,
  /^LICENSE$/,
  /^CHANGELOG\.md$/,
];
const UNWANTED = [/\.(test|bench|fuzz)\./, /^src\//, /^scripts\//, /^test\//, /\.build\//, /\.tmp$/];

/**
 * Packs and installs; hands the installed command to `use`, and removes everything afterwards.
 *
 * @param {(tailtrap: (args: string[]) => Promise<{code: number, output: string}>, files: string[], home: string) => Promise<void>} use
 */
export async function withInstalledPackage(use) {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-pack-'));
  try {
    // Without scripts: prepack would build again, in the middle of the tests of that build.
    const packed = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], ROOT);
    const [{ filename, files }] = JSON.parse(packed.slice(packed.indexOf('[')));
    const home = join(folder, 'empty');
    mkdirSync(home);
    writeFileSync(join(home, 'package.json'), '{"private":true}\n');
    await npm(['install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', join(folder, filename)], home);

    const bare = join(folder, 'path');
    mkdirSync(bare);
    symlinkSync(process.execPath, join(bare, 'node'));
    const env = { ...process.env, PATH: bare };
    const command = join(home, 'node_modules/.bin/tailtrap');
    // `/usr/bin/env node` finds node on the bare PATH, and nothing else is there to be found.
    const tailtrap = (args) => run(command, args, { cwd: home, env, timeoutMs: COMMAND_LIMIT_MS });
    await use(
      tailtrap,
      files.map((file) => file.path),
      home,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function npm(args, cwd) {
  const { code, output } = await run('npm', ['--loglevel=error', ...args], { cwd, timeoutMs: NPM_LIMIT_MS });
  if (code !== 0) throw new Error(`npm ${args[0]} failed with status ${code}:\n${output}`);
  return output;
}

/** @returns {string[]} what is wrong with the content of the tarball */
export function contentFaults(files) {
  const lacking = WANTED.filter((pattern) => !files.some((file) => pattern.test(file)));
  const superfluous = files.filter((file) => UNWANTED.some((pattern) => pattern.test(file)));
  return [...lacking.map((pattern) => `lacks ${pattern}`), ...superfluous.map((file) => `must not hold ${file}`)];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let well = true;
  await withInstalledPackage(async (tailtrap, files) => {
    const faults = contentFaults(files);
    for (const fault of faults) say(`pack-check: the tarball ${fault}`);
    well = faults.length === 0;
    for (const args of [['--help'], ['doctor'], ...process.argv.slice(2).map((line) => line.split(' '))]) {
      const { code, output } = await tailtrap(args);
      say(`$ tailtrap ${args.join(' ')}\n${output.trimEnd()}\n(status ${code})\n`);
      // doctor's 1 means that this machine lacks something, not that the package does.
      if (code !== 0 && args[0] !== 'doctor') well = false;
    }
  });
  process.exit(well ? 0 : 1);
}
