import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import test from 'node:test';
import { lockFileViolations, tidyViolations } from './tidy.mjs';

const LONG = 'x;\n'.repeat(301);

test('a file of 300 lines is fine, one of 301 is not', () => {
  assert.deepEqual(tidyViolations('src/a.ts', 'x;\n'.repeat(300)), []);
  assert.match(tidyViolations('src/a.ts', LONG)[0], /^src\/a\.ts:301: 301 lines/);
});

test('the ratchet lets a long file be, but not grow, and wants to be emptied', () => {
  assert.deepEqual(tidyViolations('src/a.ts', LONG, { 'src/a.ts': 301 }), []);
  assert.equal(tidyViolations('src/a.ts', `${LONG}x;\n`, { 'src/a.ts': 301 }).length, 1);
  assert.match(tidyViolations('src/a.ts', 'x;\n', { 'src/a.ts': 301 })[0], /take it out/);
});

test('data and prose have no limit of lines', () => {
  assert.deepEqual(tidyViolations('test/list.json', LONG), []);
});

test('what holds on one machine only is found, with its line', () => {
  assert.match(tidyViolations('src/a.ts', "a\nopen('/home/jane/x')\n")[0], /^src\/a\.ts:2: a person's folder/);
  if (homedir() !== '/') assert.equal(tidyViolations('src/a.ts', `'${homedir()}/x'`).length >= 1, true);
});

test('leftovers are found', () => {
  assert.equal(tidyViolations('src/a.test.ts', "test.only('x', () => {});").length, 1);
  assert.equal(tidyViolations('src/a.ts', '<<<<<<< HEAD\n=======\n>>>>>>> branch\n').length, 3);
  assert.deepEqual(tidyViolations('docs/a.md', '=============\n'), []);
});

test('a lock file names no private registry', () => {
  assert.deepEqual(lockFileViolations('"resolved": "https://registry.npmjs.org/a/-/a-1.tgz"'), []);
  assert.equal(lockFileViolations('"resolved": "https://mirror.example/a/-/a-1.tgz"').length, 1);
});
