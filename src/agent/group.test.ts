import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { groupId } from './group.ts';

test('a group by name or number; one that is not there is told with the nearest', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-unit-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'group');
  writeFileSync(file, 'root:x:0:\nmonitoring:x:990:ann,bob\n# no group\nodd:x:-1:\nmonitoring:x:7:\n');
  assert.equal(groupId('monitoring', file), 990);
  assert.equal(groupId('root', file), 0);
  assert.equal(groupId('4294967294', file), 2 ** 32 - 2);
  assert.throws(() => groupId('monitorin', file), {
    code: 'TT_NO_GROUP',
    where: file,
    next: "did you mean 'monitoring'?",
  });
  for (const name of ['', 'odd', '-1', '1.5', '4294967295', 'zzz', 'constructor']) {
    assert.throws(() => groupId(name, file), { code: 'TT_NO_GROUP', next: /groupadd/ }, name);
  }
  assert.throws(() => groupId('a', '/nonexistent'), { code: 'TT_NO_GROUP', next: /number/ });
});
