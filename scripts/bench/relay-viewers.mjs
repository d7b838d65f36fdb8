/**
 * Live sessions with one viewer each: a packet now and then, and how long until the viewer has it. Prints one line of
 * JSON: delays in milliseconds, from before the packet was sent until its last byte was served.
 *
 *     node relay-viewers.mjs CONTROL_PORT DATA_PORT LIVE_PORT SESSIONS VIEWERS_PER_SESSION PACKETS PACE_MS
 *
 * PACE_MS is what a viewer waits when it was told that there is nothing; babeltrace2 waits 100.
 */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import * as replies from '../../dist/lttng/protocol/live-replies.js';
import { encodeRequest } from '../../dist/lttng/protocol/live-requests.js';
import { Producer } from '../../test/lttng/producer.mjs';

const [control, data, live, sessions, perSession, packets, pace_ms] = process.argv.slice(2).map(Number);
const PACKET_BYTES = 4096;
const GAP_MS = 37; // in no step with any viewer's pace
/** Before those that are measured, in quick succession: a relay has served others before. */
const WARM_UP_PACKETS = 250;
const WARM_UP_GAP_MS = 3;
const content = Buffer.alloc(PACKET_BYTES, 'tailtrap');

class Viewer {
  delays = [];
  #socket = connect(live, '127.0.0.1').setNoDelay(true);
  #chunks = [];
  #wake = () => {};

  constructor() {
    this.#socket.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.#wake();
    });
  }
  async ask(request, decoder) {
    this.#socket.write(encodeRequest(request));
    let step = decoder.next();
    while (!step.done) step = decoder.next(await this.#take(step.value));
    return step.value;
  }
  async #take(bytes) {
    for (;;) {
      const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
      if (all.length >= bytes) {
        this.#chunks = all.length > bytes ? [all.subarray(bytes)] : [];
        return all.subarray(0, bytes);
      }
      this.#chunks = [all];
      await new Promise((resolve) => (this.#wake = resolve));
    }
  }

  async attach(name) {
    await this.ask({ command: 'connect', major: 2, minor: 4, type: 1 }, replies.decodeConnect());
    await this.ask({ command: 'create' }, replies.decodeCreate());
    const list = await this.ask({ command: 'list' }, replies.decodeList(4));
    const { id } = list.find((session) => session.name === name);
    const { streams } = await this.ask({ command: 'attach', sessionId: id, seek: 'beginning' }, replies.decodeAttach());
    await this.ask(
      { command: 'metadata', streamId: streams.find((stream) => stream.isMetadata).id },
      replies.decodeMetadata(),
    );
    this.stream = streams.find((stream) => !stream.isMetadata).id;
    return id;
  }
  /** @param {number[]} sent when each packet was sent; grows meanwhile */
  async watch(sent) {
    while (this.delays.length < WARM_UP_PACKETS + packets) {
      const index = await this.ask({ command: 'index', streamId: this.stream }, replies.decodeIndex());
      if (index.status !== 'ok') {
        await sleep(pace_ms);
        continue;
      }
      const bytes = Number(index.packet_bits / 8n);
      const request = { command: 'packet', streamId: this.stream, offset_bytes: index.offset_bytes, bytes };
      await this.ask(request, replies.decodePacket());
      this.delays.push(performance.now() - sent[this.delays.length]);
    }
    this.#socket.destroy();
  }
}

async function session(i) {
  const name = `delay-${i}`;
  const producer = await Producer.connect({ control, data });
  await producer.begin({ name, channels: 1, live_us: 1_000_000 });
  const viewers = Array.from({ length: perSession }, () => new Viewer());
  for (const viewer of viewers) await viewer.attach(name);
  const sent = [];
  const watching = viewers.map((viewer) => viewer.watch(sent));
  const [{ id }] = producer.streams;
  await sleep(200 + 11 * i);
  for (let number = 0; number < WARM_UP_PACKETS + packets; number++) {
    sent.push(performance.now());
    await producer.packet(id, number, content);
    await producer.index(id, number, PACKET_BYTES);
    await sleep(number < WARM_UP_PACKETS ? WARM_UP_GAP_MS : GAP_MS);
  }
  await Promise.all(watching);
  await producer.close();
  return viewers.flatMap((viewer) => viewer.delays.slice(WARM_UP_PACKETS));
}

const delays = (await Promise.all(Array.from({ length: sessions }, (_, i) => session(i)))).flat().sort((a, b) => a - b);
const at = (share) => delays[Math.min(delays.length - 1, Math.floor(share * delays.length))];
console.log(JSON.stringify({ median_ms: at(0.5), p99_ms: at(0.99) }));
