/** Reading data of CTF 2: what random traces (src/ctf/fuzz) do not contain. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TailtrapError } from '../../base/errors.ts';
import { traceInMemory } from '../fuzz/memory.fuzz.ts';
import { openCtf } from '../source.ts';
import { event, PREAMBLE, STREAM, sequence, u8, uint } from './pieces.test.data.ts';

function read(metadata: string | Uint8Array, bytes: readonly number[], generate: boolean): unknown[] {
  const events = openCtf([traceInMemory(metadata, [Uint8Array.from(bytes)])], { generate }).events();
  const values: unknown[] = [];
  for (let next = events.next(); next !== null; next = events.next()) {
    values.push(...Object.values(next.toObject()));
  }
  return values;
}

function both(name: string, run: (generate: boolean) => void): void {
  test(`${name}, generated`, () => run(true));
  test(`${name}, interpreted`, () => run(false));
}

const LEB = { type: 'variable-length-unsigned-integer' };
const structOf = (members: Record<string, unknown>): unknown => ({
  type: 'structure',
  'member-classes': Object.entries(members).map(([name, type]) => ({ name, 'field-class': type })),
});
const located = (type: string, path: string[], more: object = {}): object => ({
  type,
  'length-field-location': { path },
  ...more,
});
const damaged = { code: 'TT_CTF_DAMAGED' };

both('no packet header, no context, no event header: one class from end to end of the file', (generate) => {
  assert.deepEqual(read(sequence(PREAMBLE, STREAM, event({ a: u8 })), [1, 2, 255], generate), [1, 2, 255]);
});

/** Section 13.2 of CTF 1.8 and CTF2-PMETA: the same packets around either language. */
function packetised(text: string, little: boolean): Uint8Array {
  const content = new TextEncoder().encode(text);
  const packets: Uint8Array[] = [];
  // Pieces of 50 bytes: tokens straddle packets.
  for (let at = 0; at < content.length; at += 50) {
    const piece = content.subarray(at, at + 50);
    const packet = new Uint8Array(96);
    const view = new DataView(packet.buffer);
    view.setUint32(0, 0x75d11d57, little);
    view.setUint32(24, (37 + piece.length) * 8, little);
    view.setUint32(28, 96 * 8, little);
    packet.set([2, 0], 35);
    packet.set(piece, 37);
    packets.push(packet);
  }
  return Uint8Array.from(packets.flatMap((packet) => [...packet]));
}

both('metadata in packets of either byte order', (generate) => {
  const text = sequence(PREAMBLE, STREAM, event({ a: u8 }));
  for (const little of [true, false]) assert.deepEqual(read(packetised(text, little), [7], generate), [7]);
});

both('numbers of variable length: 64 bits, no more', (generate) => {
  const metadata = sequence(PREAMBLE, STREAM, event({ a: LEB }));
  const full = [...Array(9).fill(0xff), 0x01];
  assert.deepEqual(read(metadata, [0xac, 0x02, ...full], generate), [300, 2n ** 64n - 1n]);
  assert.throws(() => read(metadata, [...Array(9).fill(0xff), 0x02], generate), damaged);
  assert.throws(() => read(metadata, [...Array(100).fill(0x80)], generate), damaged);
  assert.throws(() => read(metadata, [0x80], generate), damaged);
});

both('lengths by variable-length integers, zero, and longer than the packet', (generate) => {
  const metadata = sequence(PREAMBLE, STREAM, event({ n: LEB, s: located('dynamic-length-string', ['n']) }));
  assert.deepEqual(read(metadata, [2, 65, 66, 0, 1, 67], generate), [2, 'AB', 0, '', 1, 'C']);
  const huge = [...Array(9).fill(0xff), 0x01];
  assert.throws(() => read(metadata, [...huge, 65], generate), damaged);
  const blob = sequence(PREAMBLE, STREAM, event({ n: LEB, s: located('dynamic-length-blob', ['n']) }));
  assert.throws(() => read(blob, [...huge, 65], generate), damaged);
});

both('an array of nothing, 2^64 times, and of bits, is refused before it costs anything', (generate) => {
  const begin = performance.now();
  for (const element of [structOf({}), { ...uint(1), type: 'fixed-length-boolean' }]) {
    const list = located('dynamic-length-array', ['n'], { 'element-field-class': element });
    const metadata = sequence(PREAMBLE, STREAM, event({ n: LEB, list }));
    assert.throws(() => read(metadata, [...Array(9).fill(0xff), 0x01], generate), damaged);
  }
  assert(performance.now() - begin < 2000);
});

both('a length in a variant: the option that was decoded counts; none is an error', (generate) => {
  const glass = {
    type: 'variant',
    'selector-field-location': { path: ['sel'] },
    options: [structOf({ len: u8 }), structOf({ len: uint(16) }), structOf({})].map((type, i) => ({
      'field-class': type,
      'selector-field-ranges': [[i, i]],
    })),
  };
  const s = located('dynamic-length-string', ['glass', 'len']);
  const metadata = sequence(PREAMBLE, STREAM, event({ sel: u8, glass, s }));
  const last = (values: unknown[]): unknown => values.at(-1);
  assert.equal(last(read(metadata, [0, 2, 65, 66], generate)), 'AB');
  assert.equal(last(read(metadata, [1, 3, 0, 65, 66, 67], generate)), 'ABC');
  assert.throws(() => read(metadata, [2, 65], generate), damaged);
  assert.throws(() => read(metadata, [0, 2, 65, 66, 2, 65], generate), damaged, 'not the one of the event before');
  assert.throws(() => read(metadata, [3, 65], generate), damaged, 'no option');
});

both('identity: magic number and UUID', (generate) => {
  const uuid = Array.from({ length: 16 }, (_, i) => i);
  const header = structOf({
    m: uint(32, { roles: ['packet-magic-number'] }),
    u: { type: 'static-length-blob', length: 16, roles: ['metadata-stream-uuid'] },
  });
  const metadata = sequence(
    { ...PREAMBLE, uuid },
    { type: 'trace-class', 'packet-header-field-class': header },
    STREAM,
    event({ a: u8 }),
  );
  const magic = [0xc1, 0x1f, 0xfc, 0xc1];
  assert.deepEqual(read(metadata, [...magic, ...uuid, 9], generate), [9]);
  assert.throws(() => read(metadata, [...magic, ...uuid.toReversed(), 9], generate), /UUID/);
  assert.throws(() => read(metadata, [...magic.toReversed(), ...uuid, 9], generate), /begins with/);
});

both('the default clock: each packet starts at 0, variable-length timestamps wrap at 7 bits a byte', (generate) => {
  const clock = { type: 'clock-class', id: 'c', frequency: 1_000_000_000, origin: 'unix-epoch' };
  const stream = {
    ...STREAM,
    'default-clock-class-id': 'c',
    'event-record-header-field-class': structOf({ t: { ...LEB, roles: ['default-clock-timestamp'] } }),
  };
  const source = openCtf(
    [
      traceInMemory(sequence(PREAMBLE, clock, stream, event({ a: u8 })), [
        Uint8Array.from([100, 0, 5, 0, 0x80, 0x01, 0, 6, 0]),
      ]),
    ],
    { generate },
  );
  const events = source.events();
  const times: bigint[] = [];
  for (let next = events.next(); next !== null; next = events.next()) times.push(next.cycles);
  // 100; 5 < 100 so 128 + 5; 14 bits of 128 < 133 so 16384 + 128; 6 >= 0 of its 7 bits.
  assert.deepEqual(times, [100n, 133n, 16_512n, 16_518n]);
});

both('the default clock of a packet does not depend on the packet before', (generate) => {
  const clock = { type: 'clock-class', id: 'c', frequency: 1_000_000_000, origin: 'unix-epoch' };
  const stream = {
    ...STREAM,
    'default-clock-class-id': 'c',
    'packet-context-field-class': structOf({
      size: { ...u8, roles: ['packet-total-length'] },
      begin: { ...u8, roles: ['default-clock-timestamp'] },
    }),
    'event-record-header-field-class': structOf({ t: uint(4, { roles: ['default-clock-timestamp'] }), rest: uint(4) }),
  };
  const metadata = sequence(PREAMBLE, clock, stream, event({ a: u8 }));
  const files = traceInMemory(metadata, [Uint8Array.from([32, 200, 1, 0, 32, 100, 7, 0])]);
  const events = openCtf([files], { generate }).events();
  const times: bigint[] = [];
  for (let next = events.next(); next !== null; next = events.next()) times.push(next.cycles);
  // 200 = 0xc8, so 0xd1; 100 = 0x64, so 0x67.
  assert.deepEqual(times, [0xd1n, 0x67n]);
});

both('an error in a class that is built late ends the reading', (generate) => {
  const tsdl = `/* CTF 1.8 */ trace { major = 1; minor = 8; byte_order = le; };
    event { name = a; fields := struct { integer { size = 8; } x[nowhere]; }; };`;
  const metadataError = { code: 'TT_CTF_METADATA' };
  assert.throws(() => read(tsdl, [1, 2, 3], generate), metadataError);
});

test('the error says file, packet and bit', () => {
  const metadata = sequence(PREAMBLE, STREAM, event({ n: u8, s: located('dynamic-length-string', ['n']) }));
  const wrong = (error: unknown): boolean => {
    assert(error instanceof TailtrapError);
    assert.match(error.where, /^memory\/stream_0, packet 0 at byte 0, bit 16$/);
    return true;
  };
  assert.throws(() => read(metadata, [1, 65, 200, 65], true), wrong);
});
