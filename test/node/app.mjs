/** For the tests of tailtrap/node: programs with it on the command line, and an agent that only listens. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIMIT_MS = 20_000;

/** Begins a program: a module's text, or a file with `file`. */
export function startApp(text, { env = {}, flags = ['--import', 'tailtrap/node'], file, cwd = ROOT } = {}) {
  const what = file === undefined ? ['--input-type=module', '-e', text] : [file];
  const child = spawn(process.execPath, [...flags, ...what], {
    cwd, // of ROOT, 'tailtrap/node' is this package
    env: { ...process.env, TAILTRAP_SOCKET: 'none', TAILTRAP_PRINT: 'stderr', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const app = { child, stdout: '', stderr: '', outliers: [] };
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    app.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    app.stderr += chunk;
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) if (line.startsWith('{"id"')) app.outliers.push(JSON.parse(line));
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  app.exited = new Promise((resolve) =>
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve(code ?? signal);
    }),
  );
  return app;
}

/** Runs a program to its end. */
export async function runApp(text, options) {
  const began = performance.now();
  const app = startApp(text, options);
  const code = await app.exited;
  return { ...app, code, ms: performance.now() - began };
}

/** A server `app` and the client functions `get(path)` and `sleep(ms)`, for the text of a program. */
export const PRELUDE = `
  import http from 'node:http';
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const routes = {};
  const server = http.createServer(async (request, response) => {
    const handler = routes[request.url.split('?')[0]];
    if (handler) await handler(request, response);
    if (!response.writableEnded) response.end('done');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  const get = (path) => new Promise((resolve, reject) => http.get({ host: '127.0.0.1', port, path }, (response) => {
    response.resume().on('end', () => resolve(response.statusCode));
  }).on('error', reject));
  const done = () => { server.closeAllConnections(); server.close(); };
`;

export async function until(done, ms = 5000) {
  for (const end = performance.now() + ms; performance.now() < end; ) {
    if (done()) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}

/** Something that listens where an agent would. */
export async function fakeAgent(t, onConnection = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-node-'));
  const agent = { path: join(folder, 'agent.sock'), lines: [], sockets: [] };
  const server = createServer((socket) => {
    agent.sockets.push(socket);
    socket.on('error', () => {});
    onConnection(socket);
    if (socket.isPaused()) return;
    let rest = '';
    let greeted = false;
    socket.setEncoding('utf8').on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) agent.lines.push(JSON.parse(line));
      // Not before the first line, and so does the agent: writing to a program that has already ended is an error, upon
      // which Node throws away what the socket still holds.
      if (lines.length > 0 && !greeted) socket.write('{"reporting":true}\n');
      greeted ||= lines.length > 0;
    });
  });
  await new Promise((resolve) => server.listen(agent.path, resolve));
  agent.close = () => {
    for (const socket of agent.sockets) socket.destroy();
    server.close();
  };
  t.after(() => {
    agent.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return agent;
}
