/** net: a reader that is kept busy lets packets wait in its socket; sender and reader stamp them with their own clocks. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { between } from './bracket.mjs';
import { needProgram, needRoot, sleep, watch } from './lib.mjs';

const skip = needRoot() || needProgram('bash');

const now_ns = () => (performance.timeOrigin + performance.now()) * 1e6;

/** Runs a bash line, and does not read any socket until it is over. Returns the times that it prints, and its end. */
function meanwhile(line) {
  const { stdout, stderr, status } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
  const over_at = now_ns();
  assert.equal(status, 0, stderr);
  const stamps = stdout
    .trim()
    .split('\n')
    .map((seconds) => Number(seconds) * 1e9);
  return { stamps, over_at };
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
    const watched = watch('net', '--threshold', '60ms');
    t.after(() => watched.stop());
    await watched.ready;
    const socket = await udpSocket(t, type, host);
    const { port } = socket.address();
    const read_at = [];
    socket.on('message', () => read_at.push(now_ns()));
    // In one queue: two that wait long, and one that hardly waits.
    const send = `echo $EPOCHREALTIME; echo hello > /dev/udp/${host}/${port}; echo $EPOCHREALTIME`;
    const { stamps, over_at } = meanwhile(`${send}; sleep 0.1; ${send}; sleep 0.12; ${send}`);
    await sleep(300);

    assert.equal(read_at.length, 3);
    const waits = read_at.map((at, i) => ({ low_ns: over_at - stamps[2 * i + 1], high_ns: at - stamps[2 * i] }));
    const late = waits.filter(({ low_ns }) => low_ns > 60e6);
    assert.equal(late.length, 2);
    const caught = watched.outliers.filter((o) => o.details.destination?.endsWith(`:${port}`));
    assert.equal(caught.length, 2, JSON.stringify(watched.outliers));
    for (const [i, { low_ns, high_ns }] of late.entries()) {
      const o = caught[i];
      assert.ok(between(o.delay_ns, low_ns, high_ns), `${o.delay_ns} ns, by the clocks of both ${low_ns}-${high_ns}`);
      assert.equal(o.key.interface, 'lo');
      // Before 6.3 the end of a datagram does not tell its reader.
      assert.equal(o.pid, o.details.out === 'copied' ? process.pid : 0);
      assert.equal(o.details.protocol, type === 'udp4' ? 'ip' : 'ipv6');
      assert.match(o.details.out, /^(copied|consumed)$/);
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
  const { stamps, over_at } = meanwhile(
    `exec 3<>/dev/tcp/127.0.0.1/${port}; echo $EPOCHREALTIME; echo hello >&3; echo $EPOCHREALTIME; sleep 0.15`,
  );
  await sleep(300);

  const found = watched.outliers.filter((o) => o.details.destination === `127.0.0.1:${port}`);
  assert.equal(found.length, 1, JSON.stringify(watched.outliers));
  const [o] = found;
  const [low_ns, high_ns] = [over_at - stamps[1], read_at - stamps[0]];
  assert.ok(between(o.delay_ns, low_ns, high_ns), `${o.delay_ns} ns, by the clocks of both ${low_ns}-${high_ns}`);
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
  const { stamps, over_at } = meanwhile(`echo lost > /dev/udp/127.0.0.1/${port}; echo $EPOCHREALTIME; sleep 0.15`);
  socket.close();
  const o = await watched.waitFor((one) => one.details.destination === `127.0.0.1:${port}`);
  // The kernel empties the queue of a closed UDP socket after an RCU grace period.
  const low_ns = over_at - stamps[0];
  assert.ok(between(o.delay_ns, low_ns, low_ns + 300e6), `${o.delay_ns} ns, by the clocks ${low_ns} or more`);
  assert.equal(o.details.out, 'dropped');
  assert.equal(typeof o.details.drop_reason, 'string');
});
