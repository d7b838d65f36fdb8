import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { joinPath } from './paths.ts';

/** Part by part. */
function naive(folder: string, path: string): string {
  if (path === '' || path.startsWith('/') || !folder.startsWith('/')) return path;
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

test('paths are joined as part by part', () => {
  assert.equal(joinPath('/srv', 'a/../b/./c'), '/srv/b/c');
  assert.equal(joinPath('/', '..b'), '/..b');
  // Folders that were joined before have no parts to go back.
  const folder = fc
    .array(fc.constantFrom('a', '.b', '..c', '...', ''), { maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`);
  const path = fc
    .array(fc.constantFrom('a', '.', '..', '.b', '..c', '...', ''), { maxLength: 5 })
    .map((parts) => parts.join('/'));
  fc.assert(
    fc.property(folder, path, (at, given) => assert.equal(joinPath(at, given), naive(at, given))),
    { numRuns: 2000, seed: 20261123 },
  );
});
