/** `tailtrap convert` as a shell sees it: copies that read as their originals, for every trace in the repository and beside it. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const TAILTRAP = fileURLToPath(new URL('../bin/tailtrap', import.meta.url));
const DATA = fileURLToPath(new URL('ctf/data', import.meta.url));
const TRACES = process.env.TAILTRAP_TRACES ?? fileURLToPath(new URL('../../shared/traces/kernel', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-convert-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name) => join(folder, name);
const env = { ...process.env, TZ: 'UTC' };
const noBabeltrace =
  spawnSync('babeltrace2', ['--version']).error === undefined ? false : 'there is no babeltrace2 here';

/** Text by its digest (traces have millions of lines), and what was told, without the places in which traces stand. */
function print(command, args) {
  const [out, err] = [openSync(at('out.txt'), 'w'), openSync(at('err.txt'), 'w')];
  spawnSync(command, args, { stdio: ['ignore', out, err], env });
  closeSync(out);
  closeSync(err);
  const told = readFileSync(at('err.txt'), 'utf8').split('\n');
  const digest = createHash('sha256')
    .update(readFileSync(at('out.txt')))
    .digest('hex');
  return { digest, told: told.map((line) => line.replace(/in trace .* \(stream class/, '(stream class')).sort() };
}
const cat = (path) => print(process.execPath, [TAILTRAP, 'cat', path]);
const babeltrace2 = (path) => print('babeltrace2', [path]);
const convert = (...args) => spawnSync(process.execPath, [TAILTRAP, 'convert', ...args], { encoding: 'utf8', env });

/** @param peer whether babeltrace2 is to read the copy, too */
function sameCopies(path, peer) {
  const original = cat(path);
  for (const version of ['1.8', '2']) {
    const copy = at(`copy-${version}`);
    const { status, stderr } = convert(path, '--to', 'ctf', '--ctf-version', version, copy);
    if (version === '1.8' && /TT_CONVERT/.test(stderr)) {
      // What CTF 1.8 cannot say is refused, and nothing is left.
      assert.match(
        stderr,
        /^error TT_CONVERT: CTF 1\.8 cannot say this: .*\n {2}at .*\n {2}next: write CTF 2 with --ctf-version 2\n$/,
      );
      assert.deepEqual([status, existsSync(copy), existsSync(`${copy}.partial`)], [1, false, false]);
      continue;
    }
    assert.equal(status, 0, stderr);
    assert.deepEqual(cat(copy), original, `${path}, CTF ${version}`);
    if (peer && version === '1.8') assert.deepEqual(babeltrace2(copy), babeltrace2(path), path);
    rmSync(copy, { recursive: true });
  }
}

for (const name of readdirSync(DATA).filter((entry) => existsSync(join(DATA, entry, 'metadata')))) {
  test(`${name}: a copy reads as its original, in both versions`, () => {
    sameCopies(join(DATA, name), noBabeltrace === false && !name.startsWith('ctf-2'));
  });
}

const archives = existsSync(TRACES) ? readdirSync(TRACES).filter((name) => name.endsWith('.tar.xz')) : [];
/** Minutes of reading: only where the traces were asked for. */
const LONG = process.env.TAILTRAP_TRACES === undefined ? ['T1.tar.xz', 'A1.tar.xz'] : [];

test('copies of real traces', {
  skip: archives.length === 0 ? `there are no traces at ${TRACES}` : false,
}, async (t) => {
  for (const archive of archives) {
    await t.test(archive, { skip: LONG.includes(archive) ? 'long: set TAILTRAP_TRACES' : false }, () => {
      const path = at(basename(archive, '.tar.xz'));
      execFileSync('mkdir', ['-p', path]);
      execFileSync('tar', ['xf', join(TRACES, archive), '-C', path]);
      sameCopies(path, noBabeltrace === false);
      rmSync(path, { recursive: true });
    });
  }
});
