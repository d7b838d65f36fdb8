/** `mapSlices` ends whatever its threads do. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { TailtrapError, UsageError } from '../base/errors.ts';
import { mapSlices } from './threads.node.ts';

const root = mkdtempSync(join(tmpdir(), 'tailtrap-threads-'));
after(() => rmSync(root, { recursive: true, force: true }));

const HERE = import.meta.url;
const THREADS = new URL(HERE.endsWith('.ts') ? './threads.node.ts' : './threads.node.js', HERE).href;
const ERRORS = new URL(HERE.endsWith('.ts') ? '../base/errors.ts' : '../base/errors.js', HERE).href;
const SLICES = Array.from({ length: 5 }, (_, i) => ({ begin_ns: BigInt(10 * i), end_ns: BigInt(10 * i + 9) }));
let modules = 0;

/** @param body what the thread's module does */
function moduleOf(body: string): URL {
  const path = join(root, `${modules++}.mjs`);
  const imports = `import { serveSlices } from '${THREADS}';\nimport { TailtrapError } from '${ERRORS}';\n`;
  writeFileSync(path, imports + body);
  return pathToFileURL(path);
}

async function all(body: string, threads = 2): Promise<unknown[]> {
  const out: unknown[] = [];
  for await (const { value } of mapSlices({ module: moduleOf(body), data: 7, slices: SLICES, threads }))
    out.push(value);
  return out;
}

function coded(code: string, pattern: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof TailtrapError && error.code === code && pattern.test(error.message);
}

test('values come in the order of slices; promises are awaited', async () => {
  const expected = [7, 17, 27, 37, 47];
  assert.deepEqual(await all('serveSlices((d) => ({ begin_ns }) => ({ value: d + Number(begin_ns) }));'), expected);
  const promised = 'serveSlices((d) => ({ begin_ns }) => ({ value: Promise.resolve(d + Number(begin_ns)) }));';
  assert.deepEqual(await all(promised), expected);
  assert.deepEqual(
    await all('serveSlices((d) => async ({ begin_ns }) => ({ value: d + Number(begin_ns) }));'),
    expected,
  );
});

test('a thread that ends early is an error, not silence', async () => {
  const ended = (status: number): ((error: unknown) => boolean) =>
    coded('TT_CTF_THREAD', new RegExp(`ended .* status ${status}$`));
  await assert.rejects(all('serveSlices(() => () => process.exit(3));'), ended(3));
  await assert.rejects(all('process.exit(4);'), ended(4));
  await assert.rejects(all(''), ended(0));
  const late = 'serveSlices(() => (s) => { if (s.begin_ns === 30n) process.exit(5); return { value: 1 }; });';
  await assert.rejects(all(late), ended(5));
});

test('no answer is told; what a thread throws is thrown, with its code', async () => {
  await assert.rejects(all('serveSlices(() => () => {});'), coded('TT_CTF_THREAD', /no \{ value \}/));
  await assert.rejects(all('serveSlices(() => async () => 5);'), coded('TT_CTF_THREAD', /no \{ value \}/));
  await assert.rejects(all("serveSlices(() => () => { throw new TypeError('mine'); });"), /mine/);
  await assert.rejects(all("serveSlices(() => async () => { throw new TypeError('mine'); });"), /mine/);
  const own = "serveSlices(() => () => { throw new TailtrapError('TT_OWN', 'mine', { next: 'do' }); });";
  await assert.rejects(all(own), (error) => coded('TT_OWN', /mine/)(error) && (error as TailtrapError).next === 'do');
});

test('a number of threads that is none is refused', async () => {
  for (const threads of [0, -1, Number.NaN, 1.5, Number.POSITIVE_INFINITY]) {
    await assert.rejects(
      all('serveSlices(() => () => ({ value: 1 }));', threads),
      (error) => error instanceof UsageError && error.code === 'TT_CTF_THREADS',
    );
  }
});
