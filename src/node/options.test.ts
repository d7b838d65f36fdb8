import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { TailtrapError } from '../base/errors.ts';
import { misspelt, settingsFrom, TRACKER_NAMES } from './options.ts';
import { errorWord } from './outliers.ts';
import { routeOf } from './part.ts';
import { isPreloaded } from './preloaded.ts';

test('an argument goes before the environment, that before the file, that before the defaults', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-unit-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'options.json');
  writeFileSync(
    file,
    '{"threshold": "1s", "timeout": {"http.server": "0"}, "context": "off", "rate": 3, "socket": "/f"}',
  );
  const env = {
    TAILTRAP_OPTIONS: file,
    TAILTRAP_THRESHOLD: 'http.server=2s,fs.promises=learned',
    TAILTRAP_CONTEXT: 'full',
  };
  const settings = settingsFrom({ context: 'ids' }, env);
  assert.deepEqual([...settings.trackers.keys()], TRACKER_NAMES);
  assert.deepEqual(settings.trackers.get('http.server'), { learned: false, threshold_ns: 2e9, timeout_ns: 0 });
  assert.deepEqual(settings.trackers.get('fs.promises'), { learned: true, threshold_ns: 100e6, timeout_ns: 10e9 });
  assert.equal(settings.trackers.get('dns.lookup')?.threshold_ns, 100e6);
  assert.equal(settings.context, 'ids');
  assert.equal(settings.rate, 3);
  assert.equal(settings.socket, '/f');
  assert.equal(settingsFrom({}, { TAILTRAP_SOCKET: 'none' }).socket, null);
  assert.deepEqual([...settingsFrom({}, { TAILTRAP_TRACK: 'fs.promises, http.server' }).trackers.keys()].length, 2);
});

test('a mistake is named', () => {
  const faults: [object, RegExp][] = [
    [{ track: ['http.sever'] }, /track: there is no 'http\.sever'; did you mean 'http\.server'/],
    [{ track: 'http.server' }, /track: expected a list/],
    [{ threshold: '20' }, /threshold of http\.server '20' is not a duration/],
    [{ threshold: { fs: '1s' } }, /there is no 'fs'/],
    [{ threshold: 7 }, /threshold: expected/],
    [{ context: 'all' }, /context: there is no 'all'; choose from off, ids, full/],
    [{ rate: Number.NaN }, /rate: expected a number/],
    [{ socket: '' }, /socket: expected a text/],
    [{ thresold: '1s' }, /thresold: there is no such option; did you mean 'threshold'/],
  ];
  for (const [options, message] of faults) {
    assert.throws(
      () => settingsFrom(options, {}),
      (error: unknown) => error instanceof TailtrapError && message.test(error.message),
    );
  }
});

test('whatever stands in the environment: settings, or a TailtrapError', () => {
  const names = ['TRACK', 'THRESHOLD', 'TIMEOUT', 'SOCKET', 'PRINT', 'CONTEXT', 'RATE', 'OPTIONS'];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.string(), (name, value) => {
      try {
        settingsFrom({}, { [`TAILTRAP_${name}`]: value });
      } catch (error) {
        assert.ok(error instanceof TailtrapError, String(error));
      }
    }),
  );
});

test('routes have no query and no ids, so that they are few', () => {
  assert.equal(routeOf('/users/17?x=1#y'), '/users/:id');
  assert.equal(routeOf('/a/550e8400-e29b-41d4-a716-446655440000/b/0123456789abcdef0123'), '/a/:id/b/:id');
  assert.equal(routeOf('/v1/top10/'), '/v1/top10/');
  assert.equal(routeOf('/1/2/3'), '/:id/:id/:id');
  assert.equal(routeOf('*'), '*');
});

test('it begins by itself only when it was named on the command line', () => {
  const url = 'file:///somewhere/dist/node/index.js';
  assert.equal(isPreloaded([], '', url), false);
  assert.equal(isPreloaded(['--import', 'tailtrap/node'], '', url), true);
  assert.equal(isPreloaded(['--import=tailtrap/node'], '', url), true);
  assert.equal(isPreloaded(['--import', 'other'], '--max-old-space-size=100', url), false);
  assert.equal(isPreloaded([], '--no-warnings --import tailtrap/node', url), true);
  assert.equal(isPreloaded(['--import', url], '', url), true);
  assert.equal(isPreloaded(['--import', '/somewhere/dist/node/index.js'], '', url), true);
  assert.equal(isPreloaded(['-e', 'tailtrap/node'], '', url), false);
  assert.equal(isPreloaded(['--import'], '', url), false);
  assert.equal(isPreloaded(['--import', 'http://example.org/x.js', '--import', 'file://host/x.js'], '', url), false);
});

test('it is found through links, and where NODE_OPTIONS quotes a path with spaces', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap unit "'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'real dir'));
  const file = join(folder, 'real dir', 'index.js');
  writeFileSync(file, '');
  symlinkSync(join(folder, 'real dir'), join(folder, 'link'));
  const url = pathToFileURL(file).href;
  const linked = join(folder, 'link', 'index.js');
  assert.equal(isPreloaded(['--import', linked], '', url), true);
  assert.equal(isPreloaded(['--import', pathToFileURL(linked).href], '', url), true);
  assert.equal(isPreloaded(['--require', join(folder, 'link')], '', url), true);
  const quoted = (path: string): string => `"${path.replaceAll('"', '\\"')}"`;
  assert.equal(isPreloaded([], `--no-warnings --import ${quoted(file)} --inspect`, url), true);
  assert.equal(isPreloaded([], `--no-warnings --import=${quoted(linked)}`, url), true);
  assert.equal(isPreloaded([], `"--import" ${quoted(join(folder, 'other.js'))}`, url), false);
});

test('slips in the names of variables are told, and other variables are not', () => {
  assert.deepEqual(misspelt({ TAILTRAP_THRESHHOLD: '1s', TAILTRAP_SOCKT: 'none' }), [
    'TAILTRAP_THRESHHOLD has no effect: did you mean TAILTRAP_THRESHOLD?',
    'TAILTRAP_SOCKT has no effect: did you mean TAILTRAP_SOCKET?',
  ]);
  const others = ['TRACKER', 'TRACES', 'SNAPSHOT', 'ID', 'TOKEN', 'DEBUG', 'TEST_PROGRAMS', 'TRACK', 'OFF', 'OPTIONS'];
  assert.deepEqual(misspelt(Object.fromEntries(others.map((name) => [`TAILTRAP_${name}`, '1']))), []);
});

test('an options file may begin with a byte order mark; a path that is too long for a socket is told', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-unit-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'options.json');
  writeFileSync(file, '\ufeff{"rate": 3}');
  assert.equal(settingsFrom({}, { TAILTRAP_OPTIONS: file }).rate, 3);
  assert.equal(settingsFrom({ socket: `/${'x'.repeat(106)}` }, {}).socket?.length, 107);
  assert.throws(() => settingsFrom({ socket: `/${'x'.repeat(107)}` }, {}), { code: 'TT_NODE_OPTION' });
});

test('options that throw when they are read are a mistake like others', () => {
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('mine');
      },
    },
  );
  assert.throws(() => settingsFrom(hostile, {}), { code: 'TT_NODE_OPTION' });
});

test('errors are told by code or name: a message may hold what is secret', () => {
  assert.equal(errorWord(new Error('GET http://x/?token=SECRET failed')), 'Error');
  assert.equal(errorWord(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })), 'ECONNREFUSED');
  assert.equal(errorWord(Object.assign(new Error('x'), { code: 'see http://x/?token=SECRET' })), 'Error');
  assert.equal(errorWord('http://x/?token=SECRET'), 'string');
  assert.equal(errorWord(undefined), 'undefined');
});
