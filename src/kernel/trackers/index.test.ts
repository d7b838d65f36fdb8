import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../../base/errors.ts';
import { chooseOnly, trackerNamed } from './index.ts';

const TARGET = { config: { option: 0n }, memory: () => new ArrayBuffer(0) };

const usage =
  (code: string, next: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof UsageError, String(error));
    assert.equal(error.code, code);
    assert.match(error.next, next);
    return true;
  };

test('a tracker that there is not is wrong usage', () => {
  assert.equal(trackerNamed('block').name, 'block');
  assert.throws(() => trackerNamed('blok'), usage('TT_NO_TRACKER', /did you mean block/));
  assert.throws(() => trackerNamed('zzz'), usage('TT_NO_TRACKER', /the trackers are block, wakeup/));
});

test('a choice that there is not: the nearest, or all where they are few', () => {
  const offcpu = trackerNamed('offcpu');
  assert.throws(() => chooseOnly(offcpu, TARGET, ['dsik']), usage('TT_NO_CHOICE', /did you mean disk\?/));
  assert.throws(
    () => chooseOnly(offcpu, TARGET, ['disk', 'foobar']),
    usage('TT_NO_CHOICE', /^choose kinds of sleep: disk, runnable, interruptible, other$/),
  );
  assert.throws(
    () => chooseOnly(trackerNamed('syscall'), TARGET, ['foobarbaz']),
    usage('TT_NO_CHOICE', /^choose [^:]*$/),
  );
});
