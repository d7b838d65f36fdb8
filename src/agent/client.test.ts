import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { TailtrapError } from '../base/errors.ts';
import { agentRuns, ask } from './client.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'tt-client-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

/** A socket where something answers to a request, or does not. */
async function fake(t: TestContext, answer: (socket: Socket) => void): Promise<string> {
  const path = join(folder(t), 's');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('data', () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen({ path }, resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return path;
}

const notAnAgent = (error: unknown): boolean => {
  assert.ok(error instanceof TailtrapError, String(error));
  assert.equal(error.code, 'TT_NO_AGENT');
  assert.match(error.message, /what answers there is not an agent/);
  return true;
};

for (const [what, answer] of [
  ['garbage', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ['null', 'null\n'],
  ['a list', '[1]\n'],
  ['a number', '5\n'],
  ['nothing', ''],
  ['an unfinished line', '{"pid":1'],
  ['a line without end', 'x'.repeat(3 * 1024 * 1024)],
] as const) {
  test(`${what} is not the answer of an agent`, async (t) => {
    const path = await fake(t, (socket) => socket.end(answer));
    await assert.rejects(agentRuns(path), notAnAgent);
    const subscribe = { subscribe: { trackers: null, threshold_ns: 0 } };
    await assert.rejects(
      ask(path, subscribe, () => assert.fail('was handed over')),
      notAnAgent,
    );
  });
}

test('what says nothing is given two seconds for its status, and any time for the next outlier', async (t) => {
  const path = await fake(t, () => {});
  const began = Date.now();
  const stop = new AbortController();
  const waiting = ask(path, { subscribe: { trackers: null, threshold_ns: 0 } }, () => {}, stop.signal);
  await assert.rejects(agentRuns(path), notAnAgent);
  assert.ok(Date.now() - began >= 1990 && Date.now() - began < 5000);
  stop.abort();
  await waiting;
  await ask(path, { snapshot: true }, () => {}, stop.signal);
});

test('lines are handed over as they come', async (t) => {
  const path = await fake(t, (socket) => {
    socket.write('{"a":1}\n{"b"');
    setTimeout(() => socket.end(':2}\n'), 20);
  });
  const lines: object[] = [];
  await ask(path, { status: true }, (line) => lines.push(line));
  assert.deepEqual(lines, [{ a: 1 }, { b: 2 }]);
  assert.equal(await agentRuns(path), true);
});

test('where nobody listens no agent runs; where we may not ask, that is not said', async (t) => {
  const path = folder(t);
  assert.equal(await agentRuns(join(path, 'none')), false);
  writeFileSync(join(path, 'file'), '');
  assert.equal(await agentRuns(join(path, 'file')), false);
  await assert.rejects(agentRuns(join(path, 'file', 'below')), (error) => {
    assert.ok(error instanceof TailtrapError);
    assert.match(error.format(), /TT_NO_AGENT: cannot ask the agent: ENOTDIR/);
    return true;
  });
});
