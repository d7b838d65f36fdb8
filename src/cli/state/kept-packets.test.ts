/** What a live dump keeps of a trace whose layout is not our writer's, as those of LTTng. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { PushReader } from '../../ctf/push.ts';
import { LiveState } from '../../state/index.ts';
import { KeptPackets } from './kept-packets.ts';

const metadata = (uuid: string): Uint8Array =>
  new TextEncoder().encode(`/* CTF 1.8 */
trace { major = 1; minor = 8; byte_order = be; ${uuid}
  packet.header := struct { integer { size = 32; } magic; }; };
clock { name = c; freq = 1000000000; };
stream {
  packet.context := struct { integer { size = 64; map = clock.c.value; } timestamp_begin;
    integer { size = 64; map = clock.c.value; } timestamp_end;
    integer { size = 64; } content_size; integer { size = 64; } packet_size; integer { size = 32; } cpu_id; };
  event.header := struct { integer { size = 16; } id; integer { size = 64; align = 32; map = clock.c.value; } timestamp; };
};
event { id = 300; name = "sched_waking"; fields := struct { integer { size = 32; signed = true; } tid; string comm; }; };
`);

const SECOND_NS = 1_000_000_000n;
const PACKETS = 12;

/** One wake-up of a thread at second `i + 1`. */
function packet(i: number, tid: number = 100 + i): Uint8Array {
  const at_ns = BigInt(i + 1) * SECOND_NS;
  const bytes = new Uint8Array(60);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xc1fc1fc1);
  view.setBigUint64(4, at_ns);
  view.setBigUint64(12, at_ns);
  view.setBigUint64(20, 480n);
  view.setBigUint64(28, 480n);
  view.setUint16(40, 300);
  view.setBigUint64(44, at_ns);
  view.setInt32(52, tid);
  bytes.set(new TextEncoder().encode('app'), 56);
  return bytes;
}

for (const uuid of ['uuid = "00112233-4455-6677-8899-aabbccddeeff";', '']) {
  test(`events that explain what lives are copied again and again, ${uuid || 'no uuid'}`, () => {
    const reader = new PushReader({ name: 'session' });
    const kept = new KeptPackets();
    kept.follow(reader);
    reader.metadata(metadata(uuid));
    let state: LiveState | null = null;
    for (let i = 0; i < PACKETS; i++) {
      reader.packet(0, packet(i));
      state ??= new LiveState({ origin_ns: reader.origin_ns, window_ns: 5e8 });
      for (let event = reader.next(); event !== null; event = reader.next()) state.update(event);
      kept.applied(state);
    }
    const source = kept.source();
    const tids: number[] = [];
    const events = source.events();
    for (let event = events.next(); event !== null; event = events.next()) tids.push(event.number('tid'));
    assert.deepEqual(
      tids,
      Array.from({ length: PACKETS }, (_, i) => 100 + i),
    );
    assert.ok(source.traces.length <= 2, `${source.traces.length} traces`);
  });
}

test('a packet that comes early stays until its events are out of the window', () => {
  const reader = new PushReader({ name: 'session' });
  const kept = new KeptPackets();
  kept.follow(reader);
  reader.metadata(metadata(''));
  const state = new LiveState({ window_ns: 2e9 });
  const look = (): void => {
    for (let event = reader.next(); event !== null; event = reader.next()) state.update(event);
    kept.applied(state);
  };
  for (const stream of [0, 1]) reader.stream(stream, `s${stream}`);
  reader.packet(1, packet(0));
  // Awake already, so that nothing is explained by it.
  reader.packet(1, packet(9, 100));
  reader.packet(0, packet(0));
  look();
  // All of stream 1 is here; what of it is certain depends on stream 0, which jumps.
  reader.packet(0, packet(10));
  look();
  reader.end(0);
  reader.end(1);
  look();
  const events = kept.source().events();
  const tids: number[] = [];
  for (let event = events.next(); event !== null; event = events.next()) tids.push(event.number('tid'));
  assert.deepEqual(tids.slice(-2), [100, 110]);
});
