import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import test from 'node:test';
import fc from 'fast-check';
import { Inbox } from '../../channel/channel.ts';
import { SocketChannel } from '../../channel/socket.ts';
import type { LiveRequest } from '../../protocol/live.ts';
import * as replies from '../../protocol/live-replies.ts';
import { encodeRequest } from '../../protocol/live-requests.ts';
import type { Decoder } from '../../protocol/wire.ts';
import { FedStore } from '../../replay/fed-store.ts';
import { DEFAULT_LIMITS, type Limits } from '../limits.ts';
import { LiveServer } from './server.ts';

/** A hand-made viewer. */
class Client {
  readonly faults: string[] = [];
  readonly channel: SocketChannel;
  readonly #inbox: Inbox;

  constructor(server: LiveServer) {
    const [near, far] = duplexPair();
    near.on('error', () => {});
    far.on('error', () => {});
    // As sockets do, and pairs in memory do not by themselves.
    near.on('close', () => far.destroy());
    this.channel = new SocketChannel(near);
    this.#inbox = new Inbox(this.channel, () => {});
    server.accept({
      name: 'viewer',
      address: '127.0.0.1',
      socket: far,
      fault: (reason) => {
        this.faults.push(reason);
        far.end();
      },
      introduced: () => {},
      note: () => {},
    });
  }

  /** @returns null when the connection ended instead */
  async ask<T>(request: LiveRequest, decoder: Decoder<T>): Promise<T | null> {
    this.channel.write(encodeRequest(request));
    return this.read(decoder);
  }

  async read<T>(decoder: Decoder<T>): Promise<T | null> {
    let step = decoder.next();
    while (step.done !== true) {
      const bytes = await this.#inbox.take(step.value);
      if (bytes === null) return null;
      step = decoder.next(bytes);
    }
    return step.value;
  }

  connect(major = 2, minor = 13, type = 1): Promise<unknown> {
    return this.ask({ command: 'connect', major, minor, type }, replies.decodeConnect());
  }
  create(): Promise<unknown> {
    return this.ask({ command: 'create' }, replies.decodeCreate());
  }
  async attach(id: bigint, seek: 'beginning' | 'last' | 'unknown' = 'beginning'): Promise<string | undefined> {
    return (await this.ask({ command: 'attach', sessionId: id, seek }, replies.decodeAttach()))?.status;
  }
  async index(streamId: bigint): Promise<string | undefined> {
    return (await this.ask({ command: 'index', streamId }, replies.decodeIndex()))?.status;
  }
  async newStreams(sessionId: bigint): Promise<string | undefined> {
    return (await this.ask({ command: 'new-streams', sessionId }, replies.decodeNewStreams()))?.status;
  }
  async metadata(streamId: bigint): Promise<string | undefined> {
    return (await this.ask({ command: 'metadata', streamId }, replies.decodeMetadata()))?.status;
  }
  async packet(streamId: bigint, offset_bytes: bigint, bytes: number): Promise<[string, number] | undefined> {
    const reply = await this.ask({ command: 'packet', streamId, offset_bytes, bytes }, replies.decodePacket());
    return reply === null ? undefined : [reply.status, reply.bytes.length];
  }
  detach(sessionId: bigint): Promise<unknown> {
    return this.ask({ command: 'detach', sessionId }, replies.decodeDetach());
  }
}

const FACTS = {
  packet_bytes: 100,
  content_bits: 800n,
  begin_cycles: 1n,
  end_cycles: 2n,
  discarded: 0n,
  streamClassId: 0n,
  instance: 0n,
  sequence: 0n,
};
const BYTES = new Uint8Array(100).fill(1);

/** A session with one stream of two packets. */
function served(limits: Partial<Limits> = {}): {
  store: FedStore;
  server: LiveServer;
  session: ReturnType<FedStore['add']>;
  stream: ReturnType<ReturnType<ReturnType<FedStore['add']>['addTrace']>['addStream']>;
} {
  const store = new FedStore();
  const server = new LiveServer(store, { ...DEFAULT_LIMITS, ...limits });
  const session = store.add({ name: 's', hostname: 'h', liveTimer_us: 1000, format: 'ctf1' });
  const trace = session.addTrace('ust');
  trace.metadata.append(Uint8Array.of(1, 2, 3));
  const stream = trace.addStream('c_0');
  for (let i = 0; i < 2; i++) stream.add(FACTS, (offset, length) => BYTES.subarray(offset, offset + length));
  session.publish();
  return { store, server, session, stream };
}

test('answers to wrong requests are those of lttng-relayd', async () => {
  const { store, server, session, stream } = served();
  const [sessionId, streamId, metadataId] = [
    BigInt(session.id),
    BigInt(stream.id),
    BigInt(session.traces[0]!.metadata.streamId),
  ];
  const early = new Client(server);
  assert.equal(await early.ask({ command: 'list' }, replies.decodeList(13)), null);
  for (const [major, type] of [
    [3, 1],
    [2, 7],
  ] as const) {
    assert.equal(await new Client(server).connect(major, 13, type), null);
  }
  const client = new Client(server);
  assert.deepEqual(await client.connect(), { viewerSessionId: 1n, major: 2, minor: 15 });
  assert.equal(await client.attach(sessionId), 'no-session');
  assert.equal(await client.detach(sessionId), 'error');
  assert.equal(await client.index(streamId), 'error');
  assert.equal(await client.create(), 'ok');
  assert.equal(await client.create(), 'ok');
  assert.equal(await client.attach(999n), 'unknown');
  assert.equal(await client.newStreams(999n), 'error');
  assert.equal(await client.detach(999n), 'unknown');
  assert.equal(await client.newStreams(sessionId), 'error');
  assert.equal(await client.attach(sessionId, 'unknown'), 'seek-error');
  assert.equal(await client.attach(sessionId), 'ok');
  assert.equal(await client.attach(sessionId), 'already');
  assert.equal(await client.index(metadataId), 'hangup');
  assert.equal(await client.metadata(streamId), 'error');
  assert.equal(await client.metadata(metadataId), 'ok');
  assert.equal(await client.metadata(metadataId), 'no-new');
  assert.equal(await client.detach(sessionId), 'ok');
  assert.equal(await client.index(streamId), 'error');
  assert.equal(await client.attach(sessionId), 'ok');
  const stopped = store.add({ name: 'plain', hostname: 'h', liveTimer_us: 0, format: 'ctf1' });
  assert.equal(await client.attach(BigInt(stopped.id)), 'not-live');
  assert.deepEqual(client.faults, []);
  client.channel.write(encodeRequest({ command: 'unknown', number: 77 }));
  assert.equal(await client.read(replies.decodeDetach()).catch(() => 'eleven'), 'eleven');
  assert.deepEqual(client.faults, ['command 77 is unknown']);
});

test('packets: only those of the index that was given, whole or in parts', async () => {
  const { server, session, stream } = served();
  const client = new Client(server);
  const id = BigInt(stream.id);
  await client.connect();
  await client.create();
  await client.attach(BigInt(session.id));
  assert.deepEqual(await client.packet(id, 0n, 100), ['error', 0]);
  assert.equal(await client.index(id), 'ok');
  assert.deepEqual(await client.packet(id, 0n, 100), ['ok', 100]);
  assert.deepEqual(await client.packet(id, 40n, 60), ['ok', 60]);
  assert.deepEqual(await client.packet(id, 0n, 0), ['ok', 0]);
  assert.deepEqual(await client.packet(id, 0n, 101), ['error', 0]);
  assert.equal(await client.index(id), 'ok');
  assert.deepEqual(await client.packet(id, 100n, 100), ['ok', 100]);
  assert.equal(await client.index(id), 'retry');
  stream.promise(7n, 0n);
  assert.equal(await client.index(id), 'inactive');
  stream.rotating = true;
  assert.equal(await client.index(id), 'retry');
  stream.rotating = false;
  session.close();
  assert.equal(await client.index(id), 'hangup');
  assert.equal(await client.index(id), 'error');
  assert.equal(await client.newStreams(BigInt(session.id)), 'hangup');
});

test('a closed stream gives all its packets before it hangs up', async () => {
  const { server, session, stream } = served();
  const client = new Client(server);
  await client.connect();
  await client.create();
  await client.attach(BigInt(session.id));
  session.close();
  const id = BigInt(stream.id);
  assert.equal(await client.newStreams(BigInt(session.id)), 'ok');
  assert.deepEqual([await client.index(id), await client.index(id), await client.index(id)], ['ok', 'ok', 'hangup']);
});

test('sessions in CTF 2 are shown to those who know it', async () => {
  const { store, server } = served();
  const two = store.add({ name: 'two', hostname: 'h', liveTimer_us: 1, format: 'ctf2' });
  for (const [minor, names] of [
    [4, ['s']],
    [14, ['s']],
    [15, ['s', 'two']],
  ] as const) {
    const client = new Client(server);
    await client.connect(2, minor);
    const list = await client.ask({ command: 'list' }, replies.decodeList(minor));
    assert.deepEqual(
      list?.map(({ name }) => name),
      names,
    );
    await client.create();
    assert.equal(await client.attach(BigInt(two.id)), minor < 15 ? 'unknown' : 'ok');
  }
});

test('requests in one piece, and in pieces of one byte, are answered in order', async () => {
  const { server, session, stream } = served();
  const requests: LiveRequest[] = [
    { command: 'connect', major: 2, minor: 4, type: 1 },
    { command: 'create' },
    { command: 'attach', sessionId: BigInt(session.id), seek: 'beginning' },
    { command: 'index', streamId: BigInt(stream.id) },
    { command: 'list' },
  ];
  const bytes = Buffer.concat(requests.map(encodeRequest));
  for (const pieces of [[bytes], Array.from(bytes, (byte) => Uint8Array.of(byte))]) {
    const client = new Client(server);
    for (const piece of pieces) client.channel.write(piece);
    assert.equal((await client.read(replies.decodeConnect()))?.minor, 15);
    assert.equal(await client.read(replies.decodeCreate()), 'ok');
    assert.equal((await client.read(replies.decodeAttach()))?.streams.length, 2);
    assert.equal((await client.read(replies.decodeIndex()))?.status, 'ok');
    assert.equal((await client.read(replies.decodeList(4)))?.[0]?.clients, 1);
    client.channel.close();
  }
});

test('a message that is begun and never finished, and a silent viewer, are cut off', async () => {
  const { server } = served({ stall_ms: 30, idle_ms: 60 });
  // The server's own timers keep no process alive.
  const alive = setInterval(() => {}, 1000);
  const [begun, silent] = [new Client(server), new Client(server)];
  await silent.connect();
  begun.channel.write(Uint8Array.of(0, 0, 0));
  assert.equal(await begun.read(replies.decodeConnect()), null);
  assert.equal(await silent.read(replies.decodeConnect()), null);
  assert.match(begun.faults[0]!, /not whole/);
  assert.match(silent.faults[0]!, /silent/);
  clearInterval(alive);
});

test('any bytes: the server answers or ends, and serves others', async () => {
  const { server, session } = served();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
      fc.boolean(),
      async (pieces, greet) => {
        const client = new Client(server);
        if (greet) await client.connect();
        for (const piece of pieces) client.channel.write(piece);
        client.channel.close();
      },
    ),
    { numRuns: 200 },
  );
  const client = new Client(server);
  await client.connect();
  await client.create();
  assert.equal(await client.attach(BigInt(session.id)), 'ok');
  assert.equal(server.watching(session), 1);
});
