/** tailtrap/node never hurts the program it runs in: ends, errors, options, and an agent that is absent, slow or gone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeAgent, PRELUDE, runApp, startApp, until } from './app.mjs';

const SLOW = { TAILTRAP_TRACK: 'http.server', TAILTRAP_THRESHOLD: '20ms', TAILTRAP_PRINT: 'none' };

test('a program ends when it is done, with its own exit status, with and without an agent', async (t) => {
  const agent = await fakeAgent(t);
  for (const TAILTRAP_SOCKET of ['none', '/nonexistent/agent.sock', agent.path]) {
    const env = { TAILTRAP_SOCKET, TAILTRAP_THRESHOLD: '0', TAILTRAP_PRINT: 'none' };
    const done = await runApp(`import { stat } from 'node:fs/promises'; await stat('/');`, { env });
    assert.equal(done.code, 0, done.stderr);
    assert.ok(done.ms < 5000, `${done.ms}`);
    assert.equal((await runApp(`process.exit(7)`, { env })).code, 7);
    const failed = await runApp(`setTimeout(() => { throw new Error('mine'); }, 10)`, { env });
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /Error: mine/);
  }
  assert.deepEqual(agent.lines[0], { report: true });
});

test('the agent gets the outliers at once, also those from before the connection', async (t) => {
  const agent = await fakeAgent(t);
  const app = startApp(
    `${PRELUDE} routes['/slow'] = () => sleep(50); for (let i = 0; i < 3; i++) await get('/slow'); await sleep(200); done();`,
    { env: { ...SLOW, TAILTRAP_SOCKET: agent.path } },
  );
  assert.ok(await until(() => agent.lines.length === 4), JSON.stringify(agent.lines));
  assert.deepEqual(agent.lines[0], { report: true });
  for (const outlier of agent.lines.slice(1)) assert.equal(outlier.key.route, '/slow');
  assert.equal(await app.exited, 0);
});

const OUTLIER = `const { stat } = await import('node:fs/promises'); await stat('/');`;
for (const [how, end, status] of [
  ['its natural end', '', 0],
  ['process.exit', 'process.exit(7);', 7],
  ['an uncaught error', `throw new Error('mine');`, 1],
  [
    'SIGTERM',
    `process.kill(process.pid, 'SIGTERM'); await new Promise((resolve) => setTimeout(resolve, 9000));`,
    'SIGTERM',
  ],
]) {
  test(`the first outlier is delivered although the program ends at once: ${how}`, async (t) => {
    const agent = await fakeAgent(t);
    const env = {
      TAILTRAP_SOCKET: agent.path,
      TAILTRAP_TRACK: 'fs.promises',
      TAILTRAP_THRESHOLD: '0',
      TAILTRAP_PRINT: 'none',
    };
    const app = await runApp(`${OUTLIER} ${end}`, { env });
    assert.equal(app.code, status, app.stderr);
    assert.ok(await until(() => agent.lines.length === 2), JSON.stringify(agent.lines));
    assert.deepEqual(agent.lines[0], { report: true });
    assert.equal(agent.lines[1].key.operation, 'stat');
  });
}

test('outliers that were kept for want of an agent are delivered at the exit', async (t) => {
  const agent = await fakeAgent(t);
  const path = `${agent.path}.late`;
  // The agent's socket comes into being after the first attempt, and before the next is due.
  const app = await runApp(
    `${OUTLIER} await new Promise((resolve) => setTimeout(resolve, 50));
    (await import('node:fs')).linkSync(${JSON.stringify(agent.path)}, ${JSON.stringify(path)}); process.exit(3);`,
    {
      env: {
        TAILTRAP_SOCKET: path,
        TAILTRAP_TRACK: 'fs.promises',
        TAILTRAP_THRESHOLD: '0',
        TAILTRAP_PRINT: 'none',
      },
    },
  );
  assert.equal(app.code, 3, app.stderr);
  assert.ok(await until(() => agent.lines.length === 2), JSON.stringify(agent.lines));
});

const LOAD = `${PRELUDE}
  routes['/slow'] = () => sleep(25);
  const began = performance.now();
  for (let i = 0; i < 10; i++) await Promise.all(Array.from({ length: 50 }, () => get('/slow')));
  const { instrumentation } = await import('tailtrap/node');
  console.log(JSON.stringify({ ...instrumentation().statistics(), ms: performance.now() - began }));
  done();`;

test('an agent that is absent: few attempts, the rest is dropped and counted', async () => {
  const app = await runApp(LOAD, {
    env: { ...SLOW, TAILTRAP_RATE: '10000', TAILTRAP_SOCKET: '/nonexistent/agent.sock' },
  });
  const { agent, errors, outliers } = JSON.parse(app.stdout);
  assert.equal(errors, 0);
  assert.equal(outliers, 500);
  assert.ok(agent.attempts <= 3, `${agent.attempts}`);
  assert.equal(agent.sent, 0);
  assert.equal(agent.dropped, 500 - 64);
});

test('an agent that does not read: bounded, dropped and counted', async (t) => {
  const agent = await fakeAgent(t, (socket) => socket.pause());
  const app = await runApp(LOAD.replaceAll('i < 10', 'i < 60'), {
    env: { ...SLOW, TAILTRAP_RATE: '10000', TAILTRAP_SOCKET: agent.path },
  });
  const { agent: counters, errors } = JSON.parse(app.stdout);
  assert.equal(errors, 0);
  assert.ok(counters.dropped > 500, `${counters.dropped}`);
  assert.ok(counters.sent + counters.dropped <= 3000 && counters.sent < 2000);
  assert.equal(app.code, 0, 'and the program ends');
});

test('an agent that vanishes and comes back', async (t) => {
  const agent = await fakeAgent(t);
  const app = startApp(
    `${PRELUDE} routes['/slow'] = () => sleep(30);
    for (let i = 0; i < 60; i++) { await get('/slow'); await sleep(40); }
    const { instrumentation } = await import('tailtrap/node');
    console.log(JSON.stringify(instrumentation().statistics())); done();`,
    {
      env: { ...SLOW, TAILTRAP_SOCKET: agent.path },
    },
  );
  assert.ok(await until(() => agent.lines.length > 3));
  for (const socket of agent.sockets.splice(0)) socket.destroy();
  assert.ok(await until(() => agent.sockets.length === 1, 8000), 'it connects again');
  assert.equal(await app.exited, 0, app.stderr);
  const { errors, agent: counters } = JSON.parse(app.stdout);
  assert.equal(errors, 0);
  assert.equal(counters.attempts, 2);
});

test('off costs nothing: no channel has a subscriber, nothing is wrapped', async () => {
  const app = await runApp(
    `import dc from 'node:diagnostics_channel'; import fs from 'node:fs';
    console.log(dc.hasSubscribers('http.server.request.start'), /native|tailtrap/.test(setTimeout.toString()), fs.promises.stat.toString().includes('original'));
    const { instrument, instrumentation } = await import('tailtrap/node');
    console.log(instrument(), instrumentation());`,
    { env: { TAILTRAP_OFF: '1' } },
  );
  assert.equal(app.stdout, 'false false false\nnull null\n', app.stderr);
});

test('stop takes everything out again; an import alone does nothing', async () => {
  const app = await runApp(
    `import dc from 'node:diagnostics_channel'; import fs, { promises } from 'node:fs';
    const before = [setTimeout, setInterval, promises.readFile];
    const { instrument, instrumentation } = await import('tailtrap/node');
    console.log(instrumentation());
    const running = instrument({ threshold: '0', onOutlier: () => { throw new Error('of the callback'); } });
    console.log(dc.hasSubscribers('http.server.request.start'), before[0] !== setTimeout, before[2] !== promises.readFile);
    await (await promises.open('/dev/null')).close();
    running.stop();
    console.log(dc.hasSubscribers('http.server.request.start'), before[0] === setTimeout && before[1] === setInterval, before[2] === promises.readFile);
    console.log(running.statistics().errors > 0, running.statistics().lastError.message);
    running.stop();`,
    { flags: [], env: { TAILTRAP_PRINT: 'none' } },
  );
  assert.equal(app.stdout, 'null\ntrue true true\nfalse true true\ntrue of the callback\n', app.stderr);
});

test('TAILTRAP_OFF: any value but what says no', async () => {
  for (const [TAILTRAP_OFF, runs] of [
    ['yes', false],
    ['true', false],
    ['0', true],
    ['false', true],
    ['No', true],
  ]) {
    const text = `const { instrumentation } = await import('tailtrap/node'); console.log(instrumentation() !== null);`;
    assert.equal((await runApp(text, { env: { TAILTRAP_OFF } })).stdout, `${runs}\n`, TAILTRAP_OFF);
  }
});

test('instrument() tells what is wrong; an async onOutlier that rejects does not end the program', async () => {
  const app = await runApp(
    `const { instrument } = await import('tailtrap/node');
    for (const bad of [null, 5, 'x', [], { onOutlier: 5 }, { tresholds: '1s' }]) {
      try { instrument(bad); } catch (error) { console.log(error.code, error.next !== ''); }
    }
    const running = instrument({ threshold: '0', track: ['fs.promises'], onOutlier: async () => { throw new Error('later'); } });
    await (await import('node:fs/promises')).stat('/');
    await new Promise((resolve) => setTimeout(resolve, 20));
    console.log(running.statistics().errors, running.statistics().lastError.message);`,
    { flags: [], env: { TAILTRAP_PRINT: 'none' } },
  );
  assert.equal(app.stdout, `${'TT_NODE_OPTION true\n'.repeat(6)}1 later\n`, app.stderr);
  assert.equal(app.code, 0, app.stderr);
});

test('a mistake in an option is told, and the program runs without', async () => {
  for (const [env, told] of [
    [{ TAILTRAP_THRESHOLD: '20' }, /TT_BAD_DURATION.*'20'/],
    [{ TAILTRAP_THRESHOLD: 'http.sever=20ms' }, /TT_NODE_OPTION.*http\.sever.*did you mean 'http\.server'/],
    [{ TAILTRAP_OPTIONS: '/nonexistent.json' }, /TT_NODE_OPTION[\s\S]*at \/nonexistent\.json/],
  ]) {
    const app = await runApp(`console.log('runs')`, { env });
    assert.equal(app.stdout, 'runs\n');
    assert.equal(app.code, 0);
    assert.match(app.stderr, told);
  }
});

test('a reader of stderr that has gone does not end the program', async () => {
  const app = startApp(
    `import { stat } from 'node:fs/promises';
    for (let i = 0; i < 50; i++) { await stat('/'); await new Promise((resolve) => setTimeout(resolve, 5)); }
    console.log('done');`,
    { env: { TAILTRAP_TRACK: 'fs.promises', TAILTRAP_THRESHOLD: '0', TAILTRAP_RATE: '1000' } },
  );
  assert.ok(await until(() => app.outliers.length > 3));
  app.child.stderr.destroy();
  assert.equal(await app.exited, 0);
  assert.equal(app.stdout, 'done\n');
});

test('NODE_OPTIONS, and an agent on the machine is not tracked as a connection of the program', async (t) => {
  const agent = await fakeAgent(t);
  const app = await runApp(`import { stat } from 'node:fs/promises'; await stat('/'); setTimeout(() => {}, 100);`, {
    flags: [],
    env: {
      NODE_OPTIONS: '--import tailtrap/node',
      TAILTRAP_TRACK: 'fs.promises,net.connect',
      TAILTRAP_THRESHOLD: '0',
      TAILTRAP_SOCKET: agent.path,
    },
  });
  assert.deepEqual(
    app.outliers.map(({ tracker }) => tracker),
    ['fs.promises'],
  );
});
