/** net: a reader that is kept busy lets packets wait in its socket; sender and reader stamp them with their own clocks. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { agrees, needProgram, needRoot, sleep, watch } from './lib.mjs';

const skip = needRoot() || needProgram('bash');

const now_ns = () => (performance.timeOrigin + performance.now()) * 1e6;

/** Runs a bash line, and does not read any socket until it is over. Returns the times that it prints. */
function meanwhile(line) {
  const { stdout, stderr, status } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout
    .trim()
    .split('\n')
    .map((seconds) => Number(seconds) * 1e9);
}

async function udpSocket(t, type, host) {
  const socket = createSocket(type);
  socket.bind(0, host);
  await once(socket, 'listening');
  t.after(() => {
    try {
      socket.close();
    } catch {
      // closed by the test
    }
  });
  return socket;
}

for (const [type, host] of [
  ['udp4', '127.0.0.1'],
  ['udp6', '::1'],
]) {
  test(`net: datagrams that wait for their reader (${type})`, { skip }, async (t) => {
    const watched = watch('net', '--threshold', '60ms', '-p', process.pid);
    t.after(() => watched.stop());
    await watched.ready;
    const socket = await udpSocket(t, type, host);
    const { port } = socket.address();
    const read_at = [];
    socket.on('message', () => read_at.push(now_ns()));
    // In one queue: two that wait long, and one that hardly waits.
    const send = `echo hello > /dev/udp/${host}/${port}; echo $EPOCHREALTIME`;
    const sent_at = meanwhile(`${send}; sleep 0.1; ${send}; sleep 0.12; ${send}`);
    await sleep(300);

    const waits = sent_at.map((at, i) => read_at[i] - at);
    assert.equal(read_at.length, 3);
    const late = waits.filter((ns) => ns > 60e6);
    assert.equal(late.length, 2);
    const caught = watched.outliers.filter((o) => o.details.transport === 'udp');
    assert.equal(caught.length, 2, JSON.stringify(watched.outliers));
    for (const [i, ns] of late.entries()) {
      const o = caught[i];
      assert.ok(agrees(o.delay_ns, ns), `${o.delay_ns} ns, by the clocks of sender and reader ${ns}`);
      assert.equal(o.key.interface, 'lo');
      assert.equal(o.pid, process.pid);
      assert.equal(o.details.protocol, type === 'udp4' ? 'ip' : 'ipv6');
      assert.match(o.details.out, /^(copied|consumed)$/);
      assert.match(o.details.destination, new RegExp(`:${port}$`));
      assert.equal(o.details.bytes, (type === 'udp4' ? 20 : 40) + 8 + 'hello\n'.length);
    }
  });
}

test('net: a TCP segment that waits for its reader', { skip }, async (t) => {
  const watched = watch('net', '--threshold', '60ms', '-p', process.pid);
  t.after(() => watched.stop());
  await watched.ready;
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address();
  let read_at = 0;
  server.on('connection', (socket) => socket.on('data', () => (read_at ||= now_ns())));
  const [sent_at] = meanwhile(`exec 3<>/dev/tcp/127.0.0.1/${port}; echo hello >&3; echo $EPOCHREALTIME; sleep 0.15`);
  await sleep(300);

  const found = watched.outliers.filter((o) => o.details.destination === `127.0.0.1:${port}`);
  assert.equal(found.length, 1, JSON.stringify(watched.outliers));
  const [o] = found;
  assert.ok(agrees(o.delay_ns, read_at - sent_at), `${o.delay_ns} ns, by the clocks of both ends ${read_at - sent_at}`);
  assert.equal(o.details.out, 'copied');
  assert.equal(o.details.transport, 'tcp');
  assert.equal(o.pid, process.pid);
  assert.match(o.details.source, /^127\.0\.0\.1:\d+$/);
});

test('net: datagrams that nobody reads are dropped, and the reason is told', { skip }, async (t) => {
  const watched = watch('net', '--threshold', '60ms');
  t.after(() => watched.stop());
  await watched.ready;
  const socket = await udpSocket(t, 'udp4', '127.0.0.1');
  const { port } = socket.address();
  const [sent_at] = meanwhile(`echo lost > /dev/udp/127.0.0.1/${port}; echo $EPOCHREALTIME; sleep 0.15`);
  const closed_at = now_ns();
  socket.close();
  const o = await watched.waitFor((one) => one.details.destination === `127.0.0.1:${port}`);
  // The kernel empties the queue of a closed UDP socket after an RCU grace period.
  const until_close = closed_at - sent_at;
  assert.ok(o.delay_ns > 0.95 * until_close && o.delay_ns < until_close + 300e6, `${o.delay_ns} ns, ${until_close}`);
  assert.equal(o.details.out, 'dropped');
  assert.equal(typeof o.details.drop_reason, 'string');
});
