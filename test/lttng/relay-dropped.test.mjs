/** Packets that a relay without disk dropped before a viewer had read them: the viewer tells, and the relay's log. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { eventWriter } from '../../dist/ctf/event-writer.js';
import * as field from '../../dist/ctf/fields.js';
import { CtfWriter } from '../../dist/ctf/writer.js';
import { NODE_CLOCK } from '../../dist/lttng/channel/socket.js';
import { inPackets } from '../../dist/lttng/replay/metadata-packets.js';
import { connectToRelay } from '../../dist/lttng/viewer/connect.js';
import { LiveConnection } from '../../dist/lttng/viewer/connection.js';
import { parseLiveUrl } from '../../dist/lttng/viewer/url.js';
import { Watcher, watched } from './cat-live.mjs';
import { Producer } from './producer.mjs';
import { RelayHere } from './relay-here.mjs';

/** Of packets of a little more than 4 KiB three have room. */
const KEPT_BYTES = 16_384;
const EVENTS_OF_A_PACKET = 200;

/** A live session of one stream, whose packets have events that are numbered. */
class Session {
  producer;
  #packets = [];
  #events = 0n;
  #writer;
  #stream;
  #write;

  static async begin(relay) {
    const session = new Session();
    const writer = new CtfWriter({
      uuid: new Uint8Array(16).fill(7),
      clock: { name: 'monotonic', description: '', uuid: '01234567-89ab-cdef-0123-456789abcdef', offset_cycles: 0n },
      environment: [['hostname', 'host']],
      sink: (_stream, packet) => session.#packets.push(Buffer.from(packet)),
    });
    const streamClass = writer.addStreamClass({ header: 'compact' });
    session.#write = eventWriter(writer.addEventClass(streamClass, 'e', [{ name: 'at', type: field.u64 }]));
    session.#stream = writer.addStream(streamClass, { name: 'ch_0', cpu: 0 });
    session.#writer = writer;
    session.producer = await Producer.connect(relay.ports);
    const metadata = inPackets(new TextEncoder().encode(writer.metadata()), new Uint8Array(16).fill(7));
    await session.producer.begin({ name: 'live', live_us: 100_000, channels: 1, metadata: Buffer.from(metadata) });
    return session;
  }

  /** Sends so many packets, and waits until the relay has them. */
  async packets(count) {
    const [stream] = this.producer.streams;
    for (let i = 0; i < count; i++) {
      const begin = this.#events;
      for (let e = 0; e < EVENTS_OF_A_PACKET; e++) this.#write(this.#stream, this.#events, [this.#events++]);
      this.#writer.flush();
      const bytes = this.#packets.pop();
      const times = { begin, end: this.#events - 1n };
      await this.producer.index(stream.id, stream.netSeq, bytes.length, times);
      await this.producer.packet(stream.id, stream.netSeq++, bytes);
    }
    await this.producer.drained();
  }

  async end() {
    const [stream] = this.producer.streams;
    await this.producer.closeStream(stream.id, stream.netSeq - 1);
    await this.producer.close();
  }
}

async function withSession(use) {
  const relay = await RelayHere.start({ output: null, limits: { kept_bytes: KEPT_BYTES } });
  try {
    await use(relay, await Session.begin(relay), `net://127.0.0.1:${relay.ports.live}`);
  } finally {
    await relay.close();
  }
}

const LOST = /Tracer discarded (\d+) packets \(unknown time range\) in trace "[^"]*" .* within stream "ch_0"/;

test('cat tells what was dropped before it came; from now on there is nothing to tell', () =>
  withSession(async (relay, session, url) => {
    await session.packets(10);
    const all = Watcher.tailtrap('cat', `${url}/host/host/live`);
    const now = Watcher.tailtrap('cat', '--begin', 'now', `${url}/host/host/live`);
    await watched(url, 'live', 2);
    await session.packets(2);
    await now.has(2 * EVENTS_OF_A_PACKET);
    await session.end();
    assert.deepEqual([await all.end(), await now.end()], [0, 0], all.errors + now.errors);
    const lost = Number(LOST.exec(all.errors)?.[1]);
    assert.ok(lost >= 5, all.errors);
    assert.equal(all.lines, (12 - lost) * EVENTS_OF_A_PACKET);
    assert.doesNotMatch(now.errors, /discarded/);
    assert.equal(now.lines, 2 * EVENTS_OF_A_PACKET);
    assert.deepEqual(relay.log, []);
  }));

for (const [command, ...more] of [['report', 'syscallstats'], ['state']]) {
  test(`${command} tells it, too`, () =>
    withSession(async (_relay, session, url) => {
      await session.packets(10);
      const watcher = Watcher.tailtrap(command, ...more, `${url}/host/host/live`);
      await watched(url, 'live');
      await session.packets(1);
      await session.end();
      await watcher.end();
      assert.match(watcher.errors, /warning: \d packets lost in stream ch_0/);
    }));
}

async function attach(url) {
  const channel = await connectToRelay(parseLiveUrl(url));
  const viewer = new LiveConnection({ channel, clock: NODE_CLOCK, name: 'relay' });
  await viewer.connect();
  await viewer.create();
  const [{ id }] = await viewer.list();
  const { streams } = await viewer.attach(id, 'beginning');
  return { viewer, id, stream: streams.find(({ isMetadata }) => !isMetadata).id };
}

test('the log tells how many packets were dropped while a viewer watched', () =>
  withSession(async (relay, session, url) => {
    const { viewer, id, stream } = await attach(url);
    await session.packets(10);
    const { begin_cycles } = await viewer.index(stream);
    const dropped = Number(begin_cycles) / EVENTS_OF_A_PACKET;
    assert.ok(dropped >= 5);
    await viewer.detach(id);
    await relay.saying(new RegExp(` ${dropped} packets of session live were dropped before this viewer had read them`));
    viewer.close();
    await session.end();
  }));

test('packets that viewers have taken stay for them, as long as there is memory', async () => {
  const relay = await RelayHere.start({
    output: null,
    limits: { kept_bytes: KEPT_BYTES, keptTotal_bytes: 4 * KEPT_BYTES },
  });
  const { memory } = relay.daemon.relay;
  const url = `net://127.0.0.1:${relay.ports.live}`;
  try {
    const session = await Session.begin(relay);
    const viewers = [];
    for (let i = 0; i < 12; i++) {
      await session.packets(1);
      const viewer = await attach(url);
      viewers.push({ ...viewer, index: await viewer.viewer.index(viewer.stream) });
      await session.packets(4);
    }
    assert.ok(memory.held_bytes > 0 && memory.held_bytes <= KEPT_BYTES, `${memory.held_bytes}`);
    const statuses = [];
    for (const { viewer, stream, index } of viewers) {
      statuses.push((await viewer.packet(stream, index.offset_bytes, Number(index.packet_bits / 8n))).status);
    }
    // Those that came when the memory was full have lost theirs.
    assert.equal(statuses[0], 'ok');
    assert.ok(statuses.filter((status) => status === 'error').length >= 6, statuses.join(' '));
    await session.end();
    while (relay.daemon.relay.sessions().length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const kept_bytes = memory.used_bytes;
    assert.ok(kept_bytes > 0, 'viewers may read on after the end');
    for (const { viewer } of viewers) viewer.close();
    for (let i = 0; i < 500 && memory.used_bytes > 0; i++) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual([memory.used_bytes, memory.held_bytes], [0, 0]);
  } finally {
    await relay.close();
  }
});
