import assert from 'node:assert/strict';
import test from 'node:test';
import { countingFile, indexFor, joined, METADATA, type PacketPlan, packet } from './packets.test.data.ts';
import type { CtfSource } from './reader.ts';
import { openCtf } from './source.ts';

interface Planned {
  readonly source: CtfSource;
  readonly read: () => number;
  readonly size: number;
}

function open(streams: readonly (readonly PacketPlan[])[], cut = 0): Planned {
  const files = streams.map((plans, i) => {
    const packets = plans.map((one) => ({ ...one, stream: i }));
    const bytes = joined(packets.map(packet));
    return countingFile(`s${i}`, bytes.subarray(0, bytes.length - cut), cut > 0 ? null : indexFor(packets));
  });
  const source = openCtf([{ name: 'memory', metadata: new TextEncoder().encode(METADATA), streams: files }]);
  const size = streams.flat().reduce((sum, plan) => sum + packet(plan).length, 0);
  return { source, size, read: () => files.reduce((sum, file) => sum + file.read_bytes, 0) };
}

function plan(begin: number, end: number, events: readonly number[]): PacketPlan {
  return { begin, end, events: [...events], sequence: Math.floor(begin / 10_000) };
}

function byReading(source: CtfSource): number {
  const events = source.events();
  let last = Number.NaN;
  for (let event = events.next(); event !== null; event = events.next()) last = event.time;
  return last;
}

const MANY = Array.from({ length: 50 }, (_, i) =>
  plan(
    i * 10_000,
    i * 10_000 + 9000,
    Array.from({ length: 2000 }, (_, j) => i * 10_000 + j),
  ),
);

test('the last event is found in the last packets', () => {
  const { source, read, size } = open([MANY, MANY.slice(0, 40)]);
  assert.equal(source.lastTime?.(), 491_999);
  assert.ok(read() < size / 4, `${read()} of ${size} bytes are read`);
  assert.equal(byReading(source), 491_999);
});

test('of a part of the time, too, where no stream has events behind it', () => {
  const inside = open([[plan(0, 1000, [1, 990])], [plan(0, 1100, [2, 995])]]).source.common();
  assert.equal(inside?.lastTime?.(), 995);
  assert.equal(byReading(inside!), 995);
});

for (const [name, { source }] of [
  [
    'an event lies behind the part',
    { source: open([[plan(0, 1000, [1])], [plan(0, 1100, [2, 1050])]]).source.common()! },
  ],
  ['the last packet has no event', open([[plan(0, 900, [5]), plan(10_000, 19_000, [])]])],
  ['the last packet is damaged', open([MANY], 10)],
] as const) {
  test(`it has to be read for where ${name}`, () => {
    assert.equal(source.lastTime?.(), null);
  });
}
