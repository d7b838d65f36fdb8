/** Faults of one peer: others go on, what arrived whole is on disk, the log says who and why. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { Command, encodeRequest } from '../../dist/lttng/protocol/control.js';
import { encodeVersion } from '../../dist/lttng/protocol/control-session.js';
import { encodeDataHeader } from '../../dist/lttng/protocol/data.js';
import { Producer } from './producer.mjs';
import { indexEntries, RelayHere } from './relay-here.mjs';

const packet = (number, size = 400) => Buffer.alloc(size, number + 1);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A bystander streams before, while and after `run` makes trouble; nothing of its is missing. */
async function withBystander(options, run) {
  const relay = await RelayHere.start(options);
  try {
    const bystander = await Producer.connect(relay.ports);
    await bystander.begin({ name: 'bystander', hostname: 'good', channels: 1 });
    const [{ id }] = bystander.streams;
    let sent = 0;
    const send = async () => {
      await bystander.packet(id, sent, packet(sent));
      assert.equal(await bystander.index(id, sent, 400), 10);
      sent++;
    };
    await send();
    await run(relay, send);
    await send();
    bystander.streams[0].netSeq = sent;
    await bystander.drained();
    await bystander.close();
    const folder = join(relay.output, bystander.outputPath, 'ust/uid/0/64-bit');
    assert.equal(indexEntries(readFileSync(join(folder, 'index/ch_0.idx'))).length, sent);
    assert.equal(readFileSync(join(folder, 'ch_0')).length, sent * 400);
  } finally {
    await relay.close();
  }
}
async function beginOther(relay, how = {}) {
  const producer = await Producer.connect(relay.ports);
  await producer.begin({ name: 'bad', hostname: 'bad', channels: 1, ...how });
  return { producer, id: producer.streams[0]?.id, folder: join(relay.output, producer.outputPath, 'ust/uid/0/64-bit') };
}

test('a producer dies within a packet', () =>
  withBystander({}, async (relay, send) => {
    const { producer, id, folder } = await beginOther(relay);
    await producer.packet(id, 0, packet(0));
    await producer.index(id, 0, 400);
    await producer.data.write(
      encodeDataHeader({ stream: id, netSeq: 1, data_bytes: 400, padding_bytes: 0 }),
      packet(1, 7),
    );
    await send();
    await sleep(20);
    producer.data.socket.destroy();
    producer.control.socket.destroy();
    await relay.saying(/in the middle of a packet/);
    assert.ok(readFileSync(join(folder, 'ch_0')).equals(packet(0)));
    assert.equal(indexEntries(readFileSync(join(folder, 'index/ch_0.idx'))).length, 1);
  }));

const MISBEHAVIOUR = {
  'a command nobody knows': [(p) => p.control.write(encodeRequest(99)), /control \S+: cut off: command 99 is unknown/],
  'a command without a session': [
    async (_, relay) => (await Producer.connect(relay.ports)).control.write(encodeRequest(Command.STREAMS_SENT)),
    /cut off: STREAMS_SENT without a session/,
  ],
  'another major version': [
    async (_, relay) =>
      (await Producer.connect(relay.ports)).request(Command.VERSION, encodeVersion({ major: 3, minor: 0 }), 8),
    /cut off: speaks version 3\.0/,
  ],
  'a request larger than any': [
    (p) => {
      const header = Buffer.from(encodeRequest(Command.SEND_METADATA));
      header.writeUInt32BE(200 * 2 ** 20, 12);
      return p.control.write(header);
    },
    /cut off: SEND_METADATA of 209715200 bytes is more than/,
  ],
  'a packet larger than any': [
    (p, _, id) => p.data.write(encodeDataHeader({ stream: id, netSeq: 0, data_bytes: 2 ** 31, padding_bytes: 0 })),
    /data \S+: cut off: a packet of 2147483648 bytes is more than/,
  ],
  'padding larger than any': [
    (p, _, id) => p.data.write(encodeDataHeader({ stream: id, netSeq: 0, data_bytes: 1, padding_bytes: 2 ** 31 })),
    /cut off: a packet of 2147483649 bytes/,
  ],
  'a packet of no stream': [
    (p) => p.packet(4711, 0, packet(0)),
    /cut off: a packet of stream 4711, which is no data stream/,
  ],
  'an index of no stream': [(p) => p.index(4711, 0, 1), /cut off: index for stream 4711, which is none of its/],
  "a packet of somebody else's stream": [
    (p) => p.packet(1, 9, packet(0)),
    /cut off: stream 1 comes by another connection/,
  ],
  "an index of somebody else's stream": [
    (p) => p.index(1, 9, 400),
    /cut off: index for stream 1, which is none of its/,
  ],
  'the end of a chunk nobody made': [(p) => p.closeChunk(9), /cut off: end of trace chunk 9, which is not known/],
  'a rotation to a chunk nobody made': [
    (p, _, id) => p.rotate(9, [[id, 1]]),
    /rotation to trace chunk 9, which is not known/,
  ],
  'too much metadata': [
    (p) => p.metadata(Buffer.alloc(2 ** 20)),
    /session bad is broken: metadata of \S+ is larger than/,
  ],
  'too many packets without index': [
    async (p, _, id) => {
      for (let i = 0; i < 40; i++) await p.packet(id, i, packet(i));
    },
    /too many packets without index/,
  ],
};
for (const [what, [misbehave, line]] of Object.entries(MISBEHAVIOUR)) {
  test(what, () =>
    withBystander({ limits: { metadata_bytes: 2 ** 19, unpaired: 32 } }, async (relay, send) => {
      const { producer, id } = await beginOther(relay);
      await Promise.resolve(misbehave(producer, relay, id)).catch(() => {});
      await send();
      await relay.saying(line);
      assert.ok(
        relay.log.every((said) => !/bystander/.test(said)),
        relay.log.join('\n'),
      );
    }),
  );
}

test('limits: streams, sessions, connections', () =>
  withBystander({ limits: { streamsPerSession: 4, sessions: 2, connectionsPerAddress: 4 } }, async (relay) => {
    const { producer } = await beginOther(relay);
    for (const channel of ['a', 'b']) assert.equal((await producer.addStream(channel)).ret, 10);
    assert.equal((await producer.addStream('c')).ret, 11);
    await relay.saying(/stream refused: the session has 4 streams already/);
    const { control, data } = relay.ports;
    const third = await Producer.connect({ control, data });
    assert.equal(await third.createSession({ name: 'third' }), 25);
    const fourth = await Producer.connect({ control, data });
    await assert.rejects(Producer.connect({ control, data }));
    await relay.saying(/refused: 4 connections of this address/);
    await Promise.all([producer.close(), third.close(), fourth.close()]);
    await (await Producer.connect({ control, data })).close();
  }));

test('limits: streams of all sessions, half of which one address may have', () =>
  withBystander({ limits: { streams: 12 } }, async (relay) => {
    const [bystander] = relay.daemon.relay.sessions();
    const { producer } = await beginOther(relay);
    for (const channel of ['a', 'b']) assert.equal((await producer.addStream(channel)).ret, 10);
    assert.equal((await producer.addStream('c')).ret, 11);
    await relay.saying(/stream refused: 127\.0\.0\.1 has 6 streams already, half of what all may have/);
    Object.defineProperty(bystander, 'address', { value: '10.0.0.7' });
    for (const channel of ['c', 'd']) assert.equal((await producer.addStream(channel)).ret, 10);
    assert.equal((await producer.addStream('e')).ret, 11);
    await producer.close();
    while (relay.daemon.relay.streams.size > 2) await sleep(5);
  }));

test('a message that is never whole, and silence', () =>
  withBystander({ limits: { stall_ms: 150 } }, async (relay, send) => {
    const { producer, id } = await beginOther(relay);
    const half = connect(relay.ports.control, '127.0.0.1');
    half.on('error', () => {}).resume();
    half.write(encodeRequest(Command.VERSION, Buffer.alloc(8)).subarray(0, 20));
    await producer.data.write(encodeDataHeader({ stream: id, netSeq: 0, data_bytes: 400, padding_bytes: 0 }));
    await relay.saying(/control \S+: cut off: a message was begun/);
    await relay.saying(/data \S+: cut off: a message was begun/);
    await send();
  }));

test('silence, where it is not wanted', async () => {
  const relay = await RelayHere.start({ limits: { idle_ms: 100 } });
  try {
    await Producer.connect(relay.ports);
    await relay.saying(/control \S+: cut off: silent for/);
    await relay.saying(/data \S+: cut off: silent for/);
  } finally {
    await relay.close();
  }
});

test('the producer is gone, and packets that it announced never come', () =>
  withBystander({ limits: { lastData_ms: 100 } }, async (relay) => {
    const { producer, id } = await beginOther(relay);
    await producer.packet(id, 0, packet(0));
    await producer.index(id, 0, 400);
    await producer.index(id, 1, 400);
    await producer.control.end();
    await relay.saying(/stream \d+ \(ch_0\): 1 packets never came/);
    await producer.data.end();
  }));

test('packets come after the producer closed its control connection', () =>
  withBystander({}, async (relay) => {
    const { producer, id, folder } = await beginOther(relay);
    for (const number of [0, 1]) await producer.index(id, number, 400);
    await producer.closeStream(id, 1);
    await producer.control.end();
    for (const number of [0, 1]) await producer.packet(id, number, packet(number));
    await producer.data.end();
    assert.equal(readFileSync(join(folder, 'ch_0')).length, 800);
    assert.deepEqual(relay.log, []);
  }));
