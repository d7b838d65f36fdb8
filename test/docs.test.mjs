/** The examples in the documentation run, and print what they say. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, runApp, startApp, until } from './node/app.mjs';

for (const name of ['adaptive.md', 'node.md', 'tracker.md']) {
  const text = readFileSync(join(ROOT, 'docs', name), 'utf8');
  for (const [index, [, code]] of [...text.matchAll(/^```js\n([\s\S]*?)^```/gm)].entries()) {
    test(`docs/${name}, example ${index + 1}`, async () => {
      const app = await runApp(code, { flags: [], env: { TAILTRAP_PRINT: 'none' } });
      assert.equal(app.code, 0, app.stderr);
      // `console.log(...); // 990`, or `// 990: why`
      for (const [, expected] of code.matchAll(/^ *console\.log\(.*\); \/\/ ([^:\n]+)/gm)) {
        assert.ok(app.stdout.split('\n').includes(expected), `${expected} is not in:\n${app.stdout}`);
      }
    });
  }
}

test('docs/ctf.md: its examples, one after the other in one folder', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-docs-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/tailtrap'));
  const text = readFileSync(join(ROOT, 'docs/ctf.md'), 'utf8');
  const examples = [...text.matchAll(/^```js\n([\s\S]*?)^```/gm)];
  assert.ok(examples.length >= 8);
  for (const [index, [, code]] of examples.entries()) {
    await t.test(`example ${index + 1}`, async () => {
      const app = await runApp(code, { flags: [], cwd: folder });
      assert.equal(app.code, 0, app.stderr);
      assert.deepEqual(app.stdout.trimEnd().split('\n'), expectedOf(code));
    });
  }
  rmSync(folder, { recursive: true });
});

/** `console.log(...); // 990`, or `// 990: why`, where what is printed has no colon and blank in it. */
function expectedOf(code) {
  const all = [...code.matchAll(/^ *console\.log\(.*\); \/\/ (.*)$/gm)];
  return all.map(([, text]) => (text.startsWith('null: ') ? 'null' : text));
}

test('examples/express-like.mjs: its slow requests are caught', async () => {
  const app = startApp('', {
    file: 'examples/express-like.mjs',
    env: { PORT: '0', TAILTRAP_TRACK: 'http.server,loop.stall' },
  });
  assert.ok(await until(() => app.stdout.includes('listening on')));
  const [base] = /http:\S+/.exec(app.stdout);
  for (let i = 1; i <= 20; i++) await (await fetch(`${base}/users/${i}`)).text();
  assert.equal((await fetch(`${base}/source`)).status, 200);
  assert.equal((await fetch(`${base}/nowhere`)).status, 404);
  await (await fetch(`${base}/report`)).text();
  assert.ok(await until(() => app.outliers.length >= 3), app.stderr);
  app.child.kill();
  await app.exited;
  // Each may come more than once: a busy machine stalls the loop, too.
  const seen = new Set(app.outliers.map(({ tracker, key }) => `${tracker} ${key.route ?? ''}`.trim()));
  assert.deepEqual([...seen].sort(), ['http.server /report', 'http.server /users/:id', 'loop.stall']);
});
