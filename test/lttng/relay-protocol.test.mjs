/** `tailtrap relay` and producers of every version: sessions, streams, chunks; what is answered, what is on disk. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Command } from '../../dist/lttng/protocol/control.js';
import { Producer } from './producer.mjs';
import { indexEntries, RelayHere } from './relay-here.mjs';

const OK = 10;
const packet = (number, size = 400) => Buffer.alloc(size, number + 1);

/** Runs with a relay of its own. */
async function withRelay(options, run) {
  const relay = await RelayHere.start(options);
  try {
    await run(relay);
  } finally {
    await relay.close();
  }
}
/** One packet and its index. */
async function send(producer, stream, number, { size = 400, padding = 0, ...how } = {}) {
  await producer.packet(stream, number, packet(number, size), padding);
  assert.equal(await producer.index(stream, number, size + padding, how), OK);
}

for (const minor of [4, 7, 8, 10, 11, 12, 13, 14, 15, 99]) {
  test(`a producer of version 2.${minor}`, () =>
    withRelay({}, async (relay) => {
      const producer = await Producer.connect(relay.ports, { minor });
      assert.equal(producer.minor, Math.min(minor, 15));
      assert.equal(await producer.createSession({ name: 's', hostname: 'h', live_us: 1000 }), OK);
      const old = minor < 11;
      if (!old) assert.equal(await producer.createChunk(0), OK);
      const path = old ? '/h/s-20231114-221320/ust/uid/0/64-bit' : 'ust/uid/0/64-bit';
      const { handle } = await producer.addStream('ch_0', { path });
      await producer.addStream('metadata', { path });
      assert.equal(await producer.streamsSent(), OK);
      await producer.metadata(Buffer.from('/* CTF 1.8 */'), 3);
      for (const number of [0, 1, 2]) await send(producer, handle, number, { padding: number });
      assert.equal(await producer.beacon(handle, 2, 77n), OK);
      while (await producer.isPending(handle, 2)) await new Promise((resolve) => setTimeout(resolve, 2));
      assert.equal(await producer.isPending(handle, 3), true);
      assert.equal(await producer.closeStream(handle, 2), OK);
      await producer.close();
      await relay.daemon.close();
      const folder = join(relay.output, 'h', readdirSync(join(relay.output, 'h'))[0], 'ust/uid/0/64-bit');
      assert.equal(readFileSync(join(folder, 'metadata'), 'latin1'), '/* CTF 1.8 */\0\0\0');
      const padded = [0, 1, 2].map((number) => Buffer.concat([packet(number), Buffer.alloc(number)]));
      assert.ok(readFileSync(join(folder, 'ch_0')).equals(Buffer.concat(padded)));
      const index = readFileSync(join(folder, 'index/ch_0.idx'));
      assert.deepEqual([index.readUInt32BE(8), index.readUInt32BE(12)], minor < 8 ? [0, 56] : [1, 72]);
      const sequence = (number) => (minor < 8 ? null : number);
      assert.deepEqual(indexEntries(index), [
        { offset: 0, size: 400, sequence: sequence(0) },
        { offset: 400, size: 401, sequence: sequence(1) },
        { offset: 801, size: 402, sequence: sequence(2) },
      ]);
      assert.deepEqual(relay.log, []);
    }));
}

test('producers before 2.4 are refused as by lttng-relayd', () =>
  withRelay({}, async (relay) => {
    for (const minor of [1, 3]) {
      const producer = await Producer.connect(relay.ports, { minor });
      const reply = await producer.request(Command.CREATE_SESSION, Buffer.alloc(0), 12);
      assert.equal(reply.toString('hex'), '000000000000000000000019');
      await producer.close();
    }
  }));

test('grouped by session', () =>
  withRelay({ grouping: 'session' }, async (relay) => {
    const producer = await Producer.connect(relay.ports);
    await producer.begin({ name: 'web', hostname: 'h1', basePath: 'a/b' });
    assert.match(producer.outputPath, /^web\/h1-\d{8}-\d{6}\/a\/b$/);
    await producer.close();
    const old = await Producer.connect(relay.ports, { minor: 8 });
    await old.createSession({ name: 'web', hostname: 'h1' });
    await old.addStream('ch', { path: '/h1/web-20200101-000000/kernel' });
    await old.addStream('ch', { path: '/own/place' });
    await old.close();
    assert.deepEqual(
      relay.files().filter((file) => file.endsWith('/ch')),
      ['own/place/ch', 'web/h1-20200101-000000/kernel/ch'],
    );
  }));

test('two domains of one session share its chunks, and rotate together', () =>
  withRelay({}, async (relay) => {
    const kernel = await Producer.connect(relay.ports);
    const user = await Producer.connect(relay.ports);
    user.joins(kernel);
    await kernel.createSession({ name: 's', hostname: 'h' });
    await kernel.createChunk(0);
    assert.equal(await user.createSession({ name: 's', hostname: 'h', chunk: 0n }), OK);
    const [k, u] = [await kernel.addStream('ch_0', { path: 'kernel' }), await user.addStream('ch_0')];
    await send(kernel, k.handle, 0);
    await send(user, u.handle, 0);
    for (const domain of [kernel, user]) assert.equal(await domain.createChunk(1), OK);
    assert.equal(await kernel.rotate(1, [[k.handle, 1]]), OK);
    assert.equal((await kernel.closeChunk(0, 0)).ret, OK);
    assert.equal(await kernel.chunkExists(0), true);
    await send(kernel, k.handle, 1);
    assert.equal(await user.rotate(1, [[u.handle, 1]]), OK);
    assert.equal((await user.closeChunk(0, 0)).ret, OK);
    while (await kernel.chunkExists(0)) await new Promise((resolve) => setTimeout(resolve, 5));
    await send(user, u.handle, 1);
    await Promise.all([kernel.close(), user.close()]);
    await relay.daemon.close();
    const session = join(relay.output, 'h', readdirSync(join(relay.output, 'h'))[0]);
    const [archived] = readdirSync(join(session, 'archives'));
    const current = readdirSync(session).find((name) => name !== 'archives');
    for (const [chunk, number] of [
      [join('archives', archived), 0],
      [current, 1],
    ]) {
      for (const path of ['kernel', 'ust/uid/0/64-bit']) {
        assert.ok(readFileSync(join(session, chunk, path, 'ch_0')).equals(packet(number)), `${chunk}/${path}`);
      }
    }
    assert.deepEqual(relay.log, []);
  }));

test('a session that joins a chunk nobody made is refused', () =>
  withRelay({}, async (relay) => {
    const producer = await Producer.connect(relay.ports);
    assert.equal(await producer.createSession({ chunk: 4n }), 25);
    await producer.close();
  }));

test('packets that overtake their rotation move to the next chunk', () =>
  withRelay({}, async (relay) => {
    const producer = await Producer.connect(relay.ports);
    await producer.createSession({ name: 's', hostname: 'h' });
    await producer.createChunk(0);
    const { handle } = await producer.addStream('ch', { size: 1000, count: 4 });
    for (let number = 0; number < 6; number++) await producer.packet(handle, number, packet(number));
    // Both connections are read when this is answered.
    while (await producer.isPending(handle, -1)) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await producer.createChunk(1);
    await producer.rotate(1, [[handle, 3]]);
    for (let number = 0; number < 6; number++) assert.equal(await producer.index(handle, number, 400), OK);
    await producer.closeChunk(0, 0);
    await producer.close();
    await relay.daemon.close();
    const session = join(relay.output, 'h', readdirSync(join(relay.output, 'h'))[0]);
    const numbersIn = (chunk) => {
      const folder = join(session, chunk, 'ust/uid/0/64-bit');
      const files = readdirSync(folder)
        .filter((name) => name.startsWith('ch_'))
        .sort();
      return files.map((file) => {
        const data = readFileSync(join(folder, file));
        return indexEntries(readFileSync(join(folder, 'index', `${file}.idx`))).map(({ offset }) => data[offset] - 1);
      });
    };
    const current = readdirSync(session).find((name) => name !== 'archives');
    assert.deepEqual(numbersIn(join('archives', readdirSync(join(session, 'archives'))[0])), [[0, 1], [2]]);
    assert.deepEqual(numbersIn(current), [[3, 4], [5]]);
  }));

test('names that would lead out of the output folder are refused', () =>
  withRelay({}, async (relay) => {
    const sessions = [{ name: '../x' }, { name: '.hidden' }, { name: '' }, { hostname: '..' }, { hostname: 'a/b' }];
    for (const names of [...sessions, { basePath: '/etc' }, { basePath: 'a/../../b' }]) {
      const producer = await Producer.connect(relay.ports);
      assert.equal(await producer.createSession(names), 25, JSON.stringify(names));
      await producer.close();
    }
    const producer = await Producer.connect(relay.ports);
    await producer.createSession({ name: 's', hostname: 'h' });
    await producer.createChunk(0);
    const streams = [
      ['ch', '../x'],
      ['ch', 'a/../../b'],
      ['../ch', 'ust'],
      ['a/b', 'ust'],
      ['..', 'ust'],
      ['ch', '..'],
    ];
    for (const [channel, path] of streams) {
      assert.equal((await producer.addStream(channel, { path })).ret, 11, `${channel} ${path}`);
    }
    await producer.close();
    // Absolute paths begin at the chunk, as those of old producers.
    assert.deepEqual(relay.files(), []);
    assert.equal(relay.log.filter((line) => /refused/.test(line)).length, 13);
  }));

test('links in the output folder are not followed', () =>
  withRelay({}, async (relay) => {
    const outside = join(relay.folder, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'precious'), 'untouched');
    mkdirSync(join(relay.output, 'h'), { recursive: true });
    symlinkSync(outside, join(relay.output, 'h/linked'));
    const producer = await Producer.connect(relay.ports);
    assert.equal(await producer.createSession({ hostname: 'h', basePath: 'linked' }), 25);
    await producer.createSession({ hostname: 'h', basePath: 'real' });
    await producer.createChunk(0);
    mkdirSync(join(relay.output, 'h/real/ust'), { recursive: true });
    symlinkSync(join(outside, 'precious'), join(relay.output, 'h/real/ust/ch'));
    assert.equal((await producer.addStream('ch', { path: 'ust' })).ret, 11);
    await producer.close();
    assert.equal(readFileSync(join(outside, 'precious'), 'utf8'), 'untouched');
    assert.deepEqual(readdirSync(outside), ['precious']);
  }));

test('a file that is being written is not opened a second time', () =>
  withRelay({}, async (relay) => {
    const producer = await Producer.connect(relay.ports);
    await producer.createSession({ hostname: 'h', basePath: 'b' });
    await producer.createChunk(0);
    const { handle } = await producer.addStream('ch');
    await send(producer, handle, 0);
    assert.equal((await producer.addStream('ch')).ret, 11);
    await producer.close();
    assert.ok(readFileSync(join(relay.output, 'h/b/ust/uid/0/64-bit/ch')).equals(packet(0)));
  }));

test('clear that is not allowed', () =>
  withRelay({ allowClear: false }, async (relay) => {
    const producer = await Producer.connect(relay.ports);
    await producer.begin({ hostname: 'h' });
    const flags = await producer.request(Command.GET_CONFIGURATION, Buffer.alloc(8), 12);
    assert.equal(flags.toString('hex'), '0000000a0000000000000000');
    await producer.createChunk(1);
    assert.equal((await producer.closeChunk(0, 2)).ret, 152);
    assert.match(await relay.saying(/clear/), /control 127\.0\.0\.1:\d+: cut off: a clear, which is not allowed/);
    await producer.close();
    assert.equal(existsSync(join(relay.output, producer.outputPath)), true);
  }));
