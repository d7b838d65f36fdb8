/** The relay as a process: signals, a full disk, TLS and the token in front of its ports. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { connect as connectTls } from 'node:tls';
import { Command, encodeRequest } from '../../dist/lttng/protocol/control.js';
import { encodeVersion } from '../../dist/lttng/protocol/control-session.js';
import { tokenLine } from '../../dist/lttng/protocol/token.js';
import { Producer } from './producer.mjs';
import { indexEntries, RelayHere } from './relay-here.mjs';
import { RelayProcess } from './relay-process.mjs';

const packet = (number, size = 400) => Buffer.alloc(size, (number % 255) + 1);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test('a relay that is killed leaves folders that can be read, and another one takes over', async () => {
  const relay = await RelayProcess.start();
  try {
    const producer = await Producer.connect(relay.ports);
    await producer.begin({ name: 's', hostname: 'h', channels: 1 });
    const [{ id }] = producer.streams;
    for (let i = 0; i < 50; i++) {
      await producer.packet(id, i, packet(i));
      await producer.index(id, i, 400);
    }
    while (await producer.isPending(id, 49)) await sleep(2);
    await relay.stop('SIGKILL');
    const folder = join(relay.output, producer.outputPath, 'ust/uid/0/64-bit');
    assert.equal(readFileSync(join(folder, 'ch_0')).length, 20_000);
    const entries = indexEntries(readFileSync(join(folder, 'index/ch_0.idx')));
    assert.equal(entries.length, 50);
    const after = await RelayProcess.start([], { output: relay.output });
    const again = await Producer.connect(after.ports);
    await again.begin({ name: 't', hostname: 'h', channels: 1 });
    await again.close();
    await after.close();
    assert.equal(readFileSync(join(folder, 'ch_0')).length, 20_000);
  } finally {
    await relay.close();
  }
});

test('a relay that is killed while packets come has all that it had answered on disk, but the last', async () => {
  const relay = await RelayProcess.start();
  try {
    const producer = await Producer.connect(relay.ports);
    await producer.begin({ name: 's', hostname: 'h', channels: 1 });
    const [{ id }] = producer.streams;
    let answered = 0;
    const streaming = async () => {
      for (;;) {
        await producer.packet(id, answered, packet(answered));
        await producer.index(id, answered, 400);
        answered++;
      }
    };
    const broken = assert.rejects(streaming(), /closed the connection/);
    while (answered < 1000) await sleep(1);
    await relay.stop('SIGKILL');
    await broken;
    const folder = join(relay.output, producer.outputPath, 'ust/uid/0/64-bit');
    const entries = indexEntries(readFileSync(join(folder, 'index/ch_0.idx'))).length;
    assert.ok(answered >= 1000 && entries >= answered - 1, `${answered} were answered, ${entries} are there`);
    assert.ok(readFileSync(join(folder, 'ch_0')).length >= entries * 400);
  } finally {
    await relay.close();
  }
});

test('SIGTERM: what was received is written, exit status 0', async () => {
  const relay = await RelayProcess.start();
  try {
    const producer = await Producer.connect(relay.ports);
    await producer.begin({ name: 's', hostname: 'h', channels: 1 });
    const [{ id }] = producer.streams;
    await producer.packet(id, 0, packet(0, 300_000));
    await producer.index(id, 0, 300_000);
    assert.equal(await relay.stop(), 0);
    const folder = join(relay.output, producer.outputPath, 'ust/uid/0/64-bit');
    assert.equal(readFileSync(join(folder, 'ch_0')).length, 300_000);
    assert.equal(indexEntries(readFileSync(join(folder, 'index/ch_0.idx'))).length, 1);
  } finally {
    await relay.close();
  }
});

test('sockets that systemd opened', async () => {
  const listeners = await Promise.all(
    [0, 1, 2].map(async () => {
      const server = createServer();
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const [live, control] = listeners.map((server) => server.address().port);
  const relay = await RelayProcess.startWith(
    listeners.map((server) => server._handle.fd),
    'live:control:data',
  );
  try {
    assert.deepEqual([relay.ports.live, relay.ports.control], [live, control]);
    for (const server of listeners) server.close();
    const producer = await Producer.connect(relay.ports);
    assert.equal(await producer.createSession({}), 10);
    await producer.close();
  } finally {
    await relay.close();
  }
});

const noMounts =
  process.getuid() !== 0 || spawnSync('unshare', ['-m', 'true']).status !== 0
    ? 'needs root and mount namespaces'
    : false;
test('the disk is full: that session ends, what it had is whole, others begin when there is room', {
  skip: noMounts,
}, async () => {
  const relay = await RelayProcess.startOn('size=2M');
  try {
    const output = relay.insideOutput();
    const producer = await Producer.connect(relay.ports);
    await producer.begin({ name: 'large', hostname: 'h', channels: 1 });
    const [{ id }] = producer.streams;
    for (let i = 0; i < 100; i++) {
      await producer.packet(id, i, packet(i, 100_000)).catch(() => {});
      if ((await producer.index(id, i, 100_000).catch(() => 0)) !== 10) break;
    }
    await relay.saying(/session large is broken: .*ENOSPC|session large is broken: the file takes no more/);
    const folder = join(output, producer.outputPath, 'ust/uid/0/64-bit');
    const data = readFileSync(join(folder, 'ch_0'));
    const entries = indexEntries(readFileSync(join(folder, 'index/ch_0.idx')));
    assert.ok(entries.length > 10);
    assert.ok(data.length >= entries.at(-1).offset + entries.at(-1).size && data.length % 100_000 === 0);
    execFileSync('rm', ['-r', join(output, 'h')]);
    const next = await Producer.connect(relay.ports);
    await next.begin({ name: 'next', hostname: 'h', channels: 1 });
    await next.packet(next.streams[0].id, 0, packet(0));
    assert.equal(await next.index(next.streams[0].id, 0, 400), 10);
    next.streams[0].netSeq = 1;
    await next.drained();
    await next.close();
    assert.equal(readdirSync(join(output, next.outputPath, 'ust/uid/0/64-bit')).length, 3);
  } finally {
    await relay.close();
  }
});

const noOpenssl =
  spawnSync('openssl', ['version']).status === 0 ? false : 'there is no openssl here to make a certificate';
test('TLS and token: ours come in, plain LTTng tools are told that versions do not match', {
  skip: noOpenssl,
}, async () => {
  const [cert, key] = certificate();
  const relay = await RelayHere.start({ tls: { cert, key }, token: 'secret' });
  try {
    const ask = (send, tls = true) =>
      new Promise((resolve) => {
        const options = { port: relay.ports.control, host: '127.0.0.1', rejectUnauthorized: false };
        const socket = tls ? connectTls(options) : connect(options);
        let got = Buffer.alloc(0);
        socket.on('data', (chunk) => {
          got = Buffer.concat([got, chunk]);
          if (got.length >= 8) socket.end();
        });
        socket.on('error', () => {}).on('close', () => resolve(got.toString('hex')));
        for (const piece of send) socket.write(piece);
      });
    const hello = encodeRequest(Command.VERSION, encodeVersion({ major: 2, minor: 13 }));
    assert.equal(await ask([tokenLine('secret'), hello]), '000000020000000f');
    assert.equal(await ask([Buffer.concat([tokenLine('secret'), hello])]), '000000020000000f');
    assert.equal(
      await ask([...Buffer.concat([tokenLine('secret'), hello])].map((byte) => Buffer.of(byte))),
      '000000020000000f',
    );
    assert.equal(await ask([tokenLine('wrong'), hello]), '');
    assert.equal(await ask([hello]), 'ffffffff00000000');
    assert.equal(await ask([hello], false), 'ffffffff00000000');
    assert.equal(relay.log.filter((line) => /wrong token/.test(line)).length, 1);
    assert.equal(relay.log.filter((line) => /sends no token: plain LTTng tools cannot/.test(line)).length, 1);
    assert.equal(relay.log.filter((line) => /speaks without TLS: plain LTTng tools cannot/.test(line)).length, 1);
  } finally {
    await relay.close();
  }
});

test('strangers in the middle of TLS or of the token keep nobody out, and are gone in time', {
  skip: noOpenssl,
}, async () => {
  const [cert, key] = certificate();
  const limits = { connectionsPerAddress: 16, introduce_ms: 1500 };
  const relay = await RelayHere.start({ tls: { cert, key }, token: 'secret', limits });
  const sockets = [];
  const port = relay.ports.control;
  const tls = (then) => connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, then).on('error', () => {});
  try {
    // A handshake that was begun: the first byte; all but its end; and one that is whole, with half a token.
    const [first] = await once(await recordHello(), 'hello');
    for (let i = 0; i < 30; i++) {
      for (const begin of [first.subarray(0, 1), first.subarray(0, -1), first]) {
        const socket = connect(port, '127.0.0.1').on('error', () => {});
        socket.on('data', () => {}).write(begin);
        sockets.push(socket);
      }
      const secure = tls();
      secure.on('data', () => {}).write('tailtrap-token sec');
      sockets.push(secure);
    }
    const answer = await new Promise((resolve) => {
      const hello = encodeRequest(Command.VERSION, encodeVersion({ major: 2, minor: 13 }));
      const socket = tls(() => socket.write(Buffer.concat([tokenLine('secret'), hello])));
      socket.once('data', (bytes) => resolve(bytes.toString('hex'))).on('close', () => resolve('closed'));
      sockets.push(socket);
    });
    assert.equal(answer, '000000020000000f');
    await relay.saying(/made room for a newer one/);
    await relay.saying(/no TLS or token in time/);
    // The last one is no stranger.
    for (let i = 0; i < 300 && sockets.filter((socket) => !socket.closed).length > 1; i++) await sleep(20);
    assert.equal(sockets.filter((socket) => !socket.closed).length, 1);
    assert.ok(relay.log.length < 30, `${relay.log.length} lines`);
  } finally {
    for (const socket of sockets) socket.destroy();
    await relay.close();
  }
});

/** What a TLS client says first, as an event `hello`. */
async function recordHello() {
  const server = createServer((socket) => {
    socket
      .on('error', () => {})
      .once('data', (bytes) => {
        socket.destroy();
        server.close();
        server.emit('hello', bytes);
      });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  connectTls({ port: server.address().port, host: '127.0.0.1' }).on('error', () => {});
  return server;
}

function certificate() {
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const pem = execFileSync('openssl', [...args, '-subj', '/CN=relay', '-keyout', '-', '-out', '-'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const text = pem.toString();
  return [/-----BEGIN CERT[\s\S]*END CERTIFICATE-----/, /-----BEGIN PRIV[\s\S]*END PRIVATE KEY-----/].map((part) =>
    Buffer.from(part.exec(text)[0]),
  );
}
