import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ByteSource, CtfSource, TraceFiles } from '../reader.ts';
import { openCtf } from '../source.ts';
import { EventLines } from '../text/lines.ts';
import { DEFAULT_TEXT_OPTIONS } from '../text/options.ts';
import { textStyle } from '../text/style.ts';
import { TraceCopy } from './copy.ts';

const METADATA = `/* CTF 1.8 */
trace { major = 1; minor = 8; byte_order = be; uuid = "00112233-4455-6677-8899-aabbccddeeff";
  packet.header := struct { integer { size = 32; } magic; }; };
env { hostname = "vm"; procname = "app"; vpid = 7; };
clock { name = c; freq = 1000000000; offset_s = 1700000000; };
stream {
  packet.context := struct { integer { size = 32; } cpu_id; };
  event.header := struct { integer { size = 8; map = clock.c.value; } t; };
  event.context := struct { integer { size = 8; encoding = ASCII; } _procname[4]; };
};
event { name = "all \\"of\\" it"; loglevel = 6;
  context := struct { integer { size = 3; } _few; integer { size = 5; signed = true; base = 16; } _bits; };
  fields := struct {
    integer { size = 12; align = 1; base = 2; } a; integer { size = 4; align = 1; signed = true; base = 8; } b;
    enum : integer { size = 8; } { none, num = 1 ... 2, _deep = 3 } tag;
    variant <tag> { struct { } none; integer { size = 64; signed = true; } num; struct { string s; } _deep; } v;
    integer { size = 8; } n;
    struct { integer { size = 16; byte_order = le; } x; integer { size = 8; } m; integer { size = 8; base = 16; } list[m]; } seq[n];
    integer { size = 8; encoding = UTF8; } text[n];
    floating_point { exp_dig = 8; mant_dig = 24; align = 8; } f;
    string s;
  };
};
`;

const u8 = (...bytes: number[]): number[] => bytes;
const text = (value: string): number[] => [...new TextEncoder().encode(value)];

/** Two packets of the stream above, by hand. */
const PACKETS = [
  [0xc1, 0xfc, 0x1f, 0xc1, 0, 0, 0, 3],
  [5, ...text('ab\0\0'), 0b10111110, 0xab, 0xcd, 1, ...u8(255, 255, 255, 255, 255, 255, 255, 254)],
  [2, 1, 0, 2, 7, 255, 0, 2, 0, ...text('hi'), 0x3f, 0xc0, 0, 0, ...text('ä"\n'), 0],
  [9, ...text('abcd'), 0, 0, 0, 3, ...text('deep'), 0, 0, 0x7f, 0x80, 0, 0, 0],
].flat();

function fileOf(name: string, bytes: Uint8Array): TraceFiles['streams'][number] {
  const open = (): ByteSource => ({
    size_bytes: bytes.length,
    read: (into, at) => {
      const part = bytes.subarray(at, at + into.length);
      into.set(part);
      return part.length;
    },
    close: () => {},
  });
  return { name, open };
}

function print(source: CtfSource): string {
  const parts: string[] = [];
  const clock = { cycles: false, seconds: true, date: false, gmt: true };
  const style = textStyle({ ...DEFAULT_TEXT_OPTIONS, clock });
  const lines = new EventLines(source, style, (bytes) => parts.push(new TextDecoder().decode(bytes)));
  source.events().drain(lines.consumer, lines.out, lines.each);
  lines.end();
  return parts.join('');
}

for (const [generate, version] of [
  [true, '1.8'],
  [false, '1.8'],
  [true, '2'],
] as const) {
  test(`a copy reads as what it was made of (${generate ? 'generated' : 'interpreted'}, CTF ${version})`, () => {
    const encoder = new TextEncoder();
    const streams = [fileOf('data', Uint8Array.from(PACKETS))];
    const source = openCtf([{ name: 'in', metadata: encoder.encode(METADATA), streams }], { generate });
    const packets: Uint8Array[] = [];
    const copy = new TraceCopy(source.traces[0]!.trace, {
      name: 'in',
      version,
      sink: (_stream, packet) => packets.push(packet.slice()),
    });
    source.events({ onPacket: copy.packet }).drain(copy.consumer, copy.encoder, copy.each);
    copy.end();
    copy.writer.flush();
    const metadata = encoder.encode(copy.writer.metadata());
    const copied = openCtf([{ name: 'out', metadata, streams: [fileOf('data', Buffer.concat(packets))] }], {
      generate,
    });
    const printed = print(source);
    assert.equal(print(copied), printed);
    assert.equal(
      printed,
      '[1700000000.000000005] (+?.?????????) vm:app:(7) all "of" it: { cpu_id = 3 }, { procname = "ab" }, { few = 5, bits = 0xFE }, ' +
        '{ a = 0b101010111100, b = 075, tag = ( "num" : container = 1 ), v = { -2 }, n = 2, ' +
        'seq = [ [0] = { x = 1, m = 2, list = [ [0] = 0x7, [1] = 0xFF ] }, [1] = { x = 512, m = 0, list = [ ] } ], ' +
        'text = "hi", f = 1.5, s = "ä\\"\\n" }\n' +
        '[1700000000.000000009] (+0.000000004) vm:app:(7) all "of" it: { cpu_id = 3 }, { procname = "abcd" }, { few = 0, bits = 0x0 }, ' +
        '{ a = 0b000000000000, b = 00, tag = ( "_deep" : container = 3 ), v = { { s = "deep" } }, n = 0, seq = [ ], text = "", f = inf, s = "" }\n',
    );
  });
}
