/** What is not in the text of events: packets, losses, clocks, identity. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldObject, Notice } from '../../trace/event.ts';
import { eventWriter } from '../event-writer.ts';
import { f64, string, u8, u16, u32, u64 } from '../fields.ts';
import { traceInMemory } from '../fuzz/memory.fuzz.ts';
import type { CtfPacket, CtfSource } from '../reader.ts';
import { openCtf } from '../source.ts';
import { type CtfVersion, CtfWriter } from '../writer.ts';
import { TraceCopy } from './copy.ts';

const UUID = Uint8Array.from({ length: 16 }, (_, i) => 255 - i);
const utf8 = new TextEncoder();

function opened(writer: CtfWriter, files: ReadonlyMap<string, readonly Uint8Array[]>): CtfSource {
  const packets = [...files.values()].map((parts) => Buffer.concat(parts));
  return openCtf([traceInMemory(utf8.encode(writer.metadata()), packets)]);
}

function sinkOf(files: Map<string, Uint8Array[]>): (stream: { readonly name: string }, packet: Uint8Array) => void {
  return (stream, packet) => {
    files.set(stream.name, [...(files.get(stream.name) ?? []), packet.slice()]);
  };
}

/** Two clocks, a stream without; packets with contexts of their own, losses, gaps, none at all. */
function made(): CtfSource {
  const files = new Map<string, Uint8Array[]>();
  const slow = {
    name: 'slow',
    frequency_hz: 32_768n,
    offset_s: 1_700_000_000n,
    offset_cycles: 100n,
    precision_cycles: 3n,
  };
  const writer = new CtfWriter({
    uuid: UUID,
    clock: {
      name: 'fast',
      uuid: '00000000-0000-0000-0000-00000000000a',
      description: 'a "clock"',
      offset_s: 1_700_000_000n,
    },
    environment: [
      ['hostname', 'h'],
      ['big', 2n ** 63n - 1n],
      ['negative', -5],
    ],
    sink: sinkOf(files),
  });
  const counted = writer.addStreamClass({
    id: 7,
    header: 'compact',
    packetContext: [
      { name: 'cpu_id', type: u16 },
      { name: 'note', type: string },
      { name: 'list', type: { kind: 'sequence', element: u8 } },
    ],
  });
  const event = eventWriter(
    writer.addEventClass(counted, 'e', [{ name: 'n', type: u64 }], { id: 40, logLevel: 4, emfUri: 'uri' }),
  );
  const s = writer.addStream(counted, { name: 's', instance: 2n ** 63n, packetContext: null });
  const context = (...values: [number, string, number[]]): Uint8Array => writer.packetContext(counted, values);
  s.beginPacket(1000n, context(3, 'first', [1, 2]));
  event(s, 1001n, [1]);
  s.endPacket({ end: 2000n, sequence: 5n });
  s.beginPacket(3000n, context(3, 'empty', []));
  s.endPacket({ end: 3500n, sequence: 6n, discarded: 10n });
  s.beginPacket(4000n, context(3, 'last', [9]));
  event(s, 2n ** 50n, [2]);
  s.endPacket({ end: 2n ** 50n + 7n, sequence: 9n, discarded: 10n, size_bytes: 8192 });
  const ticking = writer.addStreamClass({
    clock: slow,
    header: 'large',
    packetContext: [],
    sequence: false,
    discarded: false,
    times: 'begin',
  });
  const tick = eventWriter(writer.addEventClass(ticking, 'tick', [{ name: 'x', type: f64 }]));
  const t = writer.addStream(ticking, { name: 't' });
  for (const time of [1n, 32_769n, 40_001n]) tick(t, time, [0.5]);
  const timeless = writer.addStreamClass({ header: 'plain', packetContext: [], sequence: false, discarded: false });
  const mark = eventWriter(writer.addEventClass(timeless, 'mark', [{ name: 'm', type: u32 }]));
  mark(writer.addStream(timeless, { name: 'u' }), 0n, [77]);
  writer.flush();
  return opened(writer, files);
}

function copied(source: CtfSource, version: CtfVersion, selection: { readonly begin_ns?: bigint } = {}): CtfSource {
  const files = new Map<string, Uint8Array[]>();
  const copy = new TraceCopy(source.traces[0]!.trace, { name: 'made', version, sink: sinkOf(files) });
  source.events({ ...selection, onPacket: copy.packet }).drain(copy.consumer, copy.encoder, copy.each);
  copy.end();
  return opened(copy.writer, files);
}

/** Without sizes: these are the copy's own. */
function ownOf({ content_size, packet_size, ...own }: FieldObject): FieldObject {
  return own;
}

function told(source: CtfSource): unknown {
  const packets: unknown[] = [];
  const notices: unknown[] = [];
  const events = source.events({
    onPacket: ({ stream, streamClass, values, ...packet }: CtfPacket) => {
      packets.push([streamClass.id, { ...packet, context: ownOf(packet.context) }]);
    },
    onNotice: ({ stream, message, ...notice }: Notice) => notices.push(notice),
  });
  const all: unknown[] = [];
  for (let e = events.next(); e !== null; e = events.next()) {
    const {
      recordClass: { id, name, logLevel, emfUri },
    } = e;
    all.push([id, name, logLevel, emfUri, e.cycles, e.time_ns, e.toObject(), ownOf(e.packetContext)]);
  }
  const { trace } = source.traces[0]!;
  const clocks = trace.clocks.map(({ id, origin, attributes, ...clock }) => clock);
  const streams = [...trace.streamClasses.values()].map(({ id, defaultClock }) => [id, defaultClock?.name]);
  return { packets, notices, all, uuid: trace.uuid, environment: trace.environment, clocks, streams };
}

for (const version of ['1.8', '2'] as const) {
  test(`packets, losses, clocks and identity of a copy (CTF ${version})`, () => {
    const original = told(made()) as { packets: unknown[]; notices: unknown[]; all: unknown[] };
    assert.deepEqual([original.packets.length, original.notices.length, original.all.length], [5, 2, 6]);
    assert.deepEqual(told(copied(made(), version)), original);
  });
}

test('a copy from a time on does not tell the losses before it', () => {
  const source = copied(made(), '1.8', { begin_ns: 1_700_000_000_000_000_000n + 3_900n });
  const { notices } = told(source) as { notices: unknown[] };
  assert.deepEqual(notices, []);
});

test('a counter that starts again at 0 counts on in the copy', () => {
  const files = new Map<string, Uint8Array[]>();
  const metadata = `/* CTF 1.8 */ trace { major = 1; minor = 8; byte_order = le;
    packet.header := struct { integer { size = 32; align = 8; } magic; }; };
    clock { name = c; freq = 1000; };
    stream { packet.context := struct {
      integer { size = 8; align = 8; map = clock.c.value; } timestamp_begin;
      integer { size = 8; align = 8; map = clock.c.value; } timestamp_end;
      integer { size = 8; align = 8; } content_size; integer { size = 8; align = 8; } packet_size;
      integer { size = 8; align = 8; } events_discarded; };
      event.header := struct { integer { size = 8; align = 8; map = clock.c.value; } t; }; };
    event { name = e; fields := struct { integer { size = 8; align = 8; } x; }; };`;
  const packet = (begin: number, end: number, discarded: number): number[] => {
    return [0xc1, 0x1f, 0xfc, 0xc1, begin, end, 88, 88, discarded, end, 1];
  };
  const bytes = Uint8Array.from([...packet(250, 255, 250), ...packet(1, 9, 3)]);
  const source = openCtf([traceInMemory(utf8.encode(metadata), [bytes])]);
  const counts = (of: CtfSource): unknown => {
    const out: unknown[] = [];
    const events = of.events({ onNotice: ({ count }) => out.push(count), onPacket: (p) => out.push(p.end_cycles) });
    for (let e = events.next(); e !== null; e = events.next()) out.push(e.cycles);
    return out;
  };
  assert.deepEqual(counts(source), [255n, null, 255n, 265n, 9, 265n]);
  const copy = new TraceCopy(source.traces[0]!.trace, { name: 'made', version: '1.8', sink: sinkOf(files) });
  source.events({ onPacket: copy.packet }).drain(copy.consumer, copy.encoder, copy.each);
  copy.end();
  assert.deepEqual(counts(opened(copy.writer, files)), [255n, null, 255n, 265n, 9, 265n]);
});
