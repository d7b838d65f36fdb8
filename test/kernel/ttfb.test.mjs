/** ttfb: a server in this process answers late; its own clock is the independent one. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { between } from './bracket.mjs';
import { needRoot, sleep, watch } from './lib.mjs';

const skip = needRoot();

/** Answers each connection after the given times in ms; null: never, it closes the connection after 50 ms. */
async function lateServer(t, host, delays) {
  const waits = [];
  const requests = [];
  const server = createServer(async (socket) => {
    const accepted = process.hrtime.bigint();
    const delay = delays[waits.length];
    const wait = { peer_port: socket.remotePort, low_ns: 0, high_ns: 0 };
    waits.push(wait);
    await sleep(delay ?? 50);
    if (delay === null) return socket.destroy();
    wait.low_ns = Number(process.hrtime.bigint() - accepted);
    socket.write('first');
    wait.high_ns = Number(process.hrtime.bigint() - requests[waits.indexOf(wait)]);
    socket.end('second');
  });
  server.listen(0, host);
  await once(server, 'listening');
  t.after(() => server.close());
  return { waits, requests, port: server.address().port };
}

async function request(host, { port, requests }) {
  requests.push(process.hrtime.bigint());
  const socket = connect(port, host);
  socket.resume();
  await once(socket, 'close');
}

for (const [name, listen, host, family] of [
  ['IPv4', '127.0.0.1', '127.0.0.1', 'ipv4'],
  ['IPv6', '::1', '::1', 'ipv6'],
  ['IPv4 on an IPv6 socket', '::', '127.0.0.1', 'ipv4 on ipv6 socket'],
]) {
  test(`ttfb: late first bytes are caught, with the peer (${name})`, { skip }, async (t) => {
    const watched = watch('ttfb', '--threshold', '60ms', '-p', process.pid);
    t.after(() => watched.stop());
    await watched.ready;
    const server = await lateServer(t, listen, [150, 10, 90, 20]);
    const { waits, port } = server;
    for (let i = 0; i < 4; i++) await request(host, server);
    await sleep(200);

    const late = waits.filter((wait) => wait.low_ns > 60e6);
    assert.equal(late.length, 2);
    assert.equal(watched.outliers.length, 2, JSON.stringify(watched.outliers));
    for (const [i, wait] of late.entries()) {
      const o = watched.outliers[i];
      const { low_ns, high_ns } = wait;
      assert.ok(between(o.delay_ns, low_ns, high_ns), `${o.delay_ns} ns, by the server's clock ${low_ns}-${high_ns}`);
      assert.equal(o.pid, process.pid);
      const { details } = o;
      assert.equal(details.family, family);
      assert.equal(details.peer_address, host);
      assert.equal(details.peer_port, wait.peer_port);
      assert.equal(details.local_address, host);
      assert.equal(details.local_port, port);
      assert.equal(details.accepted_by.pid, process.pid);
      assert.match(details.syscall, /^(write|writev|sendto|sendmsg)$/);
    }
  });
}

test('ttfb: a connection that is closed before the first byte is no longer pending', { skip }, async (t) => {
  const watched = watch('ttfb', '--threshold', '1h', '--timeout', '150ms', '-p', process.pid);
  t.after(() => watched.stop());
  await watched.ready;
  const server = await lateServer(t, '127.0.0.1', [null, null, 400]);
  await request('127.0.0.1', server);
  await request('127.0.0.1', server);
  await sleep(400);
  assert.equal(watched.outliers.length, 0, JSON.stringify(watched.outliers));
  await request('127.0.0.1', server);
  await sleep(200);

  const [timeout, ended, ...more] = watched.outliers;
  assert.equal(more.length, 0);
  assert.equal(timeout.kind, 'timeout');
  assert.equal(timeout.pid, process.pid);
  assert.equal(timeout.details.local_port, server.port);
  assert.equal(ended.kind, 'threshold');
});
