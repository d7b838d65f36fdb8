import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { TailtrapError } from '../../base/errors.ts';
import type { CreateSession } from '../protocol/control-session.ts';
import { checkName, checkPath, chunkName, dateTime, regroupOldPath, sessionFolder } from './names.ts';

const CREATED_S = 1_795_406_982n;
const CHUNKED = { nameHasTime: false, daemon: 'a'.repeat(32), daemonSession: 1n, created_s: CREATED_S, chunk: null };
const SESSION: CreateSession = {
  name: 'web',
  hostname: 'vm',
  basePath: '',
  liveTimer_us: 0,
  snapshot: false,
  chunked: CHUNKED,
  format: 'ctf1',
};

/** Runs with another local time zone. */
function inZone<T>(zone: string, run: () => T): T {
  const before = process.env.TZ;
  process.env.TZ = zone;
  try {
    return run();
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
}

test('folders of sessions are those of lttng-relayd', () => {
  inZone('UTC', () => {
    assert.equal(dateTime(CREATED_S), '20261123-040942');
    assert.equal(sessionFolder(SESSION, 'host'), 'vm/web-20261123-040942');
    assert.equal(sessionFolder(SESSION, 'session'), 'web/vm-20261123-040942');
    const based = { ...SESSION, basePath: 'my/base/path' };
    assert.equal(sessionFolder(based, 'host'), 'vm/my/base/path');
    assert.equal(sessionFolder(based, 'session'), 'web/vm-20261123-040942/my/base/path');
    const named = { ...SESSION, name: 'auto-20261123-041223', chunked: { ...CHUNKED, nameHasTime: true } };
    assert.equal(sessionFolder(named, 'host'), 'vm/auto-20261123-041223');
  });
});

test('names of chunks tell local time and its offset', () => {
  assert.equal(
    inZone('UTC', () => chunkName(7n, CREATED_S, null)),
    '20261123T040942+0000-7',
  );
  assert.equal(
    inZone('America/St_Johns', () => chunkName(1n, CREATED_S, CREATED_S + 60n)),
    '20261123T003942-0330-20261123T004042-0330-1',
  );
  assert.equal(
    inZone('Asia/Kolkata', () => chunkName(0n, CREATED_S, null)),
    '20261123T093942+0530-0',
  );
  assert.throws(() => chunkName(0n, 2n ** 63n, null), /is no time/);
});

test('paths of old producers, grouped by session', () => {
  const old = { ...SESSION, chunked: null };
  assert.equal(regroupOldPath('vm/web-20261123-040942/kernel', old, 'session'), 'web/vm-20261123-040942/kernel');
  assert.equal(regroupOldPath('vm/a-b-20261123-040942/ust/pid', old, 'session'), 'a-b/vm-20261123-040942/ust/pid');
  assert.equal(regroupOldPath('vm/web-20261123-040942/kernel', old, 'host'), 'vm/web-20261123-040942/kernel');
  for (const path of ['own/path', 'vm', '', 'other/web-20261123-040942/kernel']) {
    assert.equal(regroupOldPath(path, old, 'session'), path);
  }
});

test('whatever the network names, it is one name, or a path that stays below', () => {
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom('..', '.', '/', 'a', '\0', ' ', '...'), { maxLength: 8 }).map((p) => p.join('')),
  );
  fc.assert(
    fc.property(text, (name) => {
      try {
        assert.ok(!/[/\0]/.test(checkName(name, 'name')) && !name.startsWith('.') && name !== '');
      } catch (error) {
        if (!(error instanceof TailtrapError)) throw error;
      }
      try {
        const path = checkPath(name, 'path');
        assert.ok(!path.startsWith('/') && !path.split('/').includes('..') && !path.includes('\0'));
      } catch (error) {
        if (!(error instanceof TailtrapError)) throw error;
      }
    }),
  );
});
