/** tailtrap/node: faults that were found once. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PRELUDE, ROOT, runApp } from './app.mjs';

const FILES = { TAILTRAP_TRACK: 'fs.promises', TAILTRAP_THRESHOLD: '0' };
const STAT = `const { stat } = await import('node:fs/promises'); await stat('/');`;

function folderWithLink(t) {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap node '));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/tailtrap'));
  return folder;
}

test('it begins where the package is a link, by name, by path and by URL, from any folder', async (t) => {
  const folder = folderWithLink(t);
  const linked = join(folder, 'node_modules/tailtrap/dist/node');
  for (const [cwd, flags, NODE_OPTIONS] of [
    [folder, ['--import', 'tailtrap/node'], ''],
    [folder, ['--import', 'tailtrap/node/register'], ''],
    ['/', ['--import', join(linked, 'index.js')], ''],
    ['/', ['--import', pathToFileURL(join(linked, 'register.js')).href], ''],
    ['/', [], `--import "${join(linked, 'index.js')}"`],
    ['/', [], `--import ${pathToFileURL(join(linked, 'register.js')).href}`],
  ]) {
    const app = await runApp(STAT, { flags, cwd, env: { ...FILES, NODE_OPTIONS } });
    assert.equal(app.code, 0, app.stderr);
    assert.equal(app.outliers.length, 1, `${flags} ${NODE_OPTIONS}: ${app.stderr}`);
  }
});

test('what docs/node.md prints for NODE_OPTIONS works in every folder', async (t) => {
  const folder = folderWithLink(t);
  const print = `console.log('--import ' + import.meta.resolve('tailtrap/node/register'))`;
  const args = ['--input-type=module', '-e', print];
  const NODE_OPTIONS = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }).trim();
  const app = await runApp(STAT, { flags: [], cwd: '/', env: { ...FILES, NODE_OPTIONS } });
  assert.equal(app.outliers.length, 1, app.stderr);
});

test('event streams are not reported, wherever their type was set', async () => {
  const app = await runApp(
    `${PRELUDE}
    routes['/set'] = async (_, response) => { response.setHeader('Content-Type', 'text/event-stream'); response.flushHeaders(); await sleep(300); };
    routes['/head'] = async (_, response) => { response.writeHead(200, { 'Content-Type': 'text/event-stream' }); response.write(': '); await sleep(300); };
    routes['/list'] = async (_, response) => { response.writeHead(200, ['content-type', 'text/event-stream; charset=utf-8']); response.write(': '); await sleep(300); };
    routes['/html'] = async (_, response) => { response.writeHead(200, { 'Content-Type': 'text/html' }); response.write(' '); await sleep(300); };
    await Promise.all(['/set', '/head', '/list', '/html'].map(get));
    done();`,
    { env: { TAILTRAP_TRACK: 'http.server', TAILTRAP_THRESHOLD: '200ms', TAILTRAP_TIMEOUT: '100ms' } },
  );
  assert.deepEqual(
    app.outliers.map(({ key, kind }) => `${key.route} ${kind}`),
    ['/html timeout', '/html threshold'],
  );
});

test('a mounted application: path and route from the root', async () => {
  const app = await runApp(
    `${PRELUDE}
    const mount = (request) => { request.originalUrl = request.url; request.baseUrl = '/api'; request.url = request.url.slice(4); };
    routes['/api/users/7'] = async (request) => { mount(request); await sleep(50); };
    routes['/api/named/7'] = async (request) => { mount(request); request.route = { path: '/named/:name' }; await sleep(50); };
    await get('/api/users/7?token=secret'); await get('/api/named/7');
    done();`,
    { env: { TAILTRAP_TRACK: 'http.server', TAILTRAP_THRESHOLD: '40ms' } },
  );
  assert.deepEqual(
    app.outliers.map(({ key, details }) => [key.route, details.path]),
    [
      ['/api/users/:id', '/api/users/7'],
      ['/api/named/:name', '/api/named/7'],
    ],
  );
});

test('requests of one connection have one async_id but a number each, which their operations carry', async () => {
  const app = await runApp(
    `${PRELUDE}
    import fs from 'node:fs';
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (path) => new Promise((resolve) => http.get({ host: '127.0.0.1', port, path, agent }, (response) => response.resume().on('end', resolve)));
    for (const path of ['/a', '/b']) routes[path] = async () => { await fs.promises.stat(path === '/a' ? '/' : '/tmp'); };
    await fs.promises.access('/');
    await ask('/a'); await ask('/b');
    agent.destroy(); done();`,
    { env: { TAILTRAP_TRACK: 'http.server,fs.promises', TAILTRAP_THRESHOLD: '0' } },
  );
  const number = (tracker, of) =>
    app.outliers.find((outlier) => outlier.tracker === tracker && Object.values(outlier.key).includes(of)).details;
  assert.equal(number('http.server', '/a').request_number, 1);
  assert.equal(number('http.server', '/b').request_number, 2);
  assert.equal(number('http.server', '/a').async_id, number('http.server', '/b').async_id);
  assert.equal(number('fs.promises', '/').request_number, undefined, 'before the first request');
  const ofHandlers = app.outliers
    .filter(({ key }) => key.operation === 'stat')
    .map(({ details }) => details.request_number);
  assert.deepEqual(ofHandlers, [1, 2]);
  for (const { details } of app.outliers) assert.notEqual(details.trigger_async_id, 0);
});

test('a callback that throws does not keep the line from stderr', async () => {
  const app = await runApp(
    `const { instrument } = await import('tailtrap/node');
    const running = instrument({ onOutlier: () => { throw new Error('mine'); } });
    ${STAT} console.log(running.statistics().errors);`,
    { flags: [], env: FILES },
  );
  assert.equal(app.stdout, '1\n');
  assert.equal(app.outliers.length, 1, app.stderr);
});

test('a pipe on stderr that nobody reads does not hold the program up; lines are dropped and counted', async () => {
  const code = `import { stat } from 'node:fs/promises'; import { instrumentation } from 'tailtrap/node';
    for (let i = 0; i < 1000; i++) await stat('/');
    console.log(JSON.stringify(instrumentation().statistics()));`;
  // A shell's pipe: those of child_process are sockets. Its reader, sleep, reads nothing.
  const shell = spawn(
    'sh',
    [
      '-c',
      '{ "$0" --import tailtrap/node --input-type=module -e "$1" 2>&1 >&3 3>&- | sleep 8 >/dev/null 3>&-; } 3>&1',
      process.execPath,
      code,
    ],
    {
      cwd: ROOT,
      env: { ...process.env, ...FILES, TAILTRAP_SOCKET: 'none', TAILTRAP_PRINT: 'stderr', TAILTRAP_RATE: '10000' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const began = performance.now();
  let text = '';
  for await (const chunk of shell.stdout.setEncoding('utf8')) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  shell.kill();
  assert.ok(performance.now() - began < 7000, 'before the reader ends');
  const { unprinted, outliers, errors } = JSON.parse(text);
  assert.equal(outliers, 1000);
  assert.ok(unprinted > 500 && unprinted < 1000, `${unprinted}`);
  assert.equal(errors, 0);
});

test('filehandle.close is tracked, of every handle', async () => {
  const app = await runApp(
    `import { open } from 'node:fs/promises';
    for (let i = 0; i < 2; i++) { const handle = await open('/dev/null'); await handle.stat(); await handle.close(); }`,
    { env: FILES },
  );
  const operations = app.outliers.map(({ key }) => key.operation);
  const each = ['open', 'filehandle.stat', 'filehandle.close'];
  assert.deepEqual(operations, [...each, ...each]);
});

test('local sockets are no network connections; closed connections are no unmatched requests', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-node-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const app = await runApp(
    `${PRELUDE}
    import net from 'node:net';
    const { instrumentation } = await import('tailtrap/node');
    const path = ${JSON.stringify(join(folder, 's'))};
    const local = net.createServer((socket) => socket.end());
    await new Promise((resolve) => local.listen(path, resolve));
    const until = (socket) => new Promise((resolve) => socket.resume().on('error', () => {}).on('close', resolve));
    await until(net.connect(path)); await until(net.connect('/nonexistent/s'));
    await until(net.connect({ host: '127.0.0.1', port: 1 }));
    await get('/'); await get('/');
    local.close(); done(); await sleep(50);
    const { trackers } = instrumentation().statistics();
    console.log(trackers['net.connect'].matched, trackers['net.connect'].pending, trackers['http.server'].matched, trackers['http.server'].unmatched);`,
    { env: { TAILTRAP_TRACK: 'net.connect,http.server', TAILTRAP_THRESHOLD: '0' } },
  );
  assert.equal(app.stdout, '2 0 2 0\n', app.stderr);
  const hosts = app.outliers.filter(({ tracker }) => tracker === 'net.connect').map(({ key }) => key.host);
  assert.deepEqual(hosts, ['127.0.0.1', '127.0.0.1']); // the requests share one
});

test('a slip in the name of a variable is told once', async () => {
  const app = await runApp(`const { instrument } = await import('tailtrap/node'); instrument(); console.log('runs');`, {
    env: { TAILTRAP_THRESHHOLD: '1s' },
  });
  assert.equal(app.stdout, 'runs\n');
  assert.equal(app.stderr, 'tailtrap: TAILTRAP_THRESHHOLD has no effect: did you mean TAILTRAP_THRESHOLD?\n');
});
