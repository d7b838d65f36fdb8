/** What arrives: its memory is bounded, and nobody takes another's data connection away. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { Command, encodeRequest } from '../../dist/lttng/protocol/control.js';
import { encodeDataHeader } from '../../dist/lttng/protocol/data.js';
import { Producer } from './producer.mjs';
import { RelayHere } from './relay-here.mjs';

const MIB = 2 ** 20;

async function withRelay(limits, run, options = {}) {
  const relay = await RelayHere.start({ limits, ...options });
  try {
    await run(relay);
  } finally {
    await relay.close();
  }
}
async function begin(relay, name) {
  const producer = await Producer.connect(relay.ports);
  await producer.begin({ name, channels: 1 });
  return { producer, id: producer.streams[0].id };
}
function announcing(command, size) {
  const header = Buffer.from(encodeRequest(command));
  header.writeUInt32BE(size, 12);
  return header;
}

test('requests are as large as they may be', () =>
  withRelay({}, async (relay) => {
    const stranger = connect(relay.ports.control, '127.0.0.1').on('error', () => {});
    stranger.write(announcing(Command.SEND_METADATA, 300));
    await relay.saying(/cut off: SEND_METADATA of 300 bytes is more than 256/);
    const early = await Producer.connect(relay.ports);
    await early.control.write(announcing(Command.SEND_METADATA, MIB));
    await relay.saying(/cut off: SEND_METADATA of 1048576 bytes is more than 65536/);
    const { producer } = await begin(relay, 'a');
    await producer.metadata(Buffer.alloc(MIB, 32));
    assert.equal(await producer.streamsSent(), 10);
    await producer.control.write(announcing(Command.ADD_STREAM, MIB));
    await relay.saying(/cut off: ADD_STREAM of 1048576 bytes is more than 65536/);
  }));

test('of messages that are not whole the largest goes when all are too many', () =>
  withRelay({ incoming_bytes: 8 * MIB }, async (relay) => {
    const { incoming } = relay.daemon.relay;
    const victim = await begin(relay, 'victim');
    const half = encodeDataHeader({ stream: victim.id, netSeq: 0, data_bytes: 400, padding_bytes: 0 });
    await victim.producer.data.write(half, Buffer.alloc(200, 1));
    for (let i = 0; i < 5; i++) {
      const { producer, id } = await begin(relay, `big${i}`);
      await producer.data.write(encodeDataHeader({ stream: id, netSeq: 0, data_bytes: 6 * MIB, padding_bytes: 0 }));
      await producer.data.write(Buffer.alloc(1.5 * MIB));
    }
    await relay.saying(/data \S+: cut off: holds \d+ bytes of a message that is not whole/);
    assert.ok(incoming.cuts >= 1 && incoming.partial_bytes <= 4 * MIB, `${incoming.cuts} ${incoming.partial_bytes}`);
    await victim.producer.data.write(Buffer.alloc(200, 1));
    assert.equal(await victim.producer.index(victim.id, 0, 400), 10);
    victim.producer.streams[0].netSeq = 1;
    await victim.producer.drained();
    assert.equal(incoming.unwritten_bytes, 0);
  }));

test('who announces a packet of another stream takes it from nobody', () =>
  withRelay({}, async (relay) => {
    const { producer, id } = await begin(relay, 'victim');
    const evil = connect(relay.ports.data, '127.0.0.1').on('error', () => {});
    await once(evil, 'connect');
    evil.write(encodeDataHeader({ stream: id, netSeq: 0, data_bytes: 16, padding_bytes: 0 }));
    evil.write(Buffer.alloc(3));
    await new Promise((resolve) => setTimeout(resolve, 30));
    for (let i = 0; i < 3; i++) {
      await producer.packet(id, i, Buffer.alloc(400, i + 1));
      assert.equal(await producer.index(id, i, 400), 10);
    }
    producer.streams[0].netSeq = 3;
    await producer.drained();
    evil.write(Buffer.alloc(13));
    await relay.saying(/cut off: stream \d+ comes by another connection/);
    await producer.packet(id, 3, Buffer.alloc(400, 4));
    assert.equal(await producer.index(id, 3, 400), 10);
    producer.streams[0].netSeq = 4;
    await producer.drained();
    assert.equal(readFileSync(join(relay.output, producer.outputPath, 'ust/uid/0/64-bit/ch_0')).length, 1600);
    assert.ok(relay.log.every((line) => !/broken/.test(line)));
    await producer.close();
  }));

test('a session hears that its data connection was cut off', () =>
  withRelay({}, async (relay) => {
    const { producer, id } = await begin(relay, 'told');
    await producer.packet(id, 0, Buffer.alloc(400));
    await producer.packet(4711, 0, Buffer.alloc(4));
    await relay.saying(/session told is broken: its data connection/);
  }));

test('packets come from the address of the control connection', () =>
  withRelay({}, async (relay) => {
    const { id } = await begin(relay, 'here');
    const session = relay.daemon.relay.sessions()[0];
    assert.equal(session.address, '127.0.0.1');
    Object.defineProperty(session, 'address', { value: '10.0.0.7' });
    const other = connect(relay.ports.data, '127.0.0.1').on('error', () => {});
    other.write(encodeDataHeader({ stream: id, netSeq: 0, data_bytes: 4, padding_bytes: 0 }));
    await relay.saying(/cut off: stream \d+ is one of 10\.0\.0\.7/);
    assert.ok(relay.log.every((line) => !/broken/.test(line)));
  }));

test('packets may come from any address where that is wanted; then nobody guesses the number of a stream', () =>
  withRelay(
    {},
    async (relay) => {
      const { producer, id } = await begin(relay, 'nat');
      const { handle } = await producer.addStream('more');
      const [session] = relay.daemon.relay.sessions();
      const ids = [...session.streams.values()].map((stream) => stream.id);
      assert.deepEqual(ids, [1, 2, 3].slice(0, ids.length));
      for (const number of [id, handle]) assert.ok(number > 2 ** 24 && Number.isSafeInteger(number), `${number}`);
      Object.defineProperty(session, 'address', { value: '10.0.0.7' });
      const stranger = connect(relay.ports.data, '127.0.0.1').on('error', () => {});
      stranger.write(encodeDataHeader({ stream: 1, netSeq: 0, data_bytes: 4, padding_bytes: 0 }));
      await relay.saying(/cut off: a packet of stream 1, which is no data stream here/);
      await producer.packet(id, 0, Buffer.alloc(400));
      await producer.index(id, 0, 400);
      while (await producer.isPending(id, 0)) await new Promise((resolve) => setTimeout(resolve, 2));
      await producer.close();
      assert.equal(relay.log.length, 1, relay.log.join('\n'));
    },
    { anyDataAddress: true },
  ));
