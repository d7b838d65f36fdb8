/** The reader on the traces of test/ctf/data: what it must make of them is beside them; see scripts/make-ctf-traces.mjs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openFolder } from '../../dist/ctf/folder.node.js';
import { eventText } from './event-text.mjs';

const DATA = fileURLToPath(new URL('./data/', import.meta.url));
const names = readdirSync(DATA).filter((name) => statSync(join(DATA, name)).isDirectory());
const babeltrace2 = spawnSync('babeltrace2', ['--version']).status === 0;

function linesOf(name, generate) {
  const events = openFolder(join(DATA, name), { generate }).events({ onNotice: ({ message }) => assert.fail(message) });
  const lines = [];
  for (let event = events.next(); event !== null; event = events.next()) {
    lines.push(eventText({ cycles: event.cycles, name: event.name, payload: event.toObject() }));
  }
  return lines;
}

for (const name of names) {
  const expected = readFileSync(join(DATA, `${name}.expected.jsonl`), 'utf8')
    .trim()
    .split('\n');
  for (const generate of [true, false]) {
    test(`${name}, ${generate ? 'generated' : 'interpreted'}`, () => {
      assert.deepEqual(linesOf(name, generate), expected);
    });
  }
  const skip = babeltrace2 ? name.startsWith('ctf-2') && 'babeltrace2 2.0 cannot read CTF 2' : 'no babeltrace2 here';
  test(`${name}, as babeltrace2 reads it`, { skip }, () => {
    const { status, stdout, stderr } = spawnSync('babeltrace2', [join(DATA, name)], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const seen = stdout.match(/(?<=\) )(?:\S+ )?[\w-]+(?=: \{)/gm) ?? [];
    assert.deepEqual(
      seen.map((text) => text.split(' ').at(-1)),
      expected.map((line) => JSON.parse(line).name),
    );
  });
}
