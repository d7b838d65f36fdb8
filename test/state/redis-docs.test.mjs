/** The examples of docs/state-redis.md run and print what they say; the example of the talk, asked of Redis. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { openFolder } from '../../dist/ctf/folder.node.js';
import { DeltaWriter, LiveState } from '../../dist/state/index.js';
import { openRedisStore } from '../../dist/state/redis/index.node.js';
import { ROOT } from '../../scripts/lib/files.mjs';
import { RedisServer, skipReason } from './redis-server.mjs';
import { writeTalkTrace } from './talk-trace.mjs';

const BEGIN_NS = 1_413_280_800_000_000_000n;
const skip = skipReason();
const folder = mkdtempSync(join(tmpdir(), 'tailtrap-redis-docs-'));
let server;
let talk;

/** Tells the example's trace up to a second, a delta each 100 ms of it. */
async function* telling() {
  writeTalkTrace(join(folder, 'talk'));
  const store = openRedisStore(server.url);
  const source = openFolder(join(folder, 'talk'));
  const state = new LiveState({ origin_ns: source.origin_ns });
  const writer = new DeltaWriter(state, { host: 'web1' });
  const events = source.events();
  let event = events.next();
  try {
    for (let tenth = 0; ; tenth++) {
      const until_ns = BEGIN_NS + BigInt(tenth) * 100_000_000n;
      for (; event !== null && event.time_ns <= until_ns; event = events.next()) state.update(event);
      if (event !== null || tenth <= 150) state.advance(until_ns);
      assert.equal(await store.apply(writer.take()), 'applied');
      yield { store, state, second: tenth / 10 };
    }
  } finally {
    await store.close();
  }
}

async function tellUntil(wanted) {
  for (;;) {
    const { value } = await talk.next();
    if (value.second >= wanted) return value;
  }
}

before(async () => {
  if (skip) return;
  server = await RedisServer.start([]);
  talk = telling();
  await tellUntil(6);
});
after(async () => {
  await talk?.return();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const document = readFileSync(join(ROOT, 'docs/state-redis.md'), 'utf8');
const examples = document
  .split(/^ {4}\$ /m)
  .slice(1)
  .map((rest) =>
    rest
      .split(/^(?=[^ \n])/m)[0]
      .replace(/^ {4}/gm, '')
      .trimEnd(),
  );

/** A command line, with this Redis in place of the document's. */
async function shell(command) {
  // The machine has told just now, as long as the other examples may take here.
  server.cli('HSET', 'tailtrap:{web1}:meta', 'told_ms', `${Date.now()}`);
  const line = command
    .replace(/^redis-cli/, `redis-cli -s ${server.socket}`)
    .replace(/^tailtrap/, `"${process.execPath}" "${join(ROOT, 'bin/tailtrap')}"`)
    .replaceAll('redis://db1', server.url);
  const child = spawn('sh', ['-c', line], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (data) => {
    text += data;
  });
  await new Promise((resolve) => child.once('close', resolve));
  return text.trimEnd();
}

test('docs/state-redis.md has examples', () => assert.ok(examples.length >= 10, `${examples.length}`));

for (const example of examples) {
  const [command, ...expected] = example.split('\n');
  test(`docs/state-redis.md: ${command}`, { skip }, async () => {
    assert.deepEqual((await shell(command)).split('\n'), expected);
  });
}

for (const [index, [, code]] of [...document.matchAll(/^```js\n([\s\S]*?)^```/gm)].entries()) {
  test(`docs/state-redis.md, program ${index + 1}`, { skip }, async () => {
    server.cli('HSET', 'tailtrap:{web1}:meta', 'told_ms', `${Date.now()}`);
    const program = code.replaceAll('redis://db1', server.url);
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
    });
    await new Promise((resolve) => child.once('close', resolve));
    const expected = [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, line]) => line);
    assert.deepEqual(text.trimEnd().split('\n'), expected);
  });
}

/** fd, when it was opened and closed, bytes written: as the talk has it. */
async function fdsOf(store, at_ns) {
  const { origin_ns } = await store.host('web1');
  const second = (time) => (time === null ? null : (Number(origin_ns - BEGIN_NS) + time) / 1e9);
  const fds = await store.list('web1', 'fd', { at_ns, recent: true });
  return fds
    .filter(({ values }) => values.opened !== null)
    .map(({ values: { fd, opened, died, written_bytes } }) => [fd, second(opened), second(died), written_bytes]);
}

test('the example of the talk: asked at :06 and at :15, in Redis', { skip }, async () => {
  const now = await tellUntil(6);
  const at6 = BEGIN_NS + 6_000_000_000n;
  assert.deepEqual(await fdsOf(now.store, at6), [
    [4, 1, null, 8192],
    [5, 3, 4.999, 16_384],
  ]);
  const { store } = await tellUntil(15);
  assert.deepEqual(await fdsOf(store, BEGIN_NS + 15_000_000_000n), [[4, 1, null, 8192]]);
  // The past within the window is still there.
  const at6_then = await fdsOf(store, at6);
  assert.deepEqual(at6_then[0], [4, 1, null, 8192]);
});
