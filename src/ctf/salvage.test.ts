import assert from 'node:assert/strict';
import test from 'node:test';
import { HEAD_BYTES, joined, type PacketPlan, packet, readFiles } from './packets.test.data.ts';
import { memoryFile } from './reader.test.data.ts';

const CLOSED: PacketPlan = { begin: 10, end: 20, events: [11, 12] };
const OPEN: PacketPlan = { begin: 30, end: 0, events: [31, 32], content_bits: 0, size_bits: 0 };
const LATER: PacketPlan = { begin: 40, end: 50, events: [41] };
const KNOWN = (HEAD_BYTES + 26) * 8;

/** What is read of packets, by generated code and by interpretation. */
function read(plans: readonly (PacketPlan | Uint8Array)[]): {
  values: number[];
  open: (number | null)[];
  other: string[];
} {
  const bytes = joined(plans.map((plan) => (plan instanceof Uint8Array ? plan : packet(plan))));
  const [one, other] = [true, false].map((generate) => {
    const { values, notices, error } = readFiles([memoryFile('s', bytes)], {}, { generate });
    const open = notices.filter(({ kind }) => kind === 'open-packet').map(({ count }) => count);
    const rest = notices.filter(({ kind }) => kind !== 'open-packet').map(({ message }) => message);
    return { values, open, other: error === '' ? rest : [...rest, error] };
  });
  assert.deepEqual(one, other);
  return one!;
}

for (const [name, sizes] of Object.entries({
  'no sizes': { content_bits: 0, size_bits: 0 },
  'sizes of all ones': { content_bits: -1, size_bits: -1 },
  'a size, no content': { content_bits: 0, size_bits: KNOWN },
  'a size, content of all ones': { content_bits: -1, size_bits: KNOWN },
})) {
  test(`a packet that was never closed: ${name}`, () => {
    assert.deepEqual(read([CLOSED, { ...OPEN, ...sizes }]), { values: [11, 12, 31, 32], open: [2], other: [] });
    assert.deepEqual(read([{ ...OPEN, ...sizes }, LATER]), { values: [31, 32, 41], open: [2], other: [] });
  });
}

test('a packet with its content and without its size was closed', () => {
  assert.deepEqual(read([CLOSED, { ...OPEN, content_bits: KNOWN }]), { values: [11, 12, 31, 32], open: [], other: [] });
});

test('memory that was never written is no event, nor is what a ring held before', () => {
  assert.deepEqual(read([{ ...OPEN, padding_bytes: 5000 }]), { values: [31, 32], open: [2], other: [] });
  assert.deepEqual(read([{ ...OPEN, padding_bytes: 5000, size_bits: (HEAD_BYTES + 5026) * 8 }, LATER]), {
    values: [31, 32, 41],
    open: [2],
    other: [],
  });
  const older = packet({ begin: 1, end: 2, events: [3, 4, 5] }).subarray(HEAD_BYTES);
  assert.deepEqual(read([OPEN, older]), { values: [31, 32], open: [2], other: [] });
  assert.deepEqual(read([OPEN, Uint8Array.of(7, 7, 7)]), { values: [31, 32], open: [2], other: [] });
});

test('several open packets, one without an event, one cut off in an event', () => {
  const cut = packet(OPEN).subarray(0, HEAD_BYTES + 20);
  assert.deepEqual(read([OPEN, { ...OPEN, begin: 60, events: [] }, { ...OPEN, begin: 70, events: [71] }]), {
    values: [31, 32, 71],
    open: [2, 0, 1],
    other: [],
  });
  assert.deepEqual(read([CLOSED, cut]), { values: [11, 12, 31], open: [1], other: [] });
});

test('an open packet is told with its place', () => {
  const { notices } = readFiles([memoryFile('s', joined([packet(CLOSED), packet(OPEN)]))]);
  assert.equal(
    notices[0]!.message,
    'memory/s, packet 1 at byte 86, bit 0: the packet was never closed; 2 events of it are read',
  );
});
