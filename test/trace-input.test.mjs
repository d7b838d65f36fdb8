/** The mistakes that one makes with traces at first: each is told in words, with what to do next. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CtfWriter, eventWriter } from '../dist/ctf/index.js';
import { CtfFolder } from '../dist/ctf/node.js';

const TAILTRAP = fileURLToPath(new URL('../bin/tailtrap', import.meta.url));
const DATA = fileURLToPath(new URL('ctf/data', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tailtrap-input-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name) => join(folder, name);
const TRACE = join(DATA, 'ctf-1.8-le');

const tailtrap = (...args) => spawnSync(process.execPath, [TAILTRAP, ...args], { encoding: 'utf8' });

mkdirSync(at('empty'));
mkdirSync(at('broken'));
writeFileSync(at('broken/metadata'), '/* CTF 1.8 */\ntrace { major = 1; minor = 8; byte_order = sideways; };\n');

const MISTAKES = [
  [
    'a name that is not there',
    [at('missing')],
    1,
    'TT_CTF_UNREADABLE',
    'there is nothing by this name',
    'check the path',
  ],
  [
    'a stream of a trace',
    [join(TRACE, 'stream_0')],
    1,
    'TT_CTF_UNREADABLE',
    'this is a file',
    `give the folder that it is in: ${TRACE}`,
  ],
  ['a file of something else', [TAILTRAP], 1, 'TT_CTF_UNREADABLE', 'this is a file', "a file 'metadata' in it"],
  ['an empty folder', [at('empty')], 1, 'TT_CTF_NO_TRACE', 'there is no CTF trace here', "a file 'metadata' in it"],
  ['metadata that is none', [at('broken')], 1, 'TT_CTF_METADATA', 'sideways', ''],
  ['no trace at all', [], 2, 'TT_USAGE', 'TRACE... is missing', 'tailtrap cat --help'],
  ['an event by a wrong name', [TRACE, '--events', 'float'], 2, 'TT_NO_EVENT', "'float'", "did you mean 'floats'?"],
  [
    'an event that is nothing like one',
    [TRACE, '--events', 'zzzzzzzz'],
    2,
    'TT_NO_EVENT',
    "'zzzzzzzz'",
    'there are arrays, ',
  ],
  ['a field by a wrong name', [TRACE, '--where', 'sinle=1'], 2, 'TT_NO_FIELD', "'sinle'", "did you mean 'single'?"],
  [
    'a condition without value',
    [TRACE, '--where', 'single'],
    2,
    'TT_USAGE',
    "'single' is not a condition",
    'write FIELD=VALUE',
  ],
  ['a time that is none', [TRACE, '--begin', 'noon'], 2, 'TT_USAGE', "'noon' is not a time", 'HH:MM:SS'],
  ['an end before the begin', [TRACE, '--begin', '5', '--end', '4'], 2, 'TT_USAGE', 'is after the end', 'swap them'],
];

for (const [what, args, code, name, message, next] of MISTAKES) {
  test(`cat: ${what}`, () => {
    const { status, stderr, stdout } = tailtrap('cat', ...args);
    assert.ok(stderr.startsWith(`error ${name}: `) && stderr.includes(message) && stderr.includes(next), stderr);
    assert.deepEqual([status, stdout], [code, '']);
  });
}

test('a link that leads nowhere, or into /proc, is no reason to stop', () => {
  cpSync(TRACE, at('linked'), { recursive: true });
  symlinkSync('/nowhere', at('linked/dangling'));
  symlinkSync('/proc/1/cwd/x', at('linked/other'));
  const { status, stdout } = tailtrap('cat', at('linked'));
  assert.deepEqual([status, stdout], [0, tailtrap('cat', TRACE).stdout]);
});

test('several traces, and folders above them, are read as one', () => {
  const lines = (...paths) => tailtrap('cat', ...paths).stdout.split('\n').length;
  makeTrace(at('other'));
  assert.equal(lines(TRACE, at('other')), lines(TRACE) + 3);
  mkdirSync(at('both/deeper'), { recursive: true });
  cpSync(TRACE, at('both/one'), { recursive: true });
  cpSync(at('other'), at('both/deeper/two'), { recursive: true });
  assert.equal(lines(at('both')), lines(TRACE) + 3);
  assert.equal(tailtrap('convert', TRACE, at('other'), '--to', 'ctf', at('joined')).status, 0);
  assert.equal(lines(at('joined')), lines(TRACE) + 3);
});

/** Three events. */
function makeTrace(path) {
  const out = new CtfFolder(path);
  const writer = new CtfWriter({ uuid: null, clock: { name: 'c' }, environment: [], sink: out.sink });
  const streamClass = writer.addStreamClass();
  const write = eventWriter(writer.addEventClass(streamClass, 'e', []));
  const stream = writer.addStream(streamClass, { name: 's' });
  for (const time of [1n, 2n, 3n]) write(stream, time, []);
  out.finish(writer);
}

test('nothing but the result is on stdout, nothing on stderr but what is told', () => {
  const { stdout, stderr } = tailtrap('convert', TRACE, '--to', 'json', '--json', at('out.json'));
  const { path, events, bytes } = JSON.parse(stdout);
  assert.deepEqual([path, events], [at('out.json'), 48]);
  assert.equal(stderr, `48 events, ${(bytes / 1024).toFixed(1)} KiB\n`);
});

test('what is chosen may be nothing: the output is whole all the same', () => {
  for (const [i, chosen] of [
    ['--begin', '4000000000'],
    ['--where', 'single=12345'],
    ['--end', '1'],
  ].entries()) {
    for (const format of ['ctf', 'json', 'chrome', 'perfetto']) {
      const out = at(`nothing-${i}.${format}`);
      const { status, stderr } = tailtrap('convert', TRACE, '--to', format, out, ...chosen);
      assert.equal(status, 0, stderr);
      if (format === 'ctf') assert.equal(tailtrap('cat', out).status, 0);
    }
  }
});
