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
    integer { size = 64; map = clock.c.value; } timestamp_end; integer { size = 32; } cpu_id; };
  event.header := struct { integer { size = 16; } id; integer { size = 64; align = 32; map = clock.c.value; } timestamp; };
};
event { id = 300; name = "sched_waking"; fields := struct { integer { size = 32; signed = true; } tid; string comm; }; };
`);

const SECOND_NS = 1_000_000_000n;
const PACKETS = 12;

/** One wake-up of thread `100 + i` at second `i + 1`. */
function packet(i: number): Uint8Array {
  const at_ns = BigInt(i + 1) * SECOND_NS;
  const bytes = new Uint8Array(46);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xc1fc1fc1);
  view.setBigUint64(4, at_ns);
  view.setBigUint64(12, at_ns);
  view.setUint16(24, 300);
  view.setBigUint64(28, at_ns);
  view.setInt32(36, 100 + i);
  bytes.set(new TextEncoder().encode('app'), 40);
  return bytes.subarray(0, 44);
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
