/** Whose a folder is: what one producer does in the output folder leaves another's files alone. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Producer } from './producer.mjs';
import { indexEntries, RelayHere } from './relay-here.mjs';

const OK = 10;
const CHANNEL = 'ust/uid/0/64-bit/ch';
const packet = (number, size = 400) => Buffer.alloc(size, number + 1);

async function withRelay(options, run) {
  const relay = await RelayHere.start(options);
  try {
    await run(relay);
  } finally {
    await relay.close();
  }
}
async function begin(relay, how, { channel = 'ch', ...stream } = {}) {
  const producer = await Producer.connect(relay.ports);
  assert.equal(await producer.createSession({ hostname: 'h', ...how }), OK);
  if (producer.minor >= 11) assert.equal(await producer.createChunk(0), OK);
  const { handle, ret } = await producer.addStream(channel, stream);
  assert.equal(ret, OK);
  return { producer, handle, folder: join(relay.output, producer.outputPath) };
}
async function send({ producer, handle }, number) {
  await producer.packet(handle, number, packet(number));
  assert.equal(await producer.index(handle, number, 400), OK);
  while (await producer.isPending(handle, number)) await new Promise((resolve) => setTimeout(resolve, 2));
}

for (const [what, basePath] of [
  ['the same folder', 'web/data'],
  ['a folder above', 'web'],
  ['a folder below', 'web/data/ust/uid'],
]) {
  for (const end of ['delete', 'archive']) {
    test(`another daemon names ${what} and ends its chunk with ${end}`, () =>
      withRelay({}, async (relay) => {
        const victim = await begin(relay, { name: 'victim', basePath: 'web/data' });
        await send(victim, 0);
        const evil = await begin(relay, { name: 'evil', basePath }, { channel: 'evil' });
        assert.match(evil.producer.outputPath, /^h\/web-2/);
        assert.equal(await evil.producer.createChunk(1), OK);
        assert.equal(await evil.producer.rotate(1, [[evil.handle, 0]]), OK);
        assert.equal((await evil.producer.closeChunk(0, end === 'delete' ? 2 : 0)).ret, OK);
        await evil.producer.close();
        await send(victim, 1);
        await victim.producer.close();
        assert.ok(readFileSync(join(victim.folder, CHANNEL)).equals(Buffer.concat([packet(0), packet(1)])));
        assert.match(relay.log.join('\n'), /h\/web\S* is another session's; this one goes to h\/web-2/);
      }));
  }
}

test('a producer before 2.11 cannot write into a folder that is held', () =>
  withRelay({}, async (relay) => {
    const victim = await begin(relay, { name: 'victim', basePath: 'web' });
    const old = await Producer.connect(relay.ports, { minor: 8 });
    assert.equal(await old.createSession({ name: 's', hostname: 'h' }), OK);
    assert.equal((await old.addStream('x', { path: '/h/web/ust' })).ret, 11);
    assert.equal((await old.addStream('x', { path: '/h/other/ust' })).ret, OK);
    await Promise.all([old.close(), victim.producer.close()]);
    assert.equal(existsSync(join(victim.folder, 'ust/x')), false);
  }));

for (const [what, how, next] of [
  ['a base path', { basePath: 'again' }, /^h\/again-2$/],
  ['the same second', { name: 's' }, /^h\/s-20231114-\d{6}-2$/],
]) {
  test(`what a session left is not overwritten by the next one: ${what}`, () =>
    withRelay({}, async (relay) => {
      const first = await begin(relay, how);
      await send(first, 0);
      await first.producer.close();
      while (relay.daemon.relay.streams.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const second = await begin(relay, how);
      assert.match(second.producer.outputPath, next);
      await relay.saying(/is another session's; this one goes to h\/\S+-2/);
      await send(second, 1);
      await second.producer.close();
      assert.ok(readFileSync(join(first.folder, CHANNEL)).equals(packet(0)));
      assert.equal(indexEntries(readFileSync(join(first.folder, 'ust/uid/0/64-bit/index/ch.idx'))).length, 1);
      assert.ok(readFileSync(join(second.folder, CHANNEL)).equals(packet(1)));
    }));
}

test('producers before 2.11 name folders themselves: files that are there stay', () =>
  withRelay({}, async (relay) => {
    const how = { name: 's', hostname: 'h' };
    for (const expected of [OK, 11]) {
      const old = await Producer.connect(relay.ports, { minor: 8 });
      assert.equal(await old.createSession(how), OK);
      const { handle, ret } = await old.addStream('ch', { path: '/h/own/ust' });
      assert.equal(ret, expected);
      if (ret === OK) await send({ producer: old, handle }, 0);
      await old.close();
      while (relay.daemon.relay.streams.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await relay.saying(/stream refused: .*something in it is in the way/);
    assert.ok(readFileSync(join(relay.output, 'h/own/ust/ch')).equals(packet(0)));
  }));

test('an empty folder is free; each snapshot goes to the folder of its session', () =>
  withRelay({}, async (relay) => {
    const names = [];
    for (const number of [1, 2]) {
      const producer = await Producer.connect(relay.ports);
      assert.equal(await producer.createSession({ name: 'snap', hostname: 'h', snapshot: true }), OK);
      assert.equal(await producer.createChunk(number, { name: `snapshot-${number}` }), OK);
      const { handle } = await producer.addStream('ch', { chunk: number });
      await producer.packet(handle, 0, packet(number));
      while (await producer.isPending(handle, 0)) await new Promise((resolve) => setTimeout(resolve, 2));
      await producer.close();
      while (relay.daemon.relay.streams.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      names.push(producer.outputPath);
      assert.ok(readFileSync(join(relay.output, names[0], `snapshot-${number}`, CHANNEL)).equals(packet(number)));
    }
    assert.equal(names[1], names[0]);
    assert.deepEqual(relay.log, []);
    mkdirSync(join(relay.output, 'h/empty'));
    const it = await begin(relay, { basePath: 'empty' });
    assert.equal(it.producer.outputPath, 'h/empty');
    await it.producer.close();
  }));

test('trace files with a size and no number are as many as are needed', () =>
  withRelay({}, async (relay) => {
    const it = await begin(relay, {}, { size: 1000, count: 0 });
    for (let number = 0; number < 9; number++) await send(it, number);
    await it.producer.close();
    await relay.daemon.close();
    for (const file of [0, 1, 2, 3, 4]) {
      const data = readFileSync(join(it.folder, `${CHANNEL}_${file}`));
      const entries = indexEntries(readFileSync(join(it.folder, `ust/uid/0/64-bit/index/ch_${file}.idx`)));
      const numbers = entries.map(({ offset }) => data[offset] - 1);
      assert.deepEqual(numbers, [2 * file, 2 * file + 1].slice(0, file === 4 ? 1 : 2));
    }
  }));

test('a rotation before anything was recorded leaves an empty archive', () =>
  withRelay({}, async (relay) => {
    const producer = await Producer.connect(relay.ports);
    assert.equal(await producer.createSession({ hostname: 'h', name: 's' }), OK);
    await producer.createChunk(0);
    await producer.createChunk(1);
    assert.equal((await producer.closeChunk(0, 0)).ret, OK);
    const archives = readdirSync(join(relay.output, producer.outputPath, 'archives'));
    assert.equal(archives.length, 1);
    assert.match(archives[0], /^20231114T\S+-0$/);
    await producer.close();
  }));

test('a session that ends within a rotation leaves no .tmp_ folders', () =>
  withRelay({}, async (relay) => {
    const it = await begin(relay, { name: 's' });
    await send(it, 0);
    await it.producer.createChunk(1);
    it.producer.control.socket.destroy();
    it.producer.data.socket.destroy();
    while (relay.daemon.relay.streams.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(readdirSync(it.folder), ['ust']);
    assert.ok(readFileSync(join(it.folder, CHANNEL)).equals(packet(0)));
  }));

test('a trace chunk that could not be begun is forgotten, and can be begun once more', () =>
  withRelay({}, async (relay) => {
    const it = await begin(relay, { name: 's' });
    await send(it, 0);
    const inTheWay = join(it.folder, '.tmp_old_chunk');
    writeFileSync(inTheWay, '');
    assert.notEqual(await it.producer.createChunk(1), OK);
    await relay.saying(/trace chunk refused: /);
    const [session] = relay.daemon.relay.sessions();
    assert.equal(relay.daemon.relay.chunks.get(session.chunkKey(1n)), undefined);
    unlinkSync(inTheWay);
    assert.equal(await it.producer.createChunk(1), OK);
    assert.equal(await it.producer.rotate(1, [[it.handle, 1]]), OK);
    assert.equal((await it.producer.closeChunk(0, 0)).ret, OK);
    await send(it, 1);
    await it.producer.close();
    const [archive] = readdirSync(join(it.folder, 'archives'));
    assert.ok(readFileSync(join(it.folder, 'archives', archive, CHANNEL)).equals(packet(0)));
    assert.equal(relay.daemon.relay.chunks.get(session.chunkKey(1n)), undefined);
  }));
