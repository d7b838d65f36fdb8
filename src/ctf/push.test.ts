import assert from 'node:assert/strict';
import test from 'node:test';
import { eventWriter } from './event-writer.ts';
import * as field from './fields.ts';
import { PushReader } from './push.ts';
import { CtfWriter } from './writer.ts';

function traced(): { live: PushReader; write: (stream: number, time_ns: bigint) => void; flush: () => void } {
  const live = new PushReader({ name: 'live' });
  let known = false;
  const trace = new CtfWriter({
    uuid: new Uint8Array(16).fill(7),
    clock: { name: 'monotonic', description: '', uuid: '01234567-89ab-cdef-0123-456789abcdef', offset_ns: 0n },
    environment: [],
    sink: (stream, packet) => {
      if (!known) live.metadata(new TextEncoder().encode(trace.metadata()));
      known = true;
      live.packet(stream.cpu, packet.slice());
    },
  });
  const streamClass = trace.addStreamClass({ header: 'compact', context: [] });
  const write = eventWriter(trace.addEventClass(streamClass, 'e', [{ name: 'at', type: field.u64 }]));
  const streams = [0, 1].map((cpu) => trace.addStream(streamClass, { name: `s_${cpu}`, cpu }));
  return { live, write: (stream, time_ns) => write(streams[stream]!, time_ns, [time_ns]), flush: () => trace.flush() };
}

function all(live: PushReader): bigint[] {
  const out: bigint[] = [];
  for (let e = live.next(); e !== null; e = live.next()) {
    assert.equal(e.bigint('at'), e.time_ns);
    out.push(e.time_ns);
  }
  return out;
}

test('events come when no stream can be earlier: packets, beacons, ends', () => {
  const { live, write, flush } = traced();
  live.stream(0);
  live.stream(1);
  assert.deepEqual(all(live), []);
  for (const t of [10n, 20n, 30n]) write(0, t);
  flush();
  assert.deepEqual(all(live), []);
  live.inactive(1, 15n);
  assert.deepEqual(all(live), [10n]);
  for (const t of [18n, 25n]) write(1, t);
  flush();
  assert.deepEqual(all(live), [18n, 20n, 25n]);
  live.end(1);
  assert.deepEqual(all(live), [30n]);
  write(0, 40n);
  flush();
  live.end(0);
  assert.deepEqual(all(live), [40n]);
  assert.equal(live.waiting_bytes, 0);
});

test('a packet before the metadata is refused', () => {
  assert.throws(() => new PushReader({ name: 'x' }).packet(0, new Uint8Array(8)), /before the metadata/);
});
