import assert from 'node:assert/strict';
import test from 'node:test';
import { floorViolations } from './floors.mjs';

const CASES = [
  // path, source, part of the complaint or null
  ['ctf/reader.ts', "import { x } from '../trace/event.ts';", null],
  ['ctf/reader.ts', "import { x } from './metadata/parser.ts';", null],
  ['ctf/reader.ts', "import { x } from '../state/model.ts';", 'ctf must not import from state'],
  ['ctf/reader.ts', "import type { X } from '../state/model.ts';", 'ctf must not import from state'],
  ['ctf/reader.ts', "export * from '../kernel/loader.ts';", 'ctf must not import from kernel'],
  ['ctf/reader.ts', "const x = await import('../kernel/loader.ts');", 'ctf must not import from kernel'],
  ['ctf/reader.ts', "import {\n  a,\n  b,\n} from '../agent/agent.ts';", 'ctf must not import from agent'],
  ['ctf/reader.ts', "import { readFile } from 'node:fs';", "'node:fs' is not to be had"],
  ['ctf/node.ts', "import { readFile } from 'node:fs';", null],
  ['ctf/folder.node.ts', "import { readFile } from 'node:fs';", null],
  ['ctf/reader.test.ts', "import test from 'node:test';\nimport fc from 'fast-check';", null],
  ['ctf/reader.ts', "import fc from 'fast-check';", "package 'fast-check'"],
  ['tracker/node.ts', "import 'node:fs';", 'only tests may'],
  ['kernel/libbpf.ts', "import koffi from 'koffi';", null],
  ['agent/config.ts', "import { parse } from 'yaml/util';", null],
  ['base/units.ts', "import { x } from '../trace/event.ts';", 'base must not import from trace'],
  ['console/page.ts', "import type { Fleet } from '../hub/json.ts';", null],
  ['console/page.ts', "import { fleet } from '../hub/json.ts';", 'console must not import from hub'],
  ['cellar/wine.ts', '', 'no room of the house'],
  ['ctf/reader.ts', "// import { x } from '../state/model.ts';\n/* import('../state/x.ts') */", null],
  ['ctf/reader.ts', "import x from '../../elsewhere/x.ts';", 'outside src/'],
];

for (const [path, source, complaint] of CASES) {
  test(`${path}: ${source.split('\n')[0]} -> ${complaint ?? 'allowed'}`, () => {
    const messages = floorViolations(path, source).map((violation) => violation.message);
    if (complaint === null) assert.deepEqual(messages, []);
    else assert.match(messages.join('\n'), new RegExp(complaint.replace(/[.*()]/g, '\\$&')));
  });
}

test('the line of an import over several lines is that of its module name', () => {
  assert.equal(floorViolations('ctf/a.ts', "\nimport {\n  a,\n} from '../agent/b.ts';")[0].line, 4);
});
