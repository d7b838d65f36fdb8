import assert from 'node:assert/strict';
import test from 'node:test';
import {
  countingFile,
  indexFor,
  joined,
  METADATA,
  type PacketPlan,
  packet,
  type ReadResult,
  readFiles,
} from './packets.test.data.ts';
import { memoryFile } from './reader.test.data.ts';
import { openCtf } from './source.ts';

const HUNDRED: readonly PacketPlan[] = Array.from({ length: 100 }, (_, i) => ({
  begin: i * 1000,
  end: i * 1000 + 900,
  events: Array.from({ length: 500 }, (_, j) => i * 1000 + j),
  sequence: i,
}));
const BYTES = joined(HUNDRED.map(packet));
const WANTED = { begin_ns: 80_300n, end_ns: 80_302n };

function read(index: Uint8Array | null, bytes = BYTES): ReadResult & { read_bytes: number } {
  const file = countingFile('s', bytes, index);
  return { ...readFiles([file], WANTED), read_bytes: file.read_bytes };
}

for (const version of [0, 1] as const) {
  test(`an index of version 1.${version} lets reading begin near the time`, () => {
    const without = read(null);
    const { values, notices, read_bytes } = read(indexFor(HUNDRED, version));
    assert.deepEqual(values, [80_300, 80_301, 80_302]);
    assert.deepEqual(notices, []);
    assert.deepEqual(values, without.values);
    assert.ok(read_bytes < BYTES.length / 2, `${read_bytes} of ${BYTES.length} bytes are read`);
  });
}

function changed(at: number, value: bigint): Uint8Array {
  const index = indexFor(HUNDRED);
  new DataView(index.buffer).setBigUint64(at, value);
  return index;
}

for (const [name, index, complaint] of [
  ['another magic', changed(0, 0n), /begins with 0x0/],
  ['another version', changed(4, 2n << 32n), /version 2.0/],
  ['entries that are too short', changed(8, (1n << 32n) | 8n), /entries of 8 bytes/],
  ['half a header', indexFor(HUNDRED).subarray(0, 10), /ends within its header/],
  ['half an entry', indexFor(HUNDRED).subarray(0, 100), /ends within an entry/],
  ['too few entries', indexFor(HUNDRED.slice(0, 99)), /describes \d+ bytes of \d+/],
  ['another offset', changed(16 + 72, 5n), /packet 1 is at byte 5/],
  ['a size of no whole bytes', changed(16 + 8, 12n), /packet 0 has \d+ bits/],
  ['a size beyond everything', changed(16 + 8, 1n << 63n), /packet 1 is at byte/],
  ['an end before the begin', changed(16 + 32 + 72, 1n), /packet 1 ends before it begins/],
  ['times that fall', changed(16 + 24 + 72 * 3, 100n), /packet 3 is earlier/],
  ['another first packet', indexFor([{ ...HUNDRED[0]!, begin: 1 }, ...HUNDRED.slice(1)]), /packet 0 begins at another/],
  ['another packet where it is used', changed(16 + 24 + 72 * 79, 78_500n), /packet 79 begins at another time/],
] as const) {
  test(`an index with ${name} is told and not used`, () => {
    const { values, notices, error } = read(index);
    assert.deepEqual(values, [80_300, 80_301, 80_302]);
    assert.equal(error, '');
    assert.deepEqual(
      notices.map(({ kind }) => kind),
      ['index'],
    );
    assert.match(notices[0]!.message, complaint);
    assert.match(notices[0]!.message, /^memory\/index\/s.idx is not used: /);
  });
}

test('the range in time comes from the index, without a look at the packets', () => {
  const file = countingFile('s', BYTES, indexFor(HUNDRED));
  const source = openCtf([{ name: 'memory', metadata: new TextEncoder().encode(METADATA), streams: [file] }]);
  const opened_bytes = file.read_bytes;
  assert.deepEqual(source.timeRange(), { begin_ns: 0n, end_ns: 99_900n });
  assert.equal(file.read_bytes, opened_bytes);
});

test('damage behind an index is told with the place in the file', () => {
  const bytes = BYTES.slice();
  const at = joined(HUNDRED.slice(0, 80).map(packet)).length;
  bytes[at + 60] = 9;
  const { error, notices } = read(indexFor(HUNDRED), bytes);
  assert.equal(error, 'there is no event class with id 9');
  assert.match(notices[0]!.message, new RegExp(`packet 80 at byte ${at}, bit 480: `));
});

/** Files of one stream; each with an index or without. */
function rotated(parts: readonly (readonly PacketPlan[])[], indexed: boolean, selection = {}): ReadResult {
  return readFiles(
    parts.map((plans, i) => countingFile(`s_${i}`, joined(plans.map(packet)), indexed ? indexFor(plans) : null)),
    selection,
  );
}

const small = (begin: number, more: Partial<PacketPlan> = {}): PacketPlan => ({
  begin,
  end: begin + 9,
  events: [begin, begin + 5],
  sequence: begin / 10,
  ...more,
});
const values = (...begins: number[]): number[] => begins.flatMap((begin) => [begin, begin + 5]);

for (const indexed of [true, false]) {
  const how = indexed ? 'with indexes' : 'without index';

  test(`files of a ring are read in their order in time, ${how}`, () => {
    const { values: found, notices } = rotated(
      [
        [small(40), small(50)],
        [small(0), small(10)],
        [small(20), small(30)],
      ],
      indexed,
    );
    assert.deepEqual(found, values(0, 10, 20, 30, 40, 50));
    assert.deepEqual(notices, []);
  });

  test(`packets that several snapshots hold are given once, ${how}`, () => {
    const parts = [
      [small(0), small(10), small(20)],
      [small(10), small(20), small(30)],
      [small(20), small(40)],
    ];
    assert.deepEqual(rotated(parts, indexed).values, values(0, 10, 20, 30, 40));
    assert.deepEqual(rotated(parts, indexed).notices, []);
    const late = { begin_ns: 25n, end_ns: 36n };
    assert.deepEqual(rotated(parts, indexed, late).values, [25, 30, 35]);
  });

  test(`losses between files are told with their range, those before the wanted time are not, ${how}`, () => {
    const parts = [
      [small(0), small(10, { discarded: 2 })],
      [small(50, { discarded: 5 }), small(60, { discarded: 5 })],
    ];
    const told = rotated(parts, indexed).notices.map(({ kind, count, begin_ns, end_ns }) => [
      kind,
      count,
      begin_ns,
      end_ns,
    ]);
    assert.deepEqual(told, [
      ['discarded-events', 2, 9n, 19n],
      ['discarded-packets', 3, 19n, 50n],
      ['discarded-events', 3, 19n, 59n],
    ]);
    assert.deepEqual(rotated(parts, indexed, { begin_ns: 62n }).notices, []);
    const partly = rotated(parts, indexed, { begin_ns: 30n, end_ns: 54n });
    assert.deepEqual(
      partly.notices.map(({ kind, count, begin_ns, end_ns }) => [kind, count, begin_ns, end_ns]),
      [
        ['discarded-packets', null, 30n, 50n],
        ['discarded-events', null, 30n, 54n],
      ],
    );
    assert.deepEqual(
      rotated(parts, indexed, { begin_ns: 52n }).notices.map(({ kind }) => kind),
      ['discarded-events'],
    );
  });
}

test('without a begin time goes on from the end of the packet before', () => {
  const metadata = `/* CTF 1.8 */
typealias integer { size = 8; align = 8; } := uint8_t;
trace { major = 1; minor = 8; byte_order = le; };
clock { name = c; freq = 1000000000; };
stream {
  packet.context := struct { uint8_t packet_size; integer { size = 8; align = 8; map = clock.c.value; } timestamp_end; };
};
event { name = "e"; fields := struct { uint8_t v; }; };`;
  const streams = [memoryFile('s', Uint8Array.of(32, 5, 1, 2, 24, 9, 3))];
  const events = openCtf([{ name: 'memory', metadata: new TextEncoder().encode(metadata), streams }]).events();
  const times = [0, 0, 0].map(() => events.next()!.time_ns);
  assert.deepEqual(times, [0n, 0n, 5n]);
});

for (const [name, plans, bit, complaint] of [
  [
    'of a packet',
    [{ ...small(0), events: [0, 7, 3, 8] }],
    (60 + 2 * 13) * 8,
    'the time is before that of the event before it',
  ],
  [
    'from one packet to the next',
    [{ ...small(0), events: [0, 30] }, small(20, { sequence: 1 }), small(40, { sequence: 2 })],
    0,
    'the packet begins before the last event before it',
  ],
] as const) {
  test(`time that falls within events ${name} is told, and everything is read`, () => {
    const file = countingFile('s', joined(plans.map(packet)), null);
    for (const generate of [true, false]) {
      const { values: found, notices, error } = readFiles([file], {}, { generate });
      assert.deepEqual(
        found,
        plans.flatMap(({ events }) => [...events]),
      );
      assert.equal(error, complaint);
      assert.equal(notices.length, 1);
      assert.match(notices[0]!.message, new RegExp(`, bit ${bit}: `));
    }
  });
}

test('an event may be before its packet, as barectf wrote them', () => {
  const plans = [
    { ...small(0), events: [0, 2] },
    { ...small(10), events: [5, 11] },
  ];
  const { values: found, notices } = readFiles([countingFile('s', joined(plans.map(packet)), null)]);
  assert.deepEqual([found, notices], [[0, 2, 5, 11], []]);
});

test('a time between two files begins with the second, and what was lost between is told', () => {
  const parts = [
    [small(0), small(10)],
    [small(50), small(60)],
  ];
  const { values: found, notices } = rotated(parts, true, { begin_ns: 30n });
  assert.deepEqual(found, values(50, 60));
  assert.deepEqual(
    notices.map(({ kind, count, begin_ns, end_ns }) => [kind, count, begin_ns, end_ns]),
    [['discarded-packets', null, 30n, 50n]],
  );
});
