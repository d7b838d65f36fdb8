/** What is wrong in CTF 2 metadata is refused with fragment, line, column and reason; hostile metadata costs little. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TailtrapError } from '../../base/errors.ts';
import { traceOfJson } from './metadata.ts';
import { event, PREAMBLE, STREAM, sequence, u8, uint } from './pieces.test.data.ts';

function refusal(text: string): TailtrapError {
  try {
    traceOfJson(text, 'metadata');
  } catch (error) {
    assert(error instanceof TailtrapError, `not a TailtrapError: ${error}`);
    return error;
  }
  assert.fail('accepted');
}

const location = (path: unknown[], origin?: string): object => ({ origin, path });
const dynamic = (path: unknown[], origin?: string): object => ({
  type: 'dynamic-length-string',
  'length-field-location': location(path, origin),
});
const inEvent = (type: unknown): string => sequence(PREAMBLE, STREAM, event({ n: u8, s: uint(8, SIGNED), x: type }));
const SIGNED = { type: 'fixed-length-signed-integer' };
const variant = (...ranges: unknown[]): object => ({
  type: 'variant',
  'selector-field-location': location(['n']),
  options: ranges.map((range) => ({ 'field-class': u8, 'selector-field-ranges': range })),
});
const optional = (path: string, ranges?: unknown): object => ({
  type: 'optional',
  'selector-field-location': location([path]),
  'selector-field-ranges': ranges,
  'field-class': u8,
});
const header = (members: object[], preamble: object = PREAMBLE): string =>
  sequence(
    preamble,
    { type: 'trace-class', 'packet-header-field-class': { type: 'structure', 'member-classes': members } },
    STREAM,
  );
const role = (name: string, type: object): object => ({ name, 'field-class': { ...type, roles: [name] } });
const alias = (name: string, type: unknown): object => ({ type: 'field-class-alias', name, 'field-class': type });

const REFUSED: Readonly<Record<string, readonly [text: string, reason: RegExp]>> = {
  'no preamble': [sequence(STREAM), /first fragment/],
  'two preambles': [sequence(PREAMBLE, PREAMBLE), /first fragment/],
  'another version': [sequence({ type: 'preamble', version: 3 }), /'version' of the preamble is 2, not 3/],
  'a short UUID': [sequence({ ...PREAMBLE, uuid: [1] }), /16 integers/],
  nothing: ['\x1e \x1e', /not even a preamble/],
  'an unknown fragment': [sequence(PREAMBLE, { type: 'x' }), /no fragment type 'x'/],
  'an unknown property': [inEvent(uint(8, { covid: 19 })), /has no property 'covid'/],
  'an unknown type': [inEvent({ type: 'toString' }), /no field class type 'toString'/],
  'a real as a length': [inEvent({ ...u8, length: 8.5 }), /an integer from 1 to 64, not 8.5/],
  'more than 64 bits': [inEvent(uint(65)), /an integer from 1 to 64, not 65/],
  'an odd alignment': [inEvent(uint(8, { alignment: 6 })), /power of two, not 6/],
  'a float of 80 bits': [inEvent({ ...u8, type: 'fixed-length-floating-point-number', length: 80 }), /16, 32, 64, 128/],
  'two members of a name': [
    sequence(PREAMBLE, {
      ...STREAM,
      'packet-context-field-class': {
        type: 'structure',
        'member-classes': [
          { name: 'a', 'field-class': u8 },
          { name: 'a', 'field-class': u8 },
        ],
      },
    }),
    /two members 'a'/,
  ],
  'an empty range': [inEvent(uint(8, { mappings: { a: [[3, 2]] } })), /range from 3 to 2 is empty/],
  'no range': [inEvent(uint(8, { mappings: { a: [] } })), /one or more ranges/],
  'a negative unsigned label': [inEvent(uint(8, { mappings: { a: [[-1, 2]] } })), /not -1/],
  'options that share a value': [
    inEvent(variant([[0, 9]], [[20, 30]], [[9, 9]])),
    /two options of the variant are for 9/,
  ],
  'options that lie inside': [
    inEvent(
      variant(
        [
          [0, 9],
          [2, 3],
        ],
        [[5, 5]],
      ),
    ),
    /two options of the variant are for 5/,
  ],
  'no option': [inEvent(variant()), /one or more options/],
  'negative ranges of an unsigned selector': [inEvent(variant([[-1, 9]])), /unsigned, but its ranges are negative/],
  'an integer selector without ranges': [inEvent(optional('n')), /'selector-field-ranges' is missing/],
  'a length after': [inEvent(dynamic(['y'])), /no member 'y' stands before/],
  'its own length': [inEvent(dynamic(['x'])), /'x' is not decoded before this/],
  'a signed length': [inEvent(dynamic(['s'])), /not an unsigned integer/],
  'a length in a later scope': [
    sequence(PREAMBLE, {
      ...STREAM,
      'packet-context-field-class': {
        type: 'structure',
        'member-classes': [{ name: 'a', 'field-class': dynamic(['b'], 'event-record-payload') }],
      },
    }),
    /comes later/,
  ],
  'a scope that is not there': [inEvent(dynamic(['b'], 'packet-header')), /no such structure/],
  'above the root': [inEvent(dynamic([null, 'n'])), /outermost/],
  'a path that ends above': [inEvent(dynamic(['n', null])), /ends with a name/],
  'an unknown alias': [inEvent('nobody'), /no field class alias 'nobody'/],
  'an alias of itself': [sequence(PREAMBLE, alias('a', 'a')), /no field class alias 'a'/],
  'two aliases': [sequence(PREAMBLE, alias('a', u8), alias('a', u8)), /two aliases 'a'/],
  'a root that is no structure': [sequence(PREAMBLE, { ...STREAM, 'packet-context-field-class': u8 }), /a structure/],
  'an unknown clock': [sequence(PREAMBLE, { ...STREAM, 'default-clock-class-id': 'c' }), /no clock class/],
  'a clock of 0 Hz': [sequence(PREAMBLE, { type: 'clock-class', id: 'c', frequency: 0 }), /from 1 to/],
  'cycles of a second or more': [
    sequence(PREAMBLE, { type: 'clock-class', id: 'c', frequency: 5, 'offset-from-origin': { cycles: 5 } }),
    /from 0 to 4, not 5/,
  ],
  'two streams of an id': [sequence(PREAMBLE, STREAM, STREAM), /two data stream classes 0/],
  'two events of an id': [sequence(PREAMBLE, STREAM, event({}), event({})), /two event record classes 0/],
  'an event without a stream': [sequence(PREAMBLE, event({})), /no data stream class 0/],
  'a trace class too late': [sequence(PREAMBLE, STREAM, { type: 'trace-class' }), /before the data stream/],
  'an id beyond 2^53': [sequence(PREAMBLE, { ...STREAM, id: 2n ** 53n }), /from 0 to 9007199254740991/],
  'an unknown role': [header([role('king', u8)]), /no role 'king'/],
  'a role in another place': [inEvent({ ...u8, roles: ['packet-sequence-number'] }), /no meaning here/],
  'a UUID without one in the preamble': [
    header([role('metadata-stream-uuid', { type: 'static-length-blob', length: 16 })]),
    /needs 'uuid' in the preamble/,
  ],
  'a magic number that is not first': [
    header([{ name: 'a', 'field-class': u8 }, role('packet-magic-number', uint(32))]),
    /first member/,
  ],
  'a magic number of 16 bits': [header([role('packet-magic-number', uint(16))]), /32 bits/],
  'a time without a clock': [
    sequence(PREAMBLE, {
      ...STREAM,
      'event-record-header-field-class': {
        type: 'structure',
        'member-classes': [role('default-clock-timestamp', u8)],
      },
    }),
    /default-clock-class-id/,
  ],
};

for (const [name, [text, reason]] of Object.entries(REFUSED)) {
  test(`refused: ${name}`, () => {
    const error = refusal(text);
    assert.equal(error.code, 'TT_CTF_METADATA');
    assert.match(error.message, reason);
    assert.match(error.where, /^metadata/);
  });
}

test('an extension is refused wherever it stands, an empty declaration is none', () => {
  const error = refusal(sequence({ ...PREAMBLE, extensions: { 'my.tracer': { piano: { keys: 88 } } } }));
  assert.equal(error.code, 'TT_CTF_EXTENSION');
  assert.match(error.message, /'piano' of 'my.tracer'/);
  assert.equal(refusal(inEvent({ ...u8, extensions: { a: { b: null } } })).code, 'TT_CTF_EXTENSION');
  traceOfJson(sequence({ ...PREAMBLE, extensions: { 'my.tracer': {} } }, STREAM), 'metadata');
});

test('errors name the fragment, the event, line and column', () => {
  const text = `\x1e${JSON.stringify(PREAMBLE)}\n\x1e${JSON.stringify(STREAM)}\n\x1e{"type": "event-record-class",\r\n  "name": "e",\n  "id": -1}`;
  assert.equal(refusal(text).where, "metadata, fragment 3 (event-record-class 'e'), line 3, column 9");
});

const JSON_ERRORS: readonly (readonly [text: string, reason: RegExp, column: number])[] = [
  ['{"a": 1,}', /expected a property's name here, not "}"/, 9],
  ['{"a" 1}', /expected ':' here, not "1"/, 6],
  ['{"a": 1, "a": 2}', /'a' is here twice/, 10],
  ['{"a": 01}', /expected '}' here, not "1"/, 8],
  ['{"a": +1}', /expected a JSON value here, not "\+"/, 7],
  ['{"a": "x', /this string does not end/, 7],
  ['{"a": "\t"}', /control character/, 8],
  ['{"a": "\\x"}', /not an escape/, 8],
  ['{"a": nul}', /expected a JSON value/, 7],
  ['{"a": [1 2]}', /expected '\]' here, not "2"/, 10],
  ['{"a": 1} {}', /should end here/, 10],
  ['[]', /a fragment is a JSON object/, 1],
  ['{', /not the end/, 2],
];

for (const [text, reason, column] of JSON_ERRORS) {
  test(`not JSON: ${text}`, () => {
    const error = refusal(`\x1e${text}`);
    assert.match(error.message, reason);
    assert.match(error.where, new RegExp(`column ${column}$`));
  });
}

test('hostile metadata is refused before it costs much', () => {
  const begin = performance.now();
  const deep = (open: string, close: string): string => `\x1e${open.repeat(100_000)}1${close.repeat(100_000)}`;
  assert.match(refusal(deep('[', ']')).message, /nested deeper/);
  assert.match(refusal(deep('{"a":', '}')).message, /nested deeper/);
  let type: unknown = u8;
  for (let i = 0; i < 70; i++) type = { type: 'static-length-array', length: 1, 'element-field-class': type };
  assert.match(refusal(inEvent(type)).message, /nested deeper than 64/);
  // An alias of two aliases of two aliases ... : 2^40 field classes.
  const bomb = Array.from({ length: 40 }, (_, i) => {
    const inner = i === 0 ? u8 : `a${i - 1}`;
    const members = ['x', 'y'].map((name) => ({ name, 'field-class': inner }));
    return alias(`a${i}`, { type: 'structure', 'member-classes': members });
  });
  assert.match(refusal(sequence(PREAMBLE, ...bomb)).message, /more than 1000000 field classes/);
  const chain = Array.from({ length: 100 }, (_, i) => {
    const element = i === 0 ? u8 : `a${i - 1}`;
    return alias(`a${i}`, { type: 'static-length-array', length: 1, 'element-field-class': element });
  });
  assert.match(refusal(sequence(PREAMBLE, ...chain)).message, /nested deeper than 64/);
  assert.match(refusal(`\x1e{"a": [${'0,'.repeat(1_100_000)}0]}`).message, /more than 1000000 JSON values/);
  assert.match(refusal(`\x1e{"type": "preamble", "version": ${'9'.repeat(1_000_000)}}`).message, /is 2, not Infinity/);
  assert(performance.now() - begin < 10_000);
});

test('many references to a variant of many options are refused', () => {
  const options = Array.from({ length: 2000 }, (_, i) => ({ 'field-class': u8, 'selector-field-ranges': [[i, i]] }));
  const members: Record<string, unknown> = { n: u8, v: { ...variant([[0, 0]]), options } };
  for (let i = 0; i < 2000; i++) members[`d${i}`] = dynamic(['v']);
  assert.match(refusal(sequence(PREAMBLE, STREAM, event(members))).message, /more than 1000000 field classes/);
});

test('names of megabytes are cut in messages; fragments are counted', () => {
  const long = 'a'.repeat(1_000_000);
  for (const text of [
    sequence({ type: long }),
    sequence({ ...PREAMBLE, [long]: 1 }),
    sequence(PREAMBLE, { type: long }),
    sequence(PREAMBLE, alias('a', long)),
    sequence(PREAMBLE, alias('a', { type: long })),
    sequence(PREAMBLE, alias(long, u8), alias(long, u8)),
    inEvent(dynamic([long])),
  ]) {
    const { message, where } = refusal(text);
    assert.ok(message.length < 700 && where.length < 300, `${message.length} and ${where.length} characters`);
  }
  const aliases = Array.from({ length: 100_000 }, (_, i) => alias(`${i}`, u8));
  assert.match(refusal(sequence(PREAMBLE, ...aliases)).message, /more than 100000 fragments/);
});
