import assert from 'node:assert/strict';
import test from 'node:test';
import { TailtrapError } from '../../base/errors.ts';
import type { ArrayClass, FieldClass, IntegerClass, StructClass, TraceClass, VariantClass } from '../model.ts';
import { traceOfTsdl } from './trace.ts';

const TYPES = `
typealias integer { size = 8; signed = false; } := uint8_t;
typealias integer { size = 32; signed = 1; base = hex; } := unsigned long int;
typealias integer { size = 32; signed = true; } := int;
`;

/** A trace with one event whose fields are given. */
function traceWith(fields: string, more = ''): TraceClass {
  return traceOfTsdl(
    `/* CTF 1.8 */ ${TYPES} trace { major = 1; minor = 8; byte_order = le; };
${more}
event { name = "e"; id = 0; fields := struct { ${fields} }; };`,
    'metadata',
  );
}

function payload(trace: TraceClass): StructClass {
  return trace.streamClasses.get(0)!.eventClasses.get(0)!.payload!;
}

function only<K extends FieldClass['kind']>(fields: string, kind: K, more = ''): FieldClass & { kind: K } {
  const type = payload(traceWith(fields, more)).members.at(-1)!.type;
  assert.equal(type.kind, kind);
  return type as FieldClass & { kind: K };
}

test('integers: attributes in any spelling, defaults, aliases of several words', () => {
  const i = only('integer { size = 27; align = 1; signed = FALSE; byte_order = network; base = x; } a;', 'integer');
  assert.deepEqual([i.bits, i.alignment, i.signed, i.byteOrder, i.base], [27, 1, false, 'be', 16]);
  assert.equal(only('integer { size = 0x10; } a;', 'integer').alignment, 8);
  assert.equal(only('integer { size = 7; } a;', 'integer').alignment, 1);
  const named = only('unsigned long int a;', 'integer');
  assert.deepEqual([named.bits, named.signed, named.base], [32, true, 16]);
});

test('names lose one underscore for viewers; reserved words are names', () => {
  const { members } = payload(traceWith('uint8_t _a, __b, event; uint8_t stream; string string; int _;'));
  assert.deepEqual(
    members.map((member) => member.name),
    ['a', '_b', 'event', 'stream', 'string', '_'],
  );
  assert.equal(members[0]!.sourceName, '_a');
});

test('enumerations: implicit values go on, ranges, negative and overlapping values, doubled labels', () => {
  const type = only('enum : int { A, B = -2 ... 5, "c d", A = 3, E = 010, } a;', 'integer');
  assert.deepEqual(type.mappings, [
    {
      name: 'A',
      ranges: [
        { low: 0n, high: 0n },
        { low: 3n, high: 3n },
      ],
    },
    { name: 'B', ranges: [{ low: -2n, high: 5n }] },
    { name: 'c d', ranges: [{ low: 6n, high: 6n }] },
    { name: 'E', ranges: [{ low: 8n, high: 8n }] },
  ]);
});

test('arrays of several dimensions nest as in C; a sequence knows its length field', () => {
  const outer = only('uint8_t a[2][3];', 'array');
  assert.equal(outer.length, 2);
  assert.equal((outer.element as ArrayClass).length, 3);
  const { members } = payload(traceWith('uint8_t len; int a[len]; int b[event.fields.len];'));
  for (const i of [1, 2]) {
    const { length } = members[i]!.type as ArrayClass;
    assert.equal(typeof length === 'number' ? null : length.targets[0], members[0]!.type);
  }
});

test('text arrays and sequences are strings; the element alignment stays', () => {
  const text = 'integer { size = 8; align = 16; encoding = UTF8; }';
  assert.deepEqual(only(`${text} a[5];`, 'string'), { kind: 'string', encoding: 'utf-8', length: 5, alignment: 16 });
  assert.equal(typeof only(`uint8_t n; ${text} a[n];`, 'string').length, 'object');
});

test('variants find their tag in any scope; options get the ranges of their labels', () => {
  const variant = only(
    'enum : uint8_t { one = 1, many = 2 ... 255 } tag; struct { variant <tag> { string one; int many; int none; } v; } s;',
    'struct',
  ).members[0]!.type as VariantClass;
  assert.deepEqual(
    variant.options.map((option) => option.ranges),
    [[{ low: 1n, high: 1n }], [{ low: 2n, high: 255n }], []],
  );
  const stream = 'stream { event.context := struct { enum : uint8_t { x } kind; }; };';
  const other = only('variant <stream.event.context.kind> { int x; } v;', 'variant', stream);
  assert.equal(other.selector.targets[0]!.form, 'enum');
  const named = only('enum : uint8_t { x } t; variant choice <t> v;', 'variant', 'variant choice { int x; };');
  assert.equal(named.options[0]!.name, 'x');
});

test('structures align to the largest of their own and their members', () => {
  assert.equal(only('struct { uint8_t a; } align(32) s;', 'struct').alignment, 32);
  assert.equal(only('struct { integer { size = 8; align = 64; } a; } align(8) s;', 'struct').alignment, 64);
  assert.equal(only('struct point { int x; int y; }; struct point s;', 'struct').members.length, 2);
});

test('an alias that is used twice makes two fields', () => {
  const [a, b] = payload(traceWith('uint8_t a; uint8_t b;')).members;
  assert.notEqual(a!.type, b!.type);
});

test('clocks: offsets, and timestamps without a clock', () => {
  const trace = traceWith(
    'int a;',
    `clock { name = mono; freq = 1000; offset_s = 3; offset = -5; };
     stream { event.header := struct { integer { size = 64; map = clock.mono.value; } timestamp; }; };`,
  );
  const { defaultClock, eventHeader } = trace.streamClasses.get(0)!;
  assert.deepEqual([defaultClock!.frequency_hz, defaultClock!.offset_s, defaultClock!.offset_cycles], [1000n, 3n, -5n]);
  assert.deepEqual((eventHeader!.members[0]!.type as IntegerClass).roles, ['clock-timestamp']);
  const bare = traceWith('int a;', 'stream { event.header := struct { integer { size = 64; } timestamp; }; };');
  assert.equal(bare.streamClasses.get(0)!.defaultClock!.frequency_hz, 1_000_000_000n);
});

test('every line end counts once; texts have C escapes; comments are skipped', () => {
  const text = `trace { major = 1; minor = 8; byte_order = be; };\r\n// one\r/* two\n */ env { a = "x\\n\\303\\251\\x41"; b = -0x1F; };\r\n  oops`;
  assert.throws(
    () => traceOfTsdl(text, 'm'),
    (error: TailtrapError) => error.where === 'm:5:3',
  );
  const good = traceOfTsdl(text.replace('oops', ''), 'm');
  assert.deepEqual(
    [...good.environment],
    [
      ['a', 'x\néA'],
      ['b', -31n],
    ],
  );
});

test('what is left out of account is told with its place, but not without end', () => {
  const trace = traceWith('integer { size = 8; colour = 5; } a; string { x = 1; } b;', 'stream { shape = 1; };');
  assert.deepEqual(trace.warnings, [
    { where: 'metadata:6:10', message: "'shape' of stream is unknown" },
    { where: 'metadata:7:68', message: "the attribute 'colour' of integer is unknown" },
    { where: 'metadata:7:94', message: "the attribute 'x' of string is unknown" },
  ]);
  const many = traceWith(`integer { size = 8; ${'x = 1; '.repeat(1000)} } a;`);
  assert.equal(many.warnings!.length, 21);
  assert.equal(many.warnings![20]!.message, '980 more warnings');
});

/** As LTTng writes it: fields of this kind are looked through, not parsed. */
const PLAIN = 'integer { size = 32; align = 8; signed = 0; encoding = none; base = 10; }';

test('classes that never occur are checked too', () => {
  const event = (fields: string): string => `event { name = "f"; id = 1; fields := struct { ${fields} }; };`;
  const stream = 'stream { event.header := struct { uint8_t id; }; };';
  for (const good of [`${PLAIN} n; ${PLAIN} a[n];`, `${PLAIN} a[4]; string b; ${PLAIN} c[ 0 ];`, '']) {
    assert.equal(traceWith('int a;', `${stream}${event(good)}`).streamClasses.get(0)!.eventClasses.size, 2, good);
  }
  for (const [bad, complaint] of [
    [`${PLAIN} a; ${PLAIN} a;`, /two fields 'a'/],
    [`${PLAIN} a[n];`, /no field 'n'/],
    [`${PLAIN.replace('= 0', '= 1')} n; ${PLAIN} a[n];`, /is signed/],
    [`string n; ${PLAIN} a[n];`, /not an integer/],
    [`${PLAIN} n[2]; ${PLAIN} a[n];`, /not an integer/],
    [`${PLAIN} a`, /expected ';'/],
    ['variant <t> { int x; } v;', /no field 't'/],
  ] as const) {
    assert.throws(() => traceWith('int a;', `${stream}${event(bad)}`), complaint);
  }
});

for (const [fields, complaint] of [
  ['int a', /expected ';' here, not '\}'/],
  ['nothing a;', /there is no type 'nothing'/],
  ['integer { signed = 1; } a;', /needs a size/],
  ['integer { size = 65; } a;', /from 1 to 64/],
  ['integer { size = 8; align = 3; } a;', /power of two/],
  ['integer { size = 8; size = 8; } a;', /given twice/],
  ['int a; int a;', /two fields 'a'/],
  ['int a[n];', /no field 'n' before/],
  ['int n; int a[n];', /length 'n' is signed/],
  ['string n; int a[n];', /'n' is not an integer/],
  ['int t; variant <t> { int x; } v;', /'t' is not an enum/],
  ['variant { int x; } v;', /no tag/],
  ['enum : uint8_t { A = 18446744073709551616 } a;', /does not fit 64 bits/],
  ['enum : uint8_t { A = 5 ... 4 } a;', /ends before it begins/],
  ['floating_point { exp_dig = 5; mant_dig = 11; } a;', /not 5 and 11/],
  ['int *a;', /pointers/],
  ['int a[-1];', /length of -1/],
  ['string a; /* no end', /does not end/],
  [`${'struct { '.repeat(70)} int a; ${'} s; '.repeat(70)}`, /nested deeper/],
] as const) {
  test(`refused with line and column: ${fields.slice(0, 60)}`, () => {
    assert.throws(
      () => payload(traceWith(fields)),
      (error: unknown) => {
        assert.ok(error instanceof TailtrapError, String(error));
        assert.equal(error.code, 'TT_CTF_METADATA');
        assert.match(error.where, /^metadata:\d+:\d+$/);
        return complaint.test(error.message) || assert.fail(error.message);
      },
    );
  });
}

function refusal(text: string): TailtrapError {
  try {
    traceOfTsdl(`/* CTF 1.8 */ ${text}`, 'metadata');
  } catch (error) {
    assert.ok(error instanceof TailtrapError, String(error));
    return error;
  }
  assert.fail('accepted');
}

test('declarations and statements are counted: each costs more memory than its text', () => {
  const many = (count: number, each: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => each(i)).join('');
  for (const text of [
    many(100_001, (i) => `typealias string := t${i};\n`),
    many(100_001, (i) => `event { name = "e${i}"; };\n`),
    `env { ${many(500_001, (i) => `a${i} = 1;`)} };`,
    `typealias integer { size = 32; } := int; enum e { ${many(500_001, (i) => `a${i},`)} };`,
  ]) {
    assert.match(refusal(text).message, /more than [15]00000 (types and events|statements)/);
  }
});

test('names of megabytes are cut in messages, and lines are counted without a copy of the text', () => {
  const long = 'a'.repeat(1_000_000);
  for (const text of [
    `typealias ${long} := b;`,
    `struct ${long} { ${long} b; };`,
    `trace { ${long} = 1; ${long} = 1; };`,
    `trace { byte_order = ${long}; };`,
    `${long} ${long};`,
  ]) {
    const { message } = refusal(text);
    assert.ok(message.length < 300, `${message.length} characters`);
  }
  const lines = refusal(`\n\r\r\n\n${' '.repeat(7)}?`);
  assert.equal(lines.where, 'metadata:5:8');
  assert.ok(refusal(`${'\n'.repeat(1_000_000)}?`).where.endsWith(':1000001:1'));
});
