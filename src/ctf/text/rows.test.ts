import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCtf } from '../reader.test.data.ts';
import type { CtfSource } from '../reader.ts';
import { EventLines } from './lines.ts';
import { chooseNames, DEFAULT_TEXT_OPTIONS } from './options.ts';
import { type Style, textStyle } from './style.ts';

const METADATA = `/* CTF 1.8 */
trace { major = 1; minor = 8; byte_order = le; };
clock { name = c; freq = 1000000000; };
typealias integer { size = 8; align = 8; } := u8;
typealias integer { size = 16; align = 8; } := u16;
typealias integer { size = 32; align = 8; } := u32;
typealias integer { size = 32; align = 8; signed = true; } := i32;
typealias integer { size = 64; align = 8; } := u64;
typealias integer { size = 64; align = 8; signed = true; } := i64;
typealias integer { size = 32; align = 8; base = 16; } := x32;
typealias integer { size = 64; align = 8; base = 16; } := x64;
typealias integer { size = 8; align = 8; encoding = UTF8; } := char;
stream {
  event.header := struct { u8 id; integer { size = 64; align = 8; map = clock.c.value; } t; };
  event.context := struct { u8 tid; };
};
event { name = "numbers"; id = 0; fields := struct { u8 a; u16 b; u32 c; i32 d; u64 e; i64 f; x32 g; x64 h; }; };
event { name = "texts"; id = 1; fields := struct { string s; char comm[16]; struct { string t; u8 n; } in; }; };
event { name = "others"; id = 2; fields := struct { u8 n; u8 list[n]; char four[4]; }; };
event { name = "nothing"; id = 3; fields := struct { }; };
`;

/** All bits of a number's fields from one 64-bit value. */
function numbers(value: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(39));
  view.setUint8(0, Number(BigInt.asUintN(8, value)));
  view.setUint16(1, Number(BigInt.asUintN(16, value)), true);
  view.setUint32(3, Number(BigInt.asUintN(32, value)), true);
  view.setUint32(7, Number(BigInt.asUintN(32, value)), true);
  view.setBigUint64(11, BigInt.asUintN(64, value), true);
  view.setBigUint64(19, BigInt.asUintN(64, value), true);
  view.setUint32(27, Number(BigInt.asUintN(32, value)), true);
  view.setBigUint64(31, BigInt.asUintN(64, value), true);
  return new Uint8Array(view.buffer);
}

function texts(s: string, comm: Uint8Array, t: string): Uint8Array {
  const name = new Uint8Array(16);
  name.set(comm.subarray(0, 16));
  return Uint8Array.from([...Buffer.from(`${s}\0`), ...name, ...Buffer.from(`${t}\0`), 9]);
}

function file(events: readonly (readonly [id: number, payload: Uint8Array])[]): Uint8Array {
  const parts = events.map(([id, payload], i) => {
    const head = new DataView(new ArrayBuffer(10));
    head.setUint8(0, id);
    head.setBigUint64(1, BigInt(i) * 1_000_003n, true);
    head.setUint8(9, i & 255);
    return Buffer.concat([new Uint8Array(head.buffer), payload]);
  });
  return Buffer.concat(parts);
}

const NAMES = ['fio', 'exactly16letters', 'tab\there', '"quoted"', 'ä', ''].map((name) => Buffer.from(name));
/** Behind the quote, the bits of a signalling NaN: a store of it as a double may change them. */
NAMES.push(Buffer.from([0x61, 0x62, 0x63, 0x64, 0x65, 0xf1, 0xff, 0x66]));

function sample(): Uint8Array {
  const edges = [0n, 1n, 9n, 9_999n, 10_000n, 99_999_999n, 100_000_000n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n];
  edges.push(2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 2n ** 32n, 2n ** 64n - 1n);
  const all = [...edges, ...edges.map((n) => -n), ...Array.from({ length: 64 }, (_, i) => 3n ** BigInt(i))];
  const events: [number, Uint8Array][] = all.map((n) => [0, numbers(n)]);
  // Some buffers full, so that every place of a line comes to the limit; with strings longer than what is left then.
  for (let i = 0; i < 12_000; i++) {
    const long = i % 500 === 499 ? 'y"'.repeat(20_000) : '/usr/lib/x86_64';
    // More names than are kept, each twice: as it is made, and as it was kept.
    const name = i % 8 < 2 ? NAMES[i % NAMES.length]! : Buffer.from(`kworker/${i >> 1}`);
    events.push([1, texts('s'.repeat(i % 37), name, long)]);
    if (i % 5 === 0) events.push([2, Uint8Array.from([2, i & 255, 7, ...Buffer.from('four')])]);
    if (i % 7 === 0) events.push([3, new Uint8Array(0)]);
  }
  return file(events);
}

function textOf(source: CtfSource, style: Style, method: 'line' | 'each'): string {
  const parts: Buffer[] = [];
  const lines = new EventLines(source, style, (bytes) => parts.push(Buffer.from(bytes)));
  source.events().drain(lines.consumer, lines.out, lines[method]);
  lines.end();
  return Buffer.concat(parts).toString('latin1');
}

const clock = { ...DEFAULT_TEXT_OPTIONS.clock, gmt: true };

test('lines written at once say what interpreted ones say', () => {
  const source = openCtf(METADATA, new Map([['s', [sample()]]]));
  for (const names of [DEFAULT_TEXT_OPTIONS.names, chooseNames(['all']), chooseNames(['none'])]) {
    const style = textStyle({ ...DEFAULT_TEXT_OPTIONS, clock, names });
    const expected = textOf(source.interpreted(), style, 'each').split('\n');
    assert.ok(expected.length > 8_000);
    for (const method of ['line', 'each'] as const) {
      const found = textOf(source, style, method).split('\n');
      const at = found.findIndex((line, i) => line !== expected[i]);
      assert.equal(found[at], expected[at], `line ${at}`);
      assert.equal(found.length, expected.length);
    }
  }
});

test('the text itself', () => {
  const events: [number, Uint8Array][] = [
    [0, numbers(-1n)],
    [1, texts('a', Buffer.from('fio'), '')],
    [1, texts('', Buffer.from('fio'), 'b')],
    [3, new Uint8Array(0)],
  ];
  const style = textStyle({ ...DEFAULT_TEXT_OPTIONS, clock });
  assert.deepEqual(textOf(openCtf(METADATA, new Map([['s', [file(events)]]])), style, 'line').split('\n'), [
    '[00:00:00.000000000] (+?.?????????) numbers: { tid = 0 }, { a = 255, b = 65535, c = 4294967295, d = -1, ' +
      'e = 18446744073709551615, f = -1, g = 0xFFFFFFFF, h = 0xFFFFFFFFFFFFFFFF }',
    '[00:00:00.001000003] (+0.001000003) texts: { tid = 1 }, { s = "a", comm = "fio", in = { t = "", n = 9 } }',
    '[00:00:00.002000006] (+0.001000003) texts: { tid = 2 }, { s = "", comm = "fio", in = { t = "b", n = 9 } }',
    '[00:00:00.003000009] (+0.001000003) nothing: { tid = 3 }, { }',
    '',
  ]);
});
