/** Somebody removes or moves what the relay is writing: it goes on where that loses least, and says so. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Producer } from './producer.mjs';
import { indexEntries, RelayHere } from './relay-here.mjs';

const OK = 10;
const TRACE = 'ust/uid/0/64-bit';
const METADATA = Buffer.from('/* CTF 1.8 */ what there is to know\n');
const packet = (number) => Buffer.alloc(400, number + 1);
const packets = (from, to) => Buffer.concat(Array.from({ length: to - from }, (_, i) => packet(from + i)));

class Recording {
  producer;
  #handle;
  #next = 0;

  static async begin(relay, stream = {}) {
    const it = new Recording();
    it.producer = await Producer.connect(relay.ports);
    assert.equal(await it.producer.createSession({ name: 's', hostname: 'h' }), OK);
    assert.equal(await it.producer.createChunk(0), OK);
    it.#handle = (await it.producer.addStream('ch', stream)).handle;
    await it.producer.addStream('metadata');
    await it.producer.streamsSent();
    await it.producer.metadata(METADATA);
    it.folder = join(relay.output, it.producer.outputPath);
    return it;
  }
  async send(count) {
    for (const end = this.#next + count; this.#next < end; this.#next++) {
      await this.producer.packet(this.#handle, this.#next, packet(this.#next));
      assert.equal(await this.producer.index(this.#handle, this.#next, 400), OK);
      while (await this.producer.isPending(this.#handle, this.#next)) await new Promise((r) => setTimeout(r, 2));
    }
  }
  /** What the folder has of it, at the end. */
  check(folder, from, to) {
    assert.ok(readFileSync(join(folder, TRACE, 'ch')).equals(packets(from, to)));
    const entries = indexEntries(readFileSync(join(folder, TRACE, 'index/ch.idx')));
    const expected = Array.from({ length: to - from }, (_, i) => ({ offset: 400 * i, size: 400, sequence: from + i }));
    assert.deepEqual(entries, expected);
    assert.ok(readFileSync(join(folder, TRACE, 'metadata')).equals(METADATA));
  }
  async rotate() {
    assert.equal(await this.producer.createChunk(1), OK);
    const rotated = [
      [this.#handle, this.#next],
      [this.producer.metadataStream, 0],
    ];
    assert.equal(await this.producer.rotate(1, rotated), OK);
    await this.producer.metadata(METADATA);
    assert.equal((await this.producer.closeChunk(0, 0)).ret, OK);
  }
}

async function withRecording(options, run, stream) {
  const relay = await RelayHere.start({ ...options, limits: { look_ms: 0, ...options.limits } });
  try {
    const it = await Recording.begin(relay, stream);
    await it.send(3);
    await run(relay, it);
    await it.producer.close();
  } finally {
    await relay.close();
  }
}

for (const [what, remove] of [
  ['the output folder', (relay) => relay.output],
  ["the session's folder", (_, it) => it.folder],
  ['a data file', (_, it) => join(it.folder, TRACE, 'ch')],
]) {
  test(`${what} is removed: what comes then is in new files, with the metadata`, () =>
    withRecording({}, async (relay, it) => {
      rmSync(remove(relay, it), { recursive: true });
      await it.send(3);
      it.check(it.folder, 3, 6);
      const line = await relay.saying(/removed/);
      assert.match(line, /files of session s in \/\S+ were removed while it records: .* End the session first \(lttng/);
      await it.send(2);
      await it.producer.close();
      it.check(it.folder, 3, 8);
      assert.equal(relay.log.length, 1, relay.log.join('\n'));
    }));
}

test('the folder is moved: what comes is written into the files that were moved', () =>
  withRecording({}, async (relay, it) => {
    const moved = join(relay.folder, 'elsewhere');
    renameSync(relay.output, moved);
    await it.send(3);
    await it.producer.close();
    it.check(join(moved, it.producer.outputPath), 0, 6);
    assert.match(await relay.saying(/moved/), /files of session s in \S+ were moved while it records/);
    assert.equal(existsSync(relay.output), false);
  }));

test('somebody else put a file in the place of a removed one: it is left alone, and the session ends', () =>
  withRecording({}, async (relay, it) => {
    const path = join(it.folder, TRACE, 'ch');
    rmSync(path);
    writeFileSync(path, 'precious');
    await it.producer.packet(it.producer.streams[0].id, 3, packet(3));
    await relay.saying(/session s is broken: .*something in it is in the way/);
    assert.equal(readFileSync(path, 'utf8'), 'precious');
  }));

for (const end of ['removed', 'moved']) {
  test(`a rotation after the folder was ${end}: the next trace chunk is whole`, () =>
    withRecording({ limits: { look_ms: 3_600_000 } }, async (relay, it) => {
      if (end === 'removed') rmSync(relay.output, { recursive: true });
      else renameSync(relay.output, join(relay.folder, 'elsewhere'));
      await it.rotate();
      await it.send(2);
      await it.producer.close();
      while (relay.daemon.relay.streams.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const chunk = readdirSync(it.folder).find((name) => name.endsWith('-1'));
      it.check(join(it.folder, chunk), 3, 5);
      await relay.saying(/\/ust was taken away while it was recorded: it is in no trace chunk/);
      if (end === 'moved') it.check(join(relay.folder, 'elsewhere', it.producer.outputPath), 0, 3);
    }));
}

test('a ring of trace files goes on after its folder was removed', () =>
  withRecording(
    {},
    async (relay, it) => {
      rmSync(it.folder, { recursive: true });
      await it.send(9);
      await relay.saying(/were removed while it records/);
      await it.producer.close();
      const names = readdirSync(join(it.folder, TRACE)).sort();
      assert.deepEqual(names, ['ch_0', 'ch_1', 'ch_2', 'index', 'metadata']);
      const bytes = ['ch_0', 'ch_1', 'ch_2'].map((name) => readFileSync(join(it.folder, TRACE, name)));
      const numbers = bytes.flatMap((file) => [...file.filter((_, at) => at % 400 === 0)]).sort((a, b) => a - b);
      assert.deepEqual(numbers.at(-1), 12);
      assert.ok(numbers.length >= 4, numbers.join(' '));
    },
    { size: 1000, count: 3 },
  ));
