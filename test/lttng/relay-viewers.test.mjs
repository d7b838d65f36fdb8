/** Viewers that take what they ask for slowly, in parts, or not at all. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { NODE_CLOCK } from '../../dist/lttng/channel/socket.js';
import { encodeRequest } from '../../dist/lttng/protocol/live-requests.js';
import { connectToRelay } from '../../dist/lttng/viewer/connect.js';
import { LiveConnection } from '../../dist/lttng/viewer/connection.js';
import { parseLiveUrl } from '../../dist/lttng/viewer/url.js';
import { Producer } from './producer.mjs';
import { RelayProcess } from './relay-process.mjs';

const MIB = 2 ** 20;
const PACKET_BYTES = 8 * MIB + 4096;
const METADATA = Buffer.alloc(3 * MIB, '/* CTF 1.8 */ ');
const VIEWERS = 40;
/** Without a bound each of the viewers would hold a packet: 320 MiB. */
const GROWTH_BYTES = 96 * MIB;

class Viewer {
  channel;
  connection;
  stream;
  metadata;
  packet;

  static async attach(relay) {
    const viewer = new Viewer();
    const channel = await connectToRelay(parseLiveUrl(`net://127.0.0.1:${relay.ports.live}`));
    viewer.channel = channel;
    viewer.connection = new LiveConnection({ channel, clock: NODE_CLOCK, name: 'relay' });
    viewer.stop = () => {
      channel.read = () => new Promise(() => {});
    };
    await viewer.connection.connect();
    await viewer.connection.create();
    const [{ id }] = await viewer.connection.list();
    const { streams } = await viewer.connection.attach(id, 'beginning');
    viewer.metadata = streams.find(({ isMetadata }) => isMetadata).id;
    viewer.stream = streams.find(({ isMetadata }) => !isMetadata).id;
    viewer.packet = await viewer.connection.index(viewer.stream);
    return viewer;
  }
  read(offset, bytes) {
    return this.connection.packet(this.stream, this.packet.offset_bytes + BigInt(offset), bytes);
  }
}

for (const [what, options, how] of [
  ['disk', [], {}],
  ['memory', ['--no-output'], { output: null }],
]) {
  test(`large packets and metadata are read in pieces, whoever does not read holds one (${what})`, async () => {
    const relay = await RelayProcess.start(options, how);
    const rss = () => 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${relay.child.pid}/status`, 'utf8'))[1]);
    const viewers = [];
    try {
      const producer = await Producer.connect(relay.ports);
      await producer.begin({ channels: 1, live_us: 1000, metadata: METADATA });
      const [stream] = producer.streams;
      const bytes = Buffer.alloc(PACKET_BYTES);
      for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(at, at);
      await producer.packet(stream.id, stream.netSeq++, bytes);
      await producer.index(stream.id, 0, PACKET_BYTES);
      await producer.drained();
      const reader = await Viewer.attach(relay);
      for (const [offset, size] of [
        [0, PACKET_BYTES],
        [4096, MIB],
        [1, 262_145],
        [PACKET_BYTES - 262_144, 262_144],
      ]) {
        const reply = await reader.read(offset, size);
        assert.equal(reply.status, 'ok');
        assert.ok(bytes.subarray(offset, offset + size).equals(reply.bytes), `${size} bytes at ${offset}`);
      }
      assert.equal((await reader.read(1, PACKET_BYTES)).status, 'error');
      const metadata = [];
      for (let piece = null; piece === null || piece.length > 0; metadata.push(piece)) {
        piece = (await reader.connection.metadata(reader.metadata)).bytes;
        assert.ok(piece.length <= MIB);
      }
      assert.ok(Buffer.concat(metadata).equals(METADATA));
      const before = rss();
      for (let i = 0; i < VIEWERS; i++) {
        viewers.push(await Viewer.attach(relay));
        viewers[i].read(0, PACKET_BYTES).catch(() => {});
        viewers[i].stop();
      }
      assert.equal((await reader.read(0, PACKET_BYTES)).bytes.length, PACKET_BYTES);
      assert.ok(rss() - before < GROWTH_BYTES, `${Math.round((rss() - before) / MIB)} MiB more`);
      reader.connection.close();
      await producer.close();
    } finally {
      for (const { connection } of viewers) connection.close();
      await relay.close();
    }
  });
}

test('a viewer that asks thousands of questions at once does not keep others waiting', async () => {
  const relay = await RelayProcess.start();
  try {
    const producer = await Producer.connect(relay.ports);
    await producer.begin({ channels: 1, live_us: 1000 });
    const [flooding, other] = [await Viewer.attach(relay), await Viewer.attach(relay)];
    const question = encodeRequest({ command: 'index', streamId: flooding.stream });
    // Its metadata was not asked for, so that each answer is news and comes at once.
    const questions = 3000;
    let answers_bytes = 0;
    const all_bytes = questions * 64;
    flooding.channel.write(Buffer.concat(Array.from({ length: questions }, () => question)));
    const answers = (async () => {
      while (answers_bytes < all_bytes) answers_bytes += (await flooding.channel.read()).length;
    })();
    await other.connection.list();
    assert.ok(answers_bytes < all_bytes / 2, `${answers_bytes} of ${all_bytes} bytes came first`);
    await answers;
    assert.equal(answers_bytes, all_bytes);
    for (const { connection } of [flooding, other]) connection.close();
    await producer.close();
  } finally {
    await relay.close();
  }
});
