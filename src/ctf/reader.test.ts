import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { TailtrapError } from '../base/errors.ts';
import type { Notice } from '../trace/event.ts';
import { eventWriter, type FieldValue } from './event-writer.ts';
import * as field from './fields.ts';
import { WINDOW_BYTES } from './file-window.ts';
import { type CtfSource, openCtf } from './reader.test.data.ts';
import { CtfWriter } from './writer.ts';

type Row = readonly [stream: number, time_ns: bigint, name: string, values: readonly FieldValue[]];

const FIELDS = {
  number: [{ name: 'value', type: field.i32 }],
  text: [
    { name: 'comm', type: field.text(16) },
    { name: 'path', type: field.string },
    { name: 'size', type: field.u64 },
  ],
} as const;

/** Writes rows with this package's writer and opens what was written. */
function written(
  rows: readonly Row[],
  options: { packetBytes?: number; streams?: number; cut?: number } = {},
): CtfSource {
  const files = new Map<string, Uint8Array[]>();
  const trace = new CtfWriter({
    uuid: new Uint8Array(16).fill(7),
    clock: {
      name: 'monotonic',
      description: '',
      uuid: '01234567-89ab-cdef-0123-456789abcdef',
      offset_cycles: 1_000_000n,
    },
    environment: [['hostname', 'here']],
    packetBytes: options.packetBytes ?? 4096,
    sink: (stream, packet) => {
      const parts = files.get(stream.name) ?? [];
      files.set(stream.name, [...parts, packet.slice()]);
    },
  });
  const streamClass = trace.addStreamClass({ header: 'compact', context: [{ name: 'tid', type: field.i32 }] });
  const number = eventWriter(trace.addEventClass(streamClass, 'number', FIELDS.number));
  const text = eventWriter(trace.addEventClass(streamClass, 'text', FIELDS.text));
  const streams = Array.from({ length: options.streams ?? 1 }, (_, cpu) =>
    trace.addStream(streamClass, { name: `s_${cpu}`, cpu }),
  );
  for (const [stream, time_ns, name, values] of rows) {
    (name === 'number' ? number : text)(streams[stream]!, time_ns, [stream, ...values]);
  }
  trace.flush();
  return openCtf(trace.metadata(), files, options.cut);
}

function read(
  source: Pick<CtfSource, 'events'>,
  selection = {},
): { time_ns: bigint; name: string; cpu: number; fields: object }[] {
  const out = [];
  const events = source.events(selection);
  for (let e = events.next(); e !== null; e = events.next()) {
    out.push({ time_ns: e.time_ns, name: e.name, cpu: e.cpu, fields: { ...e.toObject() } });
  }
  return out;
}

test('fields are read by name, by reader and as an object; contexts too', () => {
  const source = written([[0, 5n, 'text', ['bash', '/tmp/ä', 2n ** 63n]]]);
  const e = source.events().next()!;
  assert.equal(e.name, 'text');
  assert.equal(e.time_ns, 1_000_005n);
  assert.equal(BigInt(e.time) + source.origin_ns, e.time_ns);
  assert.equal(e.string('comm'), 'bash');
  assert.equal(e.string('path'), '/tmp/ä');
  assert.equal(e.bigint('size'), 2n ** 63n);
  assert.equal(e.number('size'), 2 ** 63);
  assert.equal(e.number('tid'), 0);
  assert.equal(e.number('cpu_id'), 0);
  assert.equal(e.cpu, 0);
  assert.equal(e.value('path'), '/tmp/ä');
  assert.equal(e.value('none'), undefined);
  assert.ok(Number.isNaN(e.number('path')));
  assert.equal(e.string('size'), '');
  assert.equal(e.type.numberField('none'), null);
  assert.deepEqual({ ...e.toObject() }, { comm: 'bash', path: '/tmp/ä', size: 2n ** 63n });
  assert.equal(source.traces[0]!.trace.environment.get('hostname'), 'here');
});

test('generated and interpreted reading give what was written, in order, whatever the packet size', () => {
  const row = fc.tuple(fc.nat(2), fc.bigInt(0n, 2n ** 40n), fc.boolean(), fc.integer(), fc.string({ maxLength: 300 }));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), fc.constantFrom(4096, 65536), (raw, packetBytes) => {
      const sorted = raw.toSorted((a, b) => (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : a[0] - b[0]));
      const rows = sorted.map(([stream, time_ns, isText, value, text]): Row => {
        const clean = text.replaceAll('\0', '');
        return [stream, time_ns, isText ? 'text' : 'number', isText ? ['x', clean, value >>> 0] : [value]];
      });
      const expected = rows.map(([cpu, time_ns, name, values]) => ({
        time_ns: time_ns + 1_000_000n,
        name,
        cpu,
        fields: name === 'number' ? { value: values[0] } : { comm: values[0], path: values[1], size: values[2] },
      }));
      const source = written(rows, { packetBytes, streams: 3 });
      assert.deepEqual(read(source), expected);
      assert.deepEqual(read(source.interpreted()), expected);
    }),
    { numRuns: 60 },
  );
});

const many: Row[] = Array.from({ length: 3000 }, (_, i) => [
  i % 2,
  BigInt(i) * 1000n,
  i % 3 === 0 ? 'text' : 'number',
  i % 3 === 0 ? ['a', 'b'.repeat(i % 50), i] : [i],
]);

const NO_FIELDS = { visitor: () => assert.fail('no field is wanted') };

const single = many.map(([, ...rest]): Row => [0, ...rest]);

test('selected events are those, with bounds in time inclusive; patterns are shell patterns', () => {
  const source = written(many, { streams: 2 });
  const all = read(source);
  assert.equal(all.length, 3000);
  const from = 1_000_000n + 500_000n;
  const to = 1_000_000n + 600_000n;
  const within = all.filter((e) => e.time_ns >= from && e.time_ns <= to);
  assert.deepEqual(read(source, { begin_ns: from, end_ns: to }), within);
  assert.deepEqual(
    read(source, { events: ['te?t'], begin_ns: from }),
    all.filter((e) => e.name === 'text' && e.time_ns >= from),
  );
  assert.deepEqual(
    read(source, { events: ['num*', 'other'] }),
    all.filter((e) => e.name === 'number'),
  );
  assert.deepEqual(read(source, { events: [] }), []);
});

test('draining ends where the selection does, whichever stream the events are of', () => {
  for (const streams of [1, 2]) {
    const source = written(streams === 1 ? single : many, { streams });
    const from = 1_000_000n + 500_000n;
    const to = 1_000_000n + 600_000n;
    const times = read(source, { begin_ns: from, end_ns: to }).map((e) => e.time_ns);
    for (const opened of [source, source.interpreted()]) {
      const drained: bigint[] = [];
      const each = (e: { time_ns: bigint }): boolean => drained.push(e.time_ns) < 0;
      const count = opened.events({ begin_ns: from, end_ns: to }).drain(NO_FIELDS, null, each);
      assert.deepEqual(drained, times);
      assert.equal(count, times.length);
    }
  }
});

test('streams one after the other: the same events', () => {
  const source = written(many, { streams: 2, packetBytes: 4096 });
  const key = (e: { cpu: number; time_ns: bigint }): string => `${e.cpu} ${e.time_ns}`;
  const merged = source.events();
  const all: string[] = [];
  for (let e = merged.next(); e !== null; e = merged.next()) all.push(key(e));
  for (const opened of [source, source.interpreted()]) {
    const drained: string[] = [];
    opened.events({ order: 'stream' }).drain(NO_FIELDS, null, (e) => drained.push(key(e)) < 0);
    const given: string[] = [];
    const events = opened.events({ order: 'stream' });
    for (let e = events.next(); e !== null; e = events.next()) given.push(key(e));
    assert.deepEqual(drained, given);
    assert.deepEqual(
      drained,
      all.toSorted((a, b) => a.charCodeAt(0) - b.charCodeAt(0)),
    );
  }
});

test('seek goes forward and backward', () => {
  const source = written(many, { streams: 2 });
  const events = source.events();
  for (const i of [2000, 10, 2999, 0]) {
    events.seek(1_000_000n + BigInt(i) * 1000n);
    assert.equal(events.next()!.time_ns, 1_000_000n + BigInt(i) * 1000n);
  }
  events.seek(10n ** 18n);
  assert.equal(events.next(), null);
  assert.deepEqual(source.timeRange(), { begin_ns: 1_000_000n, end_ns: 1_000_000n + 2_999_000n });
});

test('a packet larger than the window is read in pieces, and an event larger than the window too', () => {
  const rows: Row[] = [];
  for (let i = 0; i < 400; i++)
    rows.push([0, BigInt(i), 'text', ['c', 'y'.repeat(i === 200 ? 3 * WINDOW_BYTES : 9000 + i), i]]);
  const source = written(rows, { packetBytes: 16 * WINDOW_BYTES });
  const events = source.events();
  for (let i = 0; i < 400; i++) {
    const e = events.next()!;
    assert.equal(e.number('size'), i);
    assert.equal(e.string('path').length, i === 200 ? 3 * WINDOW_BYTES : 9000 + i);
  }
  assert.equal(events.next(), null);
});

test('a truncated file gives what is readable, then says where it ends', () => {
  const notices: Notice[] = [];
  const source = written(single, { cut: 10_000 });
  const events = source.events({ onNotice: (notice) => notices.push(notice) });
  let count = 0;
  let thrown: unknown = null;
  try {
    while (events.next() !== null) count++;
  } catch (error) {
    thrown = error;
  }
  assert.ok(thrown instanceof TailtrapError && thrown.code === 'TT_CTF_DAMAGED', String(thrown));
  assert.match(thrown.where, /s_0, packet 2 at byte \d+, bit \d+/);
  assert.match(thrown.message, /the file ends \d+ bytes before the packet does/);
  assert.ok(count > 100 && count < 3000, `${count}`);
  assert.deepEqual(
    notices.map((notice) => notice.kind),
    ['damage'],
  );
  assert.equal(events.next(), null);
});

test('what the consumer throws reaches the caller, and reading can go on', () => {
  const source = written(single);
  const events = source.events({ events: ['number'] });
  let seen = 0;
  const each = (): boolean => {
    if (++seen === 50) throw new RangeError('mine');
    return false;
  };
  assert.throws(() => events.drain(NO_FIELDS, null, each), /mine/);
  assert.equal(events.drain(NO_FIELDS, null, each), 2000 - 50);
});
