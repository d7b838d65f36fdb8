/** The bundle of the reading commands: it is there, compiled, does what the modules do, and is left when it is old. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { Script } from 'node:vm';
import { ROOT } from '../scripts/lib/files.mjs';

const BUNDLE = join(ROOT, 'dist/bundle/read.js');
const SAMPLE = join(ROOT, 'test/ctf/data/ctf-1.8-be');
const skip = existsSync(BUNDLE) ? false : 'there is no esbuild here';
const MODULES = `import(${JSON.stringify(join(ROOT, 'dist/cli/main.js'))}).then((main) => main.runProcess())`;

function run(script, args) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [...script, ...args], { encoding: 'utf8' });
  return { stdout, stderr, status };
}

test('V8 takes the code cache', { skip }, () => {
  const source = readFileSync(BUNDLE, 'utf8');
  const name = readdirSync(join(ROOT, 'dist/bundle')).find((file) => file.endsWith('.cache'));
  assert.equal(name, `read.${source.slice(2, 18)}.cache`);
  const cachedData = readFileSync(join(ROOT, 'dist/bundle', name));
  assert.equal(new Script(source, { filename: BUNDLE, cachedData }).cachedDataRejected, false);
});

test('the bundle does what the modules do', { skip }, () => {
  const calls = [
    ['cat', SAMPLE],
    ['cat', '--json', SAMPLE],
    ['cat', '--nonsense'],
    ['convert', '--help'],
    ['cat', '/none'],
  ];
  for (const args of calls) {
    const bundled = run([join(ROOT, 'bin/tailtrap')], args);
    assert.deepEqual(bundled, run(['-e', MODULES, '--', 'tailtrap'], args), args.join(' '));
  }
});

test('modules that were compiled later are used instead', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-bundle-'));
  try {
    for (const name of ['bin', 'dist/bundle', 'dist/cli', 'dist/.build'])
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
    for (const name of readdirSync(join(ROOT, 'dist'))) {
      if (!existsSync(join(folder, 'dist', name))) symlinkSync(join(ROOT, 'dist', name), join(folder, 'dist', name));
    }
    const stamp = (path, seconds) => utimesSync(join(folder, path), seconds, seconds);
    const used = () => run([join(folder, 'bin/tailtrap')], ['cat', SAMPLE]).status;
    cpSync(join(ROOT, 'bin/package.json'), join(folder, 'dist/bundle/read.js'));
    stamp('dist/bundle/read.js', 1000);
    assert.equal(used(), 0, 'the broken bundle is older than the modules');
    stamp('dist/bundle/read.js', Date.now() / 1000 + 100);
    assert.notEqual(used(), 0, 'the broken bundle is newer');
    rmSync(join(folder, 'dist/.build'), { recursive: true });
    stamp('dist/bundle/read.js', 1000);
    assert.notEqual(used(), 0, 'in a package the bundle is used, whatever its time');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
