import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AgentLink } from './link.ts';

interface Agent {
  path: string;
  lines: string[];
  sockets: Socket[];
  listen(): Promise<void>;
}

function agentFor(t: TestContext, onLine: (socket: Socket) => void): Agent {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-unit-'));
  const agent: Agent = { path: join(folder, 's'), lines: [], sockets: [], listen };
  const server = createServer((socket) => {
    agent.sockets.push(socket.on('error', () => {}));
    socket.setEncoding('utf8').on('data', (chunk) => {
      agent.lines.push(...String(chunk).split('\n').slice(0, -1));
      onLine(socket);
    });
  });
  function listen(): Promise<void> {
    return new Promise((resolve) => server.listen({ path: agent.path }, () => resolve()));
  }
  t.after(() => {
    for (const socket of agent.sockets) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return agent;
}

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(done());
}

test('what waited for an agent too long is dropped and counted, not sent to be refused', async (t) => {
  const agent = agentFor(t, (socket) => socket.write('{"reporting":true}\n'));
  let now_ms = 1000;
  const link = new AgentLink(agent.path, undefined, () => now_ms);
  t.after(() => link.close());
  for (let i = 0; i < 20; i++) link.send(`old ${i}`);
  await new Promise((resolve) => setTimeout(resolve, 20)); // the attempt fails
  await agent.listen();
  now_ms += 51_000;
  link.send('young');
  await until(() => link.counters.sent === 1);
  assert.deepEqual(agent.lines, ['{"report":true}', 'young']);
  assert.deepEqual(link.counters, { sent: 1, dropped: 20, attempts: 2 });
});

test('sent counts only what went to a connection that takes reports', async (t) => {
  const agent = agentFor(t, (socket) => socket.end('{"error":"TT_TOO_MANY_REPORTERS"}\n'));
  await agent.listen();
  const link = new AgentLink(agent.path);
  t.after(() => link.close());
  link.send('one');
  link.send('two');
  await until(() => link.counters.dropped === 2);
  assert.deepEqual(link.counters, { sent: 0, dropped: 2, attempts: 1 });
});

test('lines are on their way when send returns', async (t) => {
  const agent = agentFor(t, (socket) => socket.write('{"reporting":true}\n'));
  await agent.listen();
  const link = new AgentLink(agent.path);
  for (let i = 0; i < 5; i++) link.send(`line ${i}`);
  link.close(); // without a round of the event loop in between
  await until(() => agent.lines.length === 6);
});
