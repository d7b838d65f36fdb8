/** What tailtrap/node catches, in real programs with real servers on loopback. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PRELUDE, runApp } from './app.mjs';

const ms = (n) => n * 1e6;
/** The outliers of one tracker; checks what all have in common. */
function of(app, tracker) {
  for (const outlier of app.outliers) {
    assert.equal(BigInt(outlier.end_ns) >= BigInt(outlier.begin_ns), true);
    assert.ok(Math.abs(Number(BigInt(outlier.end_ns) / 1_000_000n) - Date.now()) < 60_000, 'time since the epoch');
    assert.equal(outlier.pid, app.child.pid);
  }
  return app.outliers.filter((outlier) => outlier.tracker === tracker);
}

test('http.server: the slow route with method, route and status; fast ones not', async () => {
  const app = await runApp(
    `${PRELUDE}
    routes['/slow/17'] = async (_, response) => { await sleep(500); response.statusCode = 503; };
    for (let i = 0; i < 20; i++) await get('/fast');
    await get('/slow/17?password=secret');
    for (let i = 0; i < 20; i++) await get('/fast');
    done();`,
    { env: { TAILTRAP_TRACK: 'http.server', TAILTRAP_THRESHOLD: '300ms' } },
  );
  assert.equal(app.code, 0, app.stderr);
  const [outlier, ...others] = of(app, 'http.server');
  assert.deepEqual(others, []);
  assert.deepEqual(outlier.key, { method: 'GET', route: '/slow/:id' });
  assert.equal(outlier.details.status, 503);
  assert.equal(outlier.details.path, '/slow/17', 'without the query');
  assert.ok(outlier.details.async_id > 0);
  assert.ok(outlier.delay_ns > ms(490) && outlier.delay_ns < ms(5000), `${outlier.delay_ns}`);
  assert.equal(outlier.threshold_ns, ms(300));
});

test('http.server: pipelined, pending for long, and given up by the client', async () => {
  const app = await runApp(
    `${PRELUDE}
    import net from 'node:net';
    routes['/pending'] = () => sleep(600);
    routes['/never'] = () => new Promise(() => {});
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.write('GET /one HTTP/1.1\\r\\nhost: x\\r\\n\\r\\nGET /pending HTTP/1.1\\r\\nhost: x\\r\\n\\r\\nGET /two HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n');
    });
    await sleep(900);
    socket.destroy();
    const other = http.get({ host: '127.0.0.1', port, path: '/never' }).on('error', () => {});
    await sleep(280);
    other.destroy();
    await sleep(100);
    done();`,
    { env: { TAILTRAP_TRACK: 'http.server', TAILTRAP_THRESHOLD: '250ms', TAILTRAP_TIMEOUT: '400ms' } },
  );
  assert.equal(app.code, 0, app.stderr);
  const seen = of(app, 'http.server').map(
    ({ key, kind, details }) => `${key.route} ${kind} ${details.broken ? 'broken' : ''}`,
  );
  // The response to /two has to wait for that of /pending: it was slow, too.
  assert.deepEqual(
    seen.filter((line) => !line.startsWith('/two')),
    ['/pending timeout ', '/pending threshold ', '/never threshold broken'],
  );
  assert.ok(seen.includes('/two threshold '));
});

test('http.server: more requests pending than there is room for are measured all the same; a timeout set late holds for them', async () => {
  const app = await runApp(
    `import http from 'node:http'; import { Duplex } from 'node:stream'; import { instrumentation } from 'tailtrap/node';
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const waiting = [];
    const server = http.createServer((_, response) => waiting.push(response));
    const requests = 5000;
    for (let i = 0; i < requests; i++) {
      const socket = new Duplex({ read() {}, write(chunk, encoding, done) { done(); } });
      server.emit('connection', Object.assign(socket, { setTimeout() { return this; } }));
      socket.push('GET /' + i + ' HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n');
    }
    await sleep(600); // several sweeps
    const running = instrumentation();
    const tracker = running.trackers.get('http.server');
    const before = running.statistics().trackers['http.server'];
    tracker.timeout_ns = 50e6;
    await sleep(400);
    for (const response of waiting) response.end('done');
    await sleep(50);
    console.log(JSON.stringify({ before, after: running.statistics() }));
    process.exit();`,
    {
      env: { TAILTRAP_TRACK: 'http.server', TAILTRAP_THRESHOLD: '100s', TAILTRAP_TIMEOUT: '0', TAILTRAP_PRINT: 'none' },
    },
  );
  assert.equal(app.code, 0, app.stderr);
  const { before, after } = JSON.parse(app.stdout);
  const capacity = 4096;
  assert.deepEqual([before.pending, before.skipped, before.matched], [capacity, 5000 - capacity, 0]);
  const { matched, pending, skipped, timed_out } = after.trackers['http.server'];
  assert.deepEqual([matched, pending, skipped, timed_out], [5000, 0, 5000 - capacity, capacity]);
  assert.deepEqual([after.errors, after.outliers > 0], [0, true]);
});

test('http.client: http.get and fetch, with host and status; a failed one with its error', async () => {
  const app = await runApp(
    `${PRELUDE}
    routes['/slow'] = async (_, response) => { await sleep(500); response.statusCode = 404; };
    await get('/fast'); await (await fetch('http://127.0.0.1:' + port + '/fast')).text();
    await get('/slow');
    await (await fetch('http://127.0.0.1:' + port + '/slow?q=1', { method: 'POST', body: 'x' })).text();
    routes['/broken'] = async (request) => { await sleep(500); request.socket.destroy(); };
    await get('/broken').catch(() => {});
    done();`,
    { env: { TAILTRAP_TRACK: 'http.client', TAILTRAP_THRESHOLD: '300ms' } },
  );
  assert.equal(app.code, 0, app.stderr);
  const seen = of(app, 'http.client').map(({ key, details }) => [key.method, key.route, details.status, details.error]);
  assert.deepEqual(seen, [
    ['GET', '/slow', 404, undefined],
    ['POST', '/slow', 404, undefined],
    ['GET', '/broken', null, 'ECONNRESET'],
  ]);
  assert.match(app.outliers[1].key.host, /^127\.0\.0\.1:\d+$/);
});

test('http.client: an aborted fetch has the name of its error; what becomes a connection is not pending for ever', async () => {
  const app = await runApp(
    `${PRELUDE}
    routes['/never'] = () => sleep(2000);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    await fetch('http://127.0.0.1:' + port + '/never', { signal: controller.signal }).catch(() => {});
    const { readFile } = await import('node:fs/promises');
    await readFile('package.json', { signal: AbortSignal.abort() }).catch(() => {});
    for (const event of ['upgrade', 'connect']) {
      server.on(event, (_, socket) => socket.end('HTTP/1.1 101 Switching\\r\\nUpgrade: x\\r\\nConnection: Upgrade\\r\\n\\r\\n'));
      const headers = { connection: 'Upgrade', upgrade: 'x' };
      const request = event === 'upgrade' ? http.request({ port, headers }) : http.request({ port, method: 'CONNECT', path: 'a:1' });
      await new Promise((resolve) => request.on(event, resolve).end());
    }
    const { instrumentation } = await import('tailtrap/node');
    console.log(instrumentation().statistics().trackers['http.client'].pending);
    process.exit();`,
    { env: { TAILTRAP_TRACK: 'http.client,fs.promises', TAILTRAP_THRESHOLD: '0' } },
  );
  assert.equal(app.stdout, '0\n', app.stderr);
  assert.equal(of(app, 'http.client')[0].details.error, 'AbortError');
  assert.equal(of(app, 'fs.promises').at(-1).details.error, 'ABORT_ERR');
});

test('dns.lookup and net.connect: slow, failed, pending, TLS; each connection once', async () => {
  const app = await runApp(
    `${PRELUDE}
    import dns from 'node:dns'; import net from 'node:net'; import tls from 'node:tls';
    await dns.promises.lookup('localhost');
    const slow = (name, options, callback) => setTimeout(() => callback(null, [{ address: '127.0.0.1', family: 4 }]), 200);
    await new Promise((resolve) => net.connect({ host: 'slow.example', port, lookup: slow }, resolve));
    await new Promise((resolve) => net.connect({ host: '127.0.0.1', port: 1 }).on('error', resolve));
    await new Promise((resolve) => tls.connect({ host: '127.0.0.1', port }).on('error', resolve));
    await sleep(50);
    done(); setTimeout(() => process.exit(0), 50);`,
    { env: { TAILTRAP_TRACK: 'dns.lookup,net.connect', TAILTRAP_THRESHOLD: '0', TAILTRAP_CONTEXT: 'off' } },
  );
  assert.equal(app.code, 0, app.stderr);
  assert.equal(of(app, 'dns.lookup')[0].key.name, 'localhost');
  const [slow, failed, secure, ...others] = of(app, 'net.connect');
  assert.deepEqual(others, []);
  assert.equal(slow.key.host, 'slow.example');
  assert.ok(slow.delay_ns >= ms(190), `${slow.delay_ns}`);
  assert.deepEqual(failed.details, { address: '127.0.0.1', error: 'ECONNREFUSED' });
  assert.equal(secure.key.host, '127.0.0.1');
});

test('fs.promises: a slow read, handles, errors; unhandled rejections stay so', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tailtrap-fifo-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const env = { TAILTRAP_TRACK: 'fs.promises', TAILTRAP_THRESHOLD: '150ms', TAILTRAP_CONTEXT: 'off' };
  const slow = await runApp(
    `import { open, readFile } from 'node:fs/promises'; import fs from 'node:fs'; import { spawn } from 'node:child_process';
    spawn('sh', ['-c', 'sleep 0.3; echo hello > ${fifo}']);
    console.log(await readFile('${fifo}', 'utf8'), fs.promises.readFile === readFile, readFile.name, readFile.length);
    const [handle] = await Promise.all([open('${fifo}'), new Promise((resolve) => spawn('sh', ['-c', '(sleep 0.3; echo x) > ${fifo}']).on('spawn', resolve))]);
    await handle.read(Buffer.alloc(10), 0, 10, null);
    await handle.close();`,
    { env },
  );
  assert.equal(slow.code, 0, slow.stderr);
  assert.match(slow.stdout, /hello\n true readFile 2/);
  const keys = of(slow, 'fs.promises').map(({ key }) => `${key.operation} ${key.path}`);
  assert.equal(keys[0], `readFile ${fifo}`);
  assert.ok(
    keys.some((key) => /^filehandle\.read fd \d+$/.test(key)),
    keys.join(),
  );
  const missing = await runApp(`import fs from 'node:fs'; fs.promises.readFile('/nonexistent/file');`, {
    env: { ...env, TAILTRAP_THRESHOLD: '0' },
  });
  assert.equal(missing.code, 1, 'an unhandled rejection ends the program as without us');
  assert.match(missing.stderr, /ENOENT/);
  assert.deepEqual(missing.outliers[0].details, { error: 'ENOENT' });
});

test('timer.late and loop.stall: a busy loop is seen from both sides; refresh and clear are no lateness', async () => {
  const app = await runApp(
    `const busy = (ms) => { const end = performance.now() + ms; while (performance.now() < end); };
    const refreshed = setTimeout(function refreshed() {}, 100);
    for (let i = 0; i < 4; i++) setTimeout(() => refreshed.refresh(), i * 60);
    let n = 0;
    const interval = setInterval(function regular() { if (++n === 10) clearInterval(interval); }, 30);
    setTimeout(() => {
      setTimeout(function victim(a, b) { console.log(this === timer, a, b); }, 20, 1, 2);
      const timer = setTimeout(function other() {}, 20);
      busy(250);
    }, 400);
    const { promisify } = await import('node:util');
    console.log(await promisify(setTimeout)(5, 'value'));`,
    { env: { TAILTRAP_TRACK: 'timer.late,loop.stall', TAILTRAP_THRESHOLD: '120ms' } },
  );
  assert.equal(app.code, 0, app.stderr);
  assert.match(app.stdout, /value\nfalse 1 2/);
  const late = of(app, 'timer.late');
  assert.deepEqual(
    late.map(({ key }) => key.function),
    ['victim', 'other'],
    JSON.stringify(late),
  );
  assert.equal(late[0].details.wanted_ms, 20);
  const [stall, ...others] = of(app, 'loop.stall');
  assert.deepEqual(others, []);
  assert.ok(stall.delay_ns > ms(200), `${stall.delay_ns}`);
  assert.equal(typeof stall.details.computing, 'boolean');
});

test('context full: a file operation knows the request in whose course it began', async () => {
  const app = await runApp(
    `${PRELUDE}
    import { stat } from 'node:fs/promises';
    routes['/users/42'] = async () => { await sleep(10); await stat('/'); };
    await get('/users/42'); await stat('/');
    done();`,
    { env: { TAILTRAP_TRACK: 'fs.promises', TAILTRAP_THRESHOLD: '0', TAILTRAP_CONTEXT: 'full' } },
  );
  assert.equal(app.code, 0, app.stderr);
  assert.deepEqual(
    app.outliers.map(({ details }) => details.request),
    ['GET /users/:id', undefined],
  );
});
