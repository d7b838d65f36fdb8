import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notInstalled } from './not-installed.ts';

test('a package that is not there has an error of its own; other errors have not', async () => {
  const name: string = 'tailtrap-no-such-package';
  const error: unknown = await import(name).catch((reason: unknown) => reason);
  assert.match(
    notInstalled(error)?.format() ?? '',
    /^error TT_NOT_INSTALLED: the package tailtrap-no-such-package is not installed\n {2}next: run npm ci /,
  );
  const koffi = new Error('Cannot find the native Koffi module; did you bundle it correctly?');
  assert.equal(notInstalled(koffi)?.code, 'TT_NOT_INSTALLED');
  const file: unknown = await import(`./${name}.ts`).catch((reason: unknown) => reason);
  for (const other of [new Error('x'), null, 'Cannot find package', file]) assert.equal(notInstalled(other), null);
});
