import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { Outlier } from '../base/outlier.ts';
import { Actions, fillIn, timerMs } from './actions.ts';

const outlier: Outlier = {
  id: 'block-1-1',
  host: 'h',
  tracker: 'block',
  kind: 'threshold',
  key: { device: 'sda' },
  begin_ns: '1',
  end_ns: '2',
  delay_ns: 12_345_678,
  threshold_ns: 1,
  cpu: 0,
  pid: 1,
  tid: 1,
  comm: '$(reboot)',
  cgroup: '/',
  details: {},
  snapshot: null,
};

test('fields of the outlier are filled in; unknown names stay', () => {
  assert.equal(
    fillIn('{tracker} {delay_ms} ms {key} {nothing} [{snapshot}]', outlier),
    'block 12.346 ms {"device":"sda"} {nothing} []',
  );
  assert.equal(fillIn('{__proto__}{constructor}', outlier), '{__proto__}{constructor}');
});

test('a name that looks like a command stays one argument: there is no shell', async () => {
  const lines: string[] = [];
  const actions = new Actions((line) => lines.push(line));
  const check = 'if (process.argv[1] !== "$(reboot)") process.exit(3)';
  actions.run([{ kind: 'exec', command: [process.execPath, '-e', check, '{comm}'], timeout_ns: 10e9 }], outlier);
  await until(() => actions.counters.started === 1);
  await settled(actions);
  assert.deepEqual(lines, []);
});

test('a failing program, a missing program and a slow program are counted and told, not thrown', async () => {
  const lines: string[] = [];
  const actions = new Actions((line) => lines.push(line), 1);
  const run = async (command: string[], timeout_ns = 10e9): Promise<void> => {
    const { failed } = actions.counters;
    actions.run([{ kind: 'exec', command, timeout_ns }], outlier);
    await until(() => actions.counters.failed > failed);
  };
  await run([process.execPath, '-e', 'console.error("no"); process.exit(3)']);
  await run(['/nonexistent/program']);
  await run([process.execPath, '-e', 'setTimeout(() => {}, 60000)'], 300e6);
  assert.match(lines[0]!, /ended with 3: no/);
  assert.match(lines[1]!, /ENOENT/);
  assert.match(lines[2]!, /did not end in time/);
});

test('what a program has started ends with it, at the time limit and at the end', async () => {
  const actions = new Actions(() => {}, 1);
  const command = ['sh', '-c', 'sleep 47.11 & wait'];
  const began = Date.now();
  for (let i = 0; i < 4; i++) actions.run([{ kind: 'exec', command, timeout_ns: 200e6 }], outlier);
  await until(() => actions.counters.failed === 4);
  assert.ok(Date.now() - began < 5000);
  actions.run([{ kind: 'exec', command, timeout_ns: 60e9 }], outlier);
  assert.equal(actions.counters.started, 5, 'there is room again');
  await new Promise((resolve) => setTimeout(resolve, 200));
  await actions.close();
  await until(() => sleepers('47.11') === 0);
});

test('a child that goes on in the background keeps no place', async () => {
  const actions = new Actions(() => {}, 1);
  const action = { kind: 'exec', command: ['sh', '-c', 'sleep 3.1 &'], timeout_ns: 60e9 } as const;
  for (let i = 0; i < 4; i++) actions.run([action], outlier);
  await settled(actions);
  actions.run([action], outlier);
  assert.deepEqual(actions.counters, { started: 5, failed: 0, skipped: 0 });
  await actions.close();
});

test('time limits are whole milliseconds within what timers take', () => {
  assert.equal(timerMs(1), 1);
  assert.equal(timerMs(1.5e6), 2);
  assert.equal(timerMs(0), 1);
  assert.equal(timerMs(100 * 86400e9), 2 ** 31 - 1);
});

test('any time limit that the configuration takes works', async () => {
  const lines: string[] = [];
  const actions = new Actions((line) => lines.push(line), 1);
  for (const timeout_ns of [2_000_000_000.5, 30 * 86400e9]) {
    actions.run([{ kind: 'exec', command: ['true'], timeout_ns }], outlier);
  }
  await settled(actions);
  assert.deepEqual(lines, []);
});

test('a failing webhook: the origin and the cause, without the secrets of its address', async () => {
  const server = createServer((_, response) => response.writeHead(404, { connection: 'close' }).end()).listen(
    0,
    '127.0.0.1',
  );
  await new Promise((resolve) => server.on('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const lines: string[] = [];
  const call = async (url: string): Promise<void> => {
    const actions = new Actions((line) => lines.push(line));
    actions.run([{ kind: 'webhook', url, timeout_ns: 1_999_999_999 }], outlier);
    await until(() => actions.counters.failed === 1);
  };
  await call(`http://127.0.0.1:${port}/SECRET`);
  await new Promise((resolve) => server.close(resolve));
  await call(`http://127.0.0.1:${port}/SECRET?token=SECRET`);
  await call(`http://localhost:${port}/SECRET`);
  await call(`http://me:SECRET@127.0.0.1:${port}/`);
  assert.equal(lines[0], `webhook failed: http://127.0.0.1:${port} answered 404`);
  assert.equal(
    lines[1],
    `webhook failed: http://127.0.0.1:${port}: fetch failed: connect ECONNREFUSED 127.0.0.1:${port}`,
  );
  assert.match(lines[2]!, /^webhook failed: http:\/\/localhost:\d+: fetch failed: .*ECONNREFUSED/);
  assert.doesNotMatch(lines.join('\n'), /SECRET/);
});

test('of many failures the first is told, then their number', async () => {
  const lines: string[] = [];
  const actions = new Actions((line) => lines.push(line));
  for (let i = 0; i < 3; i++) {
    actions.run([{ kind: 'exec', command: ['/nonexistent'], timeout_ns: 1e9 }], outlier);
    await until(() => actions.counters.failed === i + 1);
  }
  assert.equal(lines.length, 1);
  await actions.close();
  assert.match(lines[1]!, /^exec failed 2 more times, the last: spawn \/nonexistent ENOENT$/);
  assert.equal(lines.length, 2);
});

test('an outlier storm starts at most four programs at a time; the rest is counted', async () => {
  const actions = new Actions(() => {});
  const action = {
    kind: 'exec',
    command: [process.execPath, '-e', 'setTimeout(() => {}, 300)'],
    timeout_ns: 10e9,
  } as const;
  for (let i = 0; i < 100; i++) actions.run([action], outlier);
  assert.deepEqual(actions.counters, { started: 4, failed: 0, skipped: 96 });
  await actions.close();
});

/** Processes of this very `sleep`. */
function sleepers(time: string): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1') === `sleep\0${time}\0`;
    } catch {
      return false;
    }
  }).length;
}

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(done());
}

/** Lets running programs end by themselves. */
async function settled(actions: Actions): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.equal(actions.counters.failed, 0);
}
