import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fed, textOf } from './feed.test.data.ts';
import { chooseFields, chooseNames, DEFAULT_TEXT_OPTIONS } from './options.ts';
import { JSON_STYLE, textStyle } from './style.ts';

const HEAD = `/* CTF 1.8 */
trace { major = 1; minor = 8; byte_order = le; };
env { hostname = "vm"; domain = "ust"; procname = "app"; vpid = 77; };
clock { name = c; freq = 1000000000; };
typealias integer { size = 8; } := u8;
typealias integer { size = 32; } := u32;
typealias integer { size = 64; } := u64;
typealias integer { size = 64; signed = true; } := i64;
stream { event.header := struct { u8 id; integer { size = 64; map = clock.c.value; } t; }; };
`;
const event = (fields: string): string => `${HEAD}event { name = "e"; loglevel = 6; fields := struct { ${fields} }; };`;
const LINE = '[00:00:00.000000000] (+?.?????????) vm:app:(77) e: ';
const gmt = textStyle({ ...DEFAULT_TEXT_OPTIONS, clock: { ...DEFAULT_TEXT_OPTIONS.clock, gmt: true } });

/** The payload's text, the same from generated code and from the visitor. */
function payload(fields: string, ...values: readonly (Fed['payload'] & object)[]): string[] {
  const fed = values.map((value) => ({ name: 'e', payload: value }));
  const text = textOf(event(fields), fed, true, gmt);
  assert.equal(textOf(event(fields), fed, false, gmt), text);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(line.indexOf('e: ') + 3));
}

test('integers in every base', () => {
  const fields = `u8 a; integer { size = 8; signed = true; } b; integer { size = 5; signed = true; base = 16; } c;
    integer { size = 4; signed = true; base = 8; } d; integer { size = 6; base = 2; } e; u64 f; i64 g;
    integer { size = 64; base = 16; } h; integer { size = 40; signed = true; base = 16; } i; integer { size = 64; base = 8; } j;`;
  assert.deepEqual(
    payload(fields, [255n, -128n, -1n, -1n, 5n, 2n ** 64n - 1n, -(2n ** 63n), 0xffff8881n << 20n, -2n, 8n]),
    [
      '{ a = 255, b = -128, c = 0xFF, d = 077, e = 0b000101, f = 18446744073709551615, g = -9223372036854775808, ' +
        'h = 0xFFFF888100000, i = 0xFFFFFFFFFE, j = 010 }',
    ],
  );
  assert.deepEqual(payload(fields, [0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]), [
    '{ a = 0, b = 0, c = 0x0, d = 00, e = 0b000000, f = 0, g = 0, h = 0x0, i = 0x0, j = 00 }',
  ]);
});

test('enumerations: labels, ranges, overlaps, unknown', () => {
  const fields = 'enum : u8 { A, B = 3 ... 5, "C \\"d\\"" = 4 } a; enum : i64 { N = -2 } b;';
  assert.deepEqual(payload(fields, [0n, -2n], [4n, 1n], [9n, -(2n ** 60n)]), [
    '{ a = ( "A" : container = 0 ), b = ( "N" : container = -2 ) }',
    '{ a = ( "B", "C \\"d\\"" : container = 4 ), b = ( <unknown> : container = 1 ) }',
    '{ a = ( <unknown> : container = 9 ), b = ( <unknown> : container = -1152921504606846976 ) }',
  ]);
});

test('strings are escaped, arrays count, structures nest', () => {
  const fields = `string s; u8 list[2]; u32 n; struct { u8 x; struct { } none; } seq[n];
    integer { size = 8; encoding = UTF8; } text[4]; u8 grid[2][1];`;
  const bytes = new Uint8Array([0x61, 0x22, 0x5c, 0x27, 0x3f, 7, 8, 27, 12, 10, 13, 9, 11, 1, 127, 0xc3, 0xa4, 0xff]);
  const text = payload(
    fields,
    [
      bytes,
      [1n, 2n],
      2n,
      [
        [5n, []],
        [6n, []],
      ],
      'ab',
      [[1n], [2n]],
    ],
    ['', [0n, 0n], 0n, [], '', [[3n], [4n]]],
  );
  assert.deepEqual(text, [
    `{ s = "a\\"\\\\\\'\\?\\a\\b\\e\\f\\n\\r\\t\\v\\x01\\x7fä\ufffd", list = [ [0] = 1, [1] = 2 ], n = 2, ` +
      'seq = [ [0] = { x = 5, none = { } }, [1] = { x = 6, none = { } } ], text = "ab", grid = [ [0] = [ [0] = 1 ], [1] = [ [0] = 2 ] ] }',
    '{ s = "", list = [ [0] = 0, [1] = 0 ], n = 0, seq = [ ], text = "", grid = [ [0] = [ [0] = 3 ], [1] = [ [0] = 4 ] ] }',
  ]);
});

test('variants, also in each other', () => {
  const fields = `enum : u8 { none, num, deep } tag;
    variant <tag> { struct { } none; u8 num; struct { enum : u8 { p, q } t2; variant <t2> { u8 p; string q; } v2; } deep; } v;
    floating_point { exp_dig = 11; mant_dig = 53; } f;`;
  assert.deepEqual(
    payload(fields, [0n, [0n, []], 0.5], [1n, [1n, 7n], 1e21], [2n, [2n, [1n, [1n, 'x']]], Number.NaN]),
    [
      '{ tag = ( "none" : container = 0 ), v = { { } }, f = 0.5 }',
      '{ tag = ( "num" : container = 1 ), v = { 7 }, f = 1e+21 }',
      '{ tag = ( "deep" : container = 2 ), v = { { t2 = ( "q" : container = 1 ), v2 = { "x" } } }, f = nan }',
    ],
  );
});

test('fields that drive the clock are not shown, unless a length depends on them', () => {
  const clock = 'integer { size = 32; map = clock.c.value; }';
  assert.deepEqual(
    payload(`${clock} t; u8 a; ${clock} n; u8 list[n]; struct { ${clock} t; } hidden;`, [1n, 2n, 0n, [], [3n]]),
    ['{ a = 2, n = 0, list = [ ] }'],
  );
  assert.equal(textOf(event(`${clock} t;`), [{ name: 'e', payload: [1n] }], true, gmt), `${LINE}\n`);
});

test('strings and arrays larger than the buffer come whole', () => {
  const long = 'x"'.repeat(100_000);
  const many = Array.from({ length: 5_000 }, (_, i) => BigInt(i % 256));
  const [text] = payload('string s; u32 n; u8 a[n];', [long, 5_000n, many]);
  assert.equal(
    text,
    `{ s = "${long.replaceAll('"', '\\"')}", n = 5000, a = [ ${many.map((n, i) => `[${i}] = ${n}`).join(', ')} ] }`,
  );
});

test('times, deltas, scopes and names', () => {
  const tsdl = `${HEAD.replace('stream {', 'stream { event.context := struct { u8 c; };')}
    event { name = "e"; loglevel = 6; context := struct { u8 d; }; fields := struct { u8 x; u8 y[1]; }; };`;
  const fed = [0n, 1_000_000_001n, 3_000_000_000n, 2_999_999_999n, 86_400_000_000_005n].map((time_ns) => ({
    name: 'e',
    time_ns,
    context: [1n],
    specific: [2n],
    payload: [3n, [4n]],
  }));
  const lines = (options: Partial<typeof DEFAULT_TEXT_OPTIONS>): string[] => {
    const style = textStyle({
      ...DEFAULT_TEXT_OPTIONS,
      clock: { ...DEFAULT_TEXT_OPTIONS.clock, gmt: true },
      ...options,
    });
    assert.equal(textOf(tsdl, fed, false, style), textOf(tsdl, fed, true, style));
    return textOf(tsdl, fed, true, style).split('\n');
  };
  const tail = 'vm:app:(77) e: { c = 1 }, { d = 2 }, { x = 3, y = [ [0] = 4 ] }';
  assert.deepEqual(lines({}), [
    `[00:00:00.000000000] (+?.?????????) ${tail}`,
    `[00:00:01.000000001] (+1.000000001) ${tail}`,
    `[00:00:03.000000000] (+1.999999999) ${tail}`,
    `[00:00:02.999999999] (+18446744073.709551615) ${tail}`,
    `[00:00:00.000000005] (+86397.000000006) ${tail}`,
    '',
  ]);
  const clock = { cycles: false, seconds: false, date: true, gmt: true };
  assert.equal(lines({ delta: false, clock })[4], `[1970-01-02 00:00:00.000000005] ${tail}`);
  assert.equal(lines({ delta: false, clock: { ...clock, seconds: true } })[1], `[1.000000001] ${tail}`);
  assert.equal(
    lines({ names: chooseNames(['all']), fields: chooseFields(['all']) })[1],
    'timestamp = 00:00:01.000000001, delta = +1.000000001, trace = vm, , trace:hostname = vm, trace:domain = ust, ' +
      'trace:procname = app, trace:vpid = (77), loglevel = TRACE_INFO (6), name = e, stream.event.context = { c = 1 }, ' +
      'event.context = { d = 2 }, event.fields = { x = 3, y = [ [0] = 4 ] }',
  );
  assert.equal(
    lines({ names: chooseNames(['none']), fields: chooseFields(['loglevel']) })[1],
    '[00:00:01.000000001] (+1.000000001) TRACE_INFO (6) e: { 1 }, { 2 }, { 3, [ 4 ] }',
  );
});

test('JSON lines', () => {
  const fields =
    'string s; u64 big; u8 a[2]; enum : u8 { none, num } tag; variant <tag> { struct { } none; u8 num; } v;';
  const fed = [
    { name: 'e', time_ns: 1_500_000_000n, payload: ['a"\\\n\u00e4', 2n ** 64n - 1n, [1n, 2n], 1n, [1n, 5n]] },
  ];
  const text = textOf(event(fields), fed, true, JSON_STYLE);
  assert.equal(textOf(event(fields), fed, false, JSON_STYLE), text);
  assert.deepEqual(JSON.parse(text), {
    time_ns: '1500000000',
    name: 'e',
    host: 'vm',
    procname: 'app',
    vpid: 77,
    fields: { s: 'a"\\\n\u00e4', big: '18446744073709551615', a: [1, 2], tag: 1, v: 5 },
  });
});
