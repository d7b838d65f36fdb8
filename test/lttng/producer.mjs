/** Plays a producer (session and consumer daemon of LTTng) towards a relay, for tests and benchmarks. */
import { connect } from 'node:net';
import { Command, encodeRequest } from '../../dist/lttng/protocol/control.js';
import * as session from '../../dist/lttng/protocol/control-session.js';
import * as stream from '../../dist/lttng/protocol/control-stream.js';
import { encodeDataHeader } from '../../dist/lttng/protocol/data.js';

let daemons = 0;

/** One connection; replies are awaited in the order of requests. */
class Connection {
  socket;
  over = false;
  #got = Buffer.alloc(0);
  #wanted = [];

  static async open(port, tune = (socket) => socket) {
    const it = new Connection();
    it.socket = tune(connect(port, '127.0.0.1'));
    it.socket.setNoDelay(true);
    await new Promise((resolve, reject) => it.socket.once('connect', resolve).once('error', reject));
    it.socket.on('data', (chunk) => it.#onData(chunk));
    it.socket.on('error', () => {});
    it.socket.on('close', () => it.#onClose());
    return it;
  }

  #onData(chunk) {
    this.#got = this.#got.length === 0 ? chunk : Buffer.concat([this.#got, chunk]);
    while (this.#wanted.length > 0 && this.#got.length >= this.#wanted[0].bytes) {
      const { bytes, resolve } = this.#wanted.shift();
      const reply = this.#got.subarray(0, bytes);
      this.#got = this.#got.subarray(bytes);
      resolve(reply);
    }
  }
  #onClose() {
    this.over = true;
    for (const { reject } of this.#wanted.splice(0)) reject(new Error('the relay closed the connection'));
  }

  reply(bytes) {
    if (this.over) return Promise.reject(new Error('the relay closed the connection'));
    return new Promise((resolve, reject) => {
      this.#wanted.push({ bytes, resolve, reject });
      this.#onData(Buffer.alloc(0));
    });
  }
  /** Waits for nothing unless the socket is full. */
  async write(...pieces) {
    let free = true;
    if (pieces.length > 1) this.socket.cork();
    for (const piece of pieces) free = this.socket.write(piece);
    if (pieces.length > 1) this.socket.uncork();
    if (!free && !this.over) {
      await new Promise((resolve) => {
        const go = () => {
          this.socket.off('drain', go).off('close', go);
          resolve();
        };
        this.socket.once('drain', go).once('close', go);
      });
    }
  }
  async end() {
    if (this.over) return;
    const closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.end();
    await closed;
  }
}

export class Producer {
  minor;
  control;
  data;
  sessionId = 0;
  outputPath = '';
  /** @type {{id: number, netSeq: number}[]} */
  streams = [];
  metadataStream = null;
  #daemon = (++daemons).toString(16).padStart(32, 'a');

  /** @param {{control: number, data: number}} ports on 127.0.0.1 */
  static async connect(ports, { minor = 13 } = {}) {
    const producer = new Producer();
    producer.control = await Connection.open(ports.control);
    producer.data = await Connection.open(ports.data);
    const reply = await producer.request(Command.VERSION, session.encodeVersion({ major: 2, minor }), 8);
    producer.minor = Math.min(minor, session.decodeVersion(reply).minor);
    return producer;
  }

  async request(command, payload, replyBytes = 4) {
    const reply = this.control.reply(replyBytes);
    await this.control.write(encodeRequest(command, payload));
    return reply;
  }
  /** @returns the code of a generic reply */
  async ret(command, payload) {
    return (await this.request(command, payload)).readUInt32BE(0);
  }

  /** @returns the code; 10 is OK */
  async createSession({
    name = 'bench',
    hostname = 'host',
    live_us = 0,
    snapshot = false,
    basePath = '',
    chunk = null,
  } = {}) {
    const { minor } = this;
    const chunked =
      minor < 11
        ? null
        : { nameHasTime: false, daemon: this.#daemon, daemonSession: 1n, created_s: 1_700_000_000n, chunk };
    const created = { name, hostname, basePath, liveTimer_us: live_us, snapshot, chunked, format: 'ctf1' };
    const reply = await this.request(
      Command.CREATE_SESSION,
      session.encodeCreateSession(created, minor),
      session.sessionReplyBytes(minor),
    );
    this.sessionId = Number(reply.readBigUInt64BE(0));
    const pathBytes = minor < 11 ? 0 : reply.readUInt32BE(12);
    if (pathBytes > 0) this.outputPath = (await this.control.reply(pathBytes)).toString('utf8', 0, pathBytes - 1);
    return reply.readUInt32BE(8);
  }
  /** The same session daemon and session as another producer: its second domain. */
  joins(other) {
    this.#daemon = other.#daemon;
  }

  createChunk(id, { created_s = 1_700_000_000n + BigInt(id), name = null } = {}) {
    return this.ret(Command.CREATE_TRACE_CHUNK, stream.encodeCreateChunk({ id: BigInt(id), created_s, name }));
  }
  async closeChunk(id, command = null) {
    const close = { id: BigInt(id), closed_s: 1_700_000_100n, command };
    const reply = await this.request(Command.CLOSE_TRACE_CHUNK, stream.encodeCloseChunk(close), 8);
    const pathBytes = reply.readUInt32BE(4);
    const path = pathBytes === 0 ? '' : (await this.control.reply(pathBytes)).toString('utf8', 0, pathBytes - 1);
    return { ret: reply.readUInt32BE(0), path };
  }
  async chunkExists(id) {
    return (await this.request(Command.TRACE_CHUNK_EXISTS, stream.encodeId(id), 5))[4] === 1;
  }
  rotate(chunk, positions) {
    const streams = positions.map(([id, position]) => ({ stream: BigInt(id), position: BigInt(position) }));
    const payload = stream.encodeRotateStreams({ chunk: chunk === null ? null : BigInt(chunk), streams });
    return this.ret(Command.ROTATE_STREAMS, payload);
  }

  /** @returns {Promise<{handle: number, ret: number}>} */
  async addStream(channel, { path = 'ust/uid/0/64-bit', size = 0, count = 0, chunk = 0 } = {}) {
    const spec = {
      channel,
      path,
      tracefileSize_bytes: BigInt(size),
      tracefileCount: BigInt(count),
      chunk: BigInt(chunk),
    };
    const reply = session.readStreamReply(
      await this.request(Command.ADD_STREAM, session.encodeAddStream(spec, this.minor), 12),
    );
    if (reply.ret !== 10) return reply;
    if (channel === 'metadata') this.metadataStream = reply.handle;
    else this.streams.push({ id: reply.handle, netSeq: 0 });
    return reply;
  }
  streamsSent() {
    return this.ret(Command.STREAMS_SENT);
  }
  metadata(bytes, padding = 0, id = this.metadataStream) {
    return this.control.write(encodeRequest(Command.SEND_METADATA, stream.encodeMetadata(id, padding, bytes)));
  }

  /** Sends a packet. */
  packet(id, netSeq, bytes, padding_bytes = 0) {
    return this.data.write(encodeDataHeader({ stream: id, netSeq, data_bytes: bytes.length, padding_bytes }), bytes);
  }
  index(id, netSeq, size_bytes, { begin = 0n, end = 0n, packetSeq = netSeq } = {}) {
    const bits = BigInt(size_bytes * 8);
    const index = {
      ...{ stream: id, netSeq, packetSize_bits: bits, contentSize_bits: bits, begin, end, discarded: 0n },
      ...{ streamClass: 0n, instance: 0n, packetSeq: BigInt(packetSeq) },
    };
    return this.ret(Command.SEND_INDEX, stream.encodeIndex(index, this.minor));
  }
  beacon(id, netSeq, end) {
    return this.ret(Command.SEND_INDEX, stream.encodeBeacon(id, netSeq, end, 0n, this.minor));
  }
  async isPending(id, last) {
    return (await this.ret(Command.DATA_PENDING, stream.encodeStreamAndNumber(id, last))) !== 0;
  }
  closeStream(id, last) {
    return this.ret(Command.CLOSE_STREAM, stream.encodeStreamAndNumber(id, last));
  }

  /** Session, chunk, streams and a little metadata. */
  async begin({ channels = 2, metadata = Buffer.from('/* CTF 1.8 */\n'), ...how } = {}) {
    await this.createSession(how);
    if (this.minor >= 11) await this.createChunk(0);
    for (let i = 0; i < channels; i++) await this.addStream(`ch_${i}`);
    await this.addStream('metadata');
    await this.streamsSent();
    await this.metadata(metadata);
  }

  /** Waits until the relay has all that was sent. */
  async drained() {
    for (const { id, netSeq } of this.streams) {
      while (await this.isPending(id, netSeq - 1)) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  async close() {
    await Promise.all([this.control.end(), this.data.end()]);
  }
}
