/** `tailtrap replay --live`: what viewers see is the recorded trace. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { Watcher } from './cat-live.mjs';

const DATA = join(dirname(fileURLToPath(import.meta.url)), '../ctf/data');
const hasBabeltrace = spawnSync('babeltrace2', ['--version']).status === 0;

/** Starts it. @returns the process and the session's URL */
async function replay(trace, ...options) {
  const server = Watcher.tailtrap('replay', '--live', '--port', '0', '--session', 's', ...options, join(DATA, trace));
  await server.has(1);
  return { server, url: server.text.trim() };
}

async function text(trace) {
  const cat = Watcher.tailtrap('cat', join(DATA, trace));
  assert.equal(await cat.end(), 0);
  return cat.text;
}

for (const trace of ['ctf-1.8-le', 'ctf-2-be']) {
  test(`${trace}: two viewers see the trace, then everything ends`, async () => {
    const expected = await text(trace);
    assert.ok(expected.length > 0);
    const { server, url } = await replay(trace, '--speed', 'max', '--viewers', '2');
    const viewers = [Watcher.tailtrap('cat', url), Watcher.tailtrap('cat', url, '--begin', 'now')];
    for (const viewer of viewers) {
      assert.equal(await viewer.end(), 0, viewer.errors);
      assert.equal(viewer.text, expected);
    }
    assert.equal(await server.end(2000), 0, server.errors);
  });
}

const skip = !hasBabeltrace && 'babeltrace2 is not installed';
for (const trace of ['ctf-1.8-be']) {
  test(`${trace}: babeltrace2 -i lttng-live prints what it prints of the folder`, { skip }, async () => {
    const { server, url } = await replay(trace, '--speed', 'max');
    const live = Watcher.babeltrace(url);
    assert.equal(await live.end(), 0, live.errors);
    const folder = new Watcher('babeltrace2', [join(DATA, trace)]);
    await folder.end();
    // An empty text shows what babeltrace2 2.0.4 last had in that place: not the same in both.
    const lines = (all) => all.split('\n').map((line) => line.replace(/, \{.*/, ''));
    assert.deepEqual(lines(live.text), lines(folder.text));
    assert.ok(live.lines > 10);
    assert.equal(await server.end(2000), 0);
  });
}

test('Ctrl-C ends it while it waits for a viewer', async () => {
  const { server } = await replay('ctf-1.8-le');
  server.child.kill('SIGINT');
  assert.equal(await server.end(2000), 0);
});

test('wrong use', async () => {
  for (const [args, message] of [
    [['replay', DATA], /needs --live/],
    [['replay', '--live', '--speed', '0', DATA], /neither a number above 0 nor max/],
    [['cat', 'net://x/y'], /is not \/host\/NAME\/SESSION/],
    [['cat', 'net://x'], /names a relay, not a session/],
    [['sessions', 'net://x/host/h/s'], /names a session, not a relay/],
  ]) {
    const run = Watcher.tailtrap(...args);
    assert.equal(await run.end(), 2, args.join(' '));
    assert.match(run.errors, message);
  }
});
