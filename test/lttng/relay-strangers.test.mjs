/** Connections that never say what they are: they keep nobody out, and the log is not flooded by those that talk nonsense. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import test from 'node:test';
import { Producer } from './producer.mjs';
import { RelayHere } from './relay-here.mjs';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const open = (port) =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.over = false;
    socket.on('data', () => {}).on('close', () => (socket.over = true));
    socket.on('connect', () => resolve(socket)).on('error', reject);
  });

async function stream(ports, name) {
  const producer = await Producer.connect(ports);
  await producer.begin({ name, hostname: 'h', channels: 1 });
  const [{ id }] = producer.streams;
  await producer.packet(id, 0, Buffer.alloc(400, 1));
  assert.equal(await producer.index(id, 0, 400), 10);
  producer.streams[0].netSeq = 1;
  await producer.drained();
  return producer;
}

for (const limits of [{ connectionsPerAddress: 8 }, { connections: 8 }]) {
  test(`silent connections make room, those that are in use stay: ${JSON.stringify(limits)}`, async () => {
    const relay = await RelayHere.start({ limits });
    const silent = [];
    try {
      const first = await stream(relay.ports, 'first');
      for (const port of Object.values(relay.ports)) for (let i = 0; i < 20; i++) silent.push(await open(port));
      const second = await stream(relay.ports, 'second');
      await first.packet(first.streams[0].id, 1, Buffer.alloc(400, 2));
      assert.equal(await first.index(first.streams[0].id, 1, 400), 10);
      first.streams[0].netSeq = 2;
      await first.drained();
      await first.close();
      await second.close();
      await relay.saying(/made room for a newer one/);
      assert.ok(silent.filter((socket) => !socket.over).length <= 3 * 8);
      assert.ok(silent.at(-1).over === false, 'the newest stays');
    } finally {
      for (const socket of silent) socket.destroy();
      await relay.close();
    }
  });
}

test('a full port of connections that are in use refuses the next one', async () => {
  const relay = await RelayHere.start({ limits: { connectionsPerAddress: 2 } });
  try {
    const producers = [await stream(relay.ports, 'a'), await stream(relay.ports, 'b')];
    const third = await open(relay.ports.control);
    await relay.saying(/refused: 2 connections of this address, 2 in all/);
    third.destroy();
    for (const producer of producers) await producer.close();
  } finally {
    await relay.close();
  }
});

test('control and live ports want the first request soon; an idle data connection may wait', async () => {
  const relay = await RelayHere.start({ limits: { introduce_ms: 100 } });
  try {
    const producer = await Producer.connect(relay.ports);
    const [control, live] = [await open(relay.ports.control), await open(relay.ports.live)];
    await relay.saying(/^control .*cut off: does not say what it is/);
    await relay.saying(/^live .*cut off: does not say what it is/);
    await sleep(300);
    assert.ok(control.over && live.over);
    await producer.begin({ name: 's', hostname: 'h', channels: 1 });
    const [{ id }] = producer.streams;
    await producer.packet(id, 0, Buffer.alloc(400, 1));
    assert.equal(await producer.index(id, 0, 400), 10);
    producer.streams[0].netSeq = 1;
    await producer.drained();
    await producer.close();
  } finally {
    await relay.close();
  }
});

test('bad connections of one address have a few lines, then a count', async () => {
  const relay = await RelayHere.start();
  try {
    for (let i = 0; i < 200; i++) {
      const socket = await open(relay.ports.data);
      const gone = new Promise((resolve) => socket.on('close', resolve));
      // A packet of a stream that is not here.
      socket.end(Buffer.concat([Buffer.alloc(8), Buffer.from([0, 0, 0, 0, 0, 0, 1, i]), Buffer.alloc(16)]));
      await gone;
    }
    assert.equal(relay.log.filter((line) => /which is no data stream here/.test(line)).length, 5);
  } finally {
    await relay.close();
  }
  const [count] = relay.log.filter((line) => /more in the last minute/.test(line));
  assert.match(count, /^data (::ffff:)?127\.0\.0\.1: 195 more in the last minute: cut off: .*no data stream here/);
});

test('a stream number that no double holds is not rounded in the log', async () => {
  const relay = await RelayHere.start();
  try {
    const socket = await open(relay.ports.data);
    socket.write(Buffer.alloc(32, 0xff));
    await relay.saying(/a packet of stream over 2\^53, which is no data stream here/);
    socket.destroy();
  } finally {
    await relay.close();
  }
});

test('connections that are reset at once leave no place behind', async () => {
  const relay = await RelayHere.start({ limits: { connectionsPerAddress: 4 } });
  try {
    for (let i = 0; i < 100; i++) (await open(relay.ports.control)).resetAndDestroy();
    const producer = await stream(relay.ports, 'after');
    await producer.close();
    assert.ok(relay.log.every((line) => !line.includes('?:0')));
  } finally {
    await relay.close();
  }
});
