/** `tailtrap convert` as a shell sees it: copies that read as their originals, for every trace in the repository and beside it. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CtfWriter, eventWriter, field } from '../dist/ctf/index.js';
import { CtfFolder } from '../dist/ctf/node.js';

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
      assert.deepEqual([status, left(basename(copy))], [1, []]);
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

/** A million events on four CPUs: converting them takes longer than it takes to stop it. */
function makeLong(path) {
  const out = new CtfFolder(path);
  const writer = new CtfWriter({ uuid: null, clock: { name: 'c' }, environment: [], sink: out.sink });
  const streamClass = writer.addStreamClass({});
  const write = eventWriter(writer.addEventClass(streamClass, 'e', [{ name: 'text', type: field.string }]));
  const streams = [0, 1, 2, 3].map((cpu) => writer.addStream(streamClass, { name: `s_${cpu}`, cpu }));
  for (let i = 0; i < 1_000_000; i++) write(streams[i % 4], BigInt(i) * 1000n, ['some text']);
  out.finish(writer);
}

/** What stands in the folder by a name. */
const left = (name) => readdirSync(folder).filter((entry) => entry.startsWith(name));

for (const [format, signal, ended] of [
  ['ctf', 'SIGINT', 130],
  ['json', 'SIGTERM', 143],
  ['perfetto', 'SIGHUP', 129],
]) {
  test(`${signal} while it writes ${format}: nothing is left`, async () => {
    if (!existsSync(at('long'))) makeLong(at('long'));
    const args = [TAILTRAP, 'convert', at('long'), '--to', format, at(`stopped.${format}`)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    child.stderr.on('data', (data) => {
      told += data;
    });
    const closed = new Promise((resolve) => child.on('close', resolve));
    while (left('stopped').length === 0 && child.exitCode === null) await sleep(2);
    child.kill(signal);
    const status = await closed;
    assert.match(told, /^stopped after \d+ events: .* is not written\n$/);
    assert.deepEqual([status, left('stopped')], [ended, []]);
  });
}

test('no room for the output: a coded error with the place, and nothing is left', () => {
  for (const format of ['ctf', 'json', 'perfetto', 'chrome']) {
    // A limit on the size of files (blocks of 1 KiB) fails as a full disk does.
    const command = `ulimit -f 16; exec "$0" "$@"`;
    const args = [TAILTRAP, 'convert', join(DATA, 'ctf-1.8-le'), at('long'), '--to', format, at('full')];
    const { status, stderr } = spawnSync('bash', ['-c', command, process.execPath, ...args], { encoding: 'utf8' });
    assert.match(stderr, /error TT_WRITE: E(FBIG|NOSPC): .*\n {2}at .*full\n {2}next: /);
    assert.deepEqual([status, left('full')], [1, []]);
  }
});

test('a place that cannot be written to is told, with what to do', () => {
  const trace = join(DATA, 'ctf-1.8-le');
  for (const [path, code, next] of [
    [at('nowhere/x'), 'TT_WRITE', 'make the folder that it is to stand in'],
    [join(trace, 'metadata', 'x'), 'TT_WRITE', 'choose another name'],
    [trace, 'TT_EXISTS', 'remove it, or choose another name'],
  ]) {
    const { status, stderr } = convert(trace, '--to', 'json', path);
    assert.equal(status, 1);
    assert.ok(stderr.startsWith(`error ${code}: `) && stderr.includes(`next: ${next}`), stderr);
  }
});

for (const format of ['ctf', 'json']) {
  test(`${format}: what others have beside OUT stays`, () => {
    const others = at(`own-${format}.partial`);
    mkdirSync(join(others, 'precious'), { recursive: true });
    const { status, stderr } = convert(join(DATA, 'ctf-1.8-le'), '--to', format, at(`own-${format}`));
    assert.equal(status, 0, stderr);
    assert.deepEqual(left(`own-${format}`), [`own-${format}`, `own-${format}.partial`]);
    assert.deepEqual(readdirSync(others), ['precious']);
  });

  test(`${format}: of two to one place the second to end is refused, the first is whole`, async () => {
    if (!existsSync(at('long'))) makeLong(at('long'));
    const args = [TAILTRAP, 'convert', at('long'), '--to', format, at(`race-${format}`)];
    const runs = await Promise.all(
      [1, 2].map(async () => {
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
        let told = '';
        child.stderr.on('data', (data) => {
          told += data;
        });
        const status = await new Promise((resolve) => child.on('close', resolve));
        return { status, told };
      }),
    );
    const [first, second] = runs.sort((a, b) => a.status - b.status);
    assert.deepEqual([first.status, second.status], [0, 1]);
    assert.match(second.told, /^error TT_EXISTS: .*\n {2}at .*\n {2}next: remove it, or choose another name\n$/);
    assert.deepEqual(left(`race-${format}`), [`race-${format}`]);
    if (format === 'ctf') assert.deepEqual(cat(at('race-ctf')), cat(at('long')));
    else assert.equal(readFileSync(at('race-json'), 'latin1').split('\n').length, 1_000_001);
  });
}

test('- and /dev/stdout: the same bytes through a pipe, and a reader that goes away', () => {
  const trace = join(DATA, 'ctf-1.8-le');
  for (const format of ['json', 'perfetto', 'chrome']) {
    assert.equal(convert(trace, '--to', format, at(`piped.${format}`)).status, 0);
    for (const out of ['-', '/dev/stdout']) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [TAILTRAP, 'convert', trace, '--to', format, out]);
      assert.match(String(stderr), /\d+ events, .*\n$/);
      assert.deepEqual([status, stdout], [0, readFileSync(at(`piped.${format}`))]);
    }
  }
  const refused = convert(trace, '--to', 'ctf', '-');
  assert.deepEqual([refused.status, existsSync('-')], [2, false]);
  assert.match(refused.stderr, /^error TT_USAGE: --to ctf cannot go to stdout/);
  if (!existsSync(at('long'))) makeLong(at('long'));
  const command = `"$0" "$@" | head -c 10; echo " \${PIPESTATUS[0]}"`;
  const args = ['-c', command, process.execPath, TAILTRAP, 'convert', at('long'), '--to', 'json', '-'];
  const { stdout, stderr } = spawnSync('bash', args, { encoding: 'utf8' });
  assert.deepEqual([stdout, stderr], ['{"time_ns" 0\n', '']);
});

test('an OUT that ends with a slash, and a link that leads nowhere', () => {
  const trace = join(DATA, 'ctf-1.8-le');
  assert.equal(convert(trace, '--to', 'ctf', `${at('slash')}/`).status, 0);
  assert.deepEqual(cat(at('slash')).digest, cat(trace).digest);
  symlinkSync(at('nothing'), at('link'));
  for (const format of ['ctf', 'json']) assert.match(convert(trace, '--to', format, at('link')).stderr, /TT_EXISTS/);
});

test('of a damaged trace everything readable is written, and the status is 1', () => {
  execFileSync('cp', ['-r', join(DATA, 'ctf-1.8-le'), at('damaged')]);
  const file = join(at('damaged'), 'stream_1');
  truncateSync(file, statSync(file).size - 20);
  const { status, stderr } = convert(at('damaged'), '--to', 'ctf', at('saved'));
  assert.match(stderr, /error TT_CTF_DAMAGED/);
  assert.equal(status, 1);
  const { digest } = cat(at('damaged'));
  assert.deepEqual([cat(at('saved')).digest, cat(at('saved')).told], [digest, ['']]);
});

test('a full stdout is told once', () => {
  const full = openSync('/dev/full', 'w');
  for (const args of [
    ['cat', DATA],
    ['cat', '--json', DATA],
    ['convert', DATA, '--to', 'json', at('told.json')],
  ]) {
    const { status, stderr } = spawnSync(process.execPath, [TAILTRAP, ...args], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    assert.deepEqual([status, stderr.match(/TT_STDOUT/g)], [1, ['TT_STDOUT']]);
  }
  closeSync(full);
});

const noTerminal =
  spawnSync('script', ['--version']).error === undefined ? false : 'there is no `script` to make a terminal';

test('progress is shown on a terminal, and wiped', { skip: noTerminal }, () => {
  if (!existsSync(at('long'))) makeLong(at('long'));
  const command = `'${process.execPath}' '${TAILTRAP}' convert '${at('long')}' --to chrome '${at('shown')}'`;
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8' });
  assert.match(stdout, /\r0\.\d million events, \d+%\u001b\[K/);
  // The last of it is wiped before the path is printed.
  assert.match(stdout, /\r\u001b\[K[^\r]*shown\r\n1000000 events, [^\r]*\r\n$/);
});
