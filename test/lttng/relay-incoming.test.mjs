/** What arrives: its memory is bounded, and nobody takes another's data connection away. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { Command, encodeRequest } from '../../dist/lttng/protocol/control.js';
import { encodeId } from '../../dist/lttng/protocol/control-stream.js';
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
    const { partial } = incoming;
    const victim = await begin(relay, 'victim');
    const half = encodeDataHeader({ stream: victim.id, netSeq: 0, data_bytes: 400, padding_bytes: 0 });
    await victim.producer.data.write(half, Buffer.alloc(200, 1));
    for (let i = 0; i < 5; i++) {
      const { producer, id } = await begin(relay, `big${i}`);
      await producer.data.write(encodeDataHeader({ stream: id, netSeq: 0, data_bytes: 6 * MIB, padding_bytes: 0 }));
      await producer.data.write(Buffer.alloc(1.5 * MIB));
    }
    await relay.saying(/data \S+: cut off: holds \d+ bytes of what is not whole/);
    assert.ok(partial.cuts >= 1 && partial.held_bytes <= 4 * MIB, `${partial.cuts} ${partial.held_bytes}`);
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

test('indexes without packets are held for a while; who has most of them is cut off', () =>
  withRelay({ incoming_bytes: 2 * MIB }, async (relay) => {
    const { partial } = relay.daemon.relay.incoming;
    const victim = await begin(relay, 'victim');
    for (let number = 0; number < 50; number++) await victim.producer.index(victim.id, number, 400);
    const evil = await begin(relay, 'evil');
    await assert.rejects(async () => {
      for (let number = 0; number < 5000; number++) await evil.producer.index(evil.id, number, 400);
    }, /closed the connection/);
    await relay.saying(/session evil is broken: holds \d+ bytes of what is not whole, the most of all/);
    assert.ok(partial.held_bytes > 0 && partial.held_bytes < MIB / 8, `${partial.held_bytes}`);
    for (let number = 0; number < 50; number++) await victim.producer.packet(victim.id, number, Buffer.alloc(400));
    victim.producer.streams[0].netSeq = 50;
    await victim.producer.drained();
    assert.equal(partial.held_bytes, 0);
    await victim.producer.close();
  }));

test('metadata for viewers: who has most of it is cut off, and what ended is not counted for ever', () =>
  withRelay({ liveMetadata_bytes: 4 * MIB }, async (relay) => {
    const { liveMetadata } = relay.daemon.relay;
    const held = async (expected) => {
      for (let i = 0; i < 500 && liveMetadata.held_bytes !== expected; i++) await new Promise((r) => setTimeout(r, 5));
      assert.equal(liveMetadata.held_bytes, expected);
    };
    const live = async (name) => {
      const producer = await Producer.connect(relay.ports);
      await producer.begin({ name, channels: 1, live_us: 1000, metadata: Buffer.alloc(1000, 65) });
      return producer;
    };
    const victim = await live('victim');
    await held(1000);
    const processes = await live('processes');
    // Each comes and goes: the newest 256 are kept.
    for (let i = 0; i < 300; i++) {
      const { handle } = await processes.addStream('metadata', { path: `ust/pid/${i}` });
      await processes.metadata(Buffer.alloc(10_000, 65), 0, handle);
      await processes.streamsSent();
      await processes.closeStream(handle, 0);
    }
    await held(2000 + 256 * 10_000);
    await processes.close();
    await held(1000);
    const evil = await live('evil');
    await evil.metadata(Buffer.alloc(5 * MIB, 65));
    await relay.saying(/session evil is broken: holds \d+ bytes of metadata for viewers, the most of all/);
    await held(1000);
    assert.equal(await victim.streamsSent(), 10);
    await victim.close();
    await held(0);
  }));

test('has everything come? Each stream counts once, and those that are closed do not count', () =>
  withRelay({}, async (relay) => {
    const { producer, id } = await begin(relay, 'pending');
    const ask = (command, payload) => producer.ret(command, payload);
    const isOver = () => ask(Command.END_DATA_PENDING, encodeId(producer.sessionId));
    assert.equal(await ask(Command.BEGIN_DATA_PENDING, encodeId(producer.sessionId)), 10);
    assert.equal(await isOver(), 1);
    for (let i = 0; i < 2; i++) assert.equal(await producer.isPending(id, -1), false);
    assert.equal(await isOver(), 1, 'the metadata stream was not asked for');
    assert.equal(await ask(Command.QUIESCENT_CONTROL, encodeId(producer.metadataStream)), 10);
    assert.equal(await isOver(), 0);
    await producer.closeStream(id, -1);
    assert.equal(await isOver(), 0);
    await producer.addStream('more');
    assert.equal(await isOver(), 1);
    await ask(Command.BEGIN_DATA_PENDING, encodeId(producer.sessionId));
    assert.equal(await isOver(), 1);
    await producer.close();
  }));
