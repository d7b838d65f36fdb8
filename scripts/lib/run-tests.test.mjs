import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const FILES = {
  fine: "test('a', () => {}); describe('s', () => { it('b', () => {}); });",
  skips:
    "test('c', { skip: 'no root' }, () => {}); test('d', (t) => t.skip('no disk')); test('e', { todo: true }, () => {});",
  fails: "describe('s', () => { it('wrong', () => assert.equal(1, 2)); it('right', () => {}); });",
  crashes: "throw new Error('boom at load');",
  hangs: "test('sleeps', async () => { await new Promise((done) => setTimeout(done, 1e6)); });",
  spins: "test('spins', () => { for (;;); });",
};

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'tailtrap-test-'));
  for (const [name, body] of Object.entries(FILES)) {
    const imports = "import assert from 'node:assert'; import test, { describe, it } from 'node:test';\n";
    writeFileSync(join(folder, `${name}.test.mjs`), imports + body);
  }
});
after(() => rmSync(folder, { recursive: true }));

/** node:test cannot run inside node:test: a process of its own runs the files and prints the tally. */
function tallyOf(...names) {
  const script = `
    const { listSkipped, newTally, runTests } = await import(${JSON.stringify(new URL('./run-tests.mjs', import.meta.url))});
    const tally = newTally();
    await runTests(${JSON.stringify(names.map((name) => join(folder, `${name}.test.mjs`)))}, { parallel: 2, fileLimitMs: 3000 }, tally);
    listSkipped(tally);
    console.log(JSON.stringify(tally));
    process.exit(0);`;
  const env = { ...process.env, NO_COLOR: '1' };
  delete env.NODE_TEST_CONTEXT;
  // A file and not `node -e`: node:test hands our own options on to the processes of the tests.
  const file = join(folder, 'runner.mjs');
  writeFileSync(file, script);
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', env, timeout: 30_000 });
  assert.notEqual(stdout, '', stderr);
  return { ...JSON.parse(stdout), shown: stderr };
}

test('passed tests are counted, suites are not', () => {
  const { passed, failed, skipped, shown } = tallyOf('fine');
  assert.deepEqual([passed, failed, skipped], [2, 0, []]);
  assert.match(shown, /ok .*fine\.test\.mjs: 2 passed/);
});

test('skipped tests are listed with their reasons', () => {
  const { skipped, shown } = tallyOf('skips');
  assert.deepEqual(
    skipped.map(({ name, reason }) => `${name}: ${reason}`),
    ['c: no root', 'd: no disk', 'e: to do: true'],
  );
  assert.match(shown, /Skipped:\n.*c: no root\n/);
});

test('a failure is counted once and shown', () => {
  const { passed, failed, shown } = tallyOf('fails');
  assert.deepEqual([passed, failed], [1, 1]);
  assert.match(shown, /FAILED .*fails\.test\.mjs: wrong\n.*1 == 2/);
});

test('a file that crashes is a failure, and its last words are shown', () => {
  const { failed, shown } = tallyOf('crashes');
  assert.equal(failed, 1);
  assert.match(shown, /boom at load/);
});

test('files that hang or spin are ended at the limit, and the others still count', () => {
  const { passed, failed, shown } = tallyOf('hangs', 'spins', 'fine');
  assert.deepEqual([passed, failed], [2, 2]);
  assert.match(shown, /timed out after 3000ms/);
});
