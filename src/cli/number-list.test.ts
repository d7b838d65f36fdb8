import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../base/errors.ts';
import { numberList } from './number-list.ts';

test('numbers and ranges, each number once', () => {
  assert.deepEqual(numberList('--cpu', []), []);
  assert.deepEqual(numberList('--cpu', ['3', '0-2', ' 2 - 4 ', '9-9']), [3, 0, 1, 2, 4, 9]);
});

test('what is none is told with its place', () => {
  const refused = (entries: string[], expected: RegExp): void =>
    assert.throws(
      () => numberList('--cpu', entries),
      (error: unknown) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, expected);
        return true;
      },
    );
  refused(['0', 'x'], /^--cpu: 'x' \(entry 2 of 2\) is not a whole number and not a range/);
  for (const text of ['', '-1', '1-', '-', '1-2-3', '0x1', '1.5', '1e3']) refused([text], /is not a whole number/);
  refused(['0-1', '3-2'], /'3-2' \(entry 2 of 2\) ends before it begins/);
  refused(['0-65536'], /more than 65536/);
  refused(['0-65535', '70000'], /'70000'.*more than 65536/);
});
