import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChromeDrawing } from './chrome.ts';
import { Lanes } from './lanes.ts';
import { PerfettoDrawing } from './perfetto.ts';
import { ProtoWriter } from './protobuf.ts';
import type { Drawing } from './timeline.ts';

type Message = Map<number, (bigint | Uint8Array)[]>;

/** Reads any message: fields by number. Knows nothing of how they were written. */
function decode(bytes: Uint8Array): Message {
  const message: Message = new Map();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    let value: bigint | Uint8Array;
    if (tag % 8 === 0) value = varint();
    else if (tag % 8 === 1) {
      value = view.getBigUint64(at, true);
      at += 8;
    } else {
      assert.equal(tag % 8, 2);
      const length = Number(varint());
      assert.ok(at + length <= bytes.length);
      value = bytes.subarray(at, at + length);
      at += length;
    }
    const field = tag >> 3;
    message.set(field, [...(message.get(field) ?? []), value]);
  }
  return message;
}

const inner = (message: Message, ...path: number[]): Message =>
  path.reduce((at, field) => decode(at.get(field)![0] as Uint8Array), message);
const text = (message: Message, field: number): string =>
  new TextDecoder().decode((message.get(field)?.[0] as Uint8Array | undefined) ?? new Uint8Array(0));
const number = (message: Message, field: number): bigint => (message.get(field)?.[0] as bigint | undefined) ?? -1n;

/** A second of a machine, with one of everything. */
function draw(drawing: Drawing): void {
  const at = (ns: number): bigint => 1_700_000_000_000_000_000n + BigInt(ns);
  const fio = { comm: 'fio', tid: 12, prio: 20 };
  const idle = { comm: 'swapper/0', tid: 0, prio: 20 };
  drawing.thread(12, 10, 'fio');
  drawing.wakeup('sched_waking', 1, at(5), { ...fio, target: 0, by: 77 });
  drawing.switch(0, at(10), { ...idle, state: 0 }, fio);
  drawing.syscallBegin({ cpu: 0, tid: 12 }, at(20), 'read', { fd: 3n, count: 4096 });
  drawing.irq(0, at(30), 12, { kind: 'irq', phase: 'begin', number: 32, name: 'virtio' });
  drawing.irq(0, at(40), 12, { kind: 'irq', phase: 'end', number: 32, name: 'virtio' });
  drawing.syscallEnd({ cpu: 0, tid: 12 }, at(50), 'read', { ret: -11 });
  drawing.instant({ cpu: 0, tid: -1 }, at(55), 'timer_start', { expires: 1.5, name: 'ä', list: [1, 2n] });
  drawing.switch(0, at(1060), { ...fio, state: 1 }, idle);
  drawing.outlier({ tracker: 'block', begin_ns: at(15), end_ns: at(1000), fields: { delay_ns: 985 } });
  drawing.outlier({ tracker: 'block', begin_ns: at(20), end_ns: at(1010), fields: {} });
  drawing.end();
}

test('the pieces of a protobuf message', () => {
  const out = new ProtoWriter();
  const long = 'long'.repeat(40_000);
  const begin = out.open(7);
  out.uint(1, 2 ** 52 + 1);
  out.int(2, -1);
  out.text(3, 'ä€');
  out.text(4, long);
  out.double(5, 0.5);
  out.close(begin);
  const message = inner(decode(out.take()), 7);
  assert.equal(number(message, 1), 2n ** 52n + 1n);
  assert.equal(number(message, 2), 2n ** 64n - 1n);
  assert.equal(text(message, 3), 'ä€');
  assert.equal(text(message, 4), long);
  assert.equal(number(message, 5), 0x3fe0000000000000n);
});

test('Perfetto: scheduling and interrupts as ftrace, system calls and outliers as slices', () => {
  const parts: Uint8Array[] = [];
  draw(new PerfettoDrawing(1_700_000_000_000_000_000n, '6.1.0-18-amd64', (bytes) => parts.push(bytes.slice())));
  const packets = decode(Buffer.concat(parts))
    .get(1)!
    .map((bytes) => decode(bytes as Uint8Array));
  assert.ok(packets.every((packet) => number(packet, 10) === 1n));
  assert.equal(number(packets[0]!, 13), 1n);
  // Without it the bits of thread states are read as those of Linux 4.4: idle and pre-empted threads look wrong.
  assert.equal(text(inner(packets[1]!, 45, 1), 3), '6.1.0-18-amd64');

  const events = packets
    .filter((p) => p.has(1))
    .flatMap((packet) => {
      const bundle = inner(packet, 1);
      return bundle.get(2)!.map((bytes) => ({ cpu: number(bundle, 1), event: decode(bytes as Uint8Array) }));
    });
  const switches = events.filter(({ event }) => event.has(4));
  assert.deepEqual(
    switches.map(({ cpu, event }) => [cpu, number(event, 1), text(inner(event, 4), 5), number(inner(event, 4), 4)]),
    [
      [0n, 1_700_000_000_000_000_010n, 'fio', 0n],
      [0n, 1_700_000_000_000_001_060n, 'swapper/0', 1n],
    ],
  );
  const waking = events.find(({ event }) => event.has(20))!.event;
  assert.deepEqual([text(inner(waking, 20), 1), number(waking, 2)], ['fio', 77n]);
  assert.equal(text(inner(events.find(({ event }) => event.has(36))!.event, 36), 2), 'virtio');
  assert.equal(number(events.find(({ event }) => event.has(37))!.event, 2), 12n);

  const names = new Map<bigint, string>();
  for (const packet of packets.filter((p) => p.has(12))) {
    const entry = inner(packet, 12, 2);
    names.set(number(entry, 1), text(entry, 2));
  }
  const tracks = packets.filter((p) => p.has(60)).map((p) => inner(p, 60));
  const slices = packets.filter((p) => p.has(11)).map((p) => ({ time: number(p, 8), event: inner(p, 11) }));
  const shown = slices.map(({ time, event }) => [
    Number(time - 1_700_000_000_000_000_000n),
    Number(number(event, 9)),
    names.get(number(event, 10)) ?? '',
    tracks.findIndex((track) => number(track, 1) === number(event, 11)),
  ]);
  assert.deepEqual(shown, [
    [20, 1, 'read', 0],
    [50, 2, '', 0],
    [55, 3, 'timer_start', 1],
    [15, 1, 'block outlier', 2],
    [1000, 2, '', 2],
    [20, 1, 'block outlier', 3],
    [1010, 2, '', 3],
  ]);
  const thread = inner(tracks[0]!, 4);
  assert.deepEqual([number(thread, 1), number(thread, 2)], [10n, 12n]);
  const annotations = slices[2]!.event.get(4)!.map((bytes) => decode(bytes as Uint8Array));
  assert.deepEqual(
    annotations.map((a) => text(a, 10)),
    ['expires', 'name', 'list'],
  );
  assert.equal(text(annotations[2]!, 6), '[1,"2"]');
});

test('Chrome: one JSON document, spans with exact nanoseconds', () => {
  let json = '';
  draw(
    new ChromeDrawing(1_700_000_000_000_000_000n, (part) => {
      json += part;
    }),
  );
  const { traceEvents } = JSON.parse(json) as { traceEvents: Record<string, unknown>[] };
  const drawn = traceEvents.filter(({ ph }) => ph !== 'M').map(({ ph, ts, dur, name }) => [ph, ts, dur, name]);
  assert.deepEqual(drawn, [
    ['i', 0.005, undefined, 'sched_waking'],
    ['B', 0.02, undefined, 'read'],
    ['B', 0.03, undefined, 'virtio'],
    ['E', 0.04, undefined, undefined],
    ['E', 0.05, undefined, 'read'],
    ['i', 0.055, undefined, 'timer_start'],
    ['X', 0.01, 1.05, 'fio'],
    ['X', 0.015, 0.985, 'block'],
    ['X', 0.02, 0.99, 'block'],
  ]);
  const lanes = traceEvents.filter(({ name }) => name === 'block').map(({ tid }) => tid);
  assert.deepEqual(lanes, [0, 1]);
});

test('lanes: the first one that is free', () => {
  const lanes = new Lanes();
  const taken = [
    [0, 10],
    [5, 8],
    [8, 20],
    [10, 12],
  ].map(([begin, end]) => lanes.take(BigInt(begin!), BigInt(end!)));
  assert.deepEqual(taken, [0, 1, 1, 0]);
});
