import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { TailtrapError } from '../base/errors.ts';
import type { Notice } from '../trace/event.ts';
import type { Consumer, Visitor } from './decode/emit.ts';
import { ValueVisitor } from './decode/values.ts';
import { type EventWriter, eventWriter } from './event-writer.ts';
import * as field from './fields.ts';
import { PushReader } from './push.ts';
import { CtfWriter } from './writer.ts';

interface Traced {
  readonly metadata: () => Uint8Array;
  /** Packets that were closed, with their stream. */
  readonly packets: { stream: number; bytes: Uint8Array }[];
  readonly write: (stream: number, time_ns: bigint) => void;
  readonly flush: () => void;
}

/** A trace with streams 0 .. n-1, whose events say when they are. */
function traced(streams: number, uuid: number): Traced {
  const packets: { stream: number; bytes: Uint8Array }[] = [];
  const trace = new CtfWriter({
    uuid: new Uint8Array(16).fill(uuid),
    clock: { name: 'monotonic', description: '', uuid: '01234567-89ab-cdef-0123-456789abcdef', offset_cycles: 0n },
    environment: [],
    sink: (stream, packet) => packets.push({ stream: stream.cpu, bytes: packet.slice() }),
  });
  const streamClass = trace.addStreamClass({ header: 'compact' });
  const write: EventWriter = eventWriter(trace.addEventClass(streamClass, 'e', [{ name: 'at', type: field.u64 }]));
  const all = Array.from({ length: streams }, (_, cpu) => trace.addStream(streamClass, { name: `s_${cpu}`, cpu }));
  return {
    metadata: () => new TextEncoder().encode(trace.metadata()),
    packets,
    write: (stream, time_ns) => write(all[stream]!, time_ns, [time_ns]),
    flush: () => trace.flush(),
  };
}

function all(live: PushReader): bigint[] {
  const out: bigint[] = [];
  for (let e = live.next(); e !== null; e = live.next()) {
    assert.equal(e.bigint('at'), e.time_ns);
    out.push(e.time_ns);
  }
  return out;
}

/** Hands over what was written. */
function send(trace: Traced, live: PushReader): void {
  trace.flush();
  for (const { stream, bytes } of trace.packets.splice(0)) live.packet(stream, bytes);
}

test('events come when no stream can be earlier: packets, beacons, ends', () => {
  const live = new PushReader({ name: 'live' });
  const trace = traced(2, 7);
  live.metadata(trace.metadata());
  live.stream(0);
  live.stream(1);
  assert.deepEqual(all(live), []);
  for (const t of [10n, 20n, 30n]) trace.write(0, t);
  send(trace, live);
  assert.deepEqual(all(live), []);
  assert.equal(live.wants(0), false);
  assert.equal(live.wants(1), true);
  live.inactive(1, 15n);
  assert.deepEqual(all(live), [10n]);
  for (const t of [18n, 25n]) trace.write(1, t);
  send(trace, live);
  assert.deepEqual(all(live), [18n, 20n, 25n]);
  live.end(1);
  assert.deepEqual(all(live), [30n]);
  trace.write(0, 40n);
  send(trace, live);
  live.end(0);
  assert.deepEqual(all(live), [40n]);
  assert.equal(live.waiting_bytes, 0);
  assert.equal(live.size, 0);
});

test('the end of a packet promises as a beacon does', () => {
  const live = new PushReader({ name: 'live' });
  const trace = traced(2, 7);
  live.metadata(trace.metadata());
  live.stream(0);
  for (const t of [10n, 20n]) trace.write(0, t);
  for (const t of [11n, 30n]) trace.write(1, t);
  send(trace, live);
  assert.deepEqual(all(live), [10n, 11n, 20n]);
  assert.equal(live.certain_ns, 20n);
  live.inactiveCycles(0, 0, 31n);
  assert.deepEqual(all(live), [30n]);
});

test('a packet before the metadata is refused', () => {
  assert.throws(() => new PushReader({ name: 'x' }).packet(0, new Uint8Array(8)), /before the metadata/);
});

/** What `next` throws in the place of null. */
function thrown(live: PushReader): TailtrapError {
  try {
    all(live);
  } catch (error) {
    assert.ok(error instanceof TailtrapError, String(error));
    return error;
  }
  assert.fail('nothing was thrown');
}

test('pieces of packets are damage: told, or thrown where there is no onNotice', () => {
  const trace = traced(1, 7);
  trace.write(0, 10n);
  trace.flush();
  const { bytes } = trace.packets[0]!;
  const told: string[] = [];
  const listening = new PushReader({ name: 'live', onNotice: ({ kind, message }) => told.push(`${kind} ${message}`) });
  const deaf = new PushReader({ name: 'live' });
  for (const live of [listening, deaf]) {
    live.metadata(trace.metadata());
    for (const byte of bytes.subarray(0, 30)) live.packet(0, Uint8Array.of(byte));
  }
  assert.deepEqual(all(listening), []);
  assert.equal(told.length, 30);
  assert.match(told[0]!, /^damage .*within the header of a packet/);
  assert.equal(thrown(deaf).code, 'TT_CTF_DAMAGED');
  for (const live of [listening, deaf]) {
    live.packet(0, bytes.slice(0, bytes.length - 1));
    live.packet(0, bytes.slice());
  }
  assert.deepEqual(all(listening).slice(-1), [10n]);
  assert.ok(told.some((line) => /the file ends 1 bytes before the packet/.test(line)));
  const consumer = collector([]);
  assert.throws(() => deaf.drain(consumer, []), { code: 'TT_CTF_DAMAGED' });
  assert.equal(deaf.next(), null);
});

test('a packet for an ended stream is refused; what waits of it is given', () => {
  const live = new PushReader({ name: 'live' });
  const trace = traced(1, 7);
  live.metadata(trace.metadata());
  trace.write(0, 10n);
  send(trace, live);
  live.end(0);
  trace.write(0, 20n);
  trace.flush();
  assert.throws(() => live.packet(0, trace.packets.splice(0)[0]!.bytes), { code: 'TT_CTF_ENDED' });
  assert.deepEqual(all(live), [10n]);
  // The number is free then.
  trace.write(0, 30n);
  send(trace, live);
  assert.deepEqual(all(live), [30n]);
});

test('events before a beacon of their own stream are given, and told', () => {
  const notices: Notice[] = [];
  const listening = new PushReader({ name: 'live', onNotice: (notice) => notices.push(notice) });
  const deaf = new PushReader({ name: 'live' });
  const trace = traced(2, 7);
  for (const t of [50n, 60n]) trace.write(0, t);
  for (const t of [20n, 30n]) trace.write(1, t);
  trace.flush();
  const [of0, of1] = [0, 1].map((id) => trace.packets.find(({ stream }) => stream === id)!.bytes);
  for (const live of [listening, deaf]) {
    live.metadata(trace.metadata());
    live.stream(0);
    live.stream(1);
    live.packet(0, of0!.slice());
    live.inactive(1, 55n);
    assert.deepEqual(all(live), [50n]);
    live.packet(1, of1!.slice());
  }
  // 60 waits: stream 1 may bring what is earlier.
  assert.deepEqual(all(listening), [20n, 30n]);
  assert.deepEqual(
    notices.map(({ kind, begin_ns, end_ns }) => [kind, begin_ns, end_ns]),
    [['damage', 20n, 55n]],
  );
  assert.match(thrown(deaf).message, /35 ns before the time until which nothing was to come/);
});

/** Collects the value of `at`. */
function collector(out: bigint[]): Consumer<bigint[]> {
  return {
    visitor: (): Visitor =>
      new (class extends ValueVisitor {
        override integer(_: unknown, name: string, value: number): void {
          if (name === 'at') out.push(BigInt(value));
        }
        override wide(_: unknown, name: string, low: number, high: number): void {
          if (name === 'at') out.push((BigInt(high) << 32n) | BigInt(low));
        }
      })() as unknown as Visitor,
  };
}

type Step =
  | { readonly kind: 'write'; readonly stream: number; readonly gaps: readonly number[] }
  | { readonly kind: 'beacon'; readonly stream: number; readonly gap: number }
  | { readonly kind: 'next' }
  | { readonly kind: 'drain' };
const STREAMS = 5;
const stream = fc.nat(STREAMS - 1);
const gap = fc.nat(30);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('write'), stream, gaps: fc.array(gap, { minLength: 1, maxLength: 6 }) } as const),
    fc.record({ kind: fc.constant('beacon'), stream, gap } as const),
    fc.record({ kind: fc.constantFrom('next', 'drain') } as const),
  ),
  { maxLength: 60 },
);

for (const base of [1_000n, 2n ** 60n]) {
  test(`two traces of several streams: order of time and of streams, all once, none too early (from ${base})`, () => {
    fc.assert(
      fc.property(steps, (list) => {
        const live = new PushReader({ name: 'live' });
        // Streams 0 and 1 are of one trace, 2 to 4 of the other, whose UUID is smaller.
        const traces = [traced(2, 9), traced(3, 1)];
        const of = (i: number): [Traced, number] => (i < 2 ? [traces[0]!, i] : [traces[1]!, i - 2]);
        for (const [i, trace] of traces.entries()) live.metadata(trace.metadata(), i);
        for (let i = 0; i < STREAMS; i++) live.stream(i, `s${i}`, i < 2 ? 0 : 1);
        const now = new Array<bigint>(STREAMS).fill(base);
        const sent: { at: bigint; order: number }[] = [];
        const got: bigint[] = [];
        const consumer = collector(got);
        for (const step of list) {
          if (step.kind === 'write') {
            const [trace, at] = of(step.stream);
            for (const gap_ns of step.gaps) {
              now[step.stream]! += BigInt(gap_ns);
              trace.write(at, now[step.stream]!);
              sent.push({ at: now[step.stream]!, order: step.stream < 2 ? step.stream + STREAMS : step.stream });
            }
            trace.flush();
            for (const { bytes } of trace.packets.splice(0)) live.packet(step.stream, bytes);
          } else if (step.kind === 'beacon') {
            now[step.stream]! += BigInt(step.gap);
            live.inactive(step.stream, now[step.stream]!);
          } else {
            if (step.kind === 'next') got.push(...all(live));
            else live.drain(consumer, got);
            const least = now.reduce((a, b) => (a < b ? a : b));
            // Everything before the least promise was given, and nothing behind it.
            assert.ok(got.length >= sent.filter(({ at }) => at < least).length);
            assert.ok(got.every((at) => at <= least));
          }
        }
        live.endAll();
        live.drain(consumer, got);
        assert.deepEqual(
          got,
          sent.toSorted((a, b) => Number(a.at - b.at) || a.order - b.order).map(({ at }) => at),
        );
        assert.equal(live.waiting_bytes, 0);
        assert.equal(live.size, 0);
      }),
    );
  });
}

test('packets before the first one are told as lost where all were to come', () => {
  for (const fromFirst of [true, false]) {
    const notices: Notice[] = [];
    const live = new PushReader({ name: 'live', onNotice: (notice) => notices.push(notice) });
    const trace = traced(2, 7);
    live.metadata(trace.metadata());
    for (const stream of [0, 1]) live.stream(stream, `s_${stream}`, 0, fromFirst);
    for (const time of [10n, 20n, 30n, 40n]) {
      trace.write(0, time);
      trace.write(1, time);
      trace.flush();
    }
    const late = (packet: { stream: number }, i: number): boolean => packet.stream === 1 || i >= 6;
    for (const { stream, bytes } of trace.packets.filter(late)) live.packet(stream, bytes);
    live.endAll();
    assert.deepEqual(all(live), [10n, 20n, 30n, 40n, 40n]);
    const told = notices.map(({ kind, stream, count, begin_ns, end_ns }) => [
      kind,
      stream.name,
      count,
      begin_ns,
      end_ns,
    ]);
    assert.deepEqual(told, fromFirst ? [['discarded-packets', 's_0', 3, null, 40n]] : []);
  }
});
