/** `tailtrap state net://...` of a replayed trace: the same state as of the folder, and the same kept events. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { Watcher } from '../lttng/cat-live.mjs';
import { writeTalkTrace } from './talk-trace.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tailtrap-state-live-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const talk = join(folder, 'talk');
writeTalkTrace(talk);

/** Runs `tailtrap state` on a replay of the trace. */
async function live(...options) {
  const server = Watcher.tailtrap('replay', '--live', '--port', '0', '--session', 's', '--speed', 'max', talk);
  await server.has(1);
  const state = Watcher.tailtrap('state', server.text.trim(), '--for', '20s', '--gmt', ...options);
  assert.equal(await state.end(), 0, state.errors);
  await server.end(2000);
  return state;
}

async function ofFolder(...options) {
  const state = Watcher.tailtrap('state', talk, '--gmt', ...options);
  assert.equal(await state.end(), 0, state.errors);
  return state;
}

test('the state of a live session is that of the trace', async () => {
  const options = ['--json', '--show', 'cpus,processes,threads,fds,changes', '--recent'];
  assert.equal((await live(...options)).text, (await ofFolder(...options)).text);
});

test('the kept events of a live session are those of the trace', async () => {
  const options = ['--dump', '-', '--window', '3s'];
  const [session, trace] = [await live(...options), await ofFolder(...options)];
  assert.equal(session.text, trace.text);
  assert.equal(session.lines, 6);
});
