import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { eventWriter } from './event-writer.ts';
import { type Field, i8, i16, i32, i64, o32, string, text, u8, u16, u32, u64, x32, x64 } from './fields.ts';
import { formatUuid } from './metadata.ts';
import { CtfFolder } from './node.ts';
import type { StreamWriter } from './stream.ts';
import { quote } from './write/tsdl-fields.ts';
import { CtfWriter, type CtfWriterOptions } from './writer.ts';

const UUID = Uint8Array.from({ length: 16 }, (_, i) => i * 16 + i);
const OPTIONS: Omit<CtfWriterOptions, 'sink'> = {
  uuid: UUID,
  clock: { name: 'monotonic', description: 'Monotonic Clock', uuid: formatUuid(UUID), offset_cycles: 0n },
  environment: [
    ['hostname', 'host'],
    ['strange', 'h"\\\nü'],
    ['domain', 'kernel'],
    ['answer', 42],
  ],
};

const withoutReader = spawnSync('babeltrace2', ['--version']).error !== undefined;

/** Writes a trace into a folder and gives what babeltrace2 says of it; null when it is not installed. */
function readBack(
  t: TestContext,
  fill: (writer: CtfWriter) => void,
  options: Partial<CtfWriterOptions> = {},
): { lines: string[]; errors: string } | null {
  const path = mkdtempSync(join(tmpdir(), 'tailtrap-test-'));
  try {
    const folder = new CtfFolder(join(path, 'kernel'));
    const writer = new CtfWriter({ ...OPTIONS, ...options, sink: folder.sink });
    fill(writer);
    folder.finish(writer);
    if (withoutReader) {
      t.diagnostic('babeltrace2 is not installed: written, not read');
      return null;
    }
    const run = spawnSync('babeltrace2', ['--clock-cycles', '--no-delta', path], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    assert.equal(run.status, 0, run.stderr);
    return { lines: run.stdout.trimEnd().split('\n'), errors: run.stderr };
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

const EVERY_TYPE: readonly Field[] = [
  { name: 'a8', type: u8 },
  { name: 'b8', type: i8 },
  { name: 'a16', type: u16 },
  { name: 'b16', type: i16 },
  { name: 'a32', type: u32 },
  { name: 'b32', type: i32 },
  { name: 'a64', type: u64 },
  { name: 'b64', type: i64 },
  { name: 'hex', type: x64 },
  { name: 'hex32', type: x32 },
  { name: 'octal', type: o32 },
  { name: 'name', type: string },
  { name: 'comm', type: text(8) },
  {
    name: 'state',
    type: {
      kind: 'enum',
      container: u8,
      labels: [
        [0, 'R'],
        [1, 'a "b"'],
      ],
    },
  },
  { name: 'args', type: { kind: 'array', element: u16, length: 3 } },
  { name: 'list', type: { kind: 'sequence', element: i64 } },
  { name: 'event', type: u8 }, // a keyword of the metadata language
];

test('every type of field, read back by babeltrace2', (t) => {
  const read = readBack(t, (writer) => {
    const streamClass = writer.addStreamClass({ header: 'compact', context: [{ name: 'tid', type: i32 }] });
    const write = eventWriter(writer.addEventClass(streamClass, 'every "type"', EVERY_TYPE));
    const stream = writer.addStream(streamClass, { name: 'channel0_0', cpu: 3 });
    write(stream, 5n, [
      -7,
      255,
      -128,
      65535,
      -32768,
      4294967295,
      -2147483648,
      2n ** 64n - 1n,
      -(2n ** 63n),
      255n,
      16,
      8,
      'übel',
      'longer than eight',
      1,
      [1, 2, 3],
      [-1, 2],
      9,
    ]);
  });
  if (read === null) return;
  assert.equal(read.errors, '');
  const expected =
    '{ a8 = 255, b8 = -128, a16 = 65535, b16 = -32768, a32 = 4294967295, b32 = -2147483648, a64 = 18446744073709551615, ' +
    'b64 = -9223372036854775808, hex = 0xFF, hex32 = 0x10, octal = 010, name = "übel", comm = "longer t", ' +
    'state = ( "a \\"b\\"" : container = 1 ), args = [ [0] = 1, [1] = 2, [2] = 3 ], ' +
    '_list_length = 2, list = [ [0] = -1, [1] = 2 ], event = 9 }';
  assert.match(read.lines[0]!, /^\[0+5\] .*every "type": \{ cpu_id = 3 \}, \{ tid = -7 \}, /);
  assert.ok(read.lines[0]!.endsWith(expected), read.lines[0]);
});

/** Times around every wrap of the two headers, and beyond 2^53. */
const TIMES = [
  0n,
  0n,
  1n,
  2n ** 27n,
  2n ** 27n + 1n,
  2n ** 28n + 5n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 33n + 7n,
  2n ** 53n + 1n,
  2n ** 53n + 3n,
  2n ** 60n + 1n,
];

for (const header of ['compact', 'large'] as const) {
  test(`${header} headers: times and ids come back, over several packets`, (t) => {
    const read = readBack(
      t,
      (writer) => {
        const streamClass = writer.addStreamClass({ header });
        const writers = Array.from({ length: 40 }, (_, i) => {
          return eventWriter(
            writer.addEventClass(streamClass, `e${i}`, [
              { name: 'pad', type: { kind: 'array', element: u64, length: 40 } },
            ]),
          );
        });
        const stream = writer.addStream(streamClass, { name: 'channel0_0', cpu: 0 });
        for (const [i, time] of TIMES.entries())
          for (const n of [0, 30, 31, 39]) writers[(n + i) % 40]!(stream, time, [Array.from({ length: 40 }, () => i)]);
        stream.flush();
        assert.ok(stream.packets > 2);
      },
      { packetBytes: 4096 },
    );
    if (read === null) return;
    assert.equal(read.errors, '');
    const seen = read.lines.map((line) => /^\[(\d+)\] (?:\S+ )?(e\d+): .*\[0\] = (\d+)/.exec(line)!.slice(1));
    const expected = TIMES.flatMap((time, i) =>
      [0, 30, 31, 39].map((n) => [String(time).padStart(20, '0'), `e${(n + i) % 40}`, String(i)]),
    );
    assert.deepEqual(seen, expected);
  });
}

test('an event that comes too early gets the time before it, and is counted', () => {
  const writer = new CtfWriter({ ...OPTIONS, sink: () => {} });
  const streamClass = writer.addStreamClass({ header: 'large' });
  const write = eventWriter(writer.addEventClass(streamClass, 'e', []));
  const stream = writer.addStream(streamClass, { name: 's', cpu: 0 });
  write(stream, 2n ** 40n, []);
  write(stream, 5n, []);
  write(stream, 2n ** 40n, []);
  assert.deepEqual([stream.events, stream.reordered], [3, 1]);
});

test('discarded events are shown by babeltrace2, also at the end', (t) => {
  const read = readBack(t, (writer) => {
    const streamClass = writer.addStreamClass({ header: 'large' });
    const write = eventWriter(writer.addEventClass(streamClass, 'e', []));
    const stream = writer.addStream(streamClass, { name: 'channel0_0', cpu: 0 });
    write(stream, 10n, []);
    stream.flush();
    write(stream, 20n, []);
    stream.discard(5, 0, 20);
    stream.flush();
    stream.discard(2, 0, 30);
  });
  if (read === null) return;
  assert.equal(read.lines.length, 2);
  assert.match(read.errors, /discarded 5 events/);
  assert.match(read.errors, /discarded 2 events/);
});

test('one event larger than a packet, streams without events, an empty trace', (t) => {
  const read = readBack(
    t,
    (writer) => {
      const streamClass = writer.addStreamClass({ header: 'compact' });
      const write = eventWriter(writer.addEventClass(streamClass, 'big', [{ name: 's', type: string }]));
      writer.addStream(streamClass, { name: 'channel0_0', cpu: 0 });
      write(writer.addStream(streamClass, { name: 'channel0_1', cpu: 1 }), 1n, ['x'.repeat(100_000)]);
    },
    { packetBytes: 4096 },
  );
  if (read === null) return;
  assert.equal(read.errors, '');
  assert.ok(read.lines[0]!.includes('x'.repeat(100_000)));
});

test('the index has LTTng’s layout', () => {
  const packets: Uint8Array[] = [];
  const writer = new CtfWriter({ ...OPTIONS, index: true, sink: (_s, packet) => packets.push(packet.slice()) });
  const streamClass = writer.addStreamClass({ header: 'large' });
  const write = eventWriter(writer.addEventClass(streamClass, 'e', []));
  const stream: StreamWriter = writer.addStream(streamClass, { name: 's', cpu: 2 });
  write(stream, 10n, []);
  write(stream, 12n, []);
  stream.flush();
  write(stream, 20n, []);
  stream.flush();
  const index = writer.index(stream);
  const view = new DataView(index.buffer);
  assert.deepEqual(
    [0, 4, 8, 12].map((at) => view.getUint32(at)),
    [0xc1f1dcc1, 1, 1, 72],
  );
  const entry = (n: number): bigint[] => Array.from({ length: 9 }, (_, i) => view.getBigUint64(16 + n * 72 + i * 8));
  assert.deepEqual(entry(0), [0n, 96n * 8n, 96n * 8n, 10n, 12n, 0n, 0n, 2n, 0n]);
  assert.deepEqual(entry(1), [96n, 90n * 8n, 90n * 8n, 20n, 20n, 0n, 0n, 2n, 1n]);
  assert.deepEqual(
    packets.map((p) => p.length),
    [96, 90],
  );
});

test('idleUntil: an empty packet, unless something happened then or later', () => {
  const writer = new CtfWriter({ ...OPTIONS, index: true, sink: () => {} });
  const streamClass = writer.addStreamClass({ header: 'large' });
  const write = eventWriter(writer.addEventClass(streamClass, 'e', []));
  const stream: StreamWriter = writer.addStream(streamClass, { name: 's', cpu: 0 });
  stream.idleUntil(5n); // the first packet of a stream, whatever the time
  stream.idleUntil(5n);
  write(stream, 10n, []);
  stream.idleUntil(20n); // the packet is open
  stream.flush();
  stream.idleUntil(9n);
  stream.idleUntil(20n);
  const view = new DataView(writer.index(stream).buffer);
  const times = Array.from({ length: stream.packets }, (_, n) =>
    [3, 4].map((i) => view.getBigUint64(16 + n * 72 + i * 8)),
  );
  assert.deepEqual(times, [
    [5n, 5n],
    [10n, 10n],
    [20n, 20n],
  ]);
});

test('wrong use is refused', () => {
  assert.throws(() => new CtfWriter({ ...OPTIONS, uuid: new Uint8Array(3), sink: () => {} }), RangeError);
  const writer = new CtfWriter({ ...OPTIONS, sink: () => {} });
  const streamClass = writer.addStreamClass({ header: 'large' });
  const write = eventWriter(writer.addEventClass(streamClass, 'e', [{ name: 'a', type: u8 }]));
  assert.throws(() => write(writer.addStream(streamClass, { name: 's', cpu: 0 }), 1n, []), /takes 1 values, not 0/);
});

test('any text is quoted in printable ASCII on one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      assert.match(quote(value), /^"(?:[ !#-[\]-~]|\\["\\]|\\[0-7]{3})*"$/);
    }),
    { seed: 20261123, numRuns: 500 },
  );
});
